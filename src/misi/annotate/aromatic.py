"""IDATM pass 4.5, second half: types of aromatic ring systems, by Hueckel's 4n+2 rule ring by ring."""

from typing import Final

from misi.annotate.atom_types import GEOMETRY, TETRAHEDRAL
from misi.annotate.idatm_draft import Draft
from misi.annotate.kekule import AMBIGUOUS, MAX_ASSIGNMENTS, Bond, RingSystem
from misi.annotate.ring_bond_orders import best, is_charged, outer_orders, solve
from misi.annotate.ring_systems import fused, may_be_aromatic
from misi.annotate.rings import Ring

C, N, O, S = 6, 7, 8, 16  # noqa: E741
_LARGEST_SYSTEM = 50  # atoms; anything beyond is a sheet of graphene
_INVERTED_TYPES: Final = {"C2": "C3", "C3": "C2", "Npl": "N2", "N2": "Npl"}


def assign_aromatic(draft: Draft) -> None:
    """Retype the atoms of aromatic ring systems, and two-neighbour nitrogens of all ring systems."""
    kept = [ring for ring in draft.rings if may_be_aromatic(draft, ring)]
    in_kept = {atom for ring in kept for atom in ring}
    for rings in fused(kept):
        system = RingSystem(draft.graph, rings)
        if len(system.atoms) > _LARGEST_SYSTEM:
            for atom in system.atoms:
                draft.types[atom] = {C: "Car", O: "Oar"}.get(draft.graph.element[atom], draft.types[atom])
        else:
            _settle(draft, system, in_kept)


def _settle(draft: Draft, system: RingSystem, in_kept: set[int]) -> None:
    outer, flippable = outer_orders(draft, system)
    solution = solve(draft, system, outer, flippable, in_kept)
    if solution is None:
        return
    position = best(system, [orders for orders, _ in solution.candidates])
    orders, outer = solution.candidates[position]
    for n in solution.inverted.get(position, ()):
        draft.assign(n, _INVERTED_TYPES.get(draft.types[n], draft.types[n]))
    _retype(draft, system, orders, outer, [candidate for candidate, _ in solution.candidates])
    _flatten_ambiguous(draft, system)


def _retype(
    draft: Draft,
    system: RingSystem,
    orders: tuple[int, ...],
    outer: dict[Bond, int],
    candidates: list[tuple[int, ...]],
) -> None:
    graph, types = draft.graph, draft.types
    sums = {atom: sum(orders[i] for i in row) for atom, row in system.bonds_at.items()}
    charged = {atom for atom, total in sums.items() if is_charged(system, atom, total)}
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
