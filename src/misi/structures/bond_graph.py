"""The bonds of a file while they are being made."""

from collections.abc import Iterable, Sequence

from misi.errors import StructureError
from misi.structures.complex import HYDROGEN, METALS
from misi.structures.elements import ideal_length
from misi.structures.records import AtomRecord

#: Bonds that saturate an atom (the program's rule for joining residues): oxygen 2, hydrogen 1, every other 4.
_SATURATION = {HYDROGEN: 1, 8: 2}

#: Tolerance on the sum of covalent radii, angstrom (Meng and Lewis, J. Comput. Chem. 12 (1991) 891-898).
BOND_TOLERANCE = 0.4

#: Bonds of one atom beyond which a file is refused. Two dozen docking poses in one residue make near a hundred.
_MAX_BONDS = 200


class BondGraph:
    """Atoms of a file, their residues, and the bonds made so far in order of creation.

    Attributes
    ----------
    atoms : sequence of AtomRecord
    residues : list of range
        Rows of each residue.
    residue_of : list of int
        Residue of each atom.
    neighbours : list of list of int
        Bonded atoms of each atom in order of creation.
    """

    def __init__(self, atoms: Sequence[AtomRecord], residues: list[range]) -> None:
        self.atoms = atoms
        self.residues = residues
        self.residue_of = [row for row, run in enumerate(residues) for _ in run]
        self.neighbours: list[list[int]] = [[] for _ in atoms]
        self._bonds: dict[tuple[int, int], None] = {}

    @property
    def bonds(self) -> list[tuple[int, int]]:
        return list(self._bonds)

    def add(self, a: int, b: int) -> None:
        """Bond two atoms unless they are bonded.

        Raises
        ------
        StructureError
            `stacked_atoms`: so many atoms lie at one place that they are no molecule.
        """
        own = self.neighbours[a]
        if b not in own:
            own.append(b)
            self.neighbours[b].append(a)
            self._bonds[a, b] = None
            if len(own) > _MAX_BONDS:
                atom = self.atoms[a]
                raise StructureError("stacked_atoms", f"{_MAX_BONDS} atoms lie on {atom.residue_name} {atom.name}")

    def remove(self, bonds: Iterable[tuple[int, int]]) -> None:
        """Delete bonds, each given in the order of its creation."""
        for a, b in bonds:
            del self._bonds[a, b]
            self.neighbours[a].remove(b)
            self.neighbours[b].remove(a)

    def residue_name(self, residue: int) -> str:
        return self.atoms[self.residues[residue].start].residue_name

    def chain(self, residue: int) -> str:
        return self.atoms[self.residues[residue].start].residue_id.chain

    def find(self, residue: int, name: str) -> int | None:
        """The first atom of that name in a residue."""
        return next((row for row in self.residues[residue] if self.atoms[row].name == name), None)

    def distance_squared(self, a: int, b: int) -> float:
        first, second = self.atoms[a], self.atoms[b]
        return (first.x - second.x) ** 2 + (first.y - second.y) ** 2 + (first.z - second.z) ** 2

    def ideal(self, a: int, b: int) -> float:
        """Ideal length of a bond between two atoms, angstrom; 0 for elements without radius."""
        return ideal_length(self.atoms[a].element, self.atoms[b].element)

    def is_metal(self, row: int) -> bool:
        return self.atoms[row].element in METALS

    def saturated(self, row: int) -> bool:
        """Whether an atom takes no further bond to another residue; bonds to metals do not count."""
        count = sum(not self.is_metal(other) for other in self.neighbours[row])
        return count >= _SATURATION.get(self.atoms[row].element, 4)
