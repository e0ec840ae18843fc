"""Real files beside the repository: every troublesome one, and a sample of the others."""

from pathlib import Path

import numpy as np
import pytest

from misi.structures.checks import check
from misi.structures.complex import Complex, Rejection
from misi.structures.sources import Source, find_sources, load, load_by_id

#: What becomes of each troublesome case: the reason of a rejection, or "" for a complex.
CASES = {
    "01_zero_byte_pdb": "empty_file", "02_zero_byte_sdf": "no_pocket", "04_broken_mol2": "no_pocket",
    "05_non_numeric_resid": "no_pocket", "07_broken_conect_cryst": "no_pocket", "08_huge_protein_3i3b": "",
    "10_altlocs_5rgf": "", "11_altlocs_1het": "", "13_icodes_thrombin_1oyt": "", "14_negative_resnum_4qac": "",
    "16_modified_residues_1zea": "", "17_modified_residues_4tot": "", "19_LLP_3syr": "", "20_metals_5c2h": "",
    "22_missing_atoms_trp": "no_pocket", "23_two_ligands_1dy3": "", "25_multi_record_sdf": "no_pocket",
    "26_tricky_1o6u": "", "28_unsanitisable_3qlb": "", "29_sdf_fails_mol2_ok_1z6e": "", "31_unsanitisable_1a0q_cd1": "",
    "32_hypervalent_h": "no_pocket", "34_covalent_4qz7": "", "35_covalent_1qhr": "", "37_single_ion_ligand": "",
    "38_single_atoms": "no_pocket", "40_iron_ligand_6e4v": "", "41_boron_2y2k": "", "43_bom": "no_pocket",
    "44_nonascii_content": "no_pocket", "46_no_element_column": "no_ligand", "47_duplicate_atoms_1siv": "",
    "49_truncated_cif": "no_pocket", "50_nmr_models": "no_ligand", "52_nonascii_name": "",
    "53_truncated": "truncated_file",
}  # fmt: skip

#: What the checks before a build say of those that were read.
UNFIT = {
    "34_covalent_4qz7": "covalent_ligand",
    "35_covalent_1qhr": "covalent_ligand",
    "37_single_ion_ligand": "ligand_too_small",
    "41_boron_2y2k": "covalent_ligand",
}


@pytest.mark.parametrize("case", CASES)
def test_every_troublesome_case(nasty: Path, case: str) -> None:
    folder = nasty / case
    items = find_sources(folder)
    results = [load(item) for item in items]
    assert results
    made = [result for result in results if isinstance(result, Complex)]
    if not CASES[case]:
        (complex_,) = made
        assert complex_.is_ligand.any()
        assert (~complex_.is_ligand).any()
        verdict = check(complex_)
        assert (verdict.reason if verdict else None) == UNFIT.get(case)
    else:
        assert not made
        assert {result.reason for result in results if isinstance(result, Rejection)} == {CASES[case]}
    for result in results:
        if isinstance(result, Rejection):
            assert result.detail
            assert "\n" not in result.detail


def test_nothing_of_the_troublesome_folder_is_dropped(nasty: Path) -> None:
    found = find_sources(nasty)
    named = {item.structure.parent.name for item in found if isinstance(item, Source)}
    details = " ".join(item.detail for item in found if isinstance(item, Rejection))
    for folder in nasty.iterdir():
        if folder.is_dir():
            assert folder.name in named or any(path.name in details for path in folder.iterdir())


def test_insertion_codes_and_negative_numbers(nasty: Path) -> None:
    thrombin = load_by_id(nasty / "13_icodes_thrombin_1oyt", "1oyt")
    keys = [thrombin.residue_key(row) for row in thrombin.pocket_residues()]
    assert {key.icode for key in keys if key.number == 60} >= {"A", "D", "F"}
    assert len(set(keys)) == len(keys)


def test_metals_stay_and_leave_the_graph(nasty: Path) -> None:
    made = load_by_id(nasty / "20_metals_5c2h", "5c2h")
    for element in (12, 30):
        rows = np.flatnonzero((made.element == element) & ~made.is_ligand)
        assert len(rows)
        assert not any(made.neighbours[row] for row in rows)


def test_waters_are_gone(nasty: Path) -> None:
    made = load_by_id(nasty / "23_two_ligands_1dy3", "1dy3_2LIG")
    assert "HOH" not in made.residue_name
    assert made.residue_name[made.residue_is_ligand].tolist() == ["ATP"]
    assert {"87Y", "MG"} <= set(made.residue_name[~made.residue_is_ligand].tolist())


def test_a_sample_of_complexes(complexes: Path) -> None:
    """Chopped chains: every residue's atoms hang together, and gaps carry links."""
    found = find_sources(complexes)
    assert all(isinstance(item, Source) for item in found)
    links = 0
    for item in found[::80]:
        made = load(item)
        assert isinstance(made, Complex), made
        links += len(made.links)
        for row in made.pocket_residues():
            if str(made.residue_name[row]) in ("ALA", "LEU", "TRP", "ARG"):
                atoms = [atom for atom in made.residue_atoms(row) if made.heavy[atom]]
                inside = sum(
                    made.residue[a] == row and made.residue[b] == row and made.heavy[a] and made.heavy[b]
                    for a, b in made.bonds.tolist()
                    if made.residue[a] == row
                )
                assert inside >= len(atoms) - 1, made.residue_key(row)
        assert not np.any(made.is_ligand[made.bonds[:, 0]] != made.is_ligand[made.bonds[:, 1]])
    assert links > 100
