from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from misi.structures.checks import CHECKS, Thresholds, check, failures
from misi.structures.complex import Complex, frozen
from misi.structures.read import bonded, join_complex
from misi.structures.read_pdb import parse_pdb
from misi.structures.read_sdf import parse_sdf

Backbone = Callable[..., list[str]]


def _sdf(atoms: list[tuple[str, float, float, float]]) -> str:
    lines = ["x", "", "", f"{len(atoms):3d}  0  0  0  0  0  0  0  0  0999 V2000"]
    return "\n".join([*lines, *(f"{x:10.4f}{y:10.4f}{z:10.4f} {s:<3} 0  0" for s, x, y, z in atoms), "M  END"])


@pytest.fixture
def sound(backbone: Backbone) -> Complex:
    """Ten residues with a ring of six carbons 4 A above them."""
    pocket = bonded(parse_pdb("\n".join(line for n in range(1, 11) for line in backbone(n, 4.2 * n)), "x"), "x")
    ring = [("C", 20 + 1.4 * np.cos(a), 5.4 + 1.4 * np.sin(a), 0.1) for a in np.arange(6) * np.pi / 3]
    return join_complex("x", pocket, parse_sdf(_sdf(ring), "x"))


def _moved(complex_: Complex, row: int, xyz: tuple[float, float, float]) -> Complex:
    """The complex with one ligand atom elsewhere."""
    moved = complex_.xyz.copy()
    moved[np.flatnonzero(complex_.is_ligand)[row]] = xyz
    return replace(complex_, xyz=frozen(moved, np.float64))


def _reasons(complex_: Complex, limits: Thresholds | None = None) -> list[str]:
    return [item.reason for item in failures(complex_, limits)]


def test_a_sound_complex_passes(sound: Complex) -> None:
    assert failures(sound) == []
    assert check(sound) is None


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Thresholds(min_ligand_atoms=7), "ligand_too_small"),
        (Thresholds(max_ligand_atoms=5), "ligand_too_large"),
        (Thresholds(min_pocket_residues=11), "pocket_too_small"),
        (Thresholds(max_atoms=45), "too_many_atoms"),
        (Thresholds(max_gap=2.5), "ligand_outside_pocket"),
    ],
)
def test_each_threshold(sound: Complex, limits: Thresholds, reason: str) -> None:
    assert _reasons(sound, limits) == [reason]
    first = check(sound, limits)
    assert first is not None
    assert (first.id, first.reason) == ("x", reason)


def test_covalent_ligands_and_clashes(sound: Complex) -> None:
    carbonyl = sound.xyz[sound.name == "O"][7]
    assert _reasons(_moved(sound, 0, (carbonyl[0], carbonyl[1] + 1.85, 0.0))) == ["covalent_ligand"]
    assert _reasons(_moved(sound, 0, (carbonyl[0], carbonyl[1] + 2.5, 0.0))) == []
    detail = failures(_moved(sound, 0, (carbonyl[0], carbonyl[1] + 1.85, 0.0)))[0].detail
    assert detail == "UNL 1 C1 is 1.85 A from ALA A 8 O"


def test_two_sulphurs_bond_at_more_than_the_plain_limit(sound: Complex) -> None:
    sulphur = frozen(np.where(np.isin(np.arange(len(sound)), [15, 40]), 16, sound.element), np.int32)
    near = _moved(sound, 0, tuple(sound.xyz[15] + np.array([0.0, 2.1, 0.0])))
    assert _reasons(near) == []
    assert _reasons(replace(near, element=sulphur)) == ["covalent_ligand"]


def test_metals_may_be_near(sound: Complex) -> None:
    zinc = frozen(np.where(np.arange(len(sound)) == 15, 30, sound.element), np.int32)
    near = _moved(sound, 0, tuple(sound.xyz[15] + np.array([0.0, 1.8, 0.0])))
    assert _reasons(near) == ["covalent_ligand"]
    assert _reasons(replace(near, element=zinc)) == []


def test_overlaps(sound: Complex) -> None:
    ligand = sound.xyz[sound.is_ligand]
    assert _reasons(_moved(sound, 0, tuple(ligand[3] + 0.2))) == ["overlapping_ligand_atoms"]
    doubled = sound.xyz.copy()
    doubled[17] = doubled[13] + np.array([0.0, 0.3, 0.0])
    assert _reasons(replace(sound, xyz=frozen(doubled, np.float64))) == ["overlapping_pocket_atoms"]
    assert _reasons(replace(sound, xyz=frozen(doubled, np.float64)), Thresholds(max_pocket_overlaps=1)) == []


def test_drawings_and_unknown_elements(sound: Complex) -> None:
    flat = np.where(sound.is_ligand[:, None], sound.xyz * [1, 1, 0], sound.xyz)
    assert _reasons(replace(sound, xyz=frozen(flat, np.float64))) == ["flat_ligand"]
    unknown = frozen(np.where(np.arange(len(sound)) == 41, 0, sound.element), np.int32)
    assert _reasons(replace(sound, element=unknown)) == ["unknown_elements"]


def test_repeated_names_only_where_asked_for(sound: Complex) -> None:
    same = replace(sound, name=frozen(np.where(sound.is_ligand, "C", sound.name), np.str_))
    assert _reasons(same) == []
    assert _reasons(same, Thresholds(allow_repeated_names=False)) == ["repeated_ligand_names"]


def test_every_check_survives_the_emptiest_complex(backbone: Backbone) -> None:
    pocket = bonded(parse_pdb(backbone(1, 0)[0], "x"), "x")
    hydrogen = join_complex("h", pocket, parse_sdf(_sdf([("H", 1, 1, 1)]), "x"))
    for test in CHECKS:
        test(hydrogen, Thresholds())
    assert _reasons(hydrogen)[0] == "ligand_too_small"
