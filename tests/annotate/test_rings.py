"""Minimal rings and the bond orders of ring systems."""

import math
from itertools import combinations
from random import Random

import pytest
from rdkit import Chem

from misi.annotate.graph import Graph
from misi.annotate.idatm import assign_types
from misi.annotate.kekule import RingSystem, assignments
from misi.annotate.neighbour_cells import near_pairs
from misi.annotate.rings import minimal_rings
from misi.structures.complex import Complex

from .made import build, ligand


def rings_of(smiles: str) -> list[int]:
    mol = Chem.MolFromSmiles(smiles)
    rows = {atom.GetIdx(): [n.GetIdx() for n in atom.GetNeighbors()] for atom in mol.GetAtoms()}
    return [len(ring) for ring in minimal_rings(rows)]


@pytest.mark.parametrize(
    ("smiles", "sizes"),
    [
        ("CCO", []),
        ("c1ccccc1", [6]),
        ("c1ccccc1Cc1ccccc1", [6, 6]),
        ("c1ccc2[nH]ccc2c1", [5, 6]),
        ("C1CC2CCC1C2", [5, 5]),
        ("C12C3C4C1C5C2C3C45", [4] * 6),  # cubane
        ("C1CC2CCC1CC2", [6, 6, 6]),  # all three rings of bicyclo[2.2.2]octane are equal
        ("C1CC12CC2", [3, 3]),
    ],
)
def test_minimal_rings(smiles: str, sizes: list[int]) -> None:
    assert rings_of(smiles) == sizes


def test_ring_atoms_follow_each_other() -> None:
    rows = {0: [1, 4], 1: [0, 2], 2: [1, 3], 3: [2, 4], 4: [3, 0]}
    (ring,) = minimal_rings(rows)
    assert all(b in rows[a] for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))


def kekule_count(smiles: str, *, charged: bool = False) -> int:
    made = ligand(smiles)
    graph = Graph.of(made)
    rows = {
        atom: [n for n in graph.neighbours[atom] if graph.element[n] > 1]
        for atom, z in enumerate(graph.element)
        if z > 1
    }
    system = RingSystem(graph, minimal_rings(rows))
    outer = {(atom, n): 1 for atom in system.atoms for n in system.outside[atom]}
    return len(assignments(system, outer, charged=charged))


@pytest.mark.parametrize(
    ("smiles", "count"),
    [("c1ccccc1", 2), ("c1ccc2ccccc2c1", 3), ("c1ccc2cc3ccccc3cc2c1", 4), ("c1cc[nH]c1", 1), ("C1=CC=CC1", 0)],
)
def test_number_of_kekule_structures(smiles: str, count: int) -> None:
    # cyclopentadiene has an sp3 carbon, whose octet two ring bonds and two hydrogens close: one structure
    assert kekule_count(smiles) == (1 if smiles == "C1=CC=CC1" else count)


def test_pyridinium_needs_a_charge() -> None:
    assert kekule_count("C[n+]1ccccc1") == 0
    assert kekule_count("C[n+]1ccccc1", charged=True) > 0


def flake(rings: int) -> Complex:
    """A flat piece of graphene without hydrogens, `rings` hexagons across."""
    points = set()
    for q in range(-rings, rings + 1):
        for r in range(-rings, rings + 1):
            if abs(q + r) < rings and abs(q) < rings and abs(r) < rings:
                x, y = 1.42 * 3**0.5 * (q + r / 2), 1.42 * 1.5 * r
                corners = [math.radians(30 + 60 * k) for k in range(6)]
                points |= {(round(x + 1.42 * math.cos(a), 3), round(y + 1.42 * math.sin(a), 3)) for a in corners}
    places = sorted(points)
    near = [(i, j) for i, j in combinations(range(len(places)), 2) if math.dist(places[i], places[j]) < 1.6]
    return build([(f"C{i + 1}", 6, (x, y, 0.0)) for i, (x, y) in enumerate(places)], near)


@pytest.mark.parametrize("rings", [1, 2, 3])
def test_sheets_are_aromatic(rings: int) -> None:
    sheet = flake(rings)  # benzene, coronene, and 54 carbons, of which no one counts the structures
    assert len(sheet) == 6 * rings**2
    assert set(assign_types(sheet)) == {"Car"}


def test_cells_find_what_all_pairs_find() -> None:
    rng = Random(3)
    first = [(rng.uniform(-12, 12), rng.uniform(-12, 12), rng.uniform(-12, 12)) for _ in range(40)]
    second = [(rng.uniform(-12, 12), rng.uniform(-12, 12), rng.uniform(-12, 12)) for _ in range(200)]
    brute = {
        (i, j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) <= 16
    }
    found = list(near_pairs(first, second, 4.0))
    assert set(found) == brute
    assert len(found) == len(brute)
