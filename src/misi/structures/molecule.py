"""One molecule file as columns, before it becomes one half of a complex."""

from dataclasses import dataclass, field

import numpy as np

from misi.structures.complex import Bools, Floats, Int, Text, frozen


@dataclass(frozen=True, eq=False)
class Molecule:
    """The atoms of one file with their residues and bonds.

    Attributes
    ----------
    xyz : (n, 3) float64
        Coordinates, angstrom.
    element : (n,) int32
        Atomic numbers, 0 where unknown.
    name : (n,) str
    file_index : (n,) int32
        0-based row among the atom records of the file.
    residue_start : (r + 1,) int32
    residue_chain, residue_icode, residue_name : (r,) str
    residue_number : (r,) int32
    bonds, links : (m, 2), (k, 2) int32
        As in `Complex`, over the rows of this molecule.
    notes : tuple of str
    """

    xyz: Floats
    element: Int
    name: Text
    file_index: Int
    residue_start: Int
    residue_chain: Text
    residue_number: Int
    residue_icode: Text
    residue_name: Text
    bonds: Int
    links: Int = field(default_factory=lambda: frozen([], np.int32, (-1, 2)))
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.element)

    @property
    def n_residues(self) -> int:
        return len(self.residue_number)


def subset(molecule: Molecule, keep: Bools, note: str = "") -> Molecule:
    """The molecule with only the atoms of `keep` ((n,) bool); bonds and links to other atoms go with these."""
    if bool(keep.all()):
        return molecule
    row = np.cumsum(keep, dtype=np.int32) - 1
    counts = np.add.reduceat(keep, molecule.residue_start[:-1], dtype=np.int32) if len(molecule) else keep[:0]
    stays = counts > 0

    def pairs(ends: Int) -> Int:
        return frozen(row[ends[keep[ends].all(axis=1)]], np.int32, (-1, 2))

    return Molecule(
        xyz=frozen(molecule.xyz[keep], np.float64),
        element=frozen(molecule.element[keep], np.int32),
        name=frozen(molecule.name[keep], np.str_),
        file_index=frozen(molecule.file_index[keep], np.int32),
        residue_start=frozen(np.concatenate([[0], np.cumsum(counts[stays])]), np.int32),
        residue_chain=frozen(molecule.residue_chain[stays], np.str_),
        residue_number=frozen(molecule.residue_number[stays], np.int32),
        residue_icode=frozen(molecule.residue_icode[stays], np.str_),
        residue_name=frozen(molecule.residue_name[stays], np.str_),
        bonds=pairs(molecule.bonds),
        links=pairs(molecule.links),
        notes=(*molecule.notes, note) if note else molecule.notes,
    )
