"""The 3D view: a complex's stored coordinates, and the poses of an item as matrices over them.

Coordinates are those of the front view's camera frame with the pivot (the box centre) as origin, so that every pose
of the whole scene is a rotation about the origin followed by a shift: motions turn about the pivot, and it moves along.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from misi.dataset.layout import complex_path
from misi.errors import DatasetError, ParseFailure
from misi.scene.camera import FIELD_OF_VIEW
from misi.scene.motion import VIEWS, Operations, apply, parse_operations
from misi.structures.complex import Floats
from misi.structures.elements import NUMBERS
from misi.tasks.options import LETTERS
from misi.tasks.question import Question

#: Decimals of what is sent, angstrom; a picture's pixel is about 0.05 A.
_DECIMALS = 3


@dataclass(frozen=True)
class Pose:
    """A pose of a complex.

    Attributes
    ----------
    name : str
        For links: ``top``, ``option-b``, ``after``, ``undocked``.
    label : str
    complex_id : str
        Whose coordinates; composite items show their options on a second complex.
    scene, ligand : (12,) tuple of float
        Row-major 3 x 3 rotation and shift of all atoms about the origin, and, before it, of the ligand alone about
        the centre of its own box.
    tells : bool
        Whether the pose gives the answer away.
    """

    name: str
    label: str
    complex_id: str
    scene: tuple[float, ...]
    ligand: tuple[float, ...]
    tells: bool = False


def poses_of(question: Question) -> list[Pose]:
    """The six views, each option's pose, and what the question's operations lead to.

    Raises
    ------
    DatasetError
        The derivation holds no operations where it should.
    """
    own, derivation = question.complex_id, question.derivation
    try:
        poses = [_pose(view, view.capitalize(), own, operations) for view, operations in VIEWS.items()]
        partner = derivation.get("partner")
        if partner:
            poses += [
                _pose(f"partner-{view}", f"Complex 2, {view}", str(partner), VIEWS[view])
                for view in ("front", "top", "left")
            ]
        if "operations" in derivation:
            operations = parse_operations(derivation["operations"])
            poses.append(_pose("after", "After the operations", own, operations, tells=True))
        for letter, text in zip(LETTERS, derivation.get("options", ()), strict=False):
            shown = str(partner or own)
            poses.append(_pose(f"option-{letter.lower()}", f"Option {letter}", shown, parse_operations(text)))
        if "undocking" in derivation:
            operations = parse_operations(derivation["undocking"])
            poses.append(_pose("undocked", "Undocked", own, (), operations))
    except (ParseFailure, TypeError) as error:
        raise DatasetError(f"{question.id}: its derivation has no poses ({error})") from None
    return poses


def _pose(
    name: str, label: str, complex_id: str, scene: Operations, ligand: Operations = (), *, tells: bool = False
) -> Pose:
    return Pose(name, label, complex_id, matrix_of(scene), matrix_of(ligand), tells)


def matrix_of(operations: Operations) -> tuple[float, ...]:
    """Rotation (row-major) and shift that operations do to points about a pivot in the origin: 9 + 3 numbers."""
    points = np.vstack([np.eye(3), np.zeros((1, 3))])
    moved, _ = apply(points, np.zeros(3), operations)
    shift = moved[3]
    rotation = (moved[:3] - shift).T
    return tuple(round(float(value), 9) for value in (*rotation.ravel(), *shift))


def scene_json(dataset: Path, complex_id: str) -> dict[str, Any]:
    """What the viewer loads.

    Returns
    -------
    dict
        ``id``; ``atoms``: [element, x, y, z, side (0 pocket, 1 ligand), residue label, atom name]; ``bonds``: pairs
        of rows, or null where the dataset keeps none; ``hbonds``: [x, y, z of the pocket's end, x, y, z of the
        ligand's end, text, label, label]; ``distance`` of the eye from the origin, angstrom; ``field``: horizontal
        field of view, degrees; ``ratio``: width by height.

    Raises
    ------
    DatasetError
        There is no such complex, or its record is damaged.
    """
    path = complex_path(dataset, complex_id)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        front = data["front"]
        pivot = np.array(front["pivot"], dtype=float)
        elements = front.get("elements") or [_element(atom["atom"]) for atom in front["atoms"]]
        atoms = [
            [
                element,
                *_rounded(np.array(atom["xyz"], dtype=float) - pivot),
                int(atom["side"] == "ligand"),
                _residue(atom),
                atom["atom"],
            ]
            for atom, element in zip(front["atoms"], elements, strict=True)
        ]
        centre = np.array(front["box"], dtype=float).mean(axis=0)
        hbonds = []
        for bond in data["hbonds"]:
            donor, acceptor = bond["donor"], bond["acceptor"]
            pocket, ligand = (acceptor, donor) if donor["side"] == "ligand" else (donor, acceptor)
            ends = (_rounded(np.array(end["xyz"], dtype=float) - centre) for end in (pocket, ligand))
            text = f"{_named(donor)} gives to {_named(acceptor)}, {bond['distance']:.2f} Å"
            hbonds.append([*next(ends), *next(ends), text, _named(pocket), ligand["atom"]])
        width, height = front["size"]
        return {
            "id": complex_id,
            "atoms": atoms,
            "bonds": front.get("bonds"),
            "hbonds": hbonds,
            "distance": float(front["camera_distance"]),
            "field": FIELD_OF_VIEW,
            "ratio": width / height,
        }
    except FileNotFoundError:
        raise DatasetError(f"there is no complex {complex_id!r}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: cannot be read ({error!r})") from None


def _rounded(point: Floats) -> list[float]:
    return [round(float(value), _DECIMALS) for value in point]


def _residue(atom: dict[str, Any]) -> str:
    if atom["side"] == "ligand":
        return "ligand"
    return f"{atom['residue']} {atom['number']}{atom['icode']} {atom['chain']}".strip()


def _named(atom: dict[str, Any]) -> str:
    return f"{_residue(atom)} {atom['atom']}"


def _element(name: str) -> str:
    """A guess from the atom's name, for datasets that keep no elements: two letters only where no one-letter element
    begins so, since ``CA`` is far more often a carbon than calcium."""
    letters = "".join(ch for ch in name if ch.isalpha())
    for length in (1, 2):
        if letters[:length].upper() in NUMBERS:
            return letters[:length].capitalize()
    return "X"
