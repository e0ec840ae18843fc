import pytest

from misi.structures.templates import STANDARD, template

HEAVY = {
    "ALA": 5, "ARG": 11, "ASN": 8, "ASP": 8, "CYS": 6, "GLN": 9, "GLU": 9, "GLY": 4, "HIS": 10, "ILE": 8, "LEU": 8,
    "LYS": 9, "MET": 8, "PHE": 11, "PRO": 7, "SER": 6, "THR": 7, "TRP": 14, "TYR": 12, "VAL": 7,
    "DA": 21, "DC": 19, "DG": 22, "DT": 20, "A": 22, "C": 20, "G": 23, "U": 20,
}  # fmt: skip

RINGS = {
    "HIS": 1,
    "PHE": 1,
    "TYR": 1,
    "TRP": 2,
    "PRO": 1,
    "DA": 3,
    "DG": 3,
    "A": 3,
    "G": 3,
    "DC": 2,
    "DT": 2,
    "C": 2,
    "U": 2,
}


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_atoms_and_rings(name: str) -> None:
    """Heavy atoms as in the Chemical Component Dictionary (without OXT and OP3), and bonds = atoms - 1 + rings."""
    own = template(name)
    assert own is not None
    spare = {"O1P", "O2P"}  # the older names of OP1 and OP2
    neighbours = {
        atom: [n for n in others if n not in spare] for atom, others in own.neighbours.items() if atom not in spare
    }
    assert sum(not atom.startswith("H") for atom in neighbours) == HEAVY[name]
    bonds = sum(map(len, neighbours.values())) // 2
    assert bonds == len(neighbours) - 1 + RINGS.get(name, 0)


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_valences(name: str) -> None:
    own = template(name)
    assert own is not None
    for atom, others in own.neighbours.items():
        most = {"H": 1, "C": 4, "N": 3, "O": 2, "S": 2}.get(atom[0], 6)
        inside = len(others)
        assert inside <= (4 if atom == "NZ" else most), (atom, others)
        assert len(set(others)) == inside, f"{atom} is bonded twice to a neighbour"


def test_ends_of_a_chain() -> None:
    middle, start, end = template("SER"), template("SER", starts=True), template("SER", ends=True)
    assert middle is not None
    assert start is not None
    assert end is not None
    assert "OXT" not in middle.neighbours
    assert "OXT" in end.neighbours
    assert start.neighbours["N"] == ("H1", "H2", "H3", "CA")
    assert template("SER", starts=True, ends=True) == start


@pytest.mark.parametrize("name", ["MSE", "HOH", "LIG", "ACE", ""])
def test_residues_without_template(name: str) -> None:
    assert template(name) is None


def test_variants_are_not_standard() -> None:
    assert STANDARD.isdisjoint(["HIE", "HID", "HIP", "CYX", "ASH", "GLH", "LYN", "MSE", "WAT", "HOH"])
    assert template("HIS") == template("HIP")
