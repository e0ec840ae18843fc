"""The ligand as a molecule: observed atoms of the entry, bond orders and charges of the wwPDB's component dictionary.

Atoms are matched by name (wwPDB Chemical Component Dictionary; J.D. Westbrook et al., Bioinformatics 31 (2015)
1274-1278). The dictionary writes acids with their hydrogen and amines without charge; `as_in_water` gives them the
state they have at pH 7, because hydrogens that are there decide about hydrogen bonds. Hydrogens are placed by RDKit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import gemmi
from rdkit import Chem, rdBase

from misi.errors import StructureError
from misi.structures.elements import atomic_number

_ORDERS = {
    "SING": Chem.BondType.SINGLE,
    "DOUB": Chem.BondType.DOUBLE,
    "TRIP": Chem.BondType.TRIPLE,
    "QUAD": Chem.BondType.QUADRUPLE,
    "AROM": Chem.BondType.AROMATIC,
}

#: Hydroxyl groups that give up their hydrogen: carboxylic, sulfonic, phosphoric and phosphonic acids.
_ACIDS = Chem.MolFromSmarts("[$([OX2H1]-C=O),$([OX2H1]-S(=O)=O),$([OX2H1]-P=O);+0]")
#: Nitrogens that take one up: amines on tetrahedral carbons, and the double-bonded N of amidines and guanidines
#: whose nitrogens carry no group that draws electrons.
_AMINES = Chem.MolFromSmarts("[NX3;+0;!$(N-[!#6;!#1]);!$(N-[#6;!X4])]")
_AMIDINES = Chem.MolFromSmarts("[NX2;+0;!$(N-[!#6;!#1]);!$(N-C=[O,S,N]);!$(N-C#N);$(N=C-[NX3;!$(N-C=O);!$(N-S)])]")
#: Bonds between two such nitrogens below which only the first is charged (piperazine, ethylenediamine).
_CHARGES_APART = 4


@dataclass(frozen=True)
class Component:
    """One entry of the dictionary: heavy atoms and the bonds between them.

    Attributes
    ----------
    name : str
    atoms : mapping of atom name to (atomic number, formal charge, whether it leaves on bonding)
    bonds : tuple of (name, name, order in the dictionary's words)
    """

    name: str
    atoms: Mapping[str, tuple[int, int, bool]]
    bonds: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class LigandAtom:
    """One observed heavy atom: component number, name, atomic number, coordinates (angstrom)."""

    residue: int
    name: str
    element: int
    xyz: tuple[float, float, float]


def parse_component(text: str, name: str) -> Component:
    """Read a component's CIF.

    Raises
    ------
    StructureError
        `bad_component`: not CIF, another component, or without atoms.
    """
    try:
        document = gemmi.cif.read_string(text)
        block = document.sole_block()
        atoms = {
            gemmi.cif.as_string(row[0]): (
                atomic_number(gemmi.cif.as_string(row[1])),
                int(row[2]) if row[2] not in ("?", ".") else 0,
                row.has(3) and row[3] == "Y",
            )
            for row in block.find("_chem_comp_atom.", ["atom_id", "type_symbol", "charge", "?pdbx_leaving_atom_flag"])
        }
        bonds = tuple(
            (gemmi.cif.as_string(row[0]), gemmi.cif.as_string(row[1]), row[2].upper())
            for row in block.find("_chem_comp_bond.", ["atom_id_1", "atom_id_2", "value_order"])
        )
        found = gemmi.cif.as_string(block.find_value("_chem_comp.id") or block.name)
    except (RuntimeError, ValueError, IndexError) as error:
        raise StructureError("bad_component", f"component {name}: no readable CIF: {str(error)[:80]}") from None
    if not atoms or found.upper() != name.upper():
        raise StructureError("bad_component", f"component {name}: the file describes {found!r}, {len(atoms)} atoms")
    heavy = {atom: what for atom, what in atoms.items() if what[0] > 1}
    return Component(name, heavy, tuple(bond for bond in bonds if bond[0] in heavy and bond[1] in heavy))


def build_ligand(
    components: Sequence[Component], atoms: Sequence[LigandAtom], links: Sequence[tuple[int, int]]
) -> tuple[Chem.Mol, tuple[str, ...], tuple[str, ...]]:
    """The molecule with hydrogens, its atom names, and notes.

    Parameters
    ----------
    components : sequence of Component
        One for each residue of the ligand.
    atoms : sequence of LigandAtom
        All observed heavy atoms; rows in `links` count in this order.
    links : sequence of (row, row)
        Bonds between residues, single.

    Returns
    -------
    mol : rdkit.Chem.Mol
        Heavy atoms in the given order, then hydrogens; unsanitised and without hydrogens where RDKit refuses the
        chemistry (a note says so).
    names : tuple of str
        Dictionary names; of several residues, where these repeat, element and running number.
    notes : tuple of str

    Raises
    ------
    StructureError
        `incomplete_ligand` (atoms that do not leave are missing) or `unknown_ligand_atoms`.
    """
    row_of = {(atom.residue, atom.name): row for row, atom in enumerate(atoms)}
    _check_atoms(components, row_of)
    mol = Chem.RWMol()
    for atom in atoms:
        new = Chem.Atom(atom.element)
        new.SetFormalCharge(components[atom.residue].atoms[atom.name][1])
        mol.AddAtom(new)
    for k, component in enumerate(components):
        for first, second, order in component.bonds:
            if (k, first) in row_of and (k, second) in row_of:
                mol.AddBond(row_of[k, first], row_of[k, second], _ORDERS.get(order, Chem.BondType.SINGLE))
    for a, b in links:
        if mol.GetBondBetweenAtoms(a, b) is None:
            mol.AddBond(a, b, Chem.BondType.SINGLE)
    conformer = Chem.Conformer(len(atoms))
    for row, atom in enumerate(atoms):
        conformer.SetAtomPosition(row, atom.xyz)
    mol.AddConformer(conformer)
    whole, notes = _with_hydrogens(mol)
    return whole, _names(components, atoms, whole), notes


def _check_atoms(components: Sequence[Component], row_of: Mapping[tuple[int, str], int]) -> None:
    for k, component in enumerate(components):
        seen = {name for residue, name in row_of if residue == k}
        strange = sorted(seen - component.atoms.keys())
        if strange:
            raise StructureError(
                "unknown_ligand_atoms", f"component {component.name} has no atoms {', '.join(strange[:6])}"
            )
        missing = sorted(name for name, what in component.atoms.items() if name not in seen and not what[2])
        if missing:
            raise StructureError(
                "incomplete_ligand",
                f"component {component.name}: {len(missing)} atoms were not observed ({', '.join(missing[:6])})",
            )


def _with_hydrogens(mol: Chem.RWMol) -> tuple[Chem.Mol, tuple[str, ...]]:
    bare = Chem.Mol(mol)
    with rdBase.BlockLogs():
        try:
            Chem.SanitizeMol(mol)
            ready = as_in_water(mol)
            Chem.AssignStereochemistryFrom3D(ready)
            return Chem.AddHs(ready, addCoords=True), ()
        except (ValueError, RuntimeError) as error:
            bare.UpdatePropertyCache(strict=False)
            return bare, (f"ligand without hydrogens: RDKit refuses its chemistry ({str(error).strip()[:80]})",)


def as_in_water(mol: Chem.Mol) -> Chem.Mol:
    """The sanitised molecule with acids, amines, amidines and guanidines charged as at pH 7.

    A rule of thumb by group, no pKa model: of amines near one another (fewer than four bonds) the first is charged.
    """
    changed = Chem.RWMol(mol)
    for (row,) in mol.GetSubstructMatches(_ACIDS):
        changed.GetAtomWithIdx(row).SetFormalCharge(-1)
    apart = Chem.GetDistanceMatrix(mol)
    bases: list[int] = [atom.GetIdx() for atom in mol.GetAtoms() if atom.GetFormalCharge() > 0]
    for pattern in (_AMIDINES, _AMINES):
        for (row,) in mol.GetSubstructMatches(pattern):
            if all(apart[row][other] >= _CHARGES_APART for other in bases):
                changed.GetAtomWithIdx(row).SetFormalCharge(1)
                bases.append(row)
    Chem.SanitizeMol(changed)
    return Chem.Mol(changed)


def _names(components: Sequence[Component], atoms: Sequence[LigandAtom], mol: Chem.Mol) -> tuple[str, ...]:
    heavy = [atom.name for atom in atoms]
    if len(set(heavy)) < len(heavy):
        heavy = []
        counts: dict[str, int] = {}
        for atom in mol.GetAtoms():
            if atom.GetIdx() < len(atoms):
                symbol = atom.GetSymbol()
                counts[symbol] = counts.get(symbol, 0) + 1
                heavy.append(f"{symbol}{counts[symbol]}")
    taken = set(heavy)
    free = (name for k in range(1, 10_000) if (name := f"H{k}") not in taken)
    return (*heavy, *(next(free) for _ in range(mol.GetNumAtoms() - len(heavy))))
