"""IDATM passes 4.75 to 11: types that depend on the neighbours' types.

E.C. Meng and R.A. Lewis, J. Comput. Chem. 12 (1991) 891-898, with the extensions of UCSF Chimera.
"""

from misi.annotate.atom_types import PLANAR_TYPES, TYPE_INFO
from misi.annotate.idatm_draft import Draft
from misi.annotate.idatm_limits import C2_C, N3_C, O2_C2, S2_C2, C, N, O, S
from misi.structures.complex import METALS

#: Terminal neighbour element -> (longest double bond to carbon, A; its type at a double bond).
_DOUBLE_TO_C2 = {C: (C2_C, "C2"), O: (O2_C2, "O2"), N: (N3_C, "N2"), S: (S2_C2, "S2")}
_ALKYL_OR_H = frozenset(("C3", "H", "HC", "D", "DC"))
_NITRO_O2_LENGTH = 1.295
#: A sulfur with this many metals within this distance (Fe-S is 2.2 to 2.4 A) is a sulfide.
_METALS_OF_SULFIDE = 3
_METAL_SULFUR_REACH = 2.8


def revert_hasty_n2(draft: Draft) -> None:
    """Pass 4.75: an N2 called so because of a carbon that was not typed yet may be an aryl amine after all."""
    graph, types = draft.graph, draft.types
    for atom, redo in draft.redo.items():
        if redo != 4 or types[atom] != "N2" or atom in draft.in_ring:
            continue
        row = graph.neighbours[atom]
        if any(types[n] == "Car" for n in row) and all(
            any(draft.planar(beyond) for beyond in graph.neighbours[n] if beyond != atom)
            for n in row
            if types[n] != "Car" and draft.planar(n)
        ):
            types[atom] = "Npl"


def demote_isolated_c2(draft: Draft) -> None:
    """Pass 5: a C2 needs a planar partner, or finds one among its terminal neighbours, or is C3."""
    graph, types = draft.graph, draft.types
    for atom in draft.pending:
        if types[atom] != "C2":
            continue
        row = graph.neighbours[atom]
        if any(_may_double_bond(draft, n) for n in row) or sum(types[n] == "Npl" for n in row) == 3:
            continue
        best: tuple[float, int] | None = None
        if len(row) == 3:
            for n in row:
                limit = _DOUBLE_TO_C2.get(graph.element[n])
                if limit is not None and len(graph.neighbours[n]) == 1:
                    ratio = (graph.distance(atom, n) / limit[0]) ** 2
                    if best is None or ratio < best[0]:
                        best = ratio, n
        if best is None:
            types[atom] = "C3"
        else:
            draft.assign(best[1], _DOUBLE_TO_C2[graph.element[best[1]]][1])


def _may_double_bond(draft: Draft, atom: int) -> bool:
    kind = draft.types[atom]
    if kind not in PLANAR_TYPES or kind in ("Cac", "N2+"):
        return False
    return not (kind == "Npl" and len(draft.graph.neighbours[atom]) > 2 and draft.graph.heavy[atom] > 1)


def assign_charged(draft: Draft) -> None:
    """Pass 6: ammonium, amidinium and guanidinium nitrogens, carboxylate oxygens."""
    graph, types = draft.graph, draft.types
    for atom in draft.pending:
        if graph.element[atom] == N and types[atom] != "N3+":
            if all(types[n] in _ALKYL_OR_H for n in graph.neighbours[atom]):
                types[atom] = "N3+"
        elif types[atom] == "C2":
            _assign_amidinium(draft, atom)
        elif types[atom] == "Cac":
            for n in graph.neighbours[atom]:
                if graph.element[n] == O and graph.heavy[n] == 1:
                    draft.assign(n, "O2-")


def _assign_amidinium(draft: Draft, carbon: int) -> None:
    graph, types = draft.graph, draft.types
    candidates = []
    for n in graph.neighbours[carbon]:
        kind = types[n]
        if kind in ("O2", "S2"):
            return
        if kind == "N2" and len(graph.neighbours[n]) > 1:
            other = graph.other(n, carbon)
            if other is not None and graph.distance(n, carbon) > graph.distance(n, other):
                return
            candidates.append(n)
        elif kind == "Ng+" or (
            draft.computed[n] and graph.element[n] == N and (kind == "Npl" or len(graph.neighbours[n]) == 1)
        ):
            candidates.append(n)
    if len(candidates) < 2:
        return
    for n in candidates:
        if draft.computed[n]:
            if n in draft.in_ring:
                break
            types[n] = "Ng+"
    else:
        return
    for n in candidates:
        if draft.computed[n] and types[n] == "Ng+":
            types[n] = "Npl"


def assign_conjugated_nitrogens(draft: Draft) -> None:
    """Pass 8: anilines, and nitrogens that must be double bonded because a planar neighbour has no other partner."""
    graph, types = draft.graph, draft.types
    aromatic = draft.aromatic_atoms()
    waiting: dict[int, list[tuple[int, list[int]]]] = {1: [], 2: [], 3: []}
    for atom in draft.pending:
        kind = types[atom]
        if not (kind in ("N2", "N3") or (kind == "Npl" and len(graph.neighbours[atom]) == 2)):
            continue
        if atom in aromatic or atom in draft.settled:
            continue
        planar: list[int] = []
        for n in graph.neighbours[atom]:
            if n in aromatic:
                if graph.heavy[atom] == 1:
                    types[atom] = "Npl"
                    break
            elif types[n] in PLANAR_TYPES and types[n] != "Npl":
                planar.append(n)
        else:
            if planar:
                waiting[min(3, len(planar))].append((atom, planar))
    for atom, planar in (entry for count in (1, 2, 3) for entry in waiting[count]):
        for n in planar:
            if not any(_may_pair(draft, beyond) for beyond in graph.neighbours[n] if beyond != atom):
                if graph.heavy[atom] == 0:
                    types[atom] = "N3+"
                else:
                    types[atom] = "N2" if len(graph.neighbours[atom]) <= 2 else "Npl"
                break


def _may_pair(draft: Draft, atom: int) -> bool:
    """Planar or of unknown type, and not already taken up by an aromatic ring or an amide."""
    kind = draft.types[atom]
    return kind not in ("Car", "Npl") and (kind in PLANAR_TYPES or kind not in TYPE_INFO)


def assign_terminal_oxygens(draft: Draft) -> None:
    """Passes 9 to 11: stretched C=O and N=O, bare NO2, sulfide in metal clusters."""
    graph, types = draft.graph, draft.types
    aromatic = draft.aromatic_atoms()
    for atom in draft.pending:
        if types[atom] == "O3" and len(graph.neighbours[atom]) == 1:
            partner = graph.neighbours[atom][0]
            if (
                draft.planar(partner)
                and partner not in aromatic
                and not any(_may_pair(draft, n) for n in graph.neighbours[partner] if n != atom)
            ):
                if types[partner] != "Npl":
                    types[atom] = "O2"
                elif graph.distance(atom, partner) < _NITRO_O2_LENGTH:
                    types[atom] = "O2"
                    draft.assign(partner, "N2+")
    for atom in draft.pending:
        row = graph.neighbours[atom]
        if graph.element[atom] == N and len(row) == 2:
            if all(graph.element[n] == O and len(graph.neighbours[n]) == 1 for n in row):
                types[atom] = "N2"
                for n in row:
                    draft.assign(n, "O2-")
        elif types[atom] == "S3" and len(row) < 2 and _metal_contacts(draft, atom) >= _METALS_OF_SULFIDE:
            types[atom] = "S3-"


def _metal_contacts(draft: Draft, atom: int) -> int:
    """Metals near enough to be coordinated; bonds to them are not in the covalent graph of a pocket."""
    element = draft.graph.element
    return sum(
        draft.graph.distance(atom, other) <= _METAL_SULFUR_REACH for other, z in enumerate(element) if z in METALS
    )
