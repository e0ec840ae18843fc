"""mmCIF files to records, through gemmi's CIF parser.

The `auth_` identifiers are used, which are those of the PDB format and of the literature. Only the table of atoms and
the connections are taken: gemmi's structure model would join residues that repeat a key, as its PDB reader does.
"""

import math
from collections.abc import Iterator

import gemmi

from misi.errors import StructureError
from misi.structures.elements import atomic_number
from misi.structures.read_pdb import MAX_ATOMS, MAX_BAD_SHARE, MAX_COORDINATE
from misi.structures.records import AtomRecord, CrossLink, FileRecords, ResidueId

#: What is read of an atom, with the columns of `_atom_site` that may hold it, best first.
_COLUMNS = {
    "group": ("group_PDB",),
    "serial": ("id",),
    "name": ("auth_atom_id", "label_atom_id"),
    "element": ("type_symbol",),
    "altloc": ("label_alt_id",),
    "residue": ("auth_comp_id", "label_comp_id"),
    "chain": ("auth_asym_id", "label_asym_id"),
    "number": ("auth_seq_id", "label_seq_id"),
    "icode": ("pdbx_PDB_ins_code",),
    "x": ("Cartn_x",),
    "y": ("Cartn_y",),
    "z": ("Cartn_z",),
    "occupancy": ("occupancy",),
    "bfactor": ("B_iso_or_equiv",),
    "model": ("pdbx_PDB_model_num",),
    "strand": ("label_asym_id", "auth_asym_id"),
}

#: Kinds of struct_conn rows that are covalent or metal bonds (not hydrogen bonds, not salt bridges).
_BOND_KINDS = frozenset(["covale", "disulf", "metalc", "modres", "covale_base", "covale_phosphate", "covale_sugar"])


def _text(value: str) -> str:
    """A CIF value; unknown ("?") and inapplicable (".") are blank."""
    return "" if value in ("?", ".") else str(gemmi.cif.as_string(value)).strip()


def _real(value: str, default: float) -> float:
    try:
        number = float(value.partition("(")[0])
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def _integer(value: str) -> int:
    """A residue number that fits its column; ValueError otherwise."""
    number = int(value)
    if abs(number) >= 2**31:
        raise ValueError(value)
    return number


def _coordinate(value: str) -> float:
    """A coordinate without its standard uncertainty; ValueError where it is no number of a place."""
    number = float(value.partition("(")[0])
    if not abs(number) <= MAX_COORDINATE:
        raise ValueError(value)
    return number


def _cross_links(block: gemmi.cif.Block) -> Iterator[CrossLink]:
    tags = [f"ptnr{end}_{tag}" for end in (1, 2) for tag in ("auth_asym_id", "auth_seq_id", "label_atom_id")]
    insertions = [f"?pdbx_ptnr{end}_PDB_ins_code" for end in (1, 2)]
    symmetry = [f"?ptnr{end}_symmetry" for end in (1, 2)]
    for row in block.find("_struct_conn.", ["conn_type_id", *tags, *insertions, *symmetry]):
        codes = [_text(row[at]) if row.has(at) else "" for at in (7, 8, 9, 10)]
        if _text(row[0]).lower() not in _BOND_KINDS or codes[2] != codes[3]:
            continue
        try:
            first = ResidueId(_text(row[1]), _integer(row[2]), codes[0].upper())
            second = ResidueId(_text(row[4]), _integer(row[5]), codes[1].upper())
        except ValueError:
            continue
        yield CrossLink(first, _text(row[3]), second, _text(row[6]))


def _modified(block: gemmi.cif.Block) -> Iterator[tuple[ResidueId, str]]:
    tags = ["auth_asym_id", "auth_seq_id", "parent_comp_id", "?PDB_ins_code"]
    for row in block.find("_pdbx_struct_mod_residue.", tags):
        try:
            number = _integer(row[1])
        except ValueError:
            continue
        yield ResidueId(_text(row[0]), number, _text(row[3]).upper() if row.has(3) else ""), _text(row[2])


def _atom_columns(block: gemmi.cif.Block) -> dict[str, list[str]]:
    """The columns of the atom table by our names; a missing one holds "?"."""
    count = len(block.find_values("_atom_site.Cartn_x"))
    columns: dict[str, list[str]] = {}
    for key, tags in _COLUMNS.items():
        found = (list(block.find_values(f"_atom_site.{tag}")) for tag in tags)
        columns[key] = next((values for values in found if len(values) == count), ["?"] * count)
    return columns


def _atoms(columns: dict[str, list[str]], origin: str) -> tuple[list[AtomRecord], list[str]]:
    atoms: list[AtomRecord] = []
    notes: list[str] = []
    chunk = bad = 0
    strands, models = columns["strand"], columns["model"]
    for index, row in enumerate(zip(*columns.values(), strict=True)):
        if models[index] != models[0]:
            notes.append(f"{origin}: only the first model is used")
            break
        if index >= MAX_ATOMS:
            raise StructureError("too_many_atoms", f"{origin} holds more than {MAX_ATOMS} atoms")
        chunk += index > 0 and strands[index] != strands[index - 1]
        group, serial, name, element, altloc, residue, chain, number, icode, x, y, z, occupancy, bfactor, *_ = row
        try:
            atoms.append(
                AtomRecord(
                    index,
                    int(serial) if serial.isascii() and serial.isdigit() else 0,
                    _text(name),
                    atomic_number(_text(element)),
                    _text(altloc),
                    _text(residue).upper(),
                    ResidueId(_text(chain), _integer(number), _text(icode).upper()),
                    _coordinate(x),
                    _coordinate(y),
                    _coordinate(z),
                    _real(occupancy, 1.0),
                    _real(bfactor, 0.0),
                    group == "HETATM",
                    chunk,
                )
            )
        except ValueError:
            bad += 1
    count = len(atoms) + bad
    if bad == count or bad > max(1, MAX_BAD_SHARE * count):
        raise StructureError("bad_atom_lines", f"{origin}: {bad} of {count} atom lines cannot be read")
    if bad:
        notes.append(f"{origin}: {bad} atom lines cannot be read and are left out")
    return atoms, notes


def parse_cif(text: str, origin: str) -> FileRecords:
    """The records of the first model of an mmCIF file.

    A change of `label_asym_id` counts as a TER record: it separates polymers and ligands that share a chain letter.

    Raises
    ------
    StructureError
        `bad_cif`, `no_atoms`, `too_many_atoms` or `bad_atom_lines`.
    """
    try:
        blocks = list(gemmi.cif.read_string(text))
    except (RuntimeError, ValueError) as error:
        raise StructureError("bad_cif", f"{origin} is no readable mmCIF file: {str(error).strip()[:100]}") from None
    block = next((block for block in blocks if len(block.find_values("_atom_site.Cartn_x"))), None)
    if block is None:
        raise StructureError("no_atoms", f"{origin} holds no atom table")
    atoms, notes = _atoms(_atom_columns(block), origin)
    return FileRecords(
        atoms=tuple(atoms),
        cross_links=tuple(_cross_links(block)),
        modified=tuple(_modified(block)),
        notes=tuple(notes),
    )
