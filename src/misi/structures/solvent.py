"""Which atoms are solvent, by the category rule of the reference program, UCSF ChimeraX ("delete solvent")."""

import numpy as np

from misi.structures.complex import METALS, Bools, Int, frozen
from misi.structures.molecule import Molecule, subset

#: Residue names of water and heavy water.
WATER_NAMES = frozenset(["HOH", "WAT", "DOD", "H2O", "D2O", "TIP3"])

_HALOGENS = frozenset([9, 17, 35, 53, 85])

#: A water is a bonded group of fewer atoms than this.
_WATER_ATOMS = 4

#: Another molecule is solvent if it is at most this large and occurs at least this often.
_SOLVENT_ATOMS = 10
_SOLVENT_COPIES = 10


def _small_groups(molecule: Molecule, residue_of: Int) -> tuple[list[int], Int]:
    """First atoms of the bonded groups that may be solvent, and each atom's group (its own row elsewhere).

    Missing-structure links count as bonds. Only groups inside residues of water names, or of at most 10 atoms and
    without a bond to another residue, are looked at: no other group is solvent, and they are few.
    """
    counts = np.diff(molecule.residue_start)
    ends = np.concatenate([molecule.bonds, molecule.links])
    homes = residue_of[ends]
    crossing = homes[:, 0] != homes[:, 1]
    open_residues = np.zeros(len(counts), bool)
    open_residues[homes[crossing]] = True
    small = ((counts <= _SOLVENT_ATOMS) & ~open_residues) | np.isin(molecule.residue_name, list(WATER_NAMES))
    root = list(range(len(molecule)))

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for a, b in ends[small[homes].all(axis=1)].tolist():
        first, second = sorted((find(a), find(b)))
        root[second] = first
    mixed = ends[small[homes].sum(axis=1) == 1]
    tied = {find(row) for row in mixed[small[residue_of[mixed]]].tolist()}
    members = np.flatnonzero(small[residue_of]).tolist()
    groups = np.arange(len(molecule))
    groups[members] = [find(row) for row in members]
    return sorted(set(groups[members].tolist()) - tied), frozen(groups, np.int32)


def solvent_atoms(molecule: Molecule) -> Bools:
    """(n,) bool: atoms of solvent.

    Solvent are groups of fewer than 4 atoms in residues named as water, lone atoms of B, C, N or O that are a residue
    of their own, and, if some other residue name occurs at least 10 times as whole, separate groups of at most 10
    atoms (lone metals and halogens apart) and more often than all of the former, the most frequent such name.
    """
    counts = np.diff(molecule.residue_start)
    residue_of = frozen(np.repeat(np.arange(len(counts)), counts), np.int32)
    heads, root = _small_groups(molecule, residue_of)
    sizes = np.bincount(root, minlength=len(molecule))
    small: list[int] = []
    classes: dict[str, list[int]] = {}
    for row in heads:
        residue, size, element = int(residue_of[row]), int(sizes[row]), int(molecule.element[row])
        name = str(molecule.residue_name[residue])
        whole = size == int(counts[residue])
        if (size < _WATER_ATOMS and name in WATER_NAMES) or (size == 1 and whole and 5 <= element <= 8):
            small.append(row)
        elif whole and size <= _SOLVENT_ATOMS and not (size == 1 and (element in METALS or element in _HALOGENS)):
            classes.setdefault(name, []).append(row)
    most = max((len(rows), name) for name, rows in [*classes.items(), ("", [])])
    if most[0] >= _SOLVENT_COPIES and most[0] > len(small):
        small += classes[most[1]]
    return frozen(np.isin(root, small), bool)


def without_solvent(molecule: Molecule, origin: str) -> Molecule:
    """The molecule without solvent; a note counts the atoms that went."""
    solvent = solvent_atoms(molecule)
    if not solvent.any():
        return molecule
    return subset(molecule, ~solvent, f"{origin}: {int(solvent.sum())} solvent atoms removed")
