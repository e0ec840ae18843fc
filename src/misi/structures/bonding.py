"""Bonds of a PDB file, made as the reference program, UCSF ChimeraX, makes them (its bundle pdb_lib).

A PDB file names few of its bonds. The program's rules decide which atoms of a chopped chain still count as bonded and
where a gap is marked, and with that how atoms next to a gap are typed; so the rules, the order in which bonds are
made and their less chemical consequences are kept.
"""

from collections.abc import Sequence

import numpy as np

from misi.structures.bond_graph import BondGraph
from misi.structures.bonding_joins import join_residues
from misi.structures.bonding_review import review
from misi.structures.bonding_segments import find_segments
from misi.structures.complex import Int, frozen
from misi.structures.records import FileRecords, ResidueId, residue_runs


def _apply_conect(graph: BondGraph, records: FileRecords) -> set[int]:
    """Make the bonds of CONECT records; return the atoms whose bonds these records tell completely.

    Those are atoms with a bond inside their own residue, or alone in it. A record that starts from an atom which the
    file lacks ends the reading, as in the program.
    """
    row_of = {atom.serial: row for row, atom in enumerate(graph.atoms)}
    complete: set[int] = set()
    for serials in records.conect:
        if not serials:
            continue
        start = row_of.get(serials[0])
        if start is None:
            break
        for serial in serials[1:5]:
            end = row_of.get(serial)
            if end is not None and end != start and serial > 0:
                graph.add(start, end)
        home = graph.residue_of[start]
        if len(graph.residues[home]) == 1 or any(graph.residue_of[end] == home for end in graph.neighbours[start]):
            complete.add(start)
    return complete


def _apply_cross_links(graph: BondGraph, records: FileRecords) -> None:
    """Make the bonds of SSBOND and LINK records, of any length, where both atoms are in the file."""
    if not records.cross_links:
        return
    first: dict[tuple[ResidueId, str], int] = {}
    for row, atom in enumerate(graph.atoms):
        first.setdefault((atom.residue_id, atom.name), row)
    for link in records.cross_links:
        ends = first.get((link.first, link.first_atom)), first.get((link.second, link.second_atom))
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            graph.add(ends[0], ends[1])


def _pairs(values: Sequence[tuple[int, int]]) -> Int:
    return frozen(values, np.int32, (-1, 2))


def bond_records(records: FileRecords, origin: str = "file") -> tuple[Int, Int]:
    """Covalent bonds and missing-structure links of a file's atoms, one location each.

    Returns
    -------
    bonds : (m, 2) int32
        Rows of `records.atoms`, in order of creation.
    links : (k, 2) int32
        Pairs of atoms on both sides of a gap.

    Raises
    ------
    StructureError
        `residue_too_large`: a residue without template and with more atoms than any molecule has.
    """
    graph = BondGraph(records.atoms, residue_runs(records.atoms))
    complete = _apply_conect(graph, records)
    _apply_cross_links(graph, records)
    segments = find_segments(graph, records)
    join_residues(graph, segments, complete, origin)
    links = review(graph, segments, bool(complete))
    return _pairs(graph.bonds), _pairs(links)
