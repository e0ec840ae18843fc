"""Bonds from each residue to the one before it in its segment."""

from collections.abc import Container

import numpy as np

from misi.errors import StructureError
from misi.structures.bond_graph import BOND_TOLERANCE, BondGraph
from misi.structures.bonding_residue import MAX_RESIDUE_ATOMS, bond_by_distance, bond_by_template
from misi.structures.bonding_segments import Segments
from misi.structures.complex import HYDROGEN
from misi.structures.templates import NUCLEIC_BACKBONE, PROTEIN_BACKBONE, STANDARD, Template, template

_SULFUR = 16

#: A residue behind a leading non-standard one is joined to it only within this distance, angstrom.
_LEADING_REACH = 3.0


def _closest(graph: BondGraph, row: int, residue: int) -> tuple[float, int] | None:
    """Squared distance and row of the unsaturated heavy atom of a residue nearest to a heavy atom."""
    best: tuple[float, int] | None = None
    if graph.atoms[row].element == HYDROGEN:
        return None
    for other in graph.residues[residue]:
        if graph.atoms[other].element != HYDROGEN and not graph.saturated(other):
            squared = graph.distance_squared(row, other)
            if best is None or squared < best[0]:
                best = (squared, other)
    return best


def _nearest_pair(graph: BondGraph, first: int, second: int) -> tuple[float, int, int] | None:
    """Squared distance and rows of the nearest unsaturated heavy atoms of two residues."""
    heavy = [
        [row for row in graph.residues[residue] if graph.atoms[row].element != HYDROGEN and not graph.saturated(row)]
        for residue in (first, second)
    ]
    if not heavy[0] or not heavy[1]:
        return None
    points = [np.array([(atom.x, atom.y, atom.z) for atom in (graph.atoms[row] for row in rows)]) for rows in heavy]
    best: tuple[float, int, int] | None = None
    for row, point in zip(heavy[0], points[0], strict=True):
        offsets = points[1] - point
        squared = offsets[:, 0] ** 2 + offsets[:, 1] ** 2 + offsets[:, 2] ** 2
        at = int(np.argmin(squared))
        if best is None or squared[at] < best[0]:
            best = (float(squared[at]), row, heavy[1][at])
    return best


def _join_nearest(graph: BondGraph, first: int, second: int, any_length: bool = True) -> None:
    pair = _nearest_pair(graph, first, second)
    if pair is None:
        return
    squared, a, b = pair
    ideal = graph.ideal(a, b)
    if any_length or (ideal > 0.0 and 0.0 < squared <= (ideal + BOND_TOLERANCE) ** 2):
        graph.add(a, b)


def _may_be_attached(graph: BondGraph, residue: int, complete: Container[int]) -> bool:
    """Whether a residue that starts a segment may still be bonded to the one in front of it: a molecule of its chain
    with a non-standard name and without CONECT records.
    """
    run = graph.residues[residue]
    if graph.residue_name(residue) in STANDARD or len(run) == 1 or run.start in complete:
        return False
    return graph.chain(residue) == graph.chain(residue - 1)


def _joined_by_record(graph: BondGraph, residue: int, before: int, segments: Segments) -> bool:
    """Whether CONECT, LINK or SSBOND records already join a residue: a standard or modified one to the one before
    it, any other one to whatever there is. Disulfides do not count, nor do metals for the latter.
    """
    sequential = graph.residue_name(residue) in STANDARD or (
        graph.atoms[graph.residues[residue].start].residue_id in segments.modified
    )
    for row in graph.residues[residue]:
        for other in graph.neighbours[row]:
            home = graph.residue_of[other]
            if home == residue:
                continue
            if graph.atoms[row].element == _SULFUR == graph.atoms[other].element:
                continue
            if sequential:
                if home == before:
                    return True
            elif not (graph.is_metal(row) or graph.is_metal(other)):
                return True
    return False


def _join_polymer(graph: BondGraph, before: int, residue: int, backbone: tuple[str, ...]) -> bool:
    """Join the last backbone atom of one residue to the first of the next, at any distance."""
    tail = next((row for name in reversed(backbone) if (row := graph.find(before, name)) is not None), None)
    head = next((row for name in backbone if (row := graph.find(residue, name)) is not None), None)
    if tail is None or head is None:
        return False
    graph.add(tail, head)
    return True


def _join_head(graph: BondGraph, before: int, residue: int, own: Template, tail: str | None, leads: bool) -> None:
    """Join a template residue to one that is no polymer residue of its kind.

    `tail` is the tail atom of the residue before (None if that has no template), `leads` says that it is the first
    residue of the file and non-standard.
    """
    head = graph.find(residue, own.head)
    if head is not None:
        if graph.saturated(head):
            return
        end = graph.find(before, tail) if tail else None
        if end is not None:
            if not graph.saturated(end):
                graph.add(end, head)
            return
        near = _closest(graph, head, before)
        if near is not None and not (leads and near[0] > _LEADING_REACH**2):
            graph.add(head, near[1])
            return
    if not leads:
        _join_nearest(graph, before, residue)


def join_residues(graph: BondGraph, segments: Segments, complete: Container[int], origin: str) -> None:
    """Bond residue after residue: first inside it, then to the one before.

    Parameters
    ----------
    graph : BondGraph
        Holds the bonds of connection records and receives the others.
    segments : Segments
    complete : container of int
        Atoms whose bonds CONECT records tell completely.
    origin : str
        File name, for messages.

    Raises
    ------
    StructureError
        `residue_too_large`.
    """
    previous: Template | None = None
    for residue, run in enumerate(graph.residues):
        name = graph.residue_name(residue)
        before = residue - 1 if residue and residue - 1 not in segments.ends else None
        recorded = before is not None and _joined_by_record(graph, residue, before, segments)
        own = None
        if graph.atoms[run.start].residue_id not in segments.modified:
            own = template(name, residue in segments.starts, residue in segments.ends)
        if len(run) > MAX_RESIDUE_ATOMS:
            raise StructureError("residue_too_large", f"{origin}: residue {name} holds {len(run)} atoms")
        if own is not None:
            bond_by_template(graph, run, own, complete)
        else:
            bond_by_distance(graph, run, complete)
        if before is not None and not recorded:
            kind = segments.polymer(name)
            leads = before == 0 and graph.residue_name(0) not in STANDARD
            if kind and kind == segments.polymer(graph.residue_name(before)):
                backbone = PROTEIN_BACKBONE if kind == "protein" else NUCLEIC_BACKBONE
                if not _join_polymer(graph, before, residue, backbone):
                    _join_nearest(graph, before, residue)
            elif own is None or not own.head:
                _join_nearest(graph, before, residue)
            else:
                _join_head(graph, before, residue, own, previous.tail if previous else None, leads)
        elif before is None and residue and _may_be_attached(graph, residue, complete):
            _join_nearest(graph, residue - 1, residue, any_length=False)
        previous = own
