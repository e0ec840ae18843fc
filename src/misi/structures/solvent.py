"""Which atoms are solvent, by the reference program's category rule (shared/spec/scene.md section 5)."""

import numpy as np

from misi.structures.complex import METALS, Bools
from misi.structures.molecule import Molecule, subset

#: Residue names of water and heavy water.
WATER_NAMES = frozenset(["HOH", "WAT", "DOD", "H2O", "D2O", "TIP3"])

_HALOGENS = frozenset([9, 17, 35, 53, 85])

#: A water is a bonded group of fewer atoms than this.
_WATER_ATOMS = 4

#: Another molecule is solvent if it is at most this large and occurs at least this often.
_SOLVENT_ATOMS = 10
_SOLVENT_COPIES = 10


def _groups(molecule: Molecule) -> list[int]:
    """First atom of each atom's group of atoms joined by bonds or missing-structure links."""
    root = list(range(len(molecule)))

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for ends in (molecule.bonds, molecule.links):
        for a, b in ends.tolist():
            first, second = find(a), find(b)
            if first != second:
                root[max(first, second)] = min(first, second)
    return [find(row) for row in range(len(root))]


def solvent_atoms(molecule: Molecule) -> Bools:
    """(n,) bool: atoms of solvent.

    Solvent are groups of fewer than 4 atoms in residues named as water, lone atoms of B, C, N or O that are a residue
    of their own, and, if some other residue name occurs at least 10 times as whole, separate groups of at most 10
    atoms (lone metals and halogens apart) and more often than all of the former, the most frequent such name.
    """
    roots = np.array(_groups(molecule), dtype=np.int32)
    sizes = np.bincount(roots, minlength=len(roots))
    counts = np.diff(molecule.residue_start)
    residue_of = np.repeat(np.arange(len(counts)), counts)
    small: list[int] = []
    classes: dict[str, list[int]] = {}
    for row in np.flatnonzero((sizes > 0) & (sizes <= _SOLVENT_ATOMS)).tolist():
        residue, size, element = int(residue_of[row]), int(sizes[row]), int(molecule.element[row])
        name = str(molecule.residue_name[residue])
        whole = size == int(counts[residue])
        if (size < _WATER_ATOMS and name in WATER_NAMES) or (size == 1 and whole and 5 <= element <= 8):
            small.append(row)
        elif whole and not (size == 1 and (element in METALS or element in _HALOGENS)):
            classes.setdefault(name, []).append(row)
    most = max((len(rows), name) for name, rows in [*classes.items(), ("", [])])
    if most[0] >= _SOLVENT_COPIES and most[0] > len(small):
        small += classes[most[1]]
    return np.isin(roots, small)


def without_solvent(molecule: Molecule, origin: str) -> Molecule:
    """The molecule without solvent; a note counts the atoms that went."""
    solvent = solvent_atoms(molecule)
    if not solvent.any():
        return molecule
    return subset(molecule, ~solvent, f"{origin}: {int(solvent.sum())} solvent atoms removed")
