"""Symmetries of a coloured graph, by colour refinement and bounded backtracking."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

#: No more symmetries than this are listed, nor more steps made in search of them.
MAX_AUTOMORPHISMS: Final = 256
_MAX_STEPS: Final = 50_000

Permutation = dict[int, int]


def automorphisms(neighbours: Mapping[int, Sequence[int]], colours: Mapping[int, Hashable]) -> list[Permutation]:
    """All permutations of the nodes that keep colours and edges, the identity first.

    Parameters
    ----------
    neighbours : mapping
        Node -> its neighbours, all of them keys too.
    colours : mapping
        Node -> anything hashable; only nodes of one colour are exchanged.

    Returns
    -------
    list of dict
        The identity alone if there are more than `MAX_AUTOMORPHISMS`: part of a group would treat equal nodes
        differently.
    """
    nodes = sorted(neighbours)
    identity = {node: node for node in nodes}
    colour = refined(neighbours, colours)
    classes: dict[int, list[int]] = {}
    for node in nodes:
        classes.setdefault(colour[node], []).append(node)
    if len(classes) == len(nodes):
        return [identity]
    edges = {node: frozenset(row) for node, row in neighbours.items()}
    order = _connected_order(nodes, neighbours, colour, classes)
    found: list[Permutation] = []
    image: Permutation = {}
    used: set[int] = set()
    steps = 0

    def extend(depth: int) -> bool:
        """False once a bound is exceeded."""
        nonlocal steps
        steps += 1
        if steps > _MAX_STEPS or len(found) > MAX_AUTOMORPHISMS:
            return False
        if depth == len(order):
            found.append(dict(image))
            return True
        node = order[depth]
        for target in classes[colour[node]]:
            if target in used:
                continue
            if all((image[n] in edges[target]) == (n in edges[node]) for n in image):
                image[node] = target
                used.add(target)
                going = extend(depth + 1)
                del image[node]
                used.discard(target)
                if not going:
                    return False
        return True

    if not extend(0) or len(found) > MAX_AUTOMORPHISMS:
        return [identity]
    return sorted(found, key=lambda permutation: [permutation[node] for node in nodes])


def refined(neighbours: Mapping[int, Sequence[int]], colours: Mapping[int, Hashable]) -> dict[int, int]:
    """Colours split until equal ones see equal multisets of colours around them."""
    colour = _numbered({node: repr(colours[node]) for node in neighbours})
    while True:
        seen = {node: (colour[node], tuple(sorted(colour[n] for n in row))) for node, row in neighbours.items()}
        finer = _numbered(seen)
        if len(set(finer.values())) == len(set(colour.values())):
            return finer
        colour = finer


def _numbered(keys: Mapping[int, object]) -> dict[int, int]:
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys.values())))}  # type: ignore[type-var]
    return {node: ranks[key] for node, key in keys.items()}


def _connected_order(
    nodes: Sequence[int],
    neighbours: Mapping[int, Sequence[int]],
    colour: Mapping[int, int],
    classes: Mapping[int, Sequence[int]],
) -> list[int]:
    """Nodes so that each has a predecessor among its neighbours where possible, rare colours first."""
    order: list[int] = []
    waiting = set(nodes)
    border: set[int] = set()
    while waiting:
        pool = border or waiting
        node = min(pool, key=lambda n: (len(classes[colour[n]]), n))
        order.append(node)
        waiting.discard(node)
        border.discard(node)
        border.update(n for n in neighbours[node] if n in waiting)
    return order
