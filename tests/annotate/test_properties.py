"""What must not change the bonds: where the complex lies, how its atoms are ordered, what is far away."""

import math
from functools import lru_cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.annotate.facts import Facts
from misi.annotate.hbonds import annotate
from misi.structures.complex import Complex
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes

from .made import build, moved, reordered
from .scenes import facing, serine, turned

N = 8
#: Bonds nearer to a limit than this may turn on rounding: the azimuth of ideal hydrogens that nothing fixes, and the
#: order in which two directions are crossed, depend on the frame (docs/hydrogen-bonds.md).
FRAME = 0.15
#: Acceptors among equal atoms of which the first in file order gets the class.
FIRST_OF_EQUALS = ("A1", "generic O")


@lru_cache(maxsize=1)
def facts() -> tuple[Facts, ...]:
    with TemporaryDirectory() as folder:
        ids = write_complexes(Path(folder), N, seed=11)
        return tuple(annotate(load_by_id(Path(folder), complex_id)) for complex_id in ids)


def firm(found: Facts, rows: list[int] | None = None) -> set[tuple[int, int]]:
    """Bonds clear of every limit, as rows of the original."""
    rows = rows or list(range(len(found.complex)))
    return {(rows[bond.donor], rows[bond.acceptor]) for bond in found.hbonds if bond.margin > FRAME}


def every(found: Facts, rows: list[int] | None = None) -> set[tuple[int, int]]:
    rows = rows or list(range(len(found.complex)))
    return {(rows[bond.donor], rows[bond.acceptor]) for bond in (*found.hbonds, *found.near_misses)}


def test_the_made_up_complexes_have_bonds_to_lose() -> None:
    assert sum(len(found.pairs) for found in facts()) > 20


@given(
    st.integers(0, N - 1), st.tuples(*[st.floats(-1, 1)] * 3), st.floats(0, 360), st.tuples(*[st.floats(-50, 50)] * 3)
)
@settings(max_examples=40, deadline=None)
def test_rigid_motion(index: int, axis: tuple[float, ...], degrees: float, shift: tuple[float, ...]) -> None:
    if math.dist(axis, (0, 0, 0)) < 0.1:
        axis = (0.0, 0.0, 1.0)
    before = facts()[index]
    source = before.complex
    after = annotate(moved(source, turned(np.array(source.xyz), axis, degrees) + shift))
    assert after.types == before.types
    assert firm(before) <= every(after)
    assert firm(after) <= every(before)


def shuffled_rows(source: Complex, seed: int) -> list[int]:
    """Atoms in another order inside each residue, residues of the pocket in another order."""
    rng = Random(seed)
    residues = list(source.pocket_residues())
    rng.shuffle(residues)
    residues += [row for row in range(source.n_residues) if source.residue_is_ligand[row]]
    rows: list[int] = []
    for row in residues:
        atoms = list(source.residue_atoms(row))
        rng.shuffle(atoms)
        rows += atoms
    return rows


@given(st.integers(0, N - 1), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_order_of_atoms(index: int, seed: int) -> None:
    before = facts()[index]
    rows = shuffled_rows(before.complex, seed)
    after = annotate(reordered(before.complex, rows))
    assert [after.types[new] for new in np.argsort(rows)] == list(before.types)

    def comparable(found: Facts, names: list[int]) -> set[tuple[int, int]]:
        return {
            (names[bond.donor], names[bond.acceptor])
            for bond in found.hbonds
            if bond.margin > FRAME and bond.acceptor_class not in FIRST_OF_EQUALS
        }

    assert comparable(before, list(range(len(rows)))) <= every(after, rows)
    assert comparable(after, rows) <= every(before)


@given(st.integers(0, N - 1), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_a_far_residue(index: int, seed: int) -> None:
    before = facts()[index]
    source = before.complex
    ligand = source.xyz[source.is_ligand]

    def gap(row: int) -> float:
        atoms = source.xyz[list(source.residue_atoms(row))]
        return float(np.sqrt(((atoms[:, None] - ligand[None]) ** 2).sum(-1)).min())

    def bonded(row: int) -> set[int]:
        own = set(source.residue_atoms(row))
        return {int(source.residue[n]) for atom in own for n in source.neighbours[atom]} - {row}

    far = [
        row
        for row in source.pocket_residues()
        if gap(row) > 6.5
        and all(gap(other) > 5.5 for other in bonded(row))
        and source.element[source.residue_start[row]] < 11
    ]
    if not far:
        pytest.skip("no residue is that far")
    gone = Random(seed).choice(far)
    rows = [row for row in range(len(source)) if source.residue[row] != gone]
    after = annotate(reordered(source, rows))
    assert {(rows[a], rows[b]) for a, b in after.pairs} == set(before.pairs)
    assert every(after, rows) == every(before)


def test_pairs_hold_every_bond_once() -> None:
    for found in facts():
        both = {(bond.donor, bond.acceptor) for bond in found.hbonds}
        assert {frozenset(pair) for pair in found.pairs} == {frozenset(pair) for pair in both}
        assert len(found.pairs) == len({frozenset(pair) for pair in both})
        assert all(not found.complex.is_ligand[a] and found.complex.is_ligand[b] for a, b in found.pairs)


def test_both_roles_count_once() -> None:
    # two hydroxyls without hydrogens: each may give to the other
    methanol = build([("O", 8, (0, 0, 0)), ("C", 6, (0.54, 1.32, 0))], [(0, 1)])
    found = facing(serine(), methanol, 2.8, (0.34, 0.94, 0), (0.34, 0.94, 0))
    assert {(bond.donor, bond.acceptor) for bond in found.hbonds} == {(2, 3), (3, 2)}
    assert found.pairs == ((2, 3),)


def test_order_and_ranges_of_what_is_reported() -> None:
    for found in facts():
        assert list(found.hbonds) == sorted(found.hbonds, key=lambda bond: (bond.donor, bond.acceptor))
        for bond in found.hbonds:
            assert bond.margin >= 0
            assert bond.limit
            assert bond.hydrogen is None or found.complex.element[bond.hydrogen] == 1
            assert bond.hydrogen is None or bond.hydrogen in found.complex.neighbours[bond.donor]
        for bond in found.near_misses:
            assert -0.5 <= bond.margin < 0


def test_annotation_is_repeatable() -> None:
    found = facts()[0]
    again = annotate(found.complex)
    assert again.hbonds == found.hbonds
    assert again.near_misses == found.near_misses
    assert again.types == found.types
