"""Mol2 and SDF text of an RDKit molecule: mol2 for the atom names, SDF for everyone else."""

from collections.abc import Sequence

from rdkit import Chem


def sdf_text(mol: Chem.Mol, title: str) -> str:
    """One V2000 record (V3000 above 999 atoms) of the molecule's first conformer; it has no place for atom names."""
    copy = Chem.Mol(mol)
    copy.SetProp("_Name", title)
    block: str = Chem.MolToMolBlock(copy)
    return block + "$$$$\n"


def mol2_text(mol: Chem.Mol, names: Sequence[str], residue: str, title: str) -> str:
    """One mol2 record of the molecule's first conformer, all atoms in one substructure.

    Parameters
    ----------
    mol : rdkit.Chem.Mol
        Sanitised or not; types and bond orders are as good as what it knows.
    names : sequence of str
        Name of each atom, without blanks.
    residue, title : str
    """
    lines = ["@<TRIPOS>MOLECULE", title, f"{mol.GetNumAtoms():5d} {mol.GetNumBonds():5d}     1     0     0"]
    lines += ["SMALL", "NO_CHARGES", "", "@<TRIPOS>ATOM"]
    positions = mol.GetConformer().GetPositions().tolist()
    for atom, name, (x, y, z) in zip(mol.GetAtoms(), names, positions, strict=True):
        kind = _sybyl_type(atom)
        lines.append(
            f"{atom.GetIdx() + 1:7d} {name:<6s} {x:10.4f}{y:10.4f}{z:10.4f} {kind:<6s}    1 {residue}      0.0000"
        )
    lines.append("@<TRIPOS>BOND")
    for bond in mol.GetBonds():
        a, b = bond.GetBeginAtomIdx() + 1, bond.GetEndAtomIdx() + 1
        lines.append(f"{bond.GetIdx() + 1:6d} {a:5d} {b:5d} {_sybyl_bond(bond)}")
    lines += ["@<TRIPOS>SUBSTRUCTURE", f"     1 {residue}         1", ""]
    return "\n".join(lines)


def _is_oxo_acid_oxygen(atom: Chem.Atom) -> bool:
    """A terminal oxygen of a carboxylate or phosphate (SYBYL's O.co2)."""
    (center,) = atom.GetNeighbors()
    ends = [o for o in center.GetNeighbors() if o.GetAtomicNum() == 8 and o.GetDegree() == 1]
    return center.GetAtomicNum() in (6, 15) and len(ends) > 1 and any(o.GetFormalCharge() < 0 for o in ends)


def _is_acyl(atom: Chem.Atom) -> bool:
    """A carbonyl or thiocarbonyl carbon."""
    return atom.GetAtomicNum() == 6 and any(
        bond.GetBondTypeAsDouble() == 2.0 and bond.GetOtherAtom(atom).GetAtomicNum() in (8, 16)
        for bond in atom.GetBonds()
    )


def _sybyl_type(atom: Chem.Atom) -> str:
    """SYBYL atom type (Tripos Mol2 File Format, 2009, table of atom types)."""
    symbol: str = atom.GetSymbol()
    oxo = sum(1 for o in atom.GetNeighbors() if o.GetAtomicNum() == 8 and o.GetDegree() == 1)
    shape = {Chem.HybridizationType.SP: "1", Chem.HybridizationType.SP2: "2"}.get(atom.GetHybridization(), "3")
    if symbol == "C":
        return "C.ar" if atom.GetIsAromatic() else f"C.{shape}"
    if symbol == "N":
        return _nitrogen_type(atom, shape)
    if symbol == "O":
        if atom.GetDegree() == 1:
            return "O.co2" if _is_oxo_acid_oxygen(atom) else "O.2"
        return "O.3"
    if symbol == "S":
        return {1: "S.o", 2: "S.o2"}.get(oxo, "S.3")
    return "P.3" if symbol == "P" else symbol


def _nitrogen_type(atom: Chem.Atom, shape: str) -> str:
    if atom.GetIsAromatic():
        return "N.ar" if atom.GetDegree() == 2 else "N.pl3"
    if atom.GetDegree() == 4:
        return "N.4"
    if atom.GetDegree() == 3 and shape == "2":
        return "N.am" if any(map(_is_acyl, atom.GetNeighbors())) else "N.pl3"
    return f"N.{shape}"


def _sybyl_bond(bond: Chem.Bond) -> str:
    a, b = bond.GetBeginAtom(), bond.GetEndAtom()
    if bond.GetIsAromatic():
        return "ar"
    for one, other in ((a, b), (b, a)):
        if one.GetAtomicNum() == 8 and one.GetDegree() == 1 and _is_oxo_acid_oxygen(one):
            return "ar"
        if one.GetAtomicNum() == 7 and _is_acyl(other) and bond.GetBondTypeAsDouble() == 1.0:
            return "am"
    return str(int(bond.GetBondTypeAsDouble()) or 1)
