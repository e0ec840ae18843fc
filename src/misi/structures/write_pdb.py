"""PDB lines (wwPDB format 3.3): what the readers of this package and everyone else's agree on."""

from collections.abc import Iterable
from typing import NamedTuple

from misi.errors import StructureError

_SERIALS = 100_000
_LEAST, _MOST = -999.9994, 9999.9994  # a coordinate has eight columns


class PdbAtom(NamedTuple):
    """One ATOM (`het` False) or HETATM line; coordinates in angstrom."""

    het: bool
    name: str
    element: str
    residue: str
    chain: str
    number: int
    icode: str
    x: float
    y: float
    z: float
    occupancy: float
    bfactor: float


def pdb_line(atom: PdbAtom, serial: int) -> str:
    """The fixed columns of an atom; serial numbers start again after 99,999.

    Raises
    ------
    StructureError
        `not_pdb_format`: a field is wider than its columns.
    """
    wide = (
        len(atom.name) > 4
        or len(atom.residue) > 3
        or len(atom.chain) > 1
        or len(atom.icode) > 1
        or not -999 <= atom.number <= 9999
        or not all(_LEAST < value < _MOST for value in (atom.x, atom.y, atom.z))
    )
    if wide:
        raise StructureError(
            "not_pdb_format",
            f"atom {atom.name} of {atom.residue} {atom.chain} {atom.number}{atom.icode} does not fit the PDB columns",
        )
    name = atom.name.ljust(4) if len(atom.name) == 4 or len(atom.element) == 2 else f" {atom.name:<3s}"
    return (
        f"{'HETATM' if atom.het else 'ATOM  '}{serial % _SERIALS:5d} {name} {atom.residue:>3s} {atom.chain or ' '}"
        f"{atom.number:4d}{atom.icode or ' '}   {atom.x:8.3f}{atom.y:8.3f}{atom.z:8.3f}"
        f"{atom.occupancy:6.2f}{min(atom.bfactor, 999.0):6.2f}          {atom.element.upper():>2s}"
    )


def pdb_text(header: Iterable[str], atoms: Iterable[PdbAtom]) -> str:
    """A file: header lines, atoms numbered from 1, END.

    Raises
    ------
    StructureError
        As `pdb_line`.
    """
    return "\n".join([*header, *(pdb_line(atom, k) for k, atom in enumerate(atoms, start=1)), "END", ""])
