"""Molecules made for tests: ligands from SMILES, peptides from sequences, and what the criterion calls their atoms."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDepictor, rdDistGeom, rdForceFieldHelpers

from misi.annotate.acceptors import find_acceptors
from misi.annotate.donors import find_donors
from misi.annotate.graph import Graph
from misi.annotate.group_rings import GroupAtoms
from misi.annotate.idatm import assign_types
from misi.structures.complex import Complex, frozen


def build(
    atoms: Sequence[tuple[str, int, Sequence[float]]],
    bonds: Sequence[tuple[int, int]],
    *,
    ligand: bool = True,
    residues: Sequence[tuple[str, int]] | None = None,
    links: Sequence[tuple[int, int]] = (),
) -> Complex:
    """A complex of one side: atoms as (name, atomic number, xyz), residues as (name, first atom)."""
    residues = residues or [("UNL" if ligand else "MOL", 0)]
    starts = [first for _, first in residues] + [len(atoms)]
    n = len(residues)
    return Complex(
        id="made",
        xyz=frozen([xyz for _, _, xyz in atoms], float, (-1, 3)),
        element=frozen([z for _, z, _ in atoms], np.int32),
        name=frozen([name for name, _, _ in atoms], np.str_),
        residue=frozen(np.repeat(np.arange(n), np.diff(starts)), np.int32),
        is_ligand=frozen([ligand] * len(atoms), bool),
        file_index=frozen(range(len(atoms)), np.int32),
        bonds=frozen(bonds, np.int32, (-1, 2)),
        links=frozen(links, np.int32, (-1, 2)),
        residue_chain=frozen(["A"] * n, np.str_),
        residue_number=frozen(range(1, n + 1), np.int32),
        residue_icode=frozen([""] * n, np.str_),
        residue_name=frozen([name for name, _ in residues], np.str_),
        residue_start=frozen(starts, np.int32),
        residue_is_ligand=frozen([ligand] * n, bool),
    )


def join(pocket: Complex, ligand: Complex) -> Complex:
    """Two one-sided complexes as pocket and ligand."""
    shift = len(pocket)
    return Complex(
        id="made",
        xyz=frozen(np.concatenate([pocket.xyz, ligand.xyz]), float),
        element=frozen(np.concatenate([pocket.element, ligand.element]), np.int32),
        name=frozen(np.concatenate([pocket.name, ligand.name]), np.str_),
        residue=frozen(np.concatenate([pocket.residue, ligand.residue + pocket.n_residues]), np.int32),
        is_ligand=frozen(np.repeat([False, True], [shift, len(ligand)]), bool),
        file_index=frozen(np.concatenate([pocket.file_index, ligand.file_index]), np.int32),
        bonds=frozen(np.concatenate([pocket.bonds, ligand.bonds + shift]), np.int32, (-1, 2)),
        links=frozen(np.concatenate([pocket.links, ligand.links + shift]), np.int32, (-1, 2)),
        residue_chain=frozen(np.concatenate([pocket.residue_chain, ligand.residue_chain]), np.str_),
        residue_number=frozen(np.concatenate([pocket.residue_number, ligand.residue_number]), np.int32),
        residue_icode=frozen(np.concatenate([pocket.residue_icode, ligand.residue_icode]), np.str_),
        residue_name=frozen(np.concatenate([pocket.residue_name, ligand.residue_name]), np.str_),
        residue_start=frozen(np.concatenate([pocket.residue_start, ligand.residue_start[1:] + shift]), np.int32),
        residue_is_ligand=frozen(np.repeat([False, True], [pocket.n_residues, ligand.n_residues]), bool),
    )


def moved(source: Complex, xyz: np.ndarray) -> Complex:
    return replace(source, xyz=frozen(xyz, float, (-1, 3)))


def reordered(source: Complex, rows: Sequence[int]) -> Complex:
    """The atoms `rows` of a complex in that order; atoms of a residue must stay together."""
    rows = list(rows)
    new = {old: row for row, old in enumerate(rows)}
    order = list(dict.fromkeys(source.residue[rows].tolist()))
    residue = [order.index(row) for row in source.residue[rows].tolist()]
    keep = [[new[a], new[b]] for a, b in source.bonds.tolist() if a in new and b in new]
    links = [[new[a], new[b]] for a, b in source.links.tolist() if a in new and b in new]
    return replace(
        source,
        xyz=frozen(source.xyz[rows], float),
        element=frozen(source.element[rows], np.int32),
        name=frozen(source.name[rows], np.str_),
        residue=frozen(residue, np.int32),
        is_ligand=frozen(source.is_ligand[rows], bool),
        file_index=frozen(source.file_index[rows], np.int32),
        bonds=frozen(keep, np.int32, (-1, 2)),
        links=frozen(links, np.int32, (-1, 2)),
        residue_chain=frozen(source.residue_chain[order], np.str_),
        residue_number=frozen(source.residue_number[order], np.int32),
        residue_icode=frozen(source.residue_icode[order], np.str_),
        residue_name=frozen(source.residue_name[order], np.str_),
        residue_start=frozen(np.searchsorted(residue, range(len(order) + 1)), np.int32),
        residue_is_ligand=frozen(source.residue_is_ligand[order], bool),
    )


@lru_cache(maxsize=256)
def ligand(smiles: str, *, hydrogens: bool = True) -> Complex:
    """A molecule in three dimensions; heavy atoms are in SMILES order, hydrogens follow."""
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert rdDistGeom.EmbedMolecule(mol, randomSeed=7) == 0
    rdForceFieldHelpers.MMFFOptimizeMolecule(mol)
    if not hydrogens:
        mol = Chem.RemoveHs(mol)
    names = [f"{atom.GetSymbol()}{atom.GetIdx() + 1}" for atom in mol.GetAtoms()]
    return _complex(mol, names, ligand=True)


@lru_cache(maxsize=64)
def peptide(sequence: str, *, amide_end: bool = False) -> Complex:
    """A peptide in one-letter code, flat and without hydrogens: its types come from names, not from geometry.

    With `amide_end` the last OXT is left out.
    """
    mol = Chem.MolFromSequence(sequence)
    rdDepictor.Compute2DCoords(mol)
    names = [atom.GetPDBResidueInfo().GetName().strip() for atom in mol.GetAtoms()]
    if amide_end:
        mol = Chem.RWMol(mol)
        mol.RemoveAtom(names.index("OXT"))
        names.remove("OXT")
    return _complex(mol, names, ligand=False)


def _complex(mol: Chem.Mol, names: list[str], *, ligand: bool) -> Complex:
    positions = mol.GetConformer().GetPositions()
    atoms = [(name, atom.GetAtomicNum(), xyz) for name, atom, xyz in zip(names, mol.GetAtoms(), positions, strict=True)]
    bonds = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()]
    residues: list[tuple[str, int]] = []
    seen = None
    for atom in mol.GetAtoms():
        info = atom.GetPDBResidueInfo()
        if info is not None and info.GetResidueNumber() != seen:
            seen = info.GetResidueNumber()
            residues.append((info.GetResidueName().strip(), atom.GetIdx()))
    return build(atoms, bonds, ligand=ligand, residues=residues or None)


def classes(source: Complex) -> dict[tuple[int, str], tuple[str, str | None, str | None]]:
    """(residue row, atom name) -> type, donor class, acceptor class of every N, O and S."""
    graph = Graph.of(source)
    types = assign_types(source, graph)
    atoms = GroupAtoms(
        types, graph.element, graph.neighbours, source.n_links.tolist(), graph.residue, source.residue_start.tolist()
    )
    polar = [atom for atom, z in enumerate(graph.element) if z in (7, 8, 16)]
    donors = {donor.atom: donor.name for donor in find_donors(graph, atoms, polar)}
    acceptors = {acceptor.atom: acceptor.name for acceptor in find_acceptors(graph, atoms, polar)}
    return {
        (graph.residue[atom], graph.name[atom]): (types[atom], donors.get(atom), acceptors.get(atom)) for atom in polar
    }


def ligand_classes(smiles: str, *, hydrogens: bool = True) -> dict[str, tuple[str, str | None, str | None]]:
    return {name: found for (_, name), found in classes(ligand(smiles, hydrogens=hydrogens)).items()}
