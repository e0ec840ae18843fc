"""The state of atom typing between its passes."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from misi.annotate.atom_types import PLANAR_TYPES
from misi.annotate.graph import Graph
from misi.annotate.rings import Ring, minimal_rings

_RINGS_OF_A_CAGE: Final = 20
_CAGE_RING_SIZES: Final = (3, 6)


@dataclass
class Draft:
    """Types so far, and what later passes must know of how they came about.

    Attributes
    ----------
    graph : Graph
    types : list of str
        Element symbols at first; rewritten by every pass.
    computed : list of bool
        The type is to be computed; False for atoms whose type a residue template gave, which never changes.
    pending : list of int
        Heavy atoms to be computed, in file order.
    ring_atoms : list of int
        Atoms of residues without template, the only ones among which rings are looked for.
    redo : dict
        Atom -> how its two-neighbour angle left its hybridisation open: 1 C3 or C2, 2 N3 or N2, 3 C2 or C3,
        -1 C2 by a wide angle, 4 N2 by a carbon not typed at that moment. Absent means settled.
    ambiguous : set of int
        Two-neighbour carbons whose angle is near the limit between C3 and C2.
    settled : set of int
        Ring nitrogens that the aromatic pass decided for good.
    """

    graph: Graph
    types: list[str]
    computed: list[bool]
    pending: list[int]
    ring_atoms: list[int]
    redo: dict[int, int] = field(default_factory=dict)
    ambiguous: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)

    def assign(self, atom: int, kind: str) -> None:
        """Set a type, unless a residue template gave it."""
        if self.computed[atom]:
            self.types[atom] = kind

    def planar(self, atom: int) -> bool:
        return self.types[atom] in PLANAR_TYPES

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """Minimal rings inside residues without template, small ones first.

        In a residue with 20 rings of up to three or up to six atoms (cages of boron or metal), larger ones are left
        out.
        """
        residue, neighbours = self.graph.residue, self.graph.neighbours
        by_residue: dict[int, dict[int, list[int]]] = {}
        for atom in self.ring_atoms:
            here = residue[atom]
            by_residue.setdefault(here, {})[atom] = [n for n in neighbours[atom] if residue[n] == here]
        found: list[Ring] = []
        for inside in by_residue.values():
            rings = minimal_rings(inside)
            for size in _CAGE_RING_SIZES:
                if sum(len(ring) <= size for ring in rings) >= _RINGS_OF_A_CAGE:
                    rings = tuple(ring for ring in rings if len(ring) <= size)
            found.extend(rings)
        return tuple(sorted(found, key=lambda ring: (len(ring), sorted(ring))))

    @cached_property
    def in_ring(self) -> frozenset[int]:
        return frozenset(atom for ring in self.rings for atom in ring)

    def aromatic_atoms(self) -> set[int]:
        """Atoms of rings whose every carbon is typed Car at this moment."""
        element, types = self.graph.element, self.types
        found: set[int] = set()
        for ring in self.rings:
            if all(types[a] == "Car" for a in ring if element[a] == 6):
                found.update(ring)
        return found
