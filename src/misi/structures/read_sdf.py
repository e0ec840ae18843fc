"""SDF and MOL files to molecules, through RDKit without sanitising: bad chemistry is no reason to lose coordinates."""

from collections import Counter

import numpy as np
from rdkit import Chem, rdBase

from misi.errors import StructureError
from misi.structures.complex import frozen
from misi.structures.elements import SYMBOLS
from misi.structures.molecule import Molecule
from misi.structures.read_mol2 import MAX_ATOMS
from misi.structures.read_pdb import MAX_COORDINATE

#: A molfile has a counts line in its fourth line.
_HEADER_LINES = 4


def running_names(elements: list[int]) -> list[str]:
    """Names element + running number per element: C1, C2, O1, H1; an unknown element is X."""
    count: Counter[int] = Counter()
    names = []
    for element in elements:
        count[element] += 1
        names.append(f"{SYMBOLS[element] or 'X'}{count[element]}")
    return names


def _declared_lines(lines: list[str]) -> int:
    """Atom and bond lines that the counts line of a V2000 molfile promises, 0 if it cannot be read."""
    counts = lines[3] if len(lines) >= _HEADER_LINES else ""
    fields = [counts[:3].strip(), counts[3:6].strip()]
    return sum(map(int, fields)) if all(field.isdecimal() for field in fields) else 0


def parse_sdf(text: str, origin: str) -> Molecule:
    """The first record of an SDF file, or a MOL file, V2000 or V3000: one residue UNL number 1 without chain.

    Raises
    ------
    StructureError
        `no_atoms`, `bad_sdf`, `truncated_file` or `too_many_atoms`.
    """
    block, _, rest = text.partition("\n$$$$")
    lines = block.split("\n")
    with rdBase.BlockLogs():
        try:
            mol = Chem.MolFromMolBlock(block, sanitize=False, removeHs=False, strictParsing=False)
        except (RuntimeError, ValueError) as error:
            raise StructureError("bad_sdf", f"{origin} cannot be read: {str(error).strip()[:80]}") from None
    if mol is None:
        if _declared_lines(lines) > max(0, len(lines) - _HEADER_LINES):
            raise StructureError("truncated_file", f"{origin} ends before its last atom or bond")
        raise StructureError("bad_sdf", f"{origin} is no readable molfile")
    count = mol.GetNumAtoms()
    if not count or not mol.GetNumConformers():
        raise StructureError("no_atoms", f"{origin} holds no atoms")
    if count > MAX_ATOMS:
        raise StructureError("too_many_atoms", f"{origin} holds more than {MAX_ATOMS} atoms")
    xyz = np.asarray(mol.GetConformer().GetPositions())
    if not (np.abs(xyz) <= MAX_COORDINATE).all():
        raise StructureError("bad_sdf", f"{origin} has atoms without a finite position")
    elements = [atom.GetAtomicNum() for atom in mol.GetAtoms()]
    bonds = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()]
    return Molecule(
        xyz=frozen(xyz, np.float64),
        element=frozen(elements, np.int32),
        name=frozen(running_names(elements), np.str_),
        file_index=frozen(range(count), np.int32),
        residue_start=frozen([0, count], np.int32),
        residue_chain=frozen([""], np.str_),
        residue_number=frozen([1], np.int32),
        residue_icode=frozen([""], np.str_),
        residue_name=frozen(["UNL"], np.str_),
        bonds=frozen(bonds, np.int32, (-1, 2)),
        notes=(f"{origin}: only the first record is used",) if rest.strip().strip("$").strip() else (),
    )
