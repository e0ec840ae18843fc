"""The standard residues of a pocket as an RDKit molecule, with bond orders and charges from their names."""

from typing import Any, Final

from rdkit import Chem, rdBase

from misi.structures.complex import HYDROGEN, Complex

#: Other names of residues with the same heavy atoms.
_ALIASES: Final = {"HID": "HIS", "HIE": "HIS", "HIP": "HIS", "CYX": "CYS", "CYM": "CYS", "ASH": "ASP", "GLH": "GLU"}
_PHENYL: Final = (("CG", "CD1"), ("CE1", "CZ"), ("CD2", "CE2"))
#: Double bonds of side chains; the backbone has one at C=O.
_DOUBLE_BONDS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    **dict.fromkeys(["ALA", "CYS", "GLY", "ILE", "LEU", "LYS", "MET", "PRO", "SER", "THR", "VAL"], ()),
    "ARG": (("CZ", "NH2"),),
    "ASN": (("CG", "OD1"),),
    "ASP": (("CG", "OD1"),),
    "GLN": (("CD", "OE1"),),
    "GLU": (("CD", "OE1"),),
    "HIS": (("CG", "CD2"), ("CE1", "ND1")),
    "PHE": _PHENYL,
    "TYR": _PHENYL,
    "TRP": (("CG", "CD1"), ("CD2", "CE2"), ("CE3", "CZ3"), ("CZ2", "CH2")),
}
#: Charged atoms at neutral pH.
_CHARGES: Final = {("ARG", "NH2"): 1, ("LYS", "NZ"): 1, ("ASP", "OD2"): -1, ("GLU", "OE2"): -1}


def rdkit_pocket(source: Complex) -> tuple[Any, list[int]]:
    """The pocket's standard residues with the hydrogens of the file; others stay implicit.

    Atom and residue names are kept in RDKit's PDB residue information, with the residue row + 1 as number, since
    numbers and insertion codes need not be unique.

    Returns
    -------
    rdkit.Chem.Mol
        Sanitised; without atoms if no residue is standard. Residues that break valence rules are left out.
    list of int
        Atom row of each of its atoms.
    """
    left_out: set[int] = set()
    while True:
        molecule, rows = _built(source, left_out)
        with rdBase.BlockLogs():
            problems = Chem.DetectChemistryProblems(molecule)
        if not problems:
            Chem.SanitizeMol(molecule)
            return molecule.GetMol(), rows
        faulty = {rows[index] for problem in problems for index in _atoms_of(problem)}
        left_out |= {int(source.residue[atom]) for atom in faulty}


def with_hydrogens(molecule: Any) -> Any:
    """Add what hydrogens are missing, at RDKit's ideal places; atoms in the molecule keep their numbers."""
    complete = Chem.AddHs(molecule, addCoords=True)
    for index in range(molecule.GetNumAtoms(), complete.GetNumAtoms()):
        added = complete.GetAtomWithIdx(index)
        info = added.GetNeighbors()[0].GetPDBResidueInfo()
        if info is not None:
            added.SetMonomerInfo(_residue_info("H", info.GetResidueName(), info.GetResidueNumber()))
    return complete


def _residue_info(name: str, residue: str, number: int) -> Any:
    info = Chem.AtomPDBResidueInfo(f" {name:<3}")
    info.SetResidueName(residue)
    info.SetResidueNumber(number)
    info.SetChainId("A")
    return info


def _atoms_of(problem: Any) -> list[int]:
    return list(problem.GetAtomIndices()) if hasattr(problem, "GetAtomIndices") else [problem.GetAtomIdx()]


def _built(source: Complex, left_out: set[int]) -> tuple[Any, list[int]]:
    """The molecule before sanitisation, without some residues (two conformers in one, overlapping copies)."""
    names, residues, element = source.name.tolist(), source.residue_name.tolist(), source.element.tolist()
    molecule = Chem.RWMol()
    index: dict[int, int] = {}
    doubles: set[frozenset[int]] = set()
    for row in source.pocket_residues():
        residue = _ALIASES.get(residues[row], residues[row])
        if residue not in _DOUBLE_BONDS or row in left_out:
            continue
        atoms = list(source.residue_atoms(row))
        for atom in atoms:
            if element[atom] == HYDROGEN and len(source.neighbours[atom]) != 1:
                continue  # a stray hydrogen, or one between two atoms
            index[atom] = molecule.AddAtom(
                _atom(residue, names[atom], element[atom], row, _charge(source, residue, atom))
            )
        where = {names[atom]: atom for atom in reversed(atoms)}
        pairs = [("C", "O"), *_histidine_or(source, where, residue)]
        doubles |= {frozenset((where[a], where[b])) for a, b in pairs if a in where and b in where}
    for a, b in source.bonds.tolist():
        if a in index and b in index:
            order = Chem.BondType.DOUBLE if frozenset((a, b)) in doubles else Chem.BondType.SINGLE
            molecule.AddBond(index[a], index[b], order)
    conformer = Chem.Conformer(len(index))
    for atom, place in index.items():
        conformer.SetAtomPosition(place, source.xyz[atom].tolist())
    molecule.AddConformer(conformer)
    return molecule, list(index)


def _charge(source: Complex, residue: str, atom: int) -> int:
    """Charge at neutral pH, or as the hydrogens of the file have it."""
    row = source.neighbours[atom]
    has_hydrogens = any(source.element[n] == HYDROGEN for n in row)
    charge = _CHARGES.get((residue, str(source.name[atom])), 0)
    if charge < 0 and has_hydrogens:
        return 0
    return 1 if source.element[atom] == 7 and has_hydrogens and len(row) == 4 else charge


def _atom(residue: str, name: str, element: int, row: int, charge: int) -> Any:
    atom = Chem.Atom(element)
    atom.SetFormalCharge(charge)
    atom.SetMonomerInfo(_residue_info(name, residue, row + 1))
    return atom


def _histidine_or(source: Complex, where: dict[str, int], residue: str) -> tuple[tuple[str, str], ...]:
    """Double bonds of a residue; a histidine with a hydrogen on ND1 alone has its double bond at NE2."""
    if residue == "HIS" and "ND1" in where and "NE2" in where:
        on_delta, on_epsilon = (
            any(source.element[n] == 1 for n in source.neighbours[where[name]]) for name in ("ND1", "NE2")
        )
        if on_delta and not on_epsilon:
            return (("CG", "CD2"), ("CE1", "NE2"))
    return _DOUBLE_BONDS[residue]
