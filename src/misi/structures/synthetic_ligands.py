"""Known drug molecules in three dimensions, with the directions of their hydrogen bonds.

The list holds generic names and their published structures (facts; checked against molecular formulas by the
tests), in the charge state of neutral water where that is one state, to exercise carboxylates, phosphates and
ammonium groups.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

from misi.structures.complex import Floats, Int, frozen
from misi.structures.synthetic_residues import Point, place

#: Generic name -> SMILES.
DRUGS: dict[str, str] = {
    "abacavir": "Nc1nc(NC2CC2)c2ncn([C@H]3C=C[C@@H](CO)C3)c2n1",
    "acetazolamide": "CC(=O)Nc1nnc(S(N)(=O)=O)s1",
    "aciclovir": "Nc1nc2n(COCCO)cnc2c(=O)[nH]1",
    "amoxicillin": "CC1(C)S[C@@H]2[C@H](NC(=O)[C@H](N)c3ccc(O)cc3)C(=O)N2[C@H]1C(=O)[O-]",
    "argatroban": "C[C@@H]1CCN([C@H](C1)C(=O)[O-])C(=O)[C@H](CCCNC(N)=[NH2+])NS(=O)(=O)c1cccc2CC(C)CNc12",
    "aspirin": "CC(=O)Oc1ccccc1C(=O)[O-]",
    "atenolol": "CC(C)NCC(O)COc1ccc(CC(N)=O)cc1",
    "baricitinib": "CCS(=O)(=O)N1CC(CC#N)(C1)n1cc(cn1)-c1ncnc2[nH]ccc12",
    "biotin": "O=C([O-])CCCC[C@@H]1SC[C@@H]2NC(=O)N[C@H]12",
    "captopril": "C[C@H](CS)C(=O)N1CCC[C@H]1C(=O)[O-]",
    "celecoxib": "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F",
    "chloroquine": "CCN(CC)CCCC(C)Nc1ccnc2cc(Cl)ccc12",
    "cimetidine": "CNC(=NC#N)NCCSCc1nc[nH]c1C",
    "ciprofloxacin": "O=C(O)c1cn(C2CC2)c2cc(N3CCNCC3)c(F)cc2c1=O",
    "dabigatran": "Cn1c(CNc2ccc(cc2)C(N)=[NH2+])nc2cc(ccc12)C(=O)N(CCC(=O)[O-])c1ccccn1",
    "dasatinib": "Cc1nc(Nc2ncc(s2)C(=O)Nc2c(C)cccc2Cl)cc(n1)N1CCN(CCO)CC1",
    "dexamethasone": "C[C@@H]1C[C@H]2[C@@H]3CCC4=CC(=O)C=C[C@]4(C)[C@@]3(F)[C@@H](O)C[C@]2(C)[C@@]1(O)C(=O)CO",
    "diazepam": "CN1C(=O)CN=C(c2ccccc2)c2cc(Cl)ccc12",
    "diclofenac": "O=C([O-])Cc1ccccc1Nc1c(Cl)cccc1Cl",
    "donepezil": "COc1cc2CC(CC3CCN(Cc4ccccc4)CC3)C(=O)c2cc1OC",
    "enalaprilat": "C[C@H](N[C@@H](CCc1ccccc1)C(=O)[O-])C(=O)N1CCC[C@H]1C(=O)[O-]",
    "erlotinib": "COCCOc1cc2ncnc(Nc3cccc(c3)C#C)c2cc1OCCOC",
    "estradiol": "C[C@]12CC[C@H]3[C@@H](CCc4cc(O)ccc34)[C@@H]1CC[C@@H]2O",
    "fluconazole": "OC(Cn1cncn1)(Cn1cncn1)c1ccc(F)cc1F",
    "fludarabine phosphate": "Nc1nc(F)nc2c1ncn2[C@@H]1O[C@H](COP(=O)([O-])[O-])[C@@H](O)[C@@H]1O",
    "fluoxetine": "C[NH2+]CCC(Oc1ccc(cc1)C(F)(F)F)c1ccccc1",
    "furosemide": "NS(=O)(=O)c1cc(C(=O)[O-])c(NCc2ccco2)cc1Cl",
    "gefitinib": "COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1",
    "haloperidol": "O=C(CCCN1CCC(O)(CC1)c1ccc(Cl)cc1)c1ccc(F)cc1",
    "ibuprofen": "CC(C)Cc1ccc(cc1)[C@H](C)C(=O)[O-]",
    "imatinib": "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(n1)-c1cccnc1",
    "levodopa": "[NH3+][C@@H](Cc1ccc(O)c(O)c1)C(=O)[O-]",
    "levofloxacin": "C[C@H]1COc2c(N3CCN(C)CC3)c(F)cc3c2n1cc(C(=O)[O-])c3=O",
    "lisinopril": "[NH3+]CCCC[C@H](N[C@@H](CCc1ccccc1)C(=O)[O-])C(=O)N1CCC[C@H]1C(=O)[O-]",
    "losartan": "CCCCc1nc(Cl)c(CO)n1Cc1ccc(cc1)-c1ccccc1-c1nnn[nH]1",
    "methotrexate": "CN(Cc1cnc2nc(N)nc(N)c2n1)c1ccc(cc1)C(=O)N[C@@H](CCC(=O)[O-])C(=O)[O-]",
    "morphine": "CN1CC[C@]23[C@@H]4[C@H]1Cc1c2c(c(O)cc1)O[C@H]3[C@H](C=C4)O",
    "naproxen": "COc1ccc2cc(ccc2c1)[C@H](C)C(=O)[O-]",
    "nirmatrelvir": "CC1(C)[C@@H]2[C@H]1[C@H](N(C2)C(=O)[C@@H](NC(=O)C(F)(F)F)C(C)(C)C)"
    "C(=O)N[C@@H](C[C@@H]1CCNC1=O)C#N",
    "nitrofurantoin": "O=C1CN(N=Cc2ccc(o2)[N+](=O)[O-])C(=O)N1",
    "omeprazole": "COc1ccc2[nH]c(nc2c1)S(=O)Cc1ncc(C)c(OC)c1C",
    "oseltamivir acid": "CCC(CC)O[C@@H]1C=C(C[C@H]([NH3+])[C@H]1NC(C)=O)C(=O)[O-]",
    "paracetamol": "CC(=O)Nc1ccc(O)cc1",
    "penicillin G": "CC1(C)S[C@@H]2[C@H](NC(=O)Cc3ccccc3)C(=O)N2[C@H]1C(=O)[O-]",
    "propranolol": "CC(C)[NH2+]CC(O)COc1cccc2ccccc12",
    "raloxifene": "O=C(c1ccc(OCCN2CCCCC2)cc1)c1c(sc2cc(O)ccc12)-c1ccc(O)cc1",
    "ranitidine": "CNC(=C[N+](=O)[O-])NCCSCc1ccc(CN(C)C)o1",
    "rivaroxaban": "O=C(NC[C@H]1CN(C(=O)O1)c1ccc(cc1)N1CCOCC1=O)c1ccc(Cl)s1",
    "salbutamol": "CC(C)(C)[NH2+]CC(O)c1ccc(O)c(CO)c1",
    "sitagliptin": "N[C@@H](CC(=O)N1CCn2c(C1)nnc2C(F)(F)F)Cc1cc(F)c(F)cc1F",
    "sorafenib": "CNC(=O)c1cc(ccn1)Oc1ccc(cc1)NC(=O)Nc1ccc(Cl)c(c1)C(F)(F)F",
    "sulfamethoxazole": "Cc1cc(NS(=O)(=O)c2ccc(N)cc2)no1",
    "tamoxifen": "CCC(=C(c1ccccc1)c1ccc(OCCN(C)C)cc1)c1ccccc1",
    "tofacitinib": "C[C@@H]1CCN(C[C@@H]1N(C)c1ncnc2[nH]ccc12)C(=O)CC#N",
    "trimethoprim": "COc1cc(Cc2cnc(N)nc2N)cc(OC)c1OC",
    "vorinostat": "ONC(=O)CCCCCCC(=O)Nc1ccccc1",
    "warfarin": "CC(=O)CC(c1ccccc1)c1c(O)c2ccccc2oc1=O",
    "zanamivir": "CC(=O)N[C@@H]1[C@@H](NC(N)=[NH2+])C=C(O[C@H]1[C@H](O)[C@H](O)CO)C(=O)[O-]",
    "zidovudine": "Cc1cn([C@H]2C[C@H](N=[N+]=[N-])[C@@H](CO)O2)c(=O)[nH]c1=O",
}
RESIDUE_NAME = "LIG"
_EMBED_TRIES = 5
_MMFF_STEPS = 40


@dataclass(frozen=True, eq=False)
class Ligand:
    """An embedded molecule with explicit hydrogens, heavy atoms first.

    Attributes
    ----------
    drug : str
    mol : rdkit.Chem.Mol
        With one conformer, centred on the mean of its heavy atoms.
    xyz : (n, 3) float64
        Angstrom.
    element : (n,) int32
    site_atom : (s,) int32
        Heavy atom of each hydrogen-bond direction.
    site_xyz : (s, 3) float64
        A point in that direction: the hydrogen, or along the lone pair.
    site_donates : tuple of bool
    """

    drug: str
    mol: Chem.Mol
    xyz: Floats
    element: Int
    site_atom: Int
    site_xyz: Floats
    site_donates: tuple[bool, ...]


@lru_cache(maxsize=128)
def embed(drug: str, seed: int) -> Ligand:
    """The drug in one conformation: ETKDG version 3, then a few steps of MMFF94.

    Few, because they only need to mend bond lengths: run to the end, in vacuum, they fold the molecule onto itself.

    Parameters
    ----------
    drug : str
        A key of `DRUGS`.
    seed : int
        31-bit seed of RDKit's embedder; same seed and RDKit version, same coordinates.
    """
    mol = Chem.AddHs(Chem.MolFromSmiles(DRUGS[drug]))
    parameters: Any = rdDistGeom.ETKDGv3()  # RDKit's stubs give its fields the wrong types
    parameters.numThreads = 1
    for k in range(_EMBED_TRIES):
        parameters.randomSeed = (seed + k) % 2**31
        parameters.useRandomCoords = k > 0
        if rdDistGeom.EmbedMolecule(mol, parameters) == 0:
            break
    else:
        raise RuntimeError(f"RDKit could not embed {drug}")  # a fault of the list, not of any user's input
    with rdBase.BlockLogs():
        if rdForceFieldHelpers.MMFFHasAllMoleculeParams(mol):
            rdForceFieldHelpers.MMFFOptimizeMolecule(mol, maxIters=_MMFF_STEPS)
    xyz = mol.GetConformer().GetPositions()
    element = np.array([atom.GetAtomicNum() for atom in mol.GetAtoms()])
    heavy = xyz[element > 1]
    xyz = xyz - heavy.sum(axis=0) / len(heavy)
    atoms, points, donates = _sites(mol, xyz)
    return Ligand(
        drug,
        mol,
        frozen(xyz, np.float64),
        frozen(element, np.int32),
        frozen(atoms, np.int32),
        frozen(points, np.float64, (-1, 3)),
        tuple(donates),
    )


def _sites(mol: Chem.Mol, xyz: Floats) -> tuple[list[int], list[Point], list[bool]]:
    """Hydrogens of N and O, and lone pairs of O and of unprotonated sp2 and sp N."""
    atoms: list[int] = []
    points: list[Point] = []
    donates: list[bool] = []
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() not in (7, 8):
            continue
        i = atom.GetIdx()
        hydrogens = [other.GetIdx() for other in atom.GetNeighbors() if other.GetAtomicNum() == 1]
        lone = _lone_pairs(atom, xyz) if atom.GetAtomicNum() == 8 or not hydrogens else []
        found = [_point(xyz, h) for h in hydrogens] + lone
        atoms += [i] * len(found)
        points += found
        donates += [True] * len(hydrogens) + [False] * len(lone)
    return atoms, points, donates


def _point(xyz: Floats, row: int) -> Point:
    return (float(xyz[row, 0]), float(xyz[row, 1]), float(xyz[row, 2]))


def _lone_pairs(atom: Chem.Atom, xyz: Floats) -> list[Point]:
    """Points 1 angstrom from a nitrogen or oxygen along its free directions."""
    center = _point(xyz, atom.GetIdx())
    near = [other.GetIdx() for other in atom.GetNeighbors()]
    if len(near) == 1:
        (b,) = near
        others = [
            n.GetIdx() for n in atom.GetOwningMol().GetAtomWithIdx(b).GetNeighbors() if n.GetIdx() != atom.GetIdx()
        ]
        if atom.GetHybridization() == Chem.HybridizationType.SP or not others:
            bx, by, bz = _point(xyz, b)
            return [(2 * center[0] - bx, 2 * center[1] - by, 2 * center[2] - bz)]
        return [place(_point(xyz, others[0]), _point(xyz, b), center, 1.0, 120.0, turn) for turn in (0.0, 180.0)]
    if len(near) == 2 and (atom.GetAtomicNum() == 8 or not atom.GetTotalNumHs()):
        if atom.GetAtomicNum() == 7 and atom.GetHybridization() != Chem.HybridizationType.SP2:
            return []
        mid = (xyz[near[0]] + xyz[near[1]]) / 2.0 - xyz[atom.GetIdx()]
        norm = float(np.sqrt((mid * mid).sum()))
        return [_point(xyz[atom.GetIdx()][None] - mid[None] / norm, 0)] if norm > 0.1 else []
    return []


def placed(ligand: Ligand, xyz: Floats) -> Chem.Mol:
    """The molecule with its atoms at `xyz` (n, 3), angstrom."""
    mol = Chem.Mol(ligand.mol)
    mol.GetConformer().SetPositions(np.array(xyz))
    return mol
