"""Single and double bonds of a fused ring system: every assignment that closes all octets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from misi.annotate.graph import Graph
from misi.annotate.rings import Ring

Bond = tuple[int, int]
#: Order of a bond out of the system that may be single or double; counts as 1 in sums.
AMBIGUOUS: Final = 0
#: What exchanging single and double makes of each order.
EXCHANGED: Final = {1: 2, 2: 1, AMBIGUOUS: 3}

#: Beyond this many assignments of one system the search stops: only large systems without hydrogens get there.
MAX_ASSIGNMENTS: Final = 20_000
#: Nor are more than this many steps made towards them.
_MAX_STEPS: Final = 200_000
_LAST_OCTET_ELEMENT: Final = 20


@dataclass(frozen=True)
class RingSystem:
    """Rings that share bonds.

    Attributes
    ----------
    graph : Graph
    rings : tuple of Ring
        Small ones first.
    """

    graph: Graph
    rings: tuple[Ring, ...]

    @cached_property
    def atoms(self) -> tuple[int, ...]:
        return tuple(sorted({atom for ring in self.rings for atom in ring}))

    @cached_property
    def bonds(self) -> tuple[Bond, ...]:
        """Bonds of the rings, each as (lower, higher) atom, in order."""
        return tuple(sorted({bond for ring in self.rings for bond in ring_bonds(ring)}))

    @cached_property
    def bonds_at(self) -> dict[int, list[int]]:
        """Atom -> positions of its ring bonds in `bonds`."""
        rows: dict[int, list[int]] = {atom: [] for atom in self.atoms}
        for position, (a, b) in enumerate(self.bonds):
            rows[a].append(position)
            rows[b].append(position)
        return rows

    @cached_property
    def outside(self) -> dict[int, tuple[int, ...]]:
        """Atom -> its neighbours by other than ring bonds."""
        inner: dict[int, set[int]] = {atom: set() for atom in self.atoms}
        for a, b in self.bonds:
            inner[a].add(b)
            inner[b].add(a)
        return {atom: tuple(n for n in self.graph.neighbours[atom] if n not in inner[atom]) for atom in self.atoms}

    @cached_property
    def ring_positions(self) -> tuple[tuple[int, ...], ...]:
        """For each ring, the positions of its bonds in `bonds`."""
        where = {bond: position for position, bond in enumerate(self.bonds)}
        return tuple(tuple(where[bond] for bond in ring_bonds(ring)) for ring in self.rings)


def ring_bonds(ring: Ring) -> list[Bond]:
    return [(a, b) if a < b else (b, a) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)]


def assignments(system: RingSystem, outer: Mapping[Bond, int], *, charged: bool) -> list[tuple[int, ...]]:
    """All assignments of orders 1 and 2 to the ring bonds that satisfy every atom.

    Parameters
    ----------
    system : RingSystem
    outer : mapping
        (ring atom, outside neighbour) -> order of that bond.
    charged : bool
        Also allow a positive charge on three-bonded nitrogen and two-bonded oxygen.

    Returns
    -------
    list of tuple of int
        Orders parallel to ``system.bonds``; empty if there is no such assignment.
    """
    may, must = set[int](), set[int]()
    for atom in system.atoms:
        single, double = _allowed(system, outer, atom, charged)
        if double:
            may.add(atom)
        if not single:
            must.add(atom)
    return _matchings(system, may, must) if must <= may else []


def _allowed(system: RingSystem, outer: Mapping[Bond, int], atom: int, charged: bool) -> tuple[bool, bool]:
    """Whether the atom may have no double ring bond, and whether it may have one."""
    graph = system.graph
    orders = [outer[atom, n] for n in system.outside[atom]]
    may_double = 2 not in orders
    z, degree = graph.element[atom], len(graph.neighbours[atom])
    if z > _LAST_OCTET_ELEMENT:
        return True, may_double
    incomplete = degree == 2 or AMBIGUOUS in orders
    valence = (z - 2) % 8
    if valence >= 4:
        sums = {8, 7} if incomplete else {8}
        if charged and ((z == 7 and degree == 3) or (z == 8 and degree == 2)):
            sums = sums | {9}
        base = valence
    else:
        sums = {0, -1} if incomplete else {0}
        base = -valence
    base += len(system.bonds_at[atom]) + sum(order or 1 for order in orders)
    return base in sums, may_double and base + 1 in sums


def _matchings(system: RingSystem, may: set[int], must: set[int]) -> list[tuple[int, ...]]:
    """Every set of disjoint bonds among `may` atoms that covers all `must` atoms."""
    bonds = system.bonds
    options = {atom: [i for i in system.bonds_at[atom] if bonds[i][0] in may and bonds[i][1] in may] for atom in may}
    orders = [1] * len(bonds)
    done: set[int] = set()
    found: list[tuple[int, ...]] = []
    steps = 0

    def extend() -> None:
        nonlocal steps
        steps += 1
        if steps > _MAX_STEPS or len(found) >= MAX_ASSIGNMENTS:
            return
        best: list[int] | None = None
        chosen = -1
        for atom in must:
            if atom not in done:
                free = [i for i in options[atom] if not (bonds[i][0] in done or bonds[i][1] in done)]
                if not free:
                    return
                if best is None or (len(free), atom) < (len(best), chosen):
                    best, chosen = free, atom
                    if len(free) == 1:
                        break
        if best is None:
            chosen = min((atom for atom in may if atom not in done), default=-1)
            if chosen < 0:
                found.append(tuple(orders))
                return
            best = [i for i in options[chosen] if not (bonds[i][0] in done or bonds[i][1] in done)]
        for i in best:
            a, b = bonds[i]
            done.update((a, b))
            orders[i] = 2
            extend()
            orders[i] = 1
            done.difference_update((a, b))
        if chosen not in must:
            done.add(chosen)
            extend()
            done.discard(chosen)

    extend()
    return found
