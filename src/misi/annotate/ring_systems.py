"""Which rings may be aromatic, and which of them are fused into systems.

Bond lengths decide on rings with a doubtful atom by the HOMA index: J. Kruszewski and T.M. Krygowski, Tetrahedron
Lett. 13 (1972) 3839-3842. Lengths in angstrom.
"""

from typing import Final

from misi.annotate.idatm_draft import Draft
from misi.annotate.kekule import Bond, ring_bonds
from misi.annotate.rings import Ring

C, N, O = 6, 7, 8  # noqa: E741
_CANDIDATE_TYPES: Final = frozenset(["C2", "Npl", "Sar", "O3", "S3", "N3", "Oar", "Oar+", "P", "Car", "N2", "N2+"])
_DOUBTFUL_TYPES: Final = frozenset(("O3", "S3", "N3", "C3"))
_HOMA_SCALE: Final = 792.0
_HOMA_LENGTHS: Final = {(C, C): 1.38586, (C, N): 1.34148, (C, O): 1.265}
_HOMA_GOOD, _HOMA_BAD_SUM = 0.5, -35.0


def may_be_aromatic(draft: Draft, ring: Ring) -> bool:
    """All atoms planar by type, or doubtful ones among bonds of aromatic length; no dioxole."""
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
        return False
    homa = 1.0 - _HOMA_SCALE * sum(squares) / len(squares)
    return not (homa < _HOMA_GOOD and len(squares) * homa < _HOMA_BAD_SUM)


def fused(rings: list[Ring]) -> list[tuple[Ring, ...]]:
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
