"""How alike two complexes are, by pocket and by ligand, without alignment and without chemistry that can fail.

Pocket: the set of (residue name, residue name, distance in sequence) of residues at most `WINDOW` numbers apart in
one chain. Two structures of one protein share most of it whatever their numbering starts at; pockets of unrelated
proteins share little. Ligand: Morgan fingerprint (radius 2; D. Rogers & M. Hahn, J. Chem. Inf. Model. 50 (2010)
742-754) of the heavy-atom graph without bond orders, so that no ligand fails and two protonation states are twins.
Both are compared by Tanimoto's coefficient, shared / (all of either).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator

from misi.seeds import rank_of
from misi.structures.complex import Complex, frozen

WINDOW = 12
POCKET_BITS = 4096
LIGAND_BITS = 2048
_SMALLEST_RESIDUE = 4  # heavy atoms: glycine; ions and waters say nothing about the sequence
_BLOCK = 512
_MORGAN = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=LIGAND_BITS, useBondTypes=False)


@dataclass(frozen=True, eq=False)
class Signature:
    """What a split needs to know of a complex.

    Attributes
    ----------
    id : str
    pocket : (POCKET_BITS / 8,) uint8
        Packed bits.
    ligand : (LIGAND_BITS / 8,) uint8
    """

    id: str
    pocket: NDArray[np.uint8]
    ligand: NDArray[np.uint8]


def signature(complex: Complex) -> Signature:
    """The signature of a complex; it never fails, an empty side has no bits."""
    return Signature(
        complex.id,
        frozen(np.packbits(_pocket_bits(complex)), np.uint8),
        frozen(np.packbits(_ligand_bits(complex)), np.uint8),
    )


def _pocket_bits(complex: Complex) -> NDArray[np.bool_]:
    bits = np.zeros(POCKET_BITS, dtype=np.bool_)
    sizes = np.bincount(complex.residue[complex.heavy], minlength=complex.n_residues)
    rows = [row for row in complex.pocket_residues() if sizes[row] >= _SMALLEST_RESIDUE]
    keys = [complex.residue_key(row) for row in rows]
    for i, first in enumerate(keys):
        for second in keys[i + 1 : i + 1 + WINDOW]:
            apart = second.number - first.number
            if second.chain == first.chain and 0 <= apart <= WINDOW:
                bits[_pocket_bit(first.name, second.name, apart)] = True
    return bits


@lru_cache(maxsize=50_000)
def _pocket_bit(first: str, second: str, apart: int) -> int:
    return rank_of("pocket", first, second, apart) % POCKET_BITS


def _ligand_bits(complex: Complex) -> NDArray[np.bool_]:
    rows = np.flatnonzero(complex.is_ligand & complex.heavy).tolist()
    if not rows:
        return np.zeros(LIGAND_BITS, dtype=np.bool_)
    index = {row: k for k, row in enumerate(rows)}
    mol = Chem.RWMol()
    for row in rows:
        mol.AddAtom(Chem.Atom(int(complex.element[row])))
    pairs = sorted({(min(a, b), max(a, b)) for a, b in complex.bonds.tolist() if a in index and b in index and a != b})
    for a, b in pairs:
        mol.AddBond(index[a], index[b], Chem.BondType.SINGLE)
    Chem.FastFindRings(mol)  # no sanitising: a five-valent carbon is a graph like any other
    invariants = [atom.GetAtomicNum() * 64 + min(atom.GetDegree(), 31) * 2 + atom.IsInRing() for atom in mol.GetAtoms()]
    counts = _MORGAN.GetFingerprintAsNumPy(mol, customAtomInvariants=invariants)
    bits: NDArray[np.bool_] = counts > 0
    return bits


def tanimoto_rows(
    left: Sequence[NDArray[np.uint8]], right: Sequence[NDArray[np.uint8]]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Tanimoto coefficients of all pairs, in blocks of rows: (first row, (rows, len(right)) float32).

    Two empty sets have 0: nothing is known to be shared. The products of zeros and ones are whole numbers below
    2**24, exact in single precision in any order of addition, so the result does not depend on the machine.
    """
    if not left or not right:
        return
    b = np.unpackbits(np.stack(right), axis=1).astype(np.float32)
    size_b = b.sum(axis=1)
    for start in range(0, len(left), _BLOCK):
        a = np.unpackbits(np.stack(left[start : start + _BLOCK]), axis=1).astype(np.float32)
        shared = a @ b.T
        either = a.sum(axis=1)[:, None] + size_b[None, :] - shared
        yield start, shared / np.maximum(either, 1.0)


def similarities(
    left: Iterable[Signature], right: Iterable[Signature]
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """(first row, pocket block, ligand block) over all pairs; blocks are (rows, len(right))."""
    lefts, rights = list(left), list(right)
    pockets = tanimoto_rows([s.pocket for s in lefts], [s.pocket for s in rights])
    ligands = tanimoto_rows([s.ligand for s in lefts], [s.ligand for s in rights])
    for (start, pocket), (_, ligand) in zip(pockets, ligands, strict=True):
        yield start, pocket, ligand
