from collections.abc import Callable

import pytest

from misi.errors import StructureError
from misi.structures.read_pdb import element_of, parse_pdb
from misi.structures.records import residue_runs

Line = Callable[..., str]


def test_columns(atom_line: Line) -> None:
    text = atom_line(7, "CA", "GLY", -12, (1.5, -2.25, 10.0), chain="B", icode="c", element="C", het=True)
    atom = parse_pdb(text, "x.pdb").atoms[0]
    assert (atom.serial, atom.name, atom.residue_name, atom.element, atom.het) == (7, "CA", "GLY", 6, True)
    assert atom.residue_id == ("B", -12, "C")
    assert (atom.x, atom.y, atom.z) == (1.5, -2.25, 10.0)


@pytest.mark.parametrize(
    ("symbol", "columns", "number"),
    [
        ("C", " CA ", 6),
        ("", " CA ", 6),
        ("", "CA  ", 20),
        ("", "HG11", 1),
        ("", "HG  ", 80),
        ("", "1HB ", 1),
        ("", " HB1", 1),
        ("", "ZN  ", 30),
        ("", "C1  ", 6),
        ("", "NP1 ", 15),
        ("", "AC1 ", 6),
        ("D", " D  ", 1),
        ("X", " CA ", 0),
    ],
)
def test_elements(symbol: str, columns: str, number: int) -> None:
    assert element_of(symbol, columns) == number


def test_repeated_keys_are_separate_residues(atom_line: Line) -> None:
    """Halves of a homodimer with blank chain letters repeat every key."""
    lines = [atom_line(n, "N", "ALA", number, (n, 0, 0), chain=" ") for n, number in enumerate([1, 1, 2, 1])]
    records = parse_pdb("\n".join(lines), "x.pdb")
    assert residue_runs(records.atoms) == [range(2), range(2, 3), range(3, 4)]


def test_rows_of_the_file_count_unreadable_lines(atom_line: Line) -> None:
    good = [atom_line(n, "N", "ALA", n, (n, 0, 0)) for n in range(40)]
    records = parse_pdb("\n".join([good[0], good[1][:40], *good[2:]]), "x.pdb")
    assert [atom.file_index for atom in records.atoms] == [0, *range(2, 40)]
    assert "1 of 40 atom lines cannot be read, e.g. line 2" in records.notes[0]


@pytest.mark.parametrize("field", ["     nan", "     inf", "   1e300", "  **.***", "        "])
def test_a_coordinate_that_is_no_place(atom_line: Line, field: str) -> None:
    line = atom_line(1, "N", "ALA", 1, (0, 0, 0))
    with pytest.raises(StructureError) as caught:
        parse_pdb(line[:30] + field + line[38:], "x.pdb")
    assert caught.value.reason == "bad_atom_lines"


def test_only_the_first_model_but_all_connections(atom_line: Line) -> None:
    atoms = [atom_line(n, "N", "ALA", n, (n, 0, 0)) for n in (1, 2, 3)]
    text = "\n".join(
        ["MODEL        1", *atoms[:2], "ENDMDL", "MODEL        2", atoms[2], "ENDMDL", "CONECT    1    2", "END"]
    )
    records = parse_pdb(text, "x.pdb")
    assert len(records.atoms) == 2
    assert records.conect == ((1, 2),)
    assert records.notes == ("x.pdb: only the first model is used",)


def test_connection_records(atom_line: Line) -> None:
    link = "LINK        ZN    ZN A 301                 ND1 HIS B  94B    1555   1555  2.05"
    text = "\n".join(
        [
            "MODRES 1ABC MSE A   14  MET  SELENOMETHIONINE",
            "SSBOND   1 CYS A   30    CYS A  115                          1555   1555  2.03",
            "SSBOND   2 CYS A   31    CYS A  116                          1555   2655  2.03",
            link,
            atom_line(1, "N", "ALA", 1, (0, 0, 0)),
            "CONECT    1    2    3",
            "CONECT rubbish",
        ]
    )
    records = parse_pdb(text, "x.pdb")
    assert records.modified == ((("A", 14, ""), "MET"),)
    assert records.cross_links == (
        (("A", 30, ""), "SG", ("A", 115, ""), "SG"),
        (("A", 301, ""), "ZN", ("B", 94, "B"), "ND1"),
    )
    assert records.conect == ((1, 2, 3),)


@pytest.mark.parametrize(
    ("field", "number"), [("9999", 9999), ("A000", 10_000), ("ZZZZ", 1_223_055), ("a000", 1_223_056)]
)
def test_numbers_beyond_four_digits(atom_line: Line, field: str, number: int) -> None:
    records = parse_pdb(atom_line(1, "N", "ALA", field, (0, 0, 0)), "x.pdb")
    assert records.atoms[0].residue_id.number == number


def test_nothing_there() -> None:
    with pytest.raises(StructureError) as caught:
        parse_pdb("HEADER\nEND\n", "x.pdb")
    assert caught.value.reason == "no_atoms"
