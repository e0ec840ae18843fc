"""The complex: read-only columns over the atoms of one pocket and one ligand.

Atoms of the pocket come first, then those of the ligand, each in file order; hydrogens are among them, solvent
is not. A residue is a run of consecutive atom lines with one (chain, number, insertion code, name); inside the
code it is its row, because that key is not always unique (blank chains of homodimers repeat it).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Text = NDArray[np.str_]

HYDROGEN = 1
#: Atomic numbers that count as metals (the reference program's element test; shared/spec/hbonds.md section 2.1).
METALS = frozenset([3, 4, *range(11, 14), *range(19, 33), *range(37, 52), *range(55, 85), *range(87, 104)])


class ResidueKey(NamedTuple):
    """What answers show of a residue: chain, number, insertion code, name."""

    chain: str
    number: int
    icode: str
    name: str


def frozen(values: Any, dtype: Any, shape: tuple[int, ...] | None = None) -> NDArray[Any]:
    """A read-only, C-contiguous copy of `values`."""
    column = np.array(values, dtype=dtype, order="C")
    if shape is not None:
        column = column.reshape(shape)
    column.setflags(write=False)
    return column


@dataclass(frozen=True, eq=False)
class Complex:
    """One pocket with one ligand.

    Attributes
    ----------
    id : str
        Name of the complex, unique in its source.
    xyz : (n, 3) float64
        Coordinates, angstrom, in the files' frame.
    element : (n,) int32
        Atomic numbers; 0 where unknown. Deuterium is 1.
    name : (n,) str
        Atom names, stripped.
    residue : (n,) int32
        Row of the atom's residue in the `residue_*` columns.
    is_ligand : (n,) bool
    file_index : (n,) int32
        0-based row of the atom among the atoms of its file.
    bonds : (m, 2) int32
        Covalent bonds in order of creation; the neighbour lists below keep that order, on which atom typing
        and group matching depend. No bond joins pocket and ligand.
    links : (k, 2) int32
        Missing-structure links: pairs of atoms on both sides of a chain gap (shared/spec/hbonds.md 2.1).
    residue_chain, residue_icode, residue_name : (r,) str
    residue_number : (r,) int32
    residue_start : (r + 1,) int32
        Residue `i` holds atoms residue_start[i] : residue_start[i + 1].
    residue_is_ligand : (r,) bool
    notes : tuple of str
        What the reader decided (altlocs dropped, models ignored, a file passed over), for people.
    """

    id: str
    xyz: Floats
    element: Int
    name: Text
    residue: Int
    is_ligand: Bools
    file_index: Int
    bonds: Int
    links: Int
    residue_chain: Text
    residue_number: Int
    residue_icode: Text
    residue_name: Text
    residue_start: Int
    residue_is_ligand: Bools
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.element)

    @property
    def n_residues(self) -> int:
        return len(self.residue_number)

    @cached_property
    def heavy(self) -> Bools:
        """(n,) bool: not a hydrogen."""
        return frozen(self.element != HYDROGEN, bool)

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """Bonded atoms of each atom, in order of bond creation."""
        lists: list[list[int]] = [[] for _ in range(len(self))]
        for a, b in self.bonds.tolist():
            lists[a].append(b)
            lists[b].append(a)
        return tuple(tuple(row) for row in lists)

    @cached_property
    def n_links(self) -> Int:
        """(n,) int32: missing-structure links that end on each atom."""
        return frozen(np.bincount(self.links.ravel(), minlength=len(self)), np.int32)

    def residue_key(self, row: int) -> ResidueKey:
        return ResidueKey(
            str(self.residue_chain[row]),
            int(self.residue_number[row]),
            str(self.residue_icode[row]),
            str(self.residue_name[row]),
        )

    def residue_atoms(self, row: int) -> range:
        return range(int(self.residue_start[row]), int(self.residue_start[row + 1]))

    def pocket_residues(self) -> Iterator[int]:
        return (int(row) for row in np.flatnonzero(~self.residue_is_ligand))

    @cached_property
    def repeated_residues(self) -> frozenset[int]:
        """Rows of pocket residues whose key another pocket residue has too."""
        seen: dict[ResidueKey, list[int]] = {}
        for row in self.pocket_residues():
            seen.setdefault(self.residue_key(row), []).append(row)
        return frozenset(row for rows in seen.values() if len(rows) > 1 for row in rows)

    @cached_property
    def repeated_ligand_names(self) -> frozenset[str]:
        """Names that more than one heavy ligand atom has."""
        names, counts = np.unique(self.name[self.is_ligand & self.heavy], return_counts=True)
        return frozenset(str(name) for name in names[counts > 1])


@dataclass(frozen=True)
class Rejection:
    """A complex, or an item of it, that was not used.

    Attributes
    ----------
    id : str
        Complex or item.
    reason : str
        Short machine-readable name; reasons are counted in the card.
    detail : str
        One line for people, naming the file or atom.
    """

    id: str
    reason: str
    detail: str

    def as_json(self) -> dict[str, str]:
        return {"id": self.id, "reason": self.reason, "detail": self.detail}
