"""The second look at bonds between residues: unphysical ones go, gaps become links, metals leave the graph."""

from collections.abc import Iterator

from misi.structures.bond_graph import BondGraph
from misi.structures.bonding_segments import Segments
from misi.structures.complex import HYDROGEN
from misi.structures.templates import STANDARD

_CARBON = 6

#: Bonds between residues longer than this multiple of the ideal length are cut where the file is of the prepared kind.
CUT_RATIO = 1.5

#: Bonds between residues from this multiple on are gaps.
GAP_RATIO = 1.75

#: Bonds of no length (two records of one atom), angstrom squared.
_NO_LENGTH_SQUARED = 0.001

#: A metal with more bonds than this inside its residue is coordinated, not bonded.
_METAL_BONDS = 4


def _between_residues(graph: BondGraph) -> Iterator[tuple[int, int]]:
    return ((a, b) for a, b in graph.bonds if graph.residue_of[a] != graph.residue_of[b])


def _cut_unphysical(graph: BondGraph) -> bool:
    """Cut long bonds with a non-standard end; return whether bonds between standard residues remain to be looked at."""
    standard_pairs = False
    long: list[tuple[int, int]] = []
    for a, b in _between_residues(graph):
        if graph.atoms[a].residue_name in STANDARD and graph.atoms[b].residue_name in STANDARD:
            standard_pairs = True
        elif graph.distance_squared(a, b) > (CUT_RATIO * graph.ideal(a, b)) ** 2:
            long.append((a, b))
    graph.remove(long)
    return standard_pairs


def _coordination_bonds(graph: BondGraph) -> set[tuple[int, int]]:
    """Bonds of metals that are coordination rather than covalent.

    They are those to another residue; all of a metal that keeps more than four; and else those to another metal or
    to an atom that is bonded to a non-metal of its own residue. One bond alone to carbon or hydrogen is covalent.
    (The program also keeps a lone bond to an atom whose type has no lone pair, which needs types.)
    """
    if not any(graph.is_metal(row) for row in range(len(graph.atoms))):
        return set()
    bond_of = {frozenset(bond): bond for bond in graph.bonds if graph.is_metal(bond[0]) or graph.is_metal(bond[1])}
    found: set[tuple[int, int]] = set()
    for row, atom in enumerate(graph.atoms):
        if not graph.is_metal(row) or not graph.neighbours[row]:
            continue
        home = graph.residue_of[row]
        if sum(graph.atoms[other].name == atom.name for other in graph.residues[home]) > 1:
            continue  # large inorganic residues, which do not tell their metals apart by name
        inside = [other for other in graph.neighbours[row] if graph.residue_of[other] == home]
        leaving = [other for other in graph.neighbours[row] if graph.residue_of[other] != home]
        if len(inside) > _METAL_BONDS:
            leaving += inside
        elif not (len(inside) == 1 and graph.atoms[inside[0]].element in (_CARBON, HYDROGEN)):
            leaving += [other for other in inside if graph.is_metal(other) or _has_partner(graph, other)]
        found.update(bond_of[frozenset((row, other))] for other in leaving)
    return found


def _has_partner(graph: BondGraph, row: int) -> bool:
    """Whether an atom is bonded to a non-metal of its own residue."""
    home = graph.residue_of[row]
    return any(not graph.is_metal(other) and graph.residue_of[other] == home for other in graph.neighbours[row])


def _gaps(graph: BondGraph) -> list[tuple[int, int]]:
    """Bonds between residues that stand for missing structure."""
    found = []
    for a, b in _between_residues(graph):
        first, second = graph.atoms[a], graph.atoms[b]
        backbone = {first.name, second.name} in ({"C", "N"}, {"O3'", "P"})
        same_chain = first.residue_id.chain == second.residue_id.chain
        if backbone and same_chain and abs(first.residue_id.number - second.residue_id.number) < 2:
            continue  # neighbours by number are never a gap, however long the bond
        trace = any(atom.name == "CA" and atom.element == _CARBON for atom in (first, second))
        if trace or graph.distance_squared(a, b) >= (GAP_RATIO * graph.ideal(a, b)) ** 2:
            found.append((a, b))
    return found


def review(graph: BondGraph, segments: Segments, has_conect: bool) -> list[tuple[int, int]]:
    """Remove what is no covalent bond; return the missing-structure links.

    Parameters
    ----------
    graph : BondGraph
    segments : Segments
    has_conect : bool
        Whether CONECT records told the bonds of any atom.
    """
    prepared = not has_conect and not segments.modified
    prepared = prepared and any(
        graph.residue_name(row) not in STANDARD and not graph.atoms[run.start].het
        for row, run in enumerate(graph.residues)
    )
    look_for_gaps = _cut_unphysical(graph) if prepared else True
    graph.remove(_coordination_bonds(graph))
    links = _gaps(graph) if look_for_gaps else []
    graph.remove(links)
    graph.remove([bond for bond in graph.bonds if graph.distance_squared(*bond) < _NO_LENGTH_SQUARED])
    return links
