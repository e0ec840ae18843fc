"""The made-up complexes: real residues, no overlaps, the same bytes for a seed."""

from functools import lru_cache
from itertools import pairwise

import gemmi
import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from misi.annotate.hbonds import annotate
from misi.structures.complex import Complex
from misi.structures.sources import load_by_id
from misi.structures.synthetic import SyntheticComplex, make_complex, make_complexes, write_complexes
from misi.structures.synthetic_amino_acids import RESIDUES
from misi.structures.synthetic_ligands import DRUGS, embed
from misi.structures.synthetic_residues import distances

N = 24
#: Published formulas of some drugs (as the charge state in the list has them).
FORMULAS = {
    "aspirin": "C9H7O4-",
    "celecoxib": "C17H14F3N3O2S",
    "dexamethasone": "C22H29FO5",
    "imatinib": "C29H31N7O",
    "morphine": "C17H19NO3",
    "methotrexate": "C20H20N8O5-2",
    "rivaroxaban": "C19H18ClN3O5S",
    "raloxifene": "C28H27NO4S",
    "sorafenib": "C21H16ClF3N4O3",
    "nirmatrelvir": "C23H32F3N5O4",
    "tofacitinib": "C16H20N6O",
    "zidovudine": "C10H13N5O4",
}


@lru_cache(maxsize=1)
def complexes() -> tuple[SyntheticComplex, ...]:
    return tuple(make_complexes(N, seed=3))


def pocket(made: SyntheticComplex) -> list[tuple[gemmi.Chain, gemmi.Residue]]:
    model = gemmi.read_pdb_string(made.pocket_pdb)[0]
    return [(chain, residue) for chain in model for residue in chain]


def amino_acids(made: SyntheticComplex) -> list[tuple[str, gemmi.Residue]]:
    return [(chain.name, residue) for chain, residue in pocket(made) if residue.name in RESIDUES]


def heavy(residue: gemmi.Residue) -> dict[str, np.ndarray]:
    return {atom.name: np.array(atom.pos.tolist()) for atom in residue if not atom.is_hydrogen()}


def ligand_of(made: SyntheticComplex) -> Chem.Mol:
    return Chem.MolFromMol2Block(made.ligand_mol2, removeHs=False)


def test_a_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    embed.cache_clear()
    assert make_complex(5, seed=3) == complexes()[5]
    assert make_complex(5, seed=4).pocket_pdb != complexes()[5].pocket_pdb


def test_more_complexes_only_add_to_the_end() -> None:
    assert [made.id for made in complexes()[:3]] == ["syn0001", "syn0002", "syn0003"]
    assert tuple(make_complexes(2, seed=3)) == complexes()[:2]


def test_the_first_drugs_differ() -> None:
    assert len({made.drug for made in complexes()}) == N
    assert len(DRUGS) >= 40


@pytest.mark.parametrize("drug", FORMULAS)
def test_structures_have_the_published_formula(drug: str) -> None:
    assert CalcMolFormula(Chem.MolFromSmiles(DRUGS[drug])) == FORMULAS[drug]


@pytest.mark.parametrize("index", range(N))
def test_a_pocket_has_the_size_of_a_real_one(index: int) -> None:
    made = complexes()[index]
    residues = amino_acids(made)
    assert 40 <= len(residues) <= 70
    atoms = np.concatenate([np.array(list(heavy(residue).values())) for _, residue in residues])
    assert 300 <= len(atoms) <= 700
    assert (np.ptp(atoms, axis=0) >= 18).all()
    keys = [(chain, residue.seqid.num, residue.seqid.icode) for chain, residue in residues]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    assert any(a[0] == b[0] and b[1] - a[1] > 1 for a, b in pairwise(keys))


@pytest.mark.parametrize("index", range(N))
def test_residues_are_complete_l_amino_acids(index: int) -> None:
    for _, residue in amino_acids(complexes()[index]):
        atoms = heavy(residue)
        assert list(atoms) == ["N", "CA", "C", "O", *(row.name for row in RESIDUES[residue.name].rows)]
        if residue.name == "GLY":
            continue
        n, c, cb = (atoms[name] - atoms["CA"] for name in ("N", "C", "CB"))
        assert np.dot(np.cross(n, c), cb) > 1.0  # "CORN": negative for a D residue


@pytest.mark.parametrize("name", ["ILE", "THR"])
def test_second_chiral_centres_are_natural(name: str) -> None:
    """CIP labels of the 3D structure: L-isoleucine is (2S,3S), L-threonine (2S,3R)."""
    for made in complexes():
        for _, residue in amino_acids(made):
            if residue.name != name:
                continue
            mol = Chem.RWMol()
            atoms = [atom for atom in residue if not atom.is_hydrogen()]
            conformer = Chem.Conformer(len(atoms))
            for row, atom in enumerate(atoms):
                mol.AddAtom(Chem.Atom(atom.element.name))
                conformer.SetAtomPosition(row, atom.pos.tolist())
            xyz = np.array([atom.pos.tolist() for atom in atoms])
            for i, j in np.argwhere(np.triu(distances(xyz, xyz) < 2.0, 1)).tolist():
                double = {atoms[i].name, atoms[j].name} == {"C", "O"}
                mol.AddBond(i, j, Chem.BondType.DOUBLE if double else Chem.BondType.SINGLE)
            mol.AddConformer(conformer)
            Chem.SanitizeMol(mol)
            Chem.AssignStereochemistryFrom3D(mol)
            labels = [label for _, label in Chem.FindMolChiralCenters(mol, useLegacyImplementation=False)]
            assert labels == (["S", "S"] if name == "ILE" else ["S", "R"])
            return
    pytest.fail(f"no {name} in {N} pockets")


@pytest.mark.parametrize("index", range(N))
def test_neighbours_in_sequence_have_flat_peptide_bonds(index: int) -> None:
    joined = 0
    for (chain_a, a), (chain_b, b) in pairwise(amino_acids(complexes()[index])):
        follows = b.seqid.num - a.seqid.num == 1 or (b.seqid.num == a.seqid.num and b.seqid.icode != a.seqid.icode)
        if chain_a != chain_b or not follows:
            continue
        before, after = heavy(a), heavy(b)
        assert np.linalg.norm(after["N"] - before["C"]) == pytest.approx(1.329, abs=0.005)
        points = [gemmi.Position(*xyz) for xyz in (before["CA"], before["C"], after["N"], after["CA"])]
        assert abs(np.degrees(gemmi.calculate_dihedral(*points))) > 176.0
        joined += 1
    assert joined >= 8


@pytest.mark.parametrize("index", range(N))
def test_atoms_are_as_near_as_bonds_only_where_bonded(index: int) -> None:
    """Every residue has as many close pairs as a tree plus its rings, and only C and N meet between residues."""
    residues = amino_acids(complexes()[index])
    atoms = [(k, name, xyz) for k, (_, residue) in enumerate(residues) for name, xyz in heavy(residue).items()]
    xyz = np.array([point for _, _, point in atoms])
    inside = [0] * len(residues)
    for i, j in np.argwhere(np.triu(distances(xyz, xyz) < 2.1, 1)).tolist():
        (a, name_a, _), (b, name_b, _) = atoms[i], atoms[j]
        if a == b:
            inside[a] += 1
        else:
            assert (b - a, name_a, name_b) == (1, "C", "N")
    for (_, residue), count in zip(residues, inside, strict=True):
        rings = {"PRO": 1, "PHE": 1, "TYR": 1, "HIS": 1, "TRP": 2}.get(residue.name, 0)
        assert count == len(heavy(residue)) - 1 + rings


def beyond_three_bonds(xyz: np.ndarray) -> np.ndarray:
    near = (distances(xyz, xyz) < 2.1).astype(int)
    return near @ near @ near == 0


@pytest.mark.parametrize("index", range(N))
def test_nothing_overlaps(index: int) -> None:
    made = complexes()[index]
    ligand = ligand_of(made)
    ligand_xyz = ligand.GetConformer().GetPositions()
    is_heavy = np.array([atom.GetAtomicNum() > 1 for atom in ligand.GetAtoms()])
    atoms = [a for _, residue in pocket(made) for a in residue if not a.is_hydrogen()]
    xyz = np.array([a.pos.tolist() for a in atoms])
    metal = np.array([a.element.is_metal for a in atoms])
    protein = xyz[~metal]
    assert distances(protein, protein)[beyond_three_bonds(protein)].min() > 2.6
    across = distances(xyz, ligand_xyz[is_heavy])
    assert across[~metal].min() > 2.6
    assert across.min() > 2.0
    assert distances(protein, ligand_xyz[~is_heavy]).min() > 1.5


def test_metals_are_held() -> None:
    found = 0
    for made in complexes():
        atoms = [(residue.name, a) for _, residue in pocket(made) for a in residue]
        for _, metal in ((name, a) for name, a in atoms if a.element.is_metal):
            near = [a.pos.dist(metal.pos) for name, a in atoms if a is not metal and a.element.name in ("N", "O", "S")]
            assert 1.9 < min(near) < 2.6
            found += 1
    assert found >= 3


def test_pockets_vary_as_files_do() -> None:
    texts = [made.pocket_pdb for made in complexes()]
    chains = [{chain for chain, _ in amino_acids(made)} for made in complexes()]
    assert {"A", "B"} in chains
    assert {"A"} in chains
    assert any(residue.seqid.icode != " " for made in complexes() for _, residue in amino_acids(made))
    assert any("HOH" in text for text in texts)
    with_hydrogens = [any(a.is_hydrogen() for _, r in amino_acids(made) for a in r) for made in complexes()]
    assert any(with_hydrogens)
    assert not all(with_hydrogens)


def test_ligand_files_agree_and_have_unique_names() -> None:
    for made in complexes():
        mol2, sdf = ligand_of(made), Chem.MolFromMolBlock(made.ligand_sdf, removeHs=False)
        assert [a.GetAtomicNum() for a in mol2.GetAtoms()] == [a.GetAtomicNum() for a in sdf.GetAtoms()]
        assert np.allclose(mol2.GetConformer().GetPositions(), sdf.GetConformer().GetPositions(), atol=2e-4)
        names = [line.split()[1] for line in made.ligand_mol2.splitlines() if line.count(".") >= 4]
        assert len(set(names)) == len(names) == mol2.GetNumAtoms()


def test_files_lie_in_the_layout_of_pdbbind(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert write_complexes(tmp_path, 2, seed=3) == ("syn0001", "syn0002")
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert names == [
        f"{i}/{i}_{part}" for i in ("syn0001", "syn0002") for part in ("ligand.mol2", "ligand.sdf", "pocket.pdb")
    ]
    assert (tmp_path / "syn0001" / "syn0001_pocket.pdb").read_text() == complexes()[0].pocket_pdb


def test_most_pockets_bind_their_ligand_and_a_few_do_not(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """By the criterion of the package, on the files as its own readers see them."""
    pairs = []
    for complex_id in write_complexes(tmp_path, 20, seed=3):
        found = load_by_id(tmp_path, complex_id)
        assert isinstance(found, Complex)
        assert not any(name == "HOH" for name in found.residue_name)
        assert found.is_ligand.sum() == ligand_of(complexes()[int(complex_id[3:]) - 1]).GetNumAtoms()
        pairs.append(len(annotate(found).pairs))
    assert [k for k, count in enumerate(pairs) if not count] == [6, 16]
    assert sum(2 <= count <= 12 for count in pairs) >= 16
