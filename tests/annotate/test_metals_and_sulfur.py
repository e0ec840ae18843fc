"""Metals take lone pairs; sulfur reaches farther."""

import math
from dataclasses import replace

import numpy as np
import pytest

from misi.annotate.hbonds import annotate
from misi.structures.complex import Complex, frozen

from .made import build, join, ligand, moved
from .scenes import acetone, amide_nh, facing, polar, serine

IMIDAZOLE = (
    ("CG", 6, (1.10, -0.72)),
    ("ND1", 7, (0.72, 0.62)),
    ("CD2", 6, (0.0, -1.60)),
    ("CE1", 6, (-0.60, 0.60)),
    ("NE2", 7, (-1.05, -0.72)),
)


def histidine() -> Complex:
    """The ring of a HIS, flat; a metal or a ligand goes beyond NE2, along -x."""
    atoms = [(name, z, (x, y, 0.0)) for name, z, (x, y) in IMIDAZOLE]
    return build(atoms, [(0, 1), (0, 2), (1, 3), (2, 4), (3, 4)], ligand=False, residues=[("HIS", 0)])


def beyond_ne2(distance: float) -> np.ndarray:
    """A point on the outer bisector of NE2."""
    xyz = {name: np.array((x, y, 0.0)) for name, _, (x, y) in IMIDAZOLE}
    inner = (xyz["CE1"] - xyz["NE2"]) / np.linalg.norm(xyz["CE1"] - xyz["NE2"])
    inner = inner + (xyz["CD2"] - xyz["NE2"]) / np.linalg.norm(xyz["CD2"] - xyz["NE2"])
    return xyz["NE2"] - distance * inner / np.linalg.norm(inner)


def with_metal(pocket: Complex, xyz: np.ndarray, name: str = "ZN", z: int = 30) -> Complex:
    metal = build([(name, z, xyz)], [], ligand=False, residues=[(name, 0)])
    both = join(pocket, metal)
    n = len(both)
    return replace(
        both,
        is_ligand=frozen([False] * n, bool),
        residue_is_ligand=frozen([False] * both.n_residues, bool),
    )


def ketone_at(point: np.ndarray, away_from: np.ndarray) -> Complex:
    out = (point - away_from) / np.linalg.norm(point - away_from)
    made = acetone()
    xyz = np.array(made.xyz)
    angle = math.degrees(math.atan2(out[1], out[0]))
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    spun = np.stack([c * xyz[:, 0] - s * xyz[:, 1], s * xyz[:, 0] + c * xyz[:, 1], xyz[:, 2]], axis=-1)
    return moved(made, spun + point)


def test_bare_histidine_gives_its_hydrogen_from_either_nitrogen() -> None:
    facts = annotate(join(histidine(), ketone_at(beyond_ne2(2.8), beyond_ne2(0.0))))
    assert [(bond.donor, bond.donor_class) for bond in facts.hbonds] == [(4, "D17")]


def test_histidine_on_zinc_gives_none() -> None:
    pocket = with_metal(histidine(), np.add(beyond_ne2(2.1), (0, 0, 0.3)))
    facts = annotate(join(pocket, ketone_at(beyond_ne2(2.8), beyond_ne2(0.0))))
    assert facts.hbonds == ()
    assert facts.near_misses == ()


def test_a_metal_beyond_four_angstrom_does_not_count() -> None:
    pocket = with_metal(histidine(), beyond_ne2(4.1))
    facts = annotate(join(pocket, ketone_at(beyond_ne2(2.8), beyond_ne2(0.0))))
    assert [bond.donor for bond in facts.hbonds] == [4]


@pytest.mark.parametrize(("degrees", "expected"), [(30, "nothing"), (40, "near miss"), (50, "bond")])
def test_an_acceptor_on_a_metal_is_blocked_from_the_metal_side(degrees: float, expected: str) -> None:
    # the metal sits at an angle of `degrees` from the donor, seen from the ketone's O; both belong to the ligand
    made = acetone()
    metal = build([("ZN", 30, 2.2 * np.array(polar(1.0, 180 - degrees)))], [])
    both = join(made, metal)
    n = len(both)
    chelate = replace(
        both,
        is_ligand=frozen([True] * n, bool),
        residue_is_ligand=frozen([True] * both.n_residues, bool),
    )
    facts = facing(amide_nh(True), chelate, 2.9, (1, 0, 0), (1, 0, 0))
    found = "bond" if facts.hbonds else "near miss" if facts.near_misses else "nothing"
    assert found == expected
    for bond in facts.near_misses:
        assert bond.limit == "metal angle"
        assert bond.margin == pytest.approx((degrees - 45) / 20)


def test_a_metal_of_the_other_side_does_not_block() -> None:
    pocket = with_metal(amide_nh(True), np.array((2.9 - 2.2, 0.4, 0.0)))
    assert facing(pocket, acetone(), 2.9, (1, 0, 0), (1, 0, 0)).pairs == ((0, 7),)


def thiol() -> Complex:
    atoms = [("CA", 6, (-2.4, 1.44, 0)), ("CB", 6, (-1.82, 0, 0)), ("SG", 16, (0, 0, 0))]
    return build(atoms, [(0, 1), (1, 2)], ligand=False, residues=[("CYS", 0)])


@pytest.mark.parametrize(("distance", "bonded"), [(3.6, True), (4.04, True), (4.06, False)])
def test_a_thiol_reaches_farther_than_a_hydroxyl(distance: float, bonded: bool) -> None:
    direction = polar(1.0, 75)
    assert bool(facing(thiol(), acetone(), distance, direction, direction).hbonds) == bonded
    assert not facing(serine(), acetone(), max(distance, 3.6), direction, direction).hbonds


@pytest.mark.parametrize(("distance", "bonded"), [(4.13, True), (4.15, False)])
def test_a_thione_is_reached_from_farther(distance: float, bonded: bool) -> None:
    thione = ligand("CC(C)=S")
    order = [3, 1, 0, 2]
    xyz = np.array(thione.xyz)[order]
    bare = build(
        [
            (name, z, place - xyz[0])
            for (name, z), place in zip((("S", 16), ("C", 6), ("C1", 6), ("C2", 6)), xyz, strict=True)
        ],
        [(0, 1), (1, 2), (1, 3)],
    )
    # turn the C=S bond onto +x first, as in the other scenes
    from .scenes import aligned

    bare = moved(bare, aligned(np.array(bare.xyz), bare.xyz[1], (1, 0, 0)))
    # H...S may be 2.88 + 0.35 A, N...S 4.13 A; the hydrogen's limit decides for a straight bond at 4.14 A
    facts = facing(amide_nh(True), bare, distance, (1, 0, 0), (1, 0, 0))
    assert bool(facts.hbonds) == (bonded and distance - 0.91 <= 3.23)
    if facts.hbonds:
        assert (facts.hbonds[0].acceptor_class, facts.hbonds[0].donor_class) == ("A4", "D13")
