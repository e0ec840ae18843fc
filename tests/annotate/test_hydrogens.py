"""Ideal hydrogen and lone-pair positions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.annotate.atom_types import LINEAR, PLANAR, TETRAHEDRAL
from misi.annotate.geometry import angle
from misi.annotate.graph import Graph
from misi.annotate.hydrogens import free_directions, hydrogen_positions
from misi.annotate.idatm import assign_types

from .made import ligand, reordered

ORIGIN = (0.0, 0.0, 0.0)
points = st.tuples(*[st.floats(-3, 3) for _ in range(3)]).filter(lambda p: math.dist(p, ORIGIN) > 0.1)


def test_linear_is_opposite() -> None:
    assert free_directions(ORIGIN, LINEAR, 1.0, [(0, 0, 1.2)], []) == [(0, 0, -1)]


def test_first_planar_position_is_cis_to_the_coplanar_point() -> None:
    first, second = free_directions(ORIGIN, PLANAR, 1.0, [(1.4, 0, 0)], [(2.1, 1.2, 0)])
    assert first == pytest.approx((-0.5, math.sin(math.radians(120)), 0))
    assert second == pytest.approx((-0.5, -math.sin(math.radians(120)), 0))


def test_two_coplanar_points_that_agree_change_nothing() -> None:
    both = free_directions(ORIGIN, PLANAR, 1.0, [(1.4, 0, 0)], [(2.1, 1.2, 0), (2.1, -1.2, 0)])
    one = free_directions(ORIGIN, PLANAR, 1.0, [(1.4, 0, 0)], [(2.1, 1.2, 0)])
    assert np.allclose(both, one)


@given(points, st.floats(0.5, 2))
def test_one_neighbour_without_coplanar_atoms(neighbour: tuple[float, float, float], length: float) -> None:
    for geometry, count, ideal in ((PLANAR, 2, 120.0), (TETRAHEDRAL, 3, 109.5)):
        found = free_directions(ORIGIN, geometry, length, [neighbour], [])
        assert len(found) == count
        for place in found:
            assert math.dist(place, ORIGIN) == pytest.approx(length)
            assert angle(neighbour, ORIGIN, place) == pytest.approx(ideal, abs=1.5)


def test_full_atoms_get_nothing() -> None:
    around = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (-1, 0, 0)]
    assert free_directions(ORIGIN, TETRAHEDRAL, 1.0, around, []) == []
    assert free_directions(ORIGIN, PLANAR, 1.0, around[:3], []) == []
    assert free_directions(ORIGIN, PLANAR, 1.0, [], []) == []


@pytest.mark.parametrize(
    ("smiles", "atom", "count"),
    [
        ("CC(=O)NC", 3, 1),  # amide N-H
        ("CC(N)=O", 2, 2),  # amide NH2
        ("CC(=[NH2+])N", 2, 2),  # amidinium
        ("c1cc[nH]c1", 3, 1),
        ("C[NH2+]C", 1, 2),
        ("C[NH+](C)C", 1, 1),
        ("CO", 1, 0),  # free to turn
        ("CS", 1, 0),
        ("C[NH3+]", 1, 0),
        ("O", 0, 0),
        ("CC(C)=O", 3, 0),
    ],
)
def test_which_hydrogens_have_a_place_without_being_in_the_file(smiles: str, atom: int, count: int) -> None:
    whole = ligand(smiles)
    bare = reordered(whole, [row for row in range(len(whole)) if whole.element[row] > 1])
    types = assign_types(whole)[: len(bare)]
    placed = hydrogen_positions(Graph.of(bare), types, atom)
    assert len(placed) == count
    given_ones = hydrogen_positions(Graph.of(whole), assign_types(whole), atom)
    for place in placed:
        # ideal places are near those of the force field
        assert min(math.dist(place, h) for h in given_ones) < 0.35


def test_hydrogens_in_the_file_are_taken_as_they_are() -> None:
    whole = ligand("CC(N)=O")
    hydrogens = [row for row in whole.neighbours[2] if whole.element[row] == 1]
    one = reordered(whole, [row for row in range(len(whole)) if row != hydrogens[0]])
    found = hydrogen_positions(Graph.of(one), assign_types(one), 2)
    assert found == [tuple(whole.xyz[hydrogens[1]])]
