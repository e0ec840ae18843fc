"""IDATM pass 3: atoms with one neighbour, from the length of the bond."""

from misi.annotate.graph import Graph
from misi.annotate.idatm_draft import Draft
from misi.annotate.idatm_limits import (
    AS,
    C1_C1,
    C1_O1,
    C2_C,
    C2_N,
    CARBOXYLATE_LIKE,
    N1_C1,
    N1_O1,
    N3_C,
    N3_N2,
    N3_N3,
    O2_AS,
    O2_C2,
    O2_O3,
    PROTONATED_PO,
    S2_AS,
    S2_C2,
    TETRAHEDRAL_OXO,
    C,
    N,
    O,
    P,
    S,
)


def assign_terminal(draft: Draft) -> None:
    """Pass 3: atoms with one neighbour, by the length of the bond."""
    graph = draft.graph
    rules = {C: _terminal_carbon, N: _terminal_nitrogen, O: _terminal_oxygen, S: _terminal_sulfur}
    for atom in draft.pending:
        if len(graph.neighbours[atom]) == 1 and (rule := rules.get(graph.element[atom])):
            partner = graph.neighbours[atom][0]
            draft.types[atom] = rule(draft, atom, partner, graph.distance(atom, partner))


def _terminal_carbon(draft: Draft, atom: int, partner: int, length: float) -> str:
    graph, kind, element = draft.graph, draft.types[partner], draft.graph.element[partner]
    degree = len(graph.neighbours[partner])
    if kind == "C1" and length <= C1_C1:
        return "C1"
    if element == N and length <= N1_C1 and degree < 3:
        draft.assign(partner, "N1")
        return "C1"
    if kind == "N1+":
        beyond = graph.other(partner, atom)
        return "C1" if beyond is not None and draft.types[beyond] in ("H", "HC", "D", "DC", "C3") else "C3"
    if (element == C and length <= C2_C) or (element == N and length <= C2_N):
        return "C2"
    if element == O and degree == 1 and length <= C1_O1:
        return "C1-"
    return "C3"


def _terminal_nitrogen(draft: Draft, atom: int, partner: int, length: float) -> str:
    graph, kind, element = draft.graph, draft.types[partner], draft.graph.element[partner]
    if (length <= N1_C1 and (kind == "C1" or element == N)) or kind == "N1+" or (length < N1_O1 and element == O):
        return "N1"
    if kind == "C1":
        beyond = graph.other(partner, atom)
        if beyond is not None and len(graph.neighbours[beyond]) > 2:
            return "N1"
    if length > N3_C and kind in ("C2", "C3"):
        return "N3"
    if (length > N3_N3 and kind == "N3") or (length > N3_N2 and kind == "Npl"):
        return "N3"
    return "Npl" if element in (C, N) else "N3"


def _terminal_oxygen(draft: Draft, atom: int, partner: int, length: float) -> str:
    graph, kind, element = draft.graph, draft.types[partner], draft.graph.element[partner]
    alone = len(graph.neighbours[partner]) == 1
    if kind in CARBOXYLATE_LIKE:
        return "O2-"
    if kind == "Pac":
        return "O3" if _protonated_by_length(graph, atom, partner, length) else "O3-"
    if kind in TETRAHEDRAL_OXO:
        return "O3-"
    if element == C and alone and length <= C1_O1:
        return "O1+"
    if element == C and length <= O2_C2:
        draft.assign(partner, "C2")
        draft.redo.pop(partner, None)
        return "O2"
    if (element == AS and length <= O2_AS) or (element == O and alone and length <= O2_O3):
        return "O2"
    return "O1" if element == N and alone and length <= N1_O1 else "O3"


def _protonated_by_length(graph: Graph, oxygen: int, phosphorus: int, length: float) -> bool:
    bare = [n for n in graph.neighbours[phosphorus] if graph.element[n] == O and len(graph.neighbours[n]) == 1]
    return len(bare) >= 3 and all(length >= graph.distance(n, phosphorus) + PROTONATED_PO for n in bare if n != oxygen)


def _terminal_sulfur(draft: Draft, atom: int, partner: int, length: float) -> str:
    element = draft.graph.element[partner]
    if element == P:
        return "S3-"
    if draft.types[partner] == "N1+":
        return "S2"
    if element == C and length <= S2_C2:
        draft.assign(partner, "C2")
        draft.redo.pop(partner, None)
        return "S2"
    return "S2" if element == AS and length <= S2_AS else "S3"
