"""Hydrogen bonds between pocket and ligand, as UCSF ChimeraX finds them with its default settings.

Criteria of J.E. Mills and P.M. Dean, J. Comput.-Aided Mol. Des. 10 (1996) 607-622, relaxed by 0.4 A and 20 degrees.
A pair is a hydrogen bond when both the acceptor's and the donor's limits hold; hydrogens in the file decide, none
are needed. There is no best choice: every pair that qualifies counts.
"""

import math

import numpy as np

from misi.annotate.acceptors import Acceptor, find_acceptors
from misi.annotate.atom_types import PLANAR_TYPES
from misi.annotate.criteria import METAL_REACH, NEAR_MISS_MARGIN, REACH
from misi.annotate.donors import Donor, find_donors
from misi.annotate.facts import Facts, HBond
from misi.annotate.graph import Graph, Point, angle
from misi.annotate.group_rings import GroupAtoms
from misi.annotate.idatm import assign_types
from misi.annotate.neighbour_cells import near_pairs
from misi.annotate.pair_tests import tightest_limit
from misi.annotate.residue_types import COMPLETE_HEAVY_NEIGHBOURS
from misi.annotate.tightest import Tightest
from misi.structures.complex import METALS, Complex

N, O, S = 7, 8, 16  # noqa: E741


def annotate(complex: Complex) -> Facts:
    """Atom types, hydrogen bonds and near misses of a complex.

    Pocket and ligand are two molecules: groups, coordinated metals and types are looked for in each, bonds between
    them. Both directions are listed where both hold; `Facts.pairs` has each bond once.
    """
    graph = Graph.of(complex)
    types = assign_types(complex, graph)
    found = _pairs_within_reach(complex, graph)
    atoms = GroupAtoms(
        types,
        graph.element,
        graph.neighbours,
        complex.n_links.tolist(),
        graph.residue,
        complex.residue_start.tolist(),
    )
    names = complex.residue_name.tolist()
    wanted = {atom for atom in {atom for pair in found for atom in pair} if not _truncated(names, graph, atom)}
    acceptors = {acceptor.atom: acceptor for acceptor in find_acceptors(graph, atoms, wanted)}
    metals = _coordinated_metals(complex, graph, acceptors)
    donors = {
        donor.atom: donor
        for donor in find_donors(graph, atoms, wanted)
        if not (donor.element == N and types[donor.atom] in PLANAR_TYPES and donor.atom in metals)
    }
    bonds, near_misses = [], []
    for first, second in sorted(found):
        donor, acceptor = donors.get(first), acceptors.get(second)
        if donor is None or acceptor is None:
            continue
        tightest = tightest_limit(donor, acceptor, metals.get(second, ()))
        if tightest.margin >= 0.0:
            bonds.append(_bond(donor, acceptor, tightest))
        elif tightest.margin >= NEAR_MISS_MARGIN:
            near_misses.append(_bond(donor, acceptor, tightest))
    return Facts(complex, types, tuple(bonds), tuple(near_misses))


def _pairs_within_reach(complex: Complex, graph: Graph) -> set[tuple[int, int]]:
    """Pairs of polar atoms across the interface, near enough for a bond, in both orders."""
    element = complex.element
    polar = (element == N) | (element == O) | (element == S)
    ligand = np.flatnonzero(polar & complex.is_ligand)
    if not len(ligand):
        return set()
    pocket = np.flatnonzero(polar & ~complex.is_ligand)
    low, high = complex.xyz[ligand].min(axis=0) - REACH, complex.xyz[ligand].max(axis=0) + REACH
    places = complex.xyz[pocket]
    first, second = ligand.tolist(), pocket[((places >= low) & (places <= high)).all(axis=1)].tolist()
    near = near_pairs([graph.xyz[a] for a in first], [graph.xyz[a] for a in second], REACH)
    return {pair for i, j in near for pair in ((first[i], second[j]), (second[j], first[i]))}


def _truncated(residue_names: list[str], graph: Graph, atom: int) -> bool:
    """The atom of a standard residue lacks heavy neighbours that a complete residue has."""
    row = graph.residue[atom]
    complete = COMPLETE_HEAVY_NEIGHBOURS.get(residue_names[row])
    if complete is None or graph.name[atom] not in complete:
        return False
    own = sum(graph.element[n] > 1 and graph.residue[n] == row for n in graph.neighbours[atom])
    return own < complete[graph.name[atom]]


def _coordinated_metals(complex: Complex, graph: Graph, acceptors: dict[int, Acceptor]) -> dict[int, list[Point]]:
    """Acceptor atom -> places of the metals of its own molecule that it coordinates.

    A planar nitrogen among them (histidine on zinc, heme) has its lone pair on the metal, and no hydrogen there.
    """
    metals = [atom for atom, element in enumerate(graph.element) if element in METALS]
    rows = list(acceptors)
    is_ligand = complex.is_ligand
    found: dict[int, list[Point]] = {}
    for i, j in near_pairs([graph.xyz[a] for a in rows], [graph.xyz[m] for m in metals], METAL_REACH):
        if is_ligand[rows[i]] == is_ligand[metals[j]]:
            found.setdefault(rows[i], []).append(graph.xyz[metals[j]])
    return found


def _bond(donor: Donor, acceptor: Acceptor, tightest: Tightest) -> HBond:
    lengths = [math.dist(h, acceptor.xyz) for h in donor.hydrogens]
    nearest = min(range(len(lengths)), key=lengths.__getitem__, default=None)
    return HBond(
        donor.atom,
        acceptor.atom,
        hydrogen=donor.explicit[nearest] if donor.explicit and nearest is not None else None,
        distance=math.dist(donor.xyz, acceptor.xyz),
        hydrogen_distance=None if nearest is None else lengths[nearest],
        angle=None if nearest is None else angle(donor.xyz, donor.hydrogens[nearest], acceptor.xyz),
        donor_class=donor.name,
        acceptor_class=acceptor.name,
        margin=tightest.margin,
        limit=tightest.limit,
    )
