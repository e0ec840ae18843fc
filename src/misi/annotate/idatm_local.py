"""IDATM passes 2 to 4.25: hybridisation from an atom's own bond lengths and angles.

Limits: E.C. Meng and R.A. Lewis, J. Comput. Chem. 12 (1991) 891-898, tables II and III, as tuned in UCSF Chimera.
Lengths in angstrom, angles in degrees.
"""

from itertools import combinations

from misi.annotate.atom_types import GEOMETRY, LINEAR, PLANAR
from misi.annotate.graph import Graph
from misi.annotate.idatm_draft import Draft
from misi.structures.complex import HYDROGEN

C, N, O, P, S, AS = 6, 7, 8, 15, 16, 33  # noqa: E741

# angles between sp3, sp2 and sp
TETRAHEDRAL_PLANAR = 115.0
SURELY_PLANAR = 116.5
SURELY_TETRAHEDRAL = 113.5
WIDE_PLANAR = 122.0
PLANAR_LINEAR = 160.0

# longest bonds of terminal atoms
C1_C1 = 1.22
C2_C = 1.41
C2_N = 1.37
N1_C1 = 1.20
N1_O1 = 1.21
C1_O1 = 1.17
O2_C2 = 1.30
O2_AS = 1.685
O2_O3 = 1.338
S2_C2 = 1.76
S2_AS = 2.11
# shortest single bonds of terminal nitrogens
N3_C = 1.38
N3_N3 = 1.43
N3_N2 = 1.41
# a phosphate oxygen with a bond longer than the others' by this is taken to be protonated
PROTONATED_PO = 0.05

# second look at two-neighbour atoms: longest double, shortest single bonds
DOUBLE_C_C = 1.42
DOUBLE_C_N = 1.41
DOUBLE_N_C = 1.38
DOUBLE_N_N = 1.32
SINGLE = {C: 1.53, N: 1.46, O: 1.44}
SURELY_SINGLE = {C: 1.45, N: 1.46, O: 1.44}
SHORT_SP3 = 1.42  # a carbon of unclear angle: longer than this and narrower than 115 degrees is sp3

# bonds of a planar nitrogen shorter than these on the whole mean a double bond
N2_LENGTHS = {C: 1.3629, N: 1.3337, O: 1.3485}

CARBOXYLATE_LIKE = ("Cac", "Ntr", "N1+")
TETRAHEDRAL_OXO = ("Sac", "N3+", "Pox", "Son", "Sxd")


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
