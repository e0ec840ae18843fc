"""What a PDB or mmCIF file says, before any bond is made: atom records in file order, and records of connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class ResidueId(NamedTuple):
    """Chain, number and insertion code, as connection records name a residue."""

    chain: str
    number: int
    icode: str


class AtomRecord(NamedTuple):
    """One ATOM or HETATM line.

    `file_index` is its 0-based row among the atom lines of the file, `chunk` counts the TER records before it, and
    `het` says that it is a HETATM. Occupancy and B factor are only read where `altloc` is not blank.
    """

    file_index: int
    serial: int
    name: str
    element: int
    altloc: str
    residue_name: str
    residue_id: ResidueId
    x: float
    y: float
    z: float
    occupancy: float
    bfactor: float
    het: bool
    chunk: int


class CrossLink(NamedTuple):
    """An SSBOND or LINK record (mmCIF: struct_conn): a bond between two named atoms."""

    first: ResidueId
    first_atom: str
    second: ResidueId
    second_atom: str


@dataclass(frozen=True)
class FileRecords:
    """The records of the first model of a file.

    Attributes
    ----------
    atoms : tuple of AtomRecord
        In file order.
    conect : tuple of tuple of int
        Per CONECT record the serial number of an atom and of those bonded to it.
    cross_links : tuple of CrossLink
    modified : dict
        MODRES: residue to the name of the standard residue it derives from.
    notes : tuple of str
    """

    atoms: tuple[AtomRecord, ...]
    conect: tuple[tuple[int, ...], ...] = ()
    cross_links: tuple[CrossLink, ...] = ()
    modified: tuple[tuple[ResidueId, str], ...] = ()
    notes: tuple[str, ...] = ()


def residue_runs(atoms: Sequence[AtomRecord]) -> list[range]:
    """Rows of each residue: a run of consecutive records with one (chain, number, insertion code, name)."""
    starts = [
        row
        for row, atom in enumerate(atoms)
        if row == 0 or atom.residue_id != atoms[row - 1].residue_id or atom.residue_name != atoms[row - 1].residue_name
    ]
    return [range(start, end) for start, end in pairwise([*starts, len(atoms)])]
