"""mmCIF files to records, through gemmi's CIF parser.

The `auth_` identifiers are used, which are those of the PDB format and of the literature. Only the table of atoms and
the connections are taken: gemmi's structure model would join residues that repeat a key, as its PDB reader does.
"""

import math
from collections.abc import Iterator

import gemmi

from misi.errors import StructureError
from misi.structures.elements import atomic_number
from misi.structures.read_pdb import MAX_ATOMS, MAX_BAD_SHARE
from misi.structures.records import AtomRecord, CrossLink, FileRecords, ResidueId

_COLUMNS = (
    "group_PDB id label_atom_id type_symbol label_alt_id label_comp_id auth_asym_id auth_seq_id pdbx_PDB_ins_code "
    "Cartn_x Cartn_y Cartn_z ?occupancy ?B_iso_or_equiv ?pdbx_PDB_model_num ?auth_atom_id ?auth_comp_id label_asym_id"
)
_CONNECTIONS = "auth_asym_id auth_seq_id label_atom_id"

#: Kinds of struct_conn rows that are covalent or metal bonds (not hydrogen bonds, not saltbridges).
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


def _position(values: list[str]) -> list[float]:
    position = [float(value.partition("(")[0]) for value in values]
    if not all(map(math.isfinite, position)):
        raise ValueError(values)
    return position


def _cross_links(block: gemmi.cif.Block) -> Iterator[CrossLink]:
    tags = [f"ptnr{end}_{tag}" for end in (1, 2) for tag in _CONNECTIONS.split()]
    insertions = [f"?pdbx_ptnr{end}_PDB_ins_code" for end in (1, 2)]
    symmetry = [f"?ptnr{end}_symmetry" for end in (1, 2)]
    for row in block.find("_struct_conn.", ["conn_type_id", *tags, *insertions, *symmetry]):
        codes = [_text(row[at]) if row.has(at) else "" for at in (7, 8, 9, 10)]
        if _text(row[0]).lower() not in _BOND_KINDS or codes[2] != codes[3]:
            continue
        try:
            first = ResidueId(_text(row[1]), int(row[2]), codes[0].upper())
            second = ResidueId(_text(row[4]), int(row[5]), codes[1].upper())
        except ValueError:
            continue
        yield CrossLink(first, _text(row[3]), second, _text(row[6]))


def parse_cif(text: str, origin: str) -> FileRecords:
    """The records of the first model of an mmCIF file.

    A change of `label_asym_id` counts as a TER record: it separates polymers and ligands that share a chain letter.

    Raises
    ------
    StructureError
        `bad_cif`, `no_atoms`, `too_many_atoms` or `bad_atom_lines`.
    """
    try:
        block = next((block for block in gemmi.cif.read_string(text) if block.find_values("_atom_site.Cartn_x")), None)
    except (RuntimeError, ValueError) as error:
        raise StructureError("bad_cif", f"{origin} is no readable mmCIF file: {str(error).strip()[:100]}") from None
    table = block.find("_atom_site.", _COLUMNS.split()) if block is not None else ()
    if block is None or not len(table):
        raise StructureError("no_atoms", f"{origin} holds no atom table")
    atoms: list[AtomRecord] = []
    notes: list[str] = []
    bad = chunk = 0
    model = asym = None
    for index, row in enumerate(table):
        number = row[14] if row.has(14) else "1"
        model = model or number
        if number != model:
            notes.append(f"{origin}: only the first model is used")
            break
        if index >= MAX_ATOMS:
            raise StructureError("too_many_atoms", f"{origin} holds more than {MAX_ATOMS} atoms")
        chunk += asym is not None and asym != row[17]
        asym = row[17]
        try:
            name = (_text(row[15]) if row.has(15) else "") or _text(row[2])
            x, y, z = _position([row[9], row[10], row[11]])
            atom = AtomRecord(
                index,
                int(row[1]),
                name,
                atomic_number(_text(row[3])),
                _text(row[4]),
                ((_text(row[16]) if row.has(16) else "") or _text(row[5])).upper(),
                ResidueId(_text(row[6]), int(row[7]), _text(row[8]).upper()),
                x,
                y,
                z,
                _real(row[12], 1.0) if row.has(12) else 1.0,
                _real(row[13], 0.0) if row.has(13) else 0.0,
                row[0] == "HETATM",
                chunk,
            )
        except ValueError:
            bad += 1
            continue
        atoms.append(atom)
    count = len(atoms) + bad
    if bad == count or bad > max(1, MAX_BAD_SHARE * count):
        raise StructureError("bad_atom_lines", f"{origin}: {bad} of {count} atom lines cannot be read")
    if bad:
        notes.append(f"{origin}: {bad} atom lines cannot be read and are left out")
    return FileRecords(tuple(atoms), cross_links=tuple(_cross_links(block)), notes=tuple(notes))
