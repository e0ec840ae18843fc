import pytest

from misi.errors import StructureError
from misi.structures.read_mol2 import parse_mol2

ACETATE = """# made by hand
@<TRIPOS>MOLECULE
acetate
 5 4 1 0 0
SMALL
NO_CHARGES

@<TRIPOS>ATOM
 1 CH3  0.0 0.0 0.0 C.3   1 ACT 0.0
 2 C    1.5 0.0 0.0 C.2   1 ACT 0.0
 3 O    2.1 1.1 0.0 O.co2 1 ACT 0.0
 4 OXT  2.1 -1.1 0.0 O.co2 1 ACT 0.0
 5 FE   4.0 0.0 0.0 Fe    1 ACT 0.0
@<TRIPOS>BOND
 1 2 1 1
 2 2 3 ar
 3 4 2 ar
 4 5 3 un
"""
SUBSTRUCTURE = "@<TRIPOS>SUBSTRUCTURE\n 1 ACT 1 GROUP 0 **** **** 0\n"


def test_names_elements_and_bonds_in_the_order_of_the_file() -> None:
    molecule = parse_mol2(ACETATE + SUBSTRUCTURE, "x.mol2")
    assert molecule.name.tolist() == ["CH3", "C", "O", "OXT", "FE"]
    assert molecule.element.tolist() == [6, 6, 8, 8, 26]
    assert molecule.bonds.tolist() == [[1, 0], [1, 2], [3, 1], [4, 2]], "bonds to metals are kept"
    assert (molecule.residue_name.tolist(), molecule.residue_number.tolist()) == (["ACT"], [1])


def test_without_substructures_it_is_unl_1() -> None:
    molecule = parse_mol2(ACETATE.replace(" 1 ACT", " 7 ACT"), "x.mol2")
    assert (molecule.residue_name.tolist(), molecule.residue_number.tolist()) == (["UNL"], [1])


def test_sub_type_inside_the_name_gives_name_and_number() -> None:
    molecule = parse_mol2(ACETATE + "@<TRIPOS>SUBSTRUCTURE\n 1 ALA19 1 RESIDUE 1 A ALA 0\n", "x.mol2")
    assert (molecule.residue_name.tolist(), molecule.residue_number.tolist()) == (["ALA"], [19])


def test_residues_are_runs_of_one_substructure() -> None:
    text = ACETATE.replace("O.co2 1 ACT", "O.co2 2 XYZ") + SUBSTRUCTURE + " 2 XYZ 3 GROUP\n"
    molecule = parse_mol2(text, "x.mol2")
    assert molecule.residue_name.tolist() == ["ACT", "XYZ", "ACT"]
    assert molecule.residue_start.tolist() == [0, 2, 4, 5]


def test_only_the_first_molecule() -> None:
    molecule = parse_mol2(ACETATE + SUBSTRUCTURE + ACETATE, "x.mol2")
    assert len(molecule) == 5
    assert molecule.notes == ("x.mol2: only the first molecule is used",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nothing of the kind", "no_atoms"),
        (ACETATE.partition("@<TRIPOS>ATOM")[0] + "@<TRIPOS>ATOM\n", "no_atoms"),
        (ACETATE.partition(" 4 OXT")[0], "truncated_file"),
        (ACETATE.partition(" 3 4 2")[0], "truncated_file"),
        (ACETATE.replace("2.1 1.1 0.0", "2.1 one 0.0"), "bad_mol2"),
        (ACETATE.replace("2.1 1.1 0.0", "2.1 nan 0.0"), "bad_mol2"),
        (ACETATE.replace(" 3 4 2 ar", " 3 4 9 ar"), "bad_mol2"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(StructureError) as caught:
        parse_mol2(text, "x.mol2")
    assert caught.value.reason == reason
    assert "x.mol2" in caught.value.detail
