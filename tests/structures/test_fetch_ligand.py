"""Ligands from the dictionary: orders by name, charges as in water, hydrogens, names; and the list of ids."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from rdkit import Chem

from misi.errors import DatasetError, StructureError
from misi.structures.fetch_ligand import Component, LigandAtom, as_in_water, build_ligand, parse_component
from misi.structures.fetch_list import Wanted, parse_wanted, read_wanted, refined_set
from misi.structures.synthetic import SyntheticComplex, make_complex
from misi.structures.write_mol2 import mol2_text, sdf_text


@lru_cache(maxsize=64)
def made(index: int) -> SyntheticComplex:
    return make_complex(index, seed=3)


def observed(files: Any, index: int) -> list[LigandAtom]:
    mol, names = files.ligand_atoms(made(index))
    positions = mol.GetConformer().GetPositions().tolist()
    return [
        LigandAtom(0, name, atom.GetAtomicNum(), (x, y, z))
        for atom, name, (x, y, z) in zip(mol.GetAtoms(), names, positions, strict=True)
        if atom.GetAtomicNum() > 1
    ]


@pytest.mark.parametrize("index", range(0, 24, 3))
def test_a_drug_survives_dictionary_and_files(files: Any, index: int) -> None:
    """The molecule built from coordinates and dictionary is the drug; mol2 and SDF read back as it."""
    component = parse_component(files.component_text(made(index), "LIG"), "LIG")
    mol, names, notes = build_ligand([component], observed(files, index), [])
    original, original_names = files.ligand_atoms(made(index))
    assert notes == ()
    heavy = [atom.GetIdx() for atom in original.GetAtoms() if atom.GetAtomicNum() > 1]
    assert list(names[: len(heavy)]) == [original_names[row] for row in heavy]
    assert len(set(names)) == len(names)
    skeleton = [Chem.MolToSmiles(neutral(one), isomericSmiles=False) for one in (mol, original)]
    assert skeleton[0] == skeleton[1]
    for back in (
        Chem.MolFromMol2Block(mol2_text(mol, names, "LIG", "x"), removeHs=False),
        Chem.MolFromMolBlock(sdf_text(mol, "x"), removeHs=False),
    ):
        assert Chem.MolToSmiles(Chem.RemoveHs(back), isomericSmiles=False) == Chem.MolToSmiles(
            Chem.RemoveHs(mol), isomericSmiles=False
        )
        assert back.GetNumAtoms() == mol.GetNumAtoms()


def neutral(mol: Chem.Mol) -> Chem.Mol:
    from rdkit.Chem.MolStandardize import rdMolStandardize

    return rdMolStandardize.Uncharger(canonicalOrder=True, force=True).uncharge(Chem.RemoveHs(mol))


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("CC(=O)O", "CC(=O)[O-]"),
        ("CS(=O)(=O)O", "CS(=O)(=O)[O-]"),
        ("COP(=O)(O)O", "COP(=O)([O-])[O-]"),
        ("CCN", "CC[NH3+]"),
        ("CN(C)C", "C[NH+](C)C"),
        ("NC(=N)c1ccccc1", "NC(=[NH2+])c1ccccc1"),
        ("CNC(N)=N", "CNC(N)=[NH2+]"),
        ("C1CNCCN1", "C1C[NH2+]CCN1"),
        ("NCCCCN", "[NH3+]CCCC[NH3+]"),
        ("CC(N)=O", "CC(N)=O"),
        ("Nc1ccccc1", "Nc1ccccc1"),
        ("CS(N)(=O)=O", "CS(N)(=O)=O"),
        ("CC#N", "CC#N"),
        ("CCO", "CCO"),
        ("c1c[nH]cn1", "c1c[nH]cn1"),
        ("C[N+](C)(C)CC(=O)O", "C[N+](C)(C)CC(=O)[O-]"),
        ("CN(C)N=O", "CN(C)N=O"),
    ],
)
def test_groups_are_charged_as_in_water(drawn: str, expected: str) -> None:
    found = as_in_water(Chem.MolFromSmiles(drawn))
    assert Chem.MolToSmiles(found) == Chem.CanonSmiles(expected)


ALANINE = Component(
    "ALA",
    {"N": (7, 0, False), "CA": (6, 0, False), "C": (6, 0, False), "O": (8, 0, False), "CB": (6, 0, False)}
    | {"OXT": (8, 0, True)},
    (("N", "CA", "SING"), ("CA", "C", "SING"), ("C", "O", "DOUB"), ("CA", "CB", "SING"), ("C", "OXT", "SING")),
)


def test_linked_components_are_one_molecule_with_names_of_its_own() -> None:
    spots = {
        "N": (0.0, 0.0, 0.0),
        "CA": (1.46, 0.0, 0.0),
        "C": (2.0, 1.4, 0.0),
        "O": (1.3, 2.4, 0.0),
        "CB": (2.0, -0.8, 1.2),
    }
    atoms = [LigandAtom(0, name, ALANINE.atoms[name][0], xyz) for name, xyz in spots.items()]
    atoms += [LigandAtom(1, name, ALANINE.atoms[name][0], (x + 3.3, y + 1.6, z)) for name, (x, y, z) in spots.items()]
    atoms.append(LigandAtom(1, "OXT", 8, (6.6, 3.1, 0.3)))
    mol, names, _ = build_ligand([ALANINE, ALANINE], atoms, [(2, 5)])
    assert Chem.MolToSmiles(Chem.RemoveHs(mol), isomericSmiles=False) == "CC([NH3+])C(=O)NC(C)C(=O)[O-]"
    assert names[:5] == ("N1", "C1", "C2", "O1", "C3")
    assert len(set(names)) == len(names)


def test_missing_and_strange_atoms_are_refused() -> None:
    atoms = [LigandAtom(0, name, ALANINE.atoms[name][0], (k, 0.0, 0.0)) for k, name in enumerate(("N", "CA", "C", "O"))]
    with pytest.raises(StructureError, match="CB") as caught:
        build_ligand([ALANINE], atoms, [])
    assert caught.value.reason == "incomplete_ligand"
    with pytest.raises(StructureError, match="QQ") as caught:
        build_ligand([ALANINE], [*atoms, LigandAtom(0, "QQ", 6, (9.0, 0.0, 0.0))], [])
    assert caught.value.reason == "unknown_ligand_atoms"


def test_impossible_chemistry_keeps_its_coordinates() -> None:
    names = [f"F{k}" for k in range(6)]
    wrong = Component(
        "BAD", {"C": (6, 0, False)} | dict.fromkeys(names, (9, 0, False)), tuple(("C", n, "SING") for n in names)
    )
    atoms = [LigandAtom(0, name, what[0], (float(k), 0.0, 0.0)) for k, (name, what) in enumerate(wrong.atoms.items())]
    mol, found, notes = build_ligand([wrong], atoms, [])
    assert (mol.GetNumAtoms(), len(found)) == (7, 7)
    assert "refuses" in notes[0]
    assert mol2_text(mol, found, "BAD", "x").count("\n") > 15
    assert "V2000" in sdf_text(mol, "x")


@pytest.mark.parametrize(
    "text", ["", "data_X\n", "data_OTHER\n_chem_comp.id OTHER\n", "<html>", "data_LIG\nloop_\n_a\n'"]
)
def test_what_is_no_component_is_refused(text: str) -> None:
    with pytest.raises(StructureError) as caught:
        parse_component(text, "LIG")
    assert caught.value.reason == "bad_component"


def test_single_atom_components_have_no_loops() -> None:
    text = "data_ZN\n_chem_comp.id ZN\n_chem_comp_atom.comp_id ZN\n_chem_comp_atom.atom_id ZN\n"
    text += "_chem_comp_atom.type_symbol ZN\n_chem_comp_atom.charge 2\n"
    assert parse_component(text, "ZN").atoms == {"ZN": (30, 2, False)}


def test_the_shipped_list() -> None:
    found = refined_set()
    assert len(found) == len({one.id for one in found}) == 4852
    assert Wanted("1a30", "3-mer", "1998") in found or "1a30" in {one.id for one in found}
    assert {len(one.year) for one in found} == {4}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1ABC", Wanted("1abc")),
        ("1abc:GF4", Wanted("1abc", "GF4")),
        ("1abc\tNAG-MBG\t2009", Wanted("1abc", "NAG-MBG", "2009")),
        ("1abc ? 2009", Wanted("1abc", "", "2009")),
        ("pdb_00001abc, 3-mer", Wanted("pdb_00001abc", "3-mer")),
    ],
)
def test_lines_of_lists(text: str, wanted: Wanted) -> None:
    assert parse_wanted(text, "x") == wanted


@pytest.mark.parametrize("text", ["", "abcd", "1abc/../x", "1abc:../x", "1abc GF4 09", "1abc a b c", "1abc:TOOLONG"])
def test_lines_that_are_none(text: str) -> None:
    with pytest.raises(DatasetError):
        parse_wanted(text, "x")


def test_lists_from_files_and_text(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("# mine\npdb_id\tligand\n3g2y\n1abc XYZ\n\n1abc XYZ\n")
    assert read_wanted(str(path)) == (Wanted("3g2y", "GF4", "2009"), Wanted("1abc", "XYZ"))
    assert read_wanted("3g2y,9xyz") == (Wanted("3g2y", "GF4", "2009"), Wanted("9xyz"))
    assert len(read_wanted("refined")) == 4852
    path.write_text("1abc XYZ\n1abc ABC\n")
    with pytest.raises(DatasetError, match="line 2"):
        read_wanted(str(path))
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DatasetError, match="UTF-8"):
        read_wanted(str(path))
    path.write_text("\n")
    with pytest.raises(DatasetError, match="names no complex"):
        read_wanted(str(path))
