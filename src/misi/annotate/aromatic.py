"""IDATM pass 4.5: which rings are aromatic, from bond orders assigned to whole ring systems.

Bond lengths say whether a doubtful ring may be aromatic at all (HOMA index: J. Kruszewski and T.M. Krygowski,
Tetrahedron Lett. 13 (1972) 3839), octets which double bonds are possible, Hueckel's 4n+2 which rings are aromatic.
Lengths in angstrom.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from misi.annotate.atom_types import GEOMETRY, PLANAR, TETRAHEDRAL
from misi.annotate.idatm_draft import Draft
from misi.annotate.kekule import AMBIGUOUS, EXCHANGED, MAX_ASSIGNMENTS, Bond, RingSystem, assignments, ring_bonds
from misi.annotate.rings import Ring

C, N, O, P, S = 6, 7, 8, 15, 16  # noqa: E741
_BORON = 5
_CANDIDATE_TYPES: Final = frozenset(["C2", "Npl", "Sar", "O3", "S3", "N3", "Oar", "Oar+", "P", "Car", "N2", "N2+"])
_DOUBTFUL_TYPES: Final = frozenset(("O3", "S3", "N3", "C3"))
_HOMA_SCALE: Final = 792.0
_HOMA_LENGTHS: Final = {(C, C): 1.38586, (C, N): 1.34148, (C, O): 1.265}
_HOMA_GOOD, _HOMA_BAD_SUM = 0.5, -35.0
_LARGEST_SYSTEM = 50  # atoms; anything beyond is a sheet of graphene
_FLIP_LENGTHS: Final = {O: 1.30, S: 1.76}
_FLIPPED_TYPES: Final = {(O, 1): "O3", (O, 2): "O2", (S, 1): "S3", (S, 2): "S2"}
_INVERTED_TYPES: Final = {"C2": "C3", "C3": "C2", "Npl": "N2", "N2": "Npl"}
_MAX_COMBINATIONS: Final = 4096


@dataclass(frozen=True)
class _Solution:
    """Assignments found for a system, under one set of outer bond orders.

    `candidates` pairs each assignment with the outer orders it was found under.
    """

    candidates: list[tuple[tuple[int, ...], dict[Bond, int]]]
    inverted: dict[int, tuple[int, ...]]


def assign_aromatic(draft: Draft) -> None:
    """Retype the atoms of aromatic ring systems, and two-neighbour nitrogens of all ring systems."""
    kept = [ring for ring in draft.rings if _may_be_aromatic(draft, ring)]
    in_kept = {atom for ring in kept for atom in ring}
    for rings in _fused(kept):
        system = RingSystem(draft.graph, rings)
        if len(system.atoms) > _LARGEST_SYSTEM:
            for atom in system.atoms:
                draft.types[atom] = {C: "Car", O: "Oar"}.get(draft.graph.element[atom], draft.types[atom])
        else:
            _settle(draft, system, in_kept)


def _may_be_aromatic(draft: Draft, ring: Ring) -> bool:
    graph, types = draft.graph, draft.types
    doubtful = False
    for atom in ring:
        kind, degree = types[atom], len(graph.neighbours[atom])
        if degree > 3 or not (kind in _CANDIDATE_TYPES or (kind == "C3" and degree == 2)):
            return False
        doubtful |= kind in _DOUBTFUL_TYPES
    if len(ring) == 5 and 2 <= sum(graph.element[atom] == O for atom in ring) <= 4:
        return False
    return not doubtful or _lengths_are_aromatic(draft, ring)


def _lengths_are_aromatic(draft: Draft, ring: Ring) -> bool:
    graph = draft.graph
    squares = []
    for a, b in ring_bonds(ring):
        ideal = _HOMA_LENGTHS.get((min(graph.element[a], graph.element[b]), max(graph.element[a], graph.element[b])))
        if ideal is not None:
            squares.append((graph.distance(a, b) - ideal) ** 2)
    if not squares:
        return True
    homa = 1.0 - _HOMA_SCALE * sum(squares) / len(squares)
    return not (homa < _HOMA_GOOD and len(squares) * homa < _HOMA_BAD_SUM)


def _fused(rings: list[Ring]) -> list[tuple[Ring, ...]]:
    """Group rings that share bonds; groups and their rings keep the order of `rings`."""
    groups: list[tuple[list[Ring], set[Bond]]] = []
    for ring in rings:
        bonds = set(ring_bonds(ring))
        touching = [group for group in groups if group[1] & bonds]
        members = [r for group in touching for r in group[0]] + [ring]
        merged = set.union(bonds, *(group[1] for group in touching))
        first = groups.index(touching[0]) if touching else len(groups)
        groups = [group for group in groups if group not in touching]
        groups.insert(first, (members, merged))
    place = {ring: i for i, ring in enumerate(rings)}
    return [tuple(sorted(members, key=place.__getitem__)) for members, _ in groups]


def _settle(draft: Draft, system: RingSystem, in_kept: set[int]) -> None:
    outer, flippable = _outer_orders(draft, system)
    solution = _solve(draft, system, outer, flippable, in_kept)
    if solution is None:
        return
    position = _best(system, [orders for orders, _ in solution.candidates])
    orders, outer = solution.candidates[position]
    for n in solution.inverted.get(position, ()):
        draft.assign(n, _INVERTED_TYPES.get(draft.types[n], draft.types[n]))
    _retype(draft, system, orders, outer, [candidate for candidate, _ in solution.candidates])
    _flatten_ambiguous(draft, system)


# -- bonds that leave the system ---------------------------------------------------------------------------------


def _outer_orders(draft: Draft, system: RingSystem) -> tuple[dict[Bond, int], list[Bond]]:
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


# -- assignments --------------------------------------------------------------------------------------------------


def _solve(
    draft: Draft, system: RingSystem, outer: dict[Bond, int], flippable: list[Bond], in_kept: set[int]
) -> _Solution | None:
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
        return _Solution([(orders, outer) for orders in found], {})
    return _by_flips(draft, system, outer, flippable) or _by_inversions(draft, system, outer)


def _plain(
    system: RingSystem, found: list[tuple[int, ...]], used: dict[Bond, int], outer: dict[Bond, int]
) -> _Solution:
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
    return _Solution(candidates, {})


def _by_flips(draft: Draft, system: RingSystem, outer: dict[Bond, int], flippable: list[Bond]) -> _Solution | None:
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
                return _Solution([(orders, trial) for orders in found], {})
    return None


def _by_inversions(draft: Draft, system: RingSystem, outer: dict[Bond, int]) -> _Solution | None:
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
            return _Solution(candidates, inverted)
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


# -- choice -------------------------------------------------------------------------------------------------------


def _best(system: RingSystem, candidates: list[tuple[int, ...]]) -> int:
    """Position of the assignment with most aromatic ring atoms, fewest charges, shortest double bonds."""
    if len(candidates) == 1:
        return 0
    squares = [system.graph.distance(a, b) ** 2 for a, b in system.bonds]

    def key(position: int) -> tuple[int, int, float]:
        orders = candidates[position]
        sums = {atom: sum(orders[i] for i in row) for atom, row in system.bonds_at.items()}
        weighted = sum(order * square for order, square in zip(orders, squares, strict=True)) / sum(orders)
        aromatic = sum(len(ring) for ring in system.rings if _scores(system, ring, sums))
        charges = sum(_is_charged(system, atom, total) for atom, total in sums.items())
        return -aromatic, charges, weighted

    return min(range(len(candidates)), key=key)


def _is_charged(system: RingSystem, atom: int, total: int) -> bool:
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


# -- types --------------------------------------------------------------------------------------------------------


def _retype(
    draft: Draft,
    system: RingSystem,
    orders: tuple[int, ...],
    outer: dict[Bond, int],
    candidates: list[tuple[int, ...]],
) -> None:
    graph, types = draft.graph, draft.types
    sums = {atom: sum(orders[i] for i in row) for atom, row in system.bonds_at.items()}
    charged = {atom for atom, total in sums.items() if _is_charged(system, atom, total)}
    settled_orders = dict(outer)
    if len(candidates) < MAX_ASSIGNMENTS:
        for i, (a, b) in enumerate(system.bonds):
            common = {candidate[i] for candidate in candidates}
            order = common.pop() if len(common) == 1 else AMBIGUOUS
            settled_orders[a, b] = settled_orders[b, a] = order
    rings_of: dict[int, int] = {}
    for ring in system.rings:
        for atom in ring:
            rings_of[atom] = rings_of.get(atom, 0) + 1

    for ring in system.rings:
        span = _free_electrons(draft, ring, sums, charged, settled_orders, rings_of)
        aromatic = span is not None and any(span[0] <= n <= span[1] for n in range(2, span[1] + 1, 4))
        for atom in ring:
            element, degree = graph.element[atom], len(graph.neighbours[atom])
            if aromatic:
                if element == C:
                    types[atom] = "Car"
                elif element == O:
                    types[atom] = "Oar+" if atom in charged else "Oar"
                elif element == S:
                    types[atom] = "Sar"
                elif element == N and degree == 3 and atom in charged:
                    types[atom] = "N2+"
                    for n in graph.neighbours[atom]:
                        if graph.element[n] == O and len(graph.neighbours[n]) == 1:
                            draft.assign(n, "O3-")
        # bare nitrogens last: their rule looks at the carbons of this ring as typed just now
        for atom in ring:
            if graph.element[atom] == N and len(graph.neighbours[atom]) == 2:
                types[atom] = _bare_nitrogen(draft, system, atom, orders)
                draft.settled.add(atom)


def _free_electrons(
    draft: Draft,
    ring: Ring,
    sums: dict[int, int],
    charged: set[int],
    settled_orders: dict[Bond, int],
    rings_of: dict[int, int],
) -> tuple[int, int] | None:
    """Fewest and most electrons that the ring's atoms may give; None where one of them forbids aromaticity."""
    graph = draft.graph
    fewest = most = 0
    for place, atom in enumerate(ring):
        element, row = graph.element[atom], graph.neighbours[atom]
        if len(row) == 2:
            if element == C:
                low = high = 1
            elif element == N:
                low = high = 2 if sums[atom] == 2 else 1
            elif element in (O, S):
                low = high = 1 if atom in charged else 2
            elif element > 20:
                low, high = 1, 2
            else:
                return None
        elif len(row) == 3:
            in_ring = (ring[place - 1], ring[(place + 1) % len(ring)])
            beyond = next(n for n in row if n not in in_ring)
            order = settled_orders.get((atom, beyond), AMBIGUOUS)
            if element == C:
                if order == 2 and (len(graph.neighbours[beyond]) == 1 or rings_of[atom] == 1):
                    return None
                low = high = 1
            elif element == N:
                low = high = 1 if atom in charged or order == 2 else 2
            else:
                return None
        else:
            return None
        fewest, most = fewest + low, most + high
    return fewest, most


def _bare_nitrogen(draft: Draft, system: RingSystem, atom: int, orders: tuple[int, ...]) -> str:
    positions = system.bonds_at[atom]
    if all(orders[i] == 1 for i in positions):
        return "Npl"
    far = {orders[i]: draft.types[sum(system.bonds[i]) - atom] for i in positions}
    return "Npl" if far.get(2) == "Car" and far.get(1) == "C2" else "N2"


def _flatten_ambiguous(draft: Draft, system: RingSystem) -> None:
    """A doubtful carbon beside the system is sp3 if what lies beyond it says so."""
    graph = draft.graph
    for atom in system.atoms:
        if draft.types[atom] not in ("Npl", "Car"):
            continue
        for n in system.outside[atom]:
            if n in draft.ambiguous and len(graph.neighbours[n]) == 2:
                beyond = graph.other(n, atom)
                if beyond is not None and (
                    GEOMETRY.get(draft.types[beyond]) == TETRAHEDRAL
                    or any(draft.types[third] == "O2" for third in graph.neighbours[beyond])
                ):
                    draft.assign(n, "C3")
