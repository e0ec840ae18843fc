"""Facts in a build's work folder, so that partners of composite items need not be read and typed again."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from misi.annotate.facts import Facts, HBond
from misi.errors import DatasetError
from misi.paths import child, written_aside
from misi.structures.complex import Complex, frozen
from misi.structures.split_similarity import Signature, signature

_COLUMNS = tuple(field.name for field in fields(Complex) if field.name not in ("id", "notes"))


def facts_path(work: Path, complex_id: str) -> Path:
    return child(work / "facts", complex_id, suffix=".npz")


def save_facts(work: Path, facts: Facts) -> None:
    """Write a complex's facts aside, then rename."""
    structure = facts.complex
    rest = {
        "id": structure.id,
        "notes": structure.notes,
        "types": facts.types,
        "hbonds": [asdict(bond) for bond in facts.hbonds],
        "near_misses": [asdict(bond) for bond in facts.near_misses],
    }
    with written_aside(facts_path(work, structure.id)) as aside, aside.open("wb") as handle:
        columns = {name: getattr(structure, name) for name in _COLUMNS}
        likeness = signature(structure)
        np.savez(
            handle,
            allow_pickle=False,
            rest=np.array(json.dumps(rest)),
            signature_pocket=likeness.pocket,
            signature_ligand=likeness.ligand,
            **columns,
        )


def load_facts(work: Path, complex_id: str) -> Facts:
    """Inverse of `save_facts`.

    Raises
    ------
    DatasetError
        The file is missing or damaged.
    """
    path = facts_path(work, complex_id)
    try:
        with np.load(path, allow_pickle=False) as archive:
            columns = {name: archive[name] for name in _COLUMNS}
            rest = json.loads(str(archive["rest"]))
    except (OSError, ValueError, KeyError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from None
    structure = Complex(
        id=rest["id"],
        notes=tuple(rest["notes"]),
        **{name: frozen(column, column.dtype) for name, column in columns.items()},
    )
    return Facts(
        structure,
        tuple(rest["types"]),
        tuple(HBond(**bond) for bond in rest["hbonds"]),
        tuple(HBond(**bond) for bond in rest["near_misses"]),
    )


def load_signature(work: Path, complex_id: str) -> Signature:
    """What a split needs to know of a stored complex.

    Raises
    ------
    DatasetError
        The file is missing or damaged.
    """
    path = facts_path(work, complex_id)
    try:
        with np.load(path, allow_pickle=False) as archive:
            pocket, ligand = archive["signature_pocket"], archive["signature_ligand"]
    except (OSError, ValueError, KeyError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from None
    return Signature(complex_id, frozen(pocket, np.uint8), frozen(ligand, np.uint8))
