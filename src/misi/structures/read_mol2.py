"""Tripos mol2 files to molecules.

The sections are read here rather than by RDKit, whose mol2 reader perceives chemistry while it reads: it refuses
molecules that it finds wrong (five-valent carboxylate carbons, bonds to iron), changes charges and drops the residue
of each atom. Only coordinates, names, elements and connections are wanted.
Format: Tripos Mol2 File Format (2007), sections ATOM, BOND and SUBSTRUCTURE.
"""

from collections.abc import Sequence

import numpy as np

from misi.errors import StructureError
from misi.structures.complex import frozen
from misi.structures.elements import atomic_number
from misi.structures.molecule import Molecule
from misi.structures.read_pdb import MAX_COORDINATE

#: Most atoms read of one ligand file; above this it is no small molecule.
MAX_ATOMS = 5_000

_MARK = "@<TRIPOS>"


def _sections(text: str) -> tuple[dict[str, list[str]], bool]:
    """Lines of each section of the first molecule, and whether another one follows. Comments and blank lines go."""
    sections: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in text.split("\n"):
        if line.startswith(_MARK):
            name = line[len(_MARK) :].strip()
            if name == "MOLECULE" and "MOLECULE" in sections:
                return sections, True
            lines = sections.setdefault(name, [])
        elif lines is not None and line.strip() and not line.startswith("#"):
            lines.append(line)
    return sections, False


def _residues(lines: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Name and number of each substructure by the key that atoms give.

    The sub-type field names it where it is part of the record's name, and the rest of that is its number: ALA19 with
    sub-type ALA is ALA 19. Otherwise the key is its number too.
    """
    residues: dict[str, tuple[str, int]] = {}
    for line in lines:
        fields = line.split()
        if len(fields) < 2:
            continue
        name, number = fields[1], _number(fields[0])
        if len(fields) > 6 and fields[6] in name and fields[6] != "****":
            number = _number(name.replace(fields[6], "", 1), number)
            name = fields[6]
        residues.setdefault(fields[0], (name, number))
    return residues


def parse_mol2(text: str, origin: str) -> Molecule:
    """The first molecule of a mol2 file.

    Element: the part of the atom type before the dot. Residue: the SUBSTRUCTURE record of the atom's substructure
    number; a residue UNL number 1 without that section. Bonds: those of the file, in its order, to metals too.

    Raises
    ------
    StructureError
        `no_atoms`, `bad_mol2` (the line is named), `truncated_file` or `too_many_atoms`.
    """
    sections, more = _sections(text)
    lines = sections.get("ATOM", [])
    if not lines:
        raise StructureError("no_atoms", f"{origin} holds no atoms")
    if len(lines) > MAX_ATOMS:
        raise StructureError("too_many_atoms", f"{origin} holds more than {MAX_ATOMS} atoms")
    _check_counts(sections, origin)
    rows: list[tuple[str, list[float], int, str]] = []
    row_of: dict[str, int] = {}
    for line in lines:
        fields = line.split()
        try:
            xyz = [float(value) for value in fields[2:5]]
            kind = fields[5]
        except (ValueError, IndexError):
            raise StructureError("bad_mol2", f"{origin}: atom line {line.strip()[:60]!r} cannot be read") from None
        if not all(abs(value) <= MAX_COORDINATE for value in xyz):
            raise StructureError("bad_mol2", f"{origin}: atom line {line.strip()[:60]!r} has no finite position")
        row_of.setdefault(fields[0], len(rows))
        rows.append((fields[1], xyz, atomic_number(kind.partition(".")[0]), fields[6] if len(fields) > 6 else "1"))
    bonds = _bonds(sections.get("BOND", []), row_of, origin)
    residues = _residues(sections.get("SUBSTRUCTURE", []))
    keys = [key for *_, key in rows]
    starts = [row for row in range(len(rows)) if row == 0 or keys[row] != keys[row - 1]]
    found = [residues.get(keys[row], ("UNL", _number(keys[row]) if residues else 1)) for row in starts]
    return Molecule(
        xyz=frozen([xyz for _, xyz, _, _ in rows], np.float64),
        element=frozen([element for _, _, element, _ in rows], np.int32),
        name=frozen([name for name, *_ in rows], np.str_),
        file_index=frozen(range(len(rows)), np.int32),
        residue_start=frozen([*starts, len(rows)], np.int32),
        residue_chain=frozen([""] * len(starts), np.str_),
        residue_number=frozen([number for _, number in found], np.int32),
        residue_icode=frozen([""] * len(starts), np.str_),
        residue_name=frozen([name for name, _ in found], np.str_),
        bonds=frozen(bonds, np.int32, (-1, 2)),
        notes=(f"{origin}: only the first molecule is used",) if more else (),
    )


def _number(text: str, default: int = 1) -> int:
    """A residue number; the default for text that is none or does not fit."""
    try:
        value = int(text)
    except ValueError:
        return default
    return value if abs(value) < 2**31 else default


def _check_counts(sections: dict[str, list[str]], origin: str) -> None:
    """Compare with the counts line, which is the only sign of a file cut between two lines."""
    header = sections.get("MOLECULE", [])
    counts = header[1].split() if len(header) > 1 else []
    for field, name in zip(counts, ("ATOM", "BOND"), strict=False):
        if field.isdigit() and int(field) > len(sections.get(name, [])):
            found = len(sections.get(name, []))
            raise StructureError("truncated_file", f"{origin}: {found} of {field} {name.lower()} lines are there")


def _bonds(lines: Sequence[str], row_of: dict[str, int], origin: str) -> list[tuple[int, int]]:
    """Bonds in file order, each pair once."""
    bonds: dict[frozenset[int], tuple[int, int]] = {}
    for line in lines:
        fields = line.split()
        ends = [row_of.get(field) for field in fields[1:3]]
        if len(ends) < 2 or ends[0] is None or ends[1] is None:
            raise StructureError("bad_mol2", f"{origin}: bond line {line.strip()[:60]!r} cannot be read")
        if ends[0] != ends[1]:
            bonds.setdefault(frozenset((ends[0], ends[1])), (ends[0], ends[1]))
    return list(bonds.values())
