"""What functional groups are looked for in: typed atoms with the minimal rings of their residues."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from misi.annotate.patterns import TypedAtoms
from misi.annotate.rings import Ring, minimal_rings


@dataclass(frozen=True, slots=True)
class GroupAtoms(TypedAtoms):
    """Typed atoms; rings are found residue by residue, when first asked for.

    Attributes
    ----------
    residue : sequence of int
        Residue row of each atom.
    residue_start : sequence of int
        Residue `i` holds atoms residue_start[i] : residue_start[i + 1].
    """

    residue: Sequence[int]
    residue_start: Sequence[int]
    _rings: dict[int, dict[int, tuple[Ring, ...]]] = field(default_factory=dict)

    def rings_of(self, atom: int) -> tuple[Ring, ...]:
        """Minimal rings through the atom, inside its residue; rings across residues are not seen."""
        row = self.residue[atom]
        if row not in self._rings:
            first, end = self.residue_start[row], self.residue_start[row + 1]
            inside = {a: [n for n in self.neighbours[a] if first <= n < end] for a in range(first, end)}
            by_atom: dict[int, tuple[Ring, ...]] = {}
            for ring in minimal_rings(inside):
                for member in ring:
                    by_atom[member] = (*by_atom.get(member, ()), ring)
            self._rings[row] = by_atom
        return self._rings[row].get(atom, ())

    def aromatic(self, ring: Ring) -> bool:
        """Every carbon of the ring is typed Car; a ring without carbon counts."""
        return all(self.types[a] == "Car" for a in ring if self.element[a] == 6)
