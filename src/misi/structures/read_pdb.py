"""PDB files to records.

The lines are read here rather than by a library because two things must not happen: gemmi joins residues that
repeat a (chain, number, name) key far apart in a file, as the two halves of a homodimer with blank chain letters do,
and it reads a coordinate that is no number as 0.0. Column numbers: wwPDB format guide, version 3.30.
"""

import math
from collections.abc import Iterable
from functools import lru_cache

from misi.errors import StructureError
from misi.structures.elements import NUMBERS, atomic_number
from misi.structures.records import AtomRecord, CrossLink, FileRecords, ResidueId

#: Most atom records read from one file: entries of the PDB format end at 99,999.
MAX_ATOMS = 200_000

#: Largest coordinate that is a place and no accident, angstrom; the PDB format's columns hold up to 9999.999.
MAX_COORDINATE = 1e5

#: Share of atom lines that may be unreadable before the file as a whole is refused.
MAX_BAD_SHARE = 0.05

#: Elements that a blank element column never means: a two-letter reading of an atom name that gives one of these is
#: read again as its second letter (astatine and beyond, promethium, technetium).
_RARE = frozenset([43, 61, *range(84, 119)])


@lru_cache(maxsize=4096)
def element_of(symbol: str, columns: str) -> int:
    """Atomic number from the element columns (77-78), else from the name columns (13-16).

    Without an element, the first two name columns are the symbol; a name of four characters that starts with H is
    hydrogen; where the two are no element or a rare one, the second letter alone.
    """
    if symbol:
        return atomic_number(symbol)
    if len(columns.rstrip()) == 4 and columns[0] == "H":
        return 1
    first, second = columns[0], columns[1:2]
    lead = second if first == " " or first.isdigit() else first + (second if second.isalpha() else "")
    number = atomic_number(lead)
    if (number == 0 or number in _RARE) and first != " ":
        number = atomic_number(second)
    # A name that was not put into its columns (CA of an alpha carbon in column 13 is a matter of taste elsewhere,
    # but "N   " or "O   " can only be this) falls back to its first letter.
    return number or NUMBERS.get(columns.strip()[:1].upper(), 0)


def _number(field: str) -> int:
    """A residue number; those over 9999 as hybrid-36 (cci.lbl.gov/hybrid_36): A000 is 10000, a000 is 1223056."""
    try:
        return int(field)
    except ValueError:
        digits = field.strip()
        if len(digits) != 4 or not digits.isalnum() or not digits[0].isalpha():
            raise
        return int(digits, 36) - 10 * 36**3 + 10_000 + (26 * 36**3 if digits[0].islower() else 0)


@lru_cache(maxsize=4096)
def _residue(columns: str) -> tuple[str, ResidueId]:
    """Residue name and identifier from columns 18-27; a fourth letter of the name is kept (CHARMM's TIP3)."""
    return columns[:4].replace(" ", "").upper(), _residue_id(columns, 4, 5)


def _residue_id(line: str, chain: int, number: int) -> ResidueId:
    """A chain letter and four columns of number with the insertion code behind, from these columns (0-based)."""
    return ResidueId(
        line[chain].strip(), _number(line[number : number + 4]), line[number + 4 : number + 5].strip().upper()
    )


def _real(field: str, default: float) -> float:
    """A number that may be missing (occupancy, B factor)."""
    try:
        value = float(field)
    except ValueError:
        return default
    return value if math.isfinite(value) else default


def _serial(field: str) -> int:
    try:
        return int(field)
    except ValueError:
        return 0


def _atom(line: str, index: int, chunk: int) -> AtomRecord:
    """One atom line; ValueError or IndexError where name, number or coordinates cannot be read."""
    columns = line[12:16]
    name = columns.replace(" ", "").replace("*", "'")
    x, y, z = float(line[30:38]), float(line[38:46]), float(line[46:54])
    if not name or not max(abs(x), abs(y), abs(z)) <= MAX_COORDINATE:  # "not <=" catches nan
        raise ValueError(line)
    altloc = line[16].strip()
    residue_name, residue_id = _residue(line[17:27])
    return AtomRecord(
        index,
        _serial(line[6:11]),
        name,
        element_of(line[76:78].strip(), columns),
        altloc,
        residue_name,
        residue_id,
        x,
        y,
        z,
        # Only the choice between alternate locations asks for these.
        _real(line[54:60], 1.0) if altloc else 1.0,
        _real(line[60:66], 0.0) if altloc else 0.0,
        line[0] == "H",
        chunk,
    )


def _connections(lines: Iterable[str]) -> tuple[list[tuple[int, ...]], list[CrossLink], list[tuple[ResidueId, str]]]:
    """CONECT, SSBOND and LINK, and MODRES records; those that cannot be read say nothing."""
    conect: list[tuple[int, ...]] = []
    links: list[CrossLink] = []
    modified: list[tuple[ResidueId, str]] = []
    for line in lines:
        try:
            if line.startswith("CONECT"):
                fields = (line[at : at + 5].strip() for at in range(6, 31, 5))
                conect.append(tuple(int(field) for field in fields if field))
            elif line.startswith("SSBOND"):
                # Bonds to symmetry copies are no bonds of this file.
                if line[59:65].strip() == line[66:72].strip():
                    links.append(CrossLink(_residue_id(line, 15, 17), "SG", _residue_id(line, 29, 31), "SG"))
            elif line.startswith("LINK  "):
                if line[59:65].strip() == line[66:72].strip():
                    atoms = (field.replace(" ", "").replace("*", "'") for field in (line[12:16], line[42:46]))
                    first, second = _residue_id(line, 21, 22), _residue_id(line, 51, 52)
                    links.append(CrossLink(first, next(atoms), second, next(atoms)))
            elif line.startswith("MODRES"):
                modified.append((_residue_id(line, 16, 18), line[24:27].strip()))
        except (ValueError, IndexError):
            continue
    return conect, links, modified


def parse_pdb(text: str, origin: str) -> FileRecords:
    """The records of the first model.

    Parameters
    ----------
    text : str
    origin : str
        File name, for messages.

    Raises
    ------
    StructureError
        `no_atoms`, `too_many_atoms`, or `bad_atom_lines` where more than one and more than 5% of the atom lines
        cannot be read; fewer are left out with a note.
    """
    atoms: list[AtomRecord] = []
    other: list[str] = []
    bad: list[int] = []
    chunk = count = 0
    ended = more = False
    for row, line in enumerate(text.split("\n"), start=1):
        kind = line[:6]
        if kind in ("ATOM  ", "HETATM"):
            if ended:
                more = True
                continue
            try:
                atoms.append(_atom(line, count, chunk))
            except (ValueError, IndexError):
                bad.append(row)
            count += 1
            if count > MAX_ATOMS:
                raise StructureError("too_many_atoms", f"{origin} holds more than {MAX_ATOMS} atoms")
        elif kind.startswith("TER"):
            chunk += 1
        elif kind.startswith("END"):  # and ENDMDL
            ended = count > 0
        elif kind in ("CONECT", "SSBOND", "LINK  ", "MODRES"):
            other.append(line)
    if not count:
        raise StructureError("no_atoms", f"{origin} holds no atom records")
    notes = [f"{origin}: only the first model is used"] if more else []
    if bad:
        found = f"{origin}: {len(bad)} of {count} atom lines cannot be read, e.g. line {bad[0]}"
        if len(bad) == count or len(bad) > max(1, MAX_BAD_SHARE * count):
            raise StructureError("bad_atom_lines", found)
        notes.append(f"{found}; they are left out")
    conect, links, modified = _connections(other)
    return FileRecords(tuple(atoms), tuple(conect), tuple(links), tuple(modified), tuple(notes))
