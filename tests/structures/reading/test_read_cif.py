from pathlib import Path

import pytest

from misi.errors import StructureError
from misi.structures.read import read_structure
from misi.structures.read_cif import parse_cif

HEAD = """data_X
loop_
_struct_conn.id
_struct_conn.conn_type_id
_struct_conn.ptnr1_auth_asym_id
_struct_conn.ptnr1_auth_seq_id
_struct_conn.ptnr1_label_atom_id
_struct_conn.ptnr2_auth_asym_id
_struct_conn.ptnr2_auth_seq_id
_struct_conn.ptnr2_label_atom_id
d1 disulf A 3 SG A 40 SG
h1 hydrog A 3 N A 40 O
loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.type_symbol
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.auth_asym_id
_atom_site.auth_seq_id
_atom_site.pdbx_PDB_ins_code
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.pdbx_PDB_model_num
"""
ROWS = """ATOM 1 C CA . GLY A X -5 ? 1.5 2.5(3) -3.5 1
HETATM 2 O "O5'" B LIG B X 60 A 4 5 6 1
ATOM 3 C CA . GLY A X -5 ? 9 9 9 2
"""


def test_author_numbering_and_first_model() -> None:
    records = parse_cif(HEAD + ROWS, "x.cif")
    first, second = records.atoms
    assert first.residue_id == ("X", -5, "")
    assert (first.x, first.y, first.z) == (1.5, 2.5, -3.5)
    assert second.residue_id == ("X", 60, "A")
    assert (second.name, second.altloc, second.het, second.element) == ("O5'", "B", True, 8)
    assert second.chunk == first.chunk + 1, "a new strand is a new segment"
    assert records.cross_links == ((("A", 3, ""), "SG", ("A", 40, ""), "SG"),)
    assert records.notes == ("x.cif: only the first model is used",)


def test_label_numbering_where_there_is_no_other() -> None:
    text = "data_X\nloop_\n" + "".join(
        f"_atom_site.{tag}\n"
        for tag in (
            "id",
            "label_atom_id",
            "label_comp_id",
            "label_asym_id",
            "label_seq_id",
            "Cartn_x",
            "Cartn_y",
            "Cartn_z",
        )
    )
    atom = parse_cif(text + "1 CA GLY Q 7 1 2 3\n", "x.cif").atoms[0]
    assert atom.residue_id == ("Q", 7, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no cif", "bad_cif"),
        ("data_X\n_entry.id X\n", "no_atoms"),
        (HEAD + ROWS[:30], "bad_cif"),
        (HEAD + ROWS.replace("1.5 2.5(3)", "1.5 nan").replace("4 5 6", "4 5 1e99"), "bad_atom_lines"),
        (HEAD + ROWS.replace(" -5 ", " 99999999999 ").replace(" 60 ", " ? "), "bad_atom_lines"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(StructureError) as caught:
        parse_cif(text, "x.cif")
    assert caught.value.reason == reason


def test_one_entry_in_two_formats(nasty: Path) -> None:
    """Both give the same atoms, bonds and links."""

    def content(path: Path) -> tuple[set[tuple[object, ...]], ...]:
        made = read_structure(path)
        keys = [
            (str(made.residue_chain[row]), int(made.residue_number[row]), str(made.residue_name[row]), str(name))
            for row in range(made.n_residues)
            for name in made.name[made.residue_start[row] : made.residue_start[row + 1]]
        ]
        pairs = ({tuple(sorted((keys[a], keys[b]))) for a, b in ends.tolist()} for ends in (made.bonds, made.links))
        return set(keys), *pairs

    (pdb,) = nasty.glob("26*/*.pdb")
    (cif,) = nasty.glob("26*/*.cif")
    assert content(pdb) == content(cif)
