from collections.abc import Callable

from misi.structures.read import bonded
from misi.structures.read_pdb import parse_pdb
from misi.structures.solvent import solvent_atoms, without_solvent

Line = Callable[..., str]
Backbone = Callable[..., list[str]]


def _solvent_names(lines: list[str]) -> list[str]:
    molecule = bonded(parse_pdb("\n".join(lines), "x.pdb"), "x.pdb")
    return molecule.name[solvent_atoms(molecule)].tolist()


def _copies(atom_line: Line, count: int, name: str, atoms: dict[str, str], start: int = 100) -> list[str]:
    return [
        atom_line(start + n, atom, name, start + n, (9.0 * n, 1.4 * at, 9.0 * start), element=element, het=True)
        for n in range(count)
        for at, (atom, element) in enumerate(atoms.items())
    ]


def test_waters_with_their_hydrogens(atom_line: Line, backbone: Backbone) -> None:
    water = [
        atom_line(90, "O", "HOH", 90, (50, 0, 0), element="O", het=True),
        atom_line(91, "H1", "HOH", 90, (50.9, 0, 0), element="H", het=True),
        atom_line(92, "H2", "HOH", 90, (50, 0.9, 0), element="H", het=True),
    ]
    assert _solvent_names([*backbone(1, 0), *water]) == ["O", "H1", "H2"]


def test_lone_atoms(atom_line: Line, backbone: Backbone) -> None:
    """A lone oxygen of any residue is solvent; ions, metals and part of a residue are not."""
    lone = [
        atom_line(90, "O", "XYZ", 90, (50, 0, 0), element="O", het=True),
        atom_line(91, "CL", "CL", 91, (60, 0, 0), element="CL", het=True),
        atom_line(92, "ZN", "ZN", 92, (70, 0, 0), element="ZN", het=True),
        atom_line(93, "O1", "LIG", 93, (80, 0, 0), element="O", het=True),
        atom_line(94, "O2", "LIG", 93, (90, 0, 0), element="O", het=True),
    ]
    assert _solvent_names([*backbone(1, 0), *lone]) == ["O"]


def test_a_truncated_residue_that_is_tied_to_the_chain_stays(atom_line: Line, backbone: Backbone) -> None:
    stub = atom_line(90, "N", "ALA", 2, (4.2, 0, 0), element="N")
    far = atom_line(90, "N", "ALA", 20, (44.2, 0, 0), element="N")
    assert _solvent_names([*backbone(1, 0), stub]) == []
    assert _solvent_names([*backbone(1, 0), far]) == [], "links tie as bonds do"


def test_the_most_frequent_small_molecule(atom_line: Line, backbone: Backbone) -> None:
    nine = _copies(atom_line, 9, "EDO", {"C1": "C", "O1": "O"})
    ten = _copies(atom_line, 10, "SOL", {"OW": "O", "CW": "C"}, 200)
    eleven_waters = _copies(atom_line, 11, "HOH", {"O": "O"}, 300)
    assert _solvent_names([*backbone(1, 0), *nine]) == []
    assert set(_solvent_names([*backbone(1, 0), *nine, *ten])) == {"OW", "CW"}
    assert set(_solvent_names([*backbone(1, 0), *ten, *eleven_waters])) == {"O"}, "waters are the larger class"
    assert _solvent_names([*backbone(1, 0), *_copies(atom_line, 12, "NA", {"NA": "NA"})]) == []


def test_removal_keeps_rows_of_the_file_and_counts(atom_line: Line, backbone: Backbone) -> None:
    lines = [
        *backbone(1, 0),
        atom_line(90, "O", "HOH", 90, (50, 0, 0), element="O", het=True),
        *backbone(2, 90, chain="B"),
    ]
    kept = without_solvent(bonded(parse_pdb("\n".join(lines), "x.pdb"), "x.pdb"), "x.pdb")
    assert kept.file_index.tolist() == [0, 1, 2, 3, 5, 6, 7, 8]
    assert kept.residue_start.tolist() == [0, 4, 8]
    assert kept.bonds.tolist() == [[0, 1], [1, 2], [2, 3], [4, 5], [5, 6], [6, 7]]
    assert kept.notes == ("x.pdb: 1 solvent atoms removed",)
