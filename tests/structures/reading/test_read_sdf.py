import pytest
from rdkit import Chem

from misi.errors import StructureError
from misi.structures.read_sdf import parse_sdf, running_names


def _block(atoms: list[tuple[str, float, float, float]], bonds: list[tuple[int, int, int]]) -> str:
    lines = ["name", "  by hand", "", f"{len(atoms):3d}{len(bonds):3d}  0  0  0  0  0  0  0  0999 V2000"]
    lines += [f"{x:10.4f}{y:10.4f}{z:10.4f} {s:<3} 0  0  0  0  0  0  0  0  0  0  0  0" for s, x, y, z in atoms]
    lines += [f"{a:3d}{b:3d}{order:3d}  0" for a, b, order in bonds]
    return "\n".join([*lines, "M  END"])


ATOMS = [
    ("C", 0.0, 0.0, 0.0),
    ("O", 1.2, 0.0, 0.0),
    ("C", -1.5, 0.0, 0.1),
    ("H", -1.9, 0.9, 0.0),
    ("D", -1.9, -0.9, 0.0),
]
BONDS = [(1, 2, 2), (3, 1, 1), (3, 4, 1), (3, 5, 1)]


def test_names_count_each_element() -> None:
    molecule = parse_sdf(_block(ATOMS, BONDS), "x.sdf")
    assert molecule.name.tolist() == ["C1", "O1", "C2", "H1", "H2"]
    assert molecule.element.tolist() == [6, 8, 6, 1, 1]
    assert molecule.bonds.tolist() == [[0, 1], [2, 0], [2, 3], [2, 4]]
    assert molecule.xyz[2].tolist() == [-1.5, 0.0, 0.1]
    assert (molecule.residue_name.tolist(), molecule.residue_number.tolist()) == (["UNL"], [1])
    assert molecule.residue_chain.tolist() == [""]


def test_bad_chemistry_is_read() -> None:
    """A carbon with five bonds and an iron with two; RDKit would refuse to sanitise them."""
    atoms = [("C", 0, 0, 0), *(("O", 1, n, 0) for n in range(3)), ("Fe", 3, 0, 0)]
    molecule = parse_sdf(_block(atoms, [(1, 2, 2), (1, 3, 2), (1, 4, 2), (2, 5, 1), (3, 5, 1)]), "x.sdf")
    assert len(molecule.bonds) == 5


def test_v3000_and_a_second_record() -> None:
    mol = Chem.MolFromMolBlock(_block(ATOMS, BONDS), sanitize=False, removeHs=False)
    block = Chem.MolToMolBlock(mol, forceV3000=True, kekulize=False)
    molecule = parse_sdf(f"{block}$$$$\n{block}$$$$\n", "x.sdf")
    assert molecule.name.tolist() == ["C1", "O1", "C2", "H1", "H2"]
    assert molecule.notes == ("x.sdf: only the first record is used",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (_block(ATOMS, BONDS).partition("\n   -1.9000")[0], "truncated_file"),
        (_block(ATOMS, BONDS).partition("\n  3  4")[0], "truncated_file"),
        ("x\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END", "no_atoms"),
        ("no molfile at all", "bad_sdf"),
        (_block([("C", 1e6, 0, 0)], []), "bad_sdf"),
        (_block(ATOMS, [(1, 9, 1)]), "bad_sdf"),
    ],
)
def test_refusals(text: str, reason: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StructureError) as caught:
        parse_sdf(text, "x.sdf")
    assert caught.value.reason == reason
    assert capfd.readouterr() == ("", ""), "the library's own messages would break progress bars"


def test_unknown_elements_have_names_too() -> None:
    assert running_names([0, 6, 0]) == ["X1", "C1", "X2"]
