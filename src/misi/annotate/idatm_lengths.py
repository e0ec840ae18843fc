"""IDATM passes 4 and 4.25: second looks at two-neighbour C and N, by the lengths of their bonds."""

from misi.annotate.atom_types import GEOMETRY, LINEAR, PLANAR
from misi.annotate.idatm_draft import Draft
from misi.annotate.idatm_limits import (
    DOUBLE_C_C,
    DOUBLE_C_N,
    DOUBLE_N_C,
    DOUBLE_N_N,
    N2_LENGTHS,
    SINGLE,
    SURELY_SINGLE,
    C,
    N,
    O,
)
from misi.structures.complex import HYDROGEN


def revisit_two_neighbours(draft: Draft) -> None:
    """Pass 4: two-neighbour C and N whose angle was no proof, now by the lengths of their bonds."""
    for atom, redo in sorted(draft.redo.items()):
        if redo == 2:
            _revisit_nitrogen(draft, atom)
        elif redo != 4:
            _revisit_carbon(draft, atom, SINGLE if redo == 1 else SURELY_SINGLE)


def _revisit_nitrogen(draft: Draft, atom: int) -> None:
    graph = draft.graph
    for n in graph.neighbours[atom]:
        limit = {C: DOUBLE_N_C, N: DOUBLE_N_N}.get(graph.element[n])
        if limit is not None and graph.distance(atom, n) <= limit:
            draft.types[atom] = "N2" if graph.heavy[atom] < 2 else "Npl"
            return


def _revisit_carbon(draft: Draft, atom: int, single: dict[int, float]) -> None:
    graph = draft.graph
    lengths = [(graph.element[n], graph.distance(atom, n)) for n in graph.neighbours[atom]]
    doubles = {C: DOUBLE_C_C, N: DOUBLE_C_N}
    if any(length <= doubles.get(element, 0.0) for element, length in lengths):
        draft.types[atom] = "C2"
    elif any(length > single.get(element, float("inf")) for element, length in lengths):
        draft.types[atom] = "C3"


def promote_short_npl(draft: Draft) -> None:
    """Pass 4.25: a planar N between two heavy atoms whose bonds are short on the whole has a double bond."""
    graph, types = draft.graph, draft.types
    for atom in draft.pending:
        if types[atom] != "Npl" or graph.heavy[atom] != 2 or len(graph.neighbours[atom]) > 2:
            continue
        limits = lengths = best = 1.0
        candidate: int | None = None
        for n in graph.neighbours[atom]:
            element, degree = graph.element[n], len(graph.neighbours[n])
            limit = N2_LENGTHS.get(element)
            if limit is None or (element == O and degree != 1):
                continue
            length = graph.distance(atom, n)
            limits, lengths = limits * limit, lengths * length
            if (
                length <= limit
                and (candidate is None or length / limit < best)
                and not (element == N and degree > 2)
                and types[n] != "Car"
                and not any(_terminal_sp2(draft, beyond) for beyond in graph.neighbours[n] if beyond != atom)
            ):
                candidate, best = n, length / limit
        if candidate is not None and lengths < limits:
            types[atom] = "N2"
            draft.assign(candidate, {C: "C2", N: "N2", O: "O2"}[graph.element[candidate]])


def _terminal_sp2(draft: Draft, atom: int) -> bool:
    return (
        draft.graph.heavy[atom] == 1
        and draft.graph.element[atom] != HYDROGEN
        and GEOMETRY.get(draft.types[atom]) in (PLANAR, LINEAR)
    )
