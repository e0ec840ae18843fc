"""IDATM pass 4.5, first half: the bond orders of a ring system.

Bonds that leave the system get their order from the types so far; then every assignment of single and double bonds
that closes the octets of the ring atoms is listed, and the best is chosen. Lengths in angstrom.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from misi.annotate.atom_types import GEOMETRY, PLANAR, TETRAHEDRAL
from misi.annotate.idatm_draft import Draft
from misi.annotate.kekule import AMBIGUOUS, EXCHANGED, Bond, RingSystem, assignments
from misi.annotate.rings import Ring

_BORON, C, N, O, P, S = 5, 6, 7, 8, 15, 16  # noqa: E741
_FLIP_LENGTHS: Final = {O: 1.30, S: 1.76}
_FLIPPED_TYPES: Final = {(O, 1): "O3", (O, 2): "O2", (S, 1): "S3", (S, 2): "S2"}
_MAX_COMBINATIONS: Final = 1000


@dataclass(frozen=True)
class Solution:
    """Assignments found for a system, under one set of outer bond orders.

    `candidates` pairs each assignment with the outer orders it was found under.
    """

    candidates: list[tuple[tuple[int, ...], dict[Bond, int]]]
    inverted: dict[int, tuple[int, ...]]


def outer_orders(draft: Draft, system: RingSystem) -> tuple[dict[Bond, int], list[Bond]]:
    """Order of each bond out of the system, and the bonds on which that order may be exchanged."""
    outer: dict[Bond, int] = {}
    flippable: list[Bond] = []
    for atom in system.atoms:
        for n in system.outside[atom]:
            outer[atom, n], flips = _outer_order(draft, atom, n)
            if flips:
                flippable.append((atom, n))
    return outer, flippable


def _outer_order(draft: Draft, atom: int, n: int) -> tuple[int, bool]:
    graph, geometry = draft.graph, GEOMETRY.get(draft.types[n])
    terminal = len(graph.neighbours[n]) == 1
    if n in draft.ambiguous:
        return AMBIGUOUS, False
    if geometry is None:
        return 1, False
    if geometry != PLANAR:
        return 1, geometry == TETRAHEDRAL and terminal
    if draft.types[n] == "Npl":
        return 1, False
    if terminal:
        return (1, False) if graph.element[atom] == N and graph.element[n] == O else (2, True)
    ambiguous = draft.redo.get(n) == -1
    for second in graph.neighbours[n]:
        if second == atom or not draft.planar(second):
            continue
        thirds = [third for third in graph.neighbours[second] if third != n and draft.planar(third)]
        if not thirds:
            return 1, False
        for third in thirds:
            ambiguous = len(graph.neighbours[third]) != 1
            if not ambiguous:
                break
    return (AMBIGUOUS if ambiguous else 2), False


def solve(
    draft: Draft, system: RingSystem, outer: dict[Bond, int], flippable: list[Bond], in_kept: set[int]
) -> Solution | None:
    """All assignments of the first attempt that yields any."""
    between = {bond: 1 for bond, order in outer.items() if order == AMBIGUOUS and bond[1] in in_kept}
    if between:
        joined = outer | between
        found = assignments(system, joined, charged=False)
        if found:
            return _plain(system, found, joined, outer)
    found = assignments(system, outer, charged=False)
    if found:
        return _plain(system, found, outer, outer)
    found = assignments(system, outer, charged=True)
    if found:
        return Solution([(orders, outer) for orders in found], {})
    return _by_flips(draft, system, outer, flippable) or _by_inversions(draft, system, outer)


def _plain(system: RingSystem, found: list[tuple[int, ...]], used: dict[Bond, int], outer: dict[Bond, int]) -> Solution:
    """Uncharged assignments; charged ones join where a hetero ring is never fully conjugated without."""
    candidates = [(orders, used) for orders in found]
    element = system.graph.element
    for ring, positions in zip(system.rings, system.ring_positions, strict=True):
        if any(element[atom] in (N, O) for atom in ring):
            full = len(ring) + len(ring) // 2
            if not any(sum(orders[i] for i in positions) == full for orders in found):
                seen = set(found)
                candidates += [(o, outer) for o in assignments(system, outer, charged=True) if o not in seen]
                break
    return Solution(candidates, {})


def _by_flips(draft: Draft, system: RingSystem, outer: dict[Bond, int], flippable: list[Bond]) -> Solution | None:
    """Exchange single and double on as few terminal neighbours as will do, the doubtful ones first."""
    graph = draft.graph

    def doubt(bond: Bond) -> float:
        limit = _FLIP_LENGTHS.get(graph.element[bond[1]])
        return 0.0 if limit is None else abs(graph.distance(*bond) ** 2 - limit**2)

    ordered = sorted(flippable, key=doubt)
    for charged in (False, True):
        for combination in _combinations(ordered):
            trial = outer | {bond: EXCHANGED[outer[bond]] for bond in combination}
            found = assignments(system, trial, charged=charged)
            if found:
                for bond in combination:
                    kind = _FLIPPED_TYPES.get((graph.element[bond[1]], trial[bond]))
                    if kind:
                        draft.assign(bond[1], kind)
                return Solution([(orders, trial) for orders in found], {})
    return None


def _by_inversions(draft: Draft, system: RingSystem, outer: dict[Bond, int]) -> Solution | None:
    """Doubt the hybridisation of as few outside neighbours as will do; all equally small sets compete."""
    doubtful = [bond for bond in outer if draft.redo.get(bond[1], 0)]
    for charged in (False, True):
        candidates: list[tuple[tuple[int, ...], dict[Bond, int]]] = []
        inverted: dict[int, tuple[int, ...]] = {}
        size = 0
        for combination in _combinations(doubtful):
            if candidates and len(combination) > size:
                break
            size = len(combination)
            trial = outer | {bond: EXCHANGED[outer[bond]] for bond in combination}
            for orders in assignments(system, trial, charged=charged):
                inverted[len(candidates)] = tuple(n for _, n in combination)
                candidates.append((orders, trial))
        if candidates:
            return Solution(candidates, inverted)
    return None


def _combinations(bonds: list[Bond]) -> Iterator[tuple[Bond, ...]]:
    """Subsets, small ones first; no more than a bounded number of them."""
    produced = 0
    for size in range(1, len(bonds) + 1):
        for combination in combinations(bonds, size):
            produced += 1
            if produced > _MAX_COMBINATIONS:
                return
            yield combination


def best(system: RingSystem, candidates: list[tuple[int, ...]]) -> int:
    """Position of the assignment with most aromatic ring atoms, fewest charges, shortest double bonds."""
    if len(candidates) == 1:
        return 0
    squares = [system.graph.distance(a, b) ** 2 for a, b in system.bonds]

    def key(position: int) -> tuple[int, int, float]:
        orders = candidates[position]
        sums = {atom: sum(orders[i] for i in row) for atom, row in system.bonds_at.items()}
        weighted = sum(order * square for order, square in zip(orders, squares, strict=True)) / sum(orders)
        aromatic = sum(len(ring) for ring in system.rings if _scores(system, ring, sums))
        charges = sum(is_charged(system, atom, total) for atom, total in sums.items())
        return -aromatic, charges, weighted

    return min(range(len(candidates)), key=key)


def is_charged(system: RingSystem, atom: int, total: int) -> bool:
    """N2+ or Oar+ by the sum of the atom's ring-bond orders."""
    element = system.graph.element[atom]
    if element == N:
        return total == 4 - len(system.outside[atom])
    return element == O and not system.outside[atom] and total == 3


def _scores(system: RingSystem, ring: Ring, sums: dict[int, int]) -> bool:
    """Whether the ring holds 4n + 2 electrons under an assignment (rings with pyrrole-like N never count)."""
    electrons = 0
    for atom in ring:
        element, total, assigned = system.graph.element[atom], sums[atom], len(system.bonds_at[atom])
        if element == C:
            if assigned == 2 and total == 2:
                return False
            electrons += 1
        elif element in (N, P, O, S):
            if element == N and len(ring) == 5 and total != 3:
                return False
            electrons += 2 if total == 2 else 1
        elif element == _BORON:
            if len(system.graph.neighbours[atom]) != 2 or total != 2:
                return False
            electrons += 1
    return electrons % 4 == 2
