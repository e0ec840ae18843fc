"""Bonds inside one residue: from its template, else by distance."""

from collections.abc import Container, Iterator

import numpy as np

from misi.structures.bond_graph import BOND_TOLERANCE, BondGraph
from misi.structures.complex import HYDROGEN
from misi.structures.elements import COVALENT_RADII
from misi.structures.templates import Template

#: Atoms of one residue above which distances are not computed: no residue of any entry comes near.
MAX_RESIDUE_ATOMS = 5_000

#: Above this size numpy finds the atoms within reach; below it plain arithmetic is faster.
_VECTOR_SIZE = 48

_RADII = np.array(COVALENT_RADII)


def _within_reach(graph: BondGraph, run: range) -> Iterator[list[tuple[int, float]]]:
    """For each atom of a residue the others, in order, at bonding distance, with the squared distance.

    Two atoms at one place are not bonded (the program reads distance 0 as none), nor are two elements without radius.
    """
    atoms = graph.atoms[run.start : run.stop]
    if len(run) < _VECTOR_SIZE:
        for a in atoms:
            found = []
            radius = COVALENT_RADII[a.element]
            for at, b in enumerate(atoms, start=run.start):
                limit = radius + COVALENT_RADII[b.element]
                squared = (a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2
                if 0.0 < squared <= (limit + BOND_TOLERANCE) ** 2 and limit > 0.0:
                    found.append((at, squared))
            yield found
        return
    xyz = np.array([(atom.x, atom.y, atom.z) for atom in atoms])
    radii = _RADII[[atom.element for atom in atoms]]
    for row in range(len(atoms)):
        offsets = xyz - xyz[row]
        squared = offsets[:, 0] ** 2 + offsets[:, 1] ** 2 + offsets[:, 2] ** 2
        limits = radii + radii[row]
        near = np.flatnonzero((squared > 0.0) & (squared <= (limits + BOND_TOLERANCE) ** 2) & (limits > 0.0))
        yield [(run.start + int(at), float(squared[at])) for at in near]


def bond_by_distance(graph: BondGraph, run: range, known: Container[int]) -> None:
    """Bond atoms of a residue that lie within the sum of their radii + 0.4 A.

    Atoms of `known` start no bond. A hydrogen takes one bond: to the first heavy atom that reaches it in file order
    or, where it stands before them, to the nearest. Pairs are looked at once, from the earlier atom, unless that
    one is known.
    """
    for row, near in zip(run, _within_reach(graph, run), strict=True):
        if row in known:
            continue
        hydrogen = graph.atoms[row].element <= HYDROGEN
        if hydrogen and graph.neighbours[row]:
            continue
        nearest: tuple[float, int] | None = None
        for other, squared in near:
            if graph.atoms[other].element <= HYDROGEN and (hydrogen or graph.neighbours[other]):
                continue
            if other < row and other not in known:
                continue
            if not hydrogen:
                graph.add(row, other)
            elif nearest is None or squared <= nearest[0]:
                nearest = (squared, other)
        if nearest is not None:
            graph.add(row, nearest[1])


def bond_by_template(graph: BondGraph, run: range, template: Template, complete: Container[int]) -> None:
    """Bond a standard residue by names, at any distance; atoms outside the template by distance.

    Every bond goes to the first atom of the neighbour's name. Atoms of `complete` (from CONECT) start none.
    """
    first: dict[str, int] = {}
    for row in run:
        first.setdefault(graph.atoms[row].name, row)
    known: set[int] = set()
    for row in run:
        if row in complete:
            known.add(row)
            continue
        names = template.neighbours.get(graph.atoms[row].name)
        if names is None:
            continue
        known.add(row)
        for name in names:
            other = first.get(name)
            if other is not None and other != row:
                graph.add(row, other)
    if len(known) < len(run):
        bond_by_distance(graph, run, known)
    # Hydrogens with names of another dialect may have been left without any bond: then distance has its say on the
    # whole residue.
    if any(graph.atoms[row].element == HYDROGEN and not graph.neighbours[row] for row in run):
        bond_by_distance(graph, run, complete)
