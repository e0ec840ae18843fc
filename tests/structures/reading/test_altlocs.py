from collections.abc import Callable

from misi.structures.altlocs import with_one_location
from misi.structures.read_pdb import parse_pdb

Line = Callable[..., str]


def _kept(lines: list[str]) -> list[tuple[str, str, float]]:
    records = with_one_location(parse_pdb("\n".join(lines), "x.pdb"), "x.pdb")
    return [(atom.name, atom.altloc, atom.x) for atom in records.atoms]


def test_highest_mean_occupancy_decides_for_the_whole_residue(atom_line: Line) -> None:
    lines = [
        atom_line(1, "N", "SER", 1, (0, 0, 0)),
        atom_line(2, "CA", "SER", 1, (1, 0, 0), altloc="A", occupancy=0.6),
        atom_line(3, "CA", "SER", 1, (2, 0, 0), altloc="B", occupancy=0.4),
        atom_line(4, "CB", "SER", 1, (3, 0, 0), altloc="A", occupancy=0.1),
        atom_line(5, "CB", "SER", 1, (4, 0, 0), altloc="B", occupancy=0.9),
    ]
    assert _kept(lines) == [("N", "", 0), ("CA", "B", 2), ("CB", "B", 4)]


def test_then_the_lowest_b_factor_then_the_letter(atom_line: Line) -> None:
    pair = [
        atom_line(1, "CA", "SER", 1, (1, 0, 0), altloc="B", occupancy=0.5, bfactor=20),
        atom_line(2, "CA", "SER", 1, (2, 0, 0), altloc="A", occupancy=0.5, bfactor=30),
    ]
    assert _kept(pair) == [("CA", "B", 1)]
    assert _kept([line.replace(" 30.00", " 20.00") for line in pair]) == [("CA", "A", 2)]


def test_an_atom_without_the_letter_stays(atom_line: Line) -> None:
    lines = [
        atom_line(1, "CA", "SER", 1, (1, 0, 0), altloc="A", occupancy=0.7),
        atom_line(2, "CA", "SER", 1, (2, 0, 0), altloc="B", occupancy=0.3),
        atom_line(3, "OG", "SER", 1, (3, 0, 0), altloc="B", occupancy=0.3),
    ]
    assert _kept(lines) == [("CA", "A", 1), ("OG", "B", 3)]


def test_two_conformers_without_letters_both_stay(atom_line: Line) -> None:
    lines = [atom_line(n, "CA", "SER", 1, (n, 0, 0)) for n in (1, 2)]
    assert _kept(lines) == [("CA", "", 1), ("CA", "", 2)]


def test_one_name_where_two_residues_share_a_number(atom_line: Line) -> None:
    """As in crambin, whose residue 22 is proline in one location and serine in the other."""
    lines = []
    for n, atom in enumerate(("N", "CA")):
        lines.append(atom_line(2 * n, atom, "PRO", 22, (n, 0, 0), altloc="A", occupancy=0.4))
        lines.append(atom_line(2 * n + 1, atom, "SER", 22, (n, 1, 0), altloc="B", occupancy=0.6))
    records = with_one_location(parse_pdb("\n".join(lines), "x.pdb"), "x.pdb")
    assert [(atom.residue_name, atom.name) for atom in records.atoms] == [("SER", "N"), ("SER", "CA")]
    assert records.notes == ("x.pdb: 2 atoms of other alternate locations left out",)
