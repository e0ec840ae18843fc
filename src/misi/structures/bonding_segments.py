"""Where a chain is interrupted by the layout of the file, before any distance is looked at."""

from dataclasses import dataclass

from misi.structures.bond_graph import BondGraph
from misi.structures.records import FileRecords, ResidueId
from misi.structures.templates import NUCLEIC_NAMES, PROTEIN_NAMES, STANDARD


@dataclass(frozen=True)
class Segments:
    """Runs of residues that are joined one to the next.

    Attributes
    ----------
    starts, ends : frozenset of int
        First and last residues.
    modified : frozenset of ResidueId
        Residues with a MODRES record.
    protein_names, nucleic_names : frozenset of str
        Names that join as polymer, those that MODRES derives from a standard residue included.
    """

    starts: frozenset[int]
    ends: frozenset[int]
    modified: frozenset[ResidueId]
    protein_names: frozenset[str]
    nucleic_names: frozenset[str]

    def polymer(self, name: str) -> str:
        """ "protein", "nucleic", or "" for a name that joins as neither."""
        if name in self.protein_names:
            return "protein"
        return "nucleic" if name in self.nucleic_names else ""


def find_segments(graph: BondGraph, records: FileRecords) -> Segments:
    """Break the residues of a file into segments.

    A residue starts a segment after TER, on a change of chain letter, if it comes from HETATM and has no MODRES
    record, or if its number is lower than that of the residue before and that one has an OXT. A standard ATOM
    residue that follows non-standard ones of its chain in ATOM-like sequence takes those breaks back: they stood
    for a modified residue without MODRES.
    """
    modified = frozenset(residue for residue, _ in records.modified)
    starts: list[int] = []
    ends: list[int] = []
    het_breaks = False
    for row, run in enumerate(graph.residues):
        atom = graph.atoms[run.start]
        if row == 0:
            starts.append(row)
            continue
        before = graph.atoms[run.start - 1]
        chain, same_chain = atom.residue_id.chain, atom.residue_id.chain == before.residue_id.chain
        after_ter = atom.chunk != before.chunk
        if after_ter:
            # HETATM residues behind a TER in the middle of a chain are never joined, MODRES or not.
            het_breaks = same_chain
        broken = after_ter or not same_chain
        if not broken and atom.het:
            broken = het_breaks or atom.residue_id not in modified
        if not broken and before.residue_id.number > atom.residue_id.number:
            broken = graph.find(row - 1, "OXT") is not None
        inline = not atom.het and before.residue_name not in STANDARD and before.residue_id not in modified
        if not broken and inline and chain and same_chain:
            while ends:
                start, end = starts[-1], ends[-1]
                if graph.chain(start) != chain or graph.residue_name(start) in STANDARD or graph.chain(end) != chain:
                    break
                starts.pop()
                ends.pop()
        if broken:
            ends.append(row - 1)
            starts.append(row)
    if graph.residues:
        ends.append(len(graph.residues) - 1)
    names = {graph.residue_name(row): graph.atoms[run.start].residue_id for row, run in enumerate(graph.residues)}
    derived = dict(records.modified)
    standard = {name: derived.get(residue, "") for name, residue in names.items()} if derived else {}
    return Segments(
        starts=frozenset(starts),
        ends=frozenset(ends),
        modified=modified,
        protein_names=PROTEIN_NAMES | {name for name, parent in standard.items() if parent in PROTEIN_NAMES},
        nucleic_names=NUCLEIC_NAMES | {name for name, parent in standard.items() if parent in NUCLEIC_NAMES},
    )
