"""IDATM pass 2: hybridisation of atoms with two to four neighbours, from their angles."""

from itertools import combinations

from misi.annotate.graph import Graph
from misi.annotate.idatm_draft import Draft
from misi.annotate.idatm_limits import (
    DOUBLE_N_C,
    DOUBLE_N_N,
    O2_C2,
    PLANAR_LINEAR,
    S2_C2,
    SHORT_SP3,
    SINGLE,
    SURELY_PLANAR,
    SURELY_TETRAHEDRAL,
    TETRAHEDRAL_PLANAR,
    WIDE_PLANAR,
    C,
    N,
    O,
    P,
    S,
)


def assign_by_degree(draft: Draft) -> None:
    """Pass 2: atoms with two, three or four neighbours, by their angles."""
    neighbours = draft.graph.neighbours
    for atom in draft.pending:
        degree = len(neighbours[atom])
        if degree == 2:
            _two_neighbours(draft, atom)
        elif degree == 3:
            _three_neighbours(draft, atom)
        elif degree == 4:
            _four_neighbours(draft, atom)


def _free_oxygens(graph: Graph, atom: int) -> list[int]:
    """Oxygens whose only heavy neighbour is `atom`."""
    return [n for n in graph.neighbours[atom] if graph.element[n] == O and graph.heavy[n] == 1]


def _four_neighbours(draft: Draft, atom: int) -> None:
    graph, element = draft.graph, draft.graph.element[atom]
    if element == C:
        draft.types[atom] = "C3"
    elif element == N:
        draft.types[atom] = "N3+"
    elif element == P:
        draft.types[atom] = ("P3+", "Pox", "Pac")[min(2, len(_free_oxygens(graph, atom)))]
    elif element == S:
        draft.types[atom] = ("S", "Son", "Son", "Sac")[min(3, len(_free_oxygens(graph, atom)))]


def _three_neighbours(draft: Draft, atom: int) -> None:
    graph, element, row = draft.graph, draft.graph.element[atom], draft.graph.neighbours[atom]
    if element == S:
        draft.types[atom] = "Sxd" if any(graph.element[n] == O for n in row) else "S3+"
        return
    if element not in (C, N):
        return
    mean = sum(graph.angle(a, atom, b) for a, b in combinations(row, 2)) / 3
    if element == N:
        if mean < TETRAHEDRAL_PLANAR:
            draft.types[atom] = "N3"
        else:
            draft.types[atom] = "Ntr" if len(_free_oxygens(graph, atom)) >= 2 else "Npl"
        return
    tetrahedral = mean < SURELY_TETRAHEDRAL
    if SURELY_TETRAHEDRAL <= mean < SURELY_PLANAR:
        shortest = min(graph.distance(atom, n) for n in row)
        tetrahedral = shortest > SINGLE[C] or (shortest > SHORT_SP3 and mean < TETRAHEDRAL_PLANAR)
    if tetrahedral:
        draft.types[atom] = "C3"
    else:
        bare = sum(len(graph.neighbours[n]) == 1 for n in _free_oxygens(graph, atom))
        draft.types[atom] = "Cac" if bare >= 2 else "C2"


def _two_neighbours(draft: Draft, atom: int) -> None:
    graph, element, row = draft.graph, draft.graph.element[atom], draft.graph.neighbours[atom]
    if element == O:
        draft.types[atom] = "O3"
    elif element == S:
        draft.types[atom] = "S3"
    elif element == C:
        angle = graph.angle(row[0], atom, row[1])
        if angle < TETRAHEDRAL_PLANAR:
            draft.types[atom], draft.redo[atom] = "C3", 1
            if angle > SURELY_TETRAHEDRAL:
                draft.ambiguous.add(atom)
        elif angle < PLANAR_LINEAR:
            draft.types[atom], draft.redo[atom] = "C2", 3 if angle < WIDE_PLANAR else -1
            if angle < SURELY_PLANAR:
                draft.ambiguous.add(atom)
        else:
            draft.types[atom] = "C1"
    elif element == N:
        angle = graph.angle(row[0], atom, row[1])
        if angle < TETRAHEDRAL_PLANAR:
            draft.types[atom], draft.redo[atom] = "N3", 2
        elif angle >= PLANAR_LINEAR:
            draft.types[atom] = "N1+"
        else:
            draft.types[atom] = "Npl"
            partner = _double_bond_partner(draft, atom)
            if partner is not None:
                draft.types[atom] = "N2"
                if draft.types[partner] == "C":
                    draft.redo[atom] = 4


def _double_bond_partner(draft: Draft, nitrogen: int) -> int | None:
    """The first neighbour that is near enough for a double bond and not busy with another one."""
    graph, types = draft.graph, draft.types
    for n in graph.neighbours[nitrogen]:
        length = graph.distance(nitrogen, n)
        if graph.element[n] == N and length <= DOUBLE_N_N:
            return n
        if (
            graph.element[n] == C
            and length <= DOUBLE_N_C
            and types[n] != "Cac"
            and not (types[n] in ("C2", "C") and _bears_double_bonded_terminal(graph, n))
        ):
            return n
    return None


def _bears_double_bonded_terminal(graph: Graph, carbon: int) -> bool:
    for n in graph.neighbours[carbon]:
        if len(graph.neighbours[n]) == 1:
            limit = {O: O2_C2, S: S2_C2}.get(graph.element[n])
            if limit is not None and graph.distance(carbon, n) <= limit:
                return True
    return False
