# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""Where the labels of a picture go, so that few cover each other and none leaves its atom.

Each label has some places to choose from, all of which touch its atom, or contain the point that a residue's label
belongs to. In a few rounds every label in turn takes the place that costs least: overlap with the other labels where
they stand now, dearer where one of the two is short and so has less to lose, plus the distance from its first choice,
plus what would be cut off by the picture's edge. The figures were chosen by the share of labels that can be read in
50 complexes (docs/pictures.md). This is coordinate descent on the energy of Christensen, Marks and Shieber, "An
empirical study of algorithms for point-feature label placement", ACM Transactions on Graphics 14 (1995), which there
comes close to annealing.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from misi.structures.complex import Bools, Floats

ROUNDS = 6
PADDING = 1.5  # pixels kept free around letters
DISTANCE_COST = 0.05  # of a label's height, for each pixel from the first choice: order among equals
OUTSIDE_COST = 4.0  # for each pixel of area beyond the picture's edge
SHORT = 20.0  # pixels: width of a label whose overlaps cost twice their area

#: Places of an atom's label as directions from the atom, in half sizes of the label: right first, then around.
_SIDES = ((1, 0), (1, -1), (-1, -1), (-1, 0), (1, 1), (-1, 1), (0, -1), (0, 1))
_STEPS = (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75)
_BETWEEN = tuple((side, step) for side in (1, -1) for step in _STEPS)
_ABOVE = tuple((step, side) for side in (-1, 1) for step in _STEPS)
_ATOM_PLACES = np.array((*_SIDES, *_BETWEEN, *_ABOVE), dtype=float)
#: Places of a residue's label as shifts of its centre, in half widths and heights: the point stays in the box.
_RESIDUE_PLACES = np.array(
    sorted(
        ((x, y) for x in (0.0, *_STEPS, -0.95, 0.95) for y in (0.0, -0.5, 0.5, -0.95, 0.95)),
        key=lambda place: (abs(place[0]) + abs(place[1]), place),
    )
)


@njit(cache=True, nogil=True, error_model="numpy")
def candidates(anchor, width, height, gap, centred):
    """(k, p, 2) left ends of the baselines that each label may take, first choice first, pixels.

    Labels with fewer places than others repeat their first.
    """
    places = np.empty((len(anchor), max(len(_ATOM_PLACES), len(_RESIDUE_PLACES)), 2))
    for i in range(len(anchor)):
        wide, high = width[i] / 2, height / 2
        for p in range(places.shape[1]):
            if centred[i]:
                at = p if p < len(_RESIDUE_PLACES) else 0
                x = anchor[i, 0] + _RESIDUE_PLACES[at, 0] * wide
                y = anchor[i, 1] + _RESIDUE_PLACES[at, 1] * high
            else:
                at = p if p < len(_ATOM_PLACES) else 0
                across, down = _ATOM_PLACES[at, 0], _ATOM_PLACES[at, 1]
                free = 0.5 * gap[i] if abs(across) + abs(down) == 2 else gap[i]  # at a corner less will do
                x = anchor[i, 0] + across * (wide + free)
                y = anchor[i, 1] + down * (high + free)
            places[i, p, 0], places[i, p, 1] = x - wide, y + high
    return places


def place(
    anchor: Floats, width: Floats, height: float, gap: Floats, centred: Bools, columns: int, rows: int, *, moving: bool
) -> Floats:
    """Left end of each label's baseline, pixels.

    Parameters
    ----------
    anchor : (k, 2)
        The atom, or the mean of a residue, pixels.
    width : (k,), height : float
        Of the letters, pixels.
    gap : (k,)
        From an atom to its label's nearest side, pixels.
    centred : (k,) bool
        Labels that lie on their anchor (residues) rather than beside it (atoms).
    columns, rows : int
        Of the picture.
    moving : bool
        False: every label takes its first choice.

    Returns
    -------
    (k, 2) float64
    """
    places: NDArray[np.float64] = candidates(anchor, width, height, gap, centred)
    if not moving or len(anchor) == 0:
        return np.ascontiguousarray(places[:, 0])
    chosen = np.zeros(len(anchor), dtype=np.int64)
    _descend(places, width, height, float(columns), float(rows), chosen)
    return places[np.arange(len(anchor)), chosen]


def overlapped(boxes: Floats, least: float = 0.1) -> Bools:
    """(k,) bool: labels of which others cover, together, more than `least` of the box.

    Parameters
    ----------
    boxes : (k, 4)
        Left, top, right, bottom, as `LabelSet.boxes`.
    """
    wide = np.minimum(boxes[:, None, 2], boxes[None, :, 2]) - np.maximum(boxes[:, None, 0], boxes[None, :, 0])
    high = np.minimum(boxes[:, None, 3], boxes[None, :, 3]) - np.maximum(boxes[:, None, 1], boxes[None, :, 1])
    shared = np.clip(wide, 0, None) * np.clip(high, 0, None)
    np.fill_diagonal(shared, 0)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return np.asarray(shared.sum(axis=1) > least * area)


@njit(cache=True, nogil=True, error_model="numpy")
def _neighbours(reach, width, height):
    """Which labels can meet at all: those of label i stand at first[i] to first[i + 1] of the list.

    `reach` has the lowest x, highest x, lowest y, highest y among the places of each label.
    """
    n = len(width)
    first = np.zeros(n + 1, dtype=np.int64)
    neighbours = np.empty(n * n, dtype=np.int64)
    found = 0
    for i in range(n):
        left, right = reach[i, 0] - 2 * PADDING, reach[i, 1] + width[i] + 2 * PADDING
        low, high = reach[i, 2] - height - 2 * PADDING, reach[i, 3] + height + 2 * PADDING
        for j in range(n):
            across = left < reach[j, 1] + width[j] and reach[j, 0] < right
            if across and low < reach[j, 3] and reach[j, 2] < high and i != j:
                neighbours[found] = j
                found += 1
        first[i + 1] = found
    return first, neighbours


@njit(cache=True, nogil=True, error_model="numpy")
def _descend(places, width, height, columns, rows, chosen):
    """Coordinate descent over the places; `chosen` gets the number of each label's place.

    The loops over the places of a label are free of branches, so that they run on several places at once.
    """
    n, n_places = places.shape[0], places.shape[1]
    xs, ys = places[:, :, 0].copy(), places[:, :, 1].copy()
    alone = np.empty((n, n_places))  # cost of each place without the other labels
    reach = np.empty((n, 4))
    for i in range(n):
        wide = width[i]
        for p in range(n_places):
            x, y = xs[i, p], ys[i, p]
            away = abs(x - xs[i, 0]) + abs(y - ys[i, 0])
            inside = max(min(x + wide, columns) - max(x, 0.0), 0.0) * max(min(y, rows) - max(y - height, 0.0), 0.0)
            alone[i, p] = DISTANCE_COST * height * away + OUTSIDE_COST * (wide * height - inside)
        reach[i, 0], reach[i, 1], reach[i, 2], reach[i, 3] = xs[i].min(), xs[i].max(), ys[i].min(), ys[i].max()
    first, neighbours = _neighbours(reach, width, height)
    tall = height + 2 * PADDING
    cost = np.empty(n_places)
    stale = np.ones(n, dtype=np.bool_)  # labels that stand, or whose neighbours stand, elsewhere than when last placed
    for _ in range(ROUNDS):
        moved = False
        for i in range(n):
            if not stale[i]:
                continue
            stale[i] = False
            wide, mine_x, mine_y = width[i], xs[i], ys[i]
            for p in range(n_places):
                cost[p] = alone[i, p]
            for k in range(first[i], first[i + 1]):
                j = neighbours[k]
                left, right, base = xs[j, chosen[j]], xs[j, chosen[j]] + width[j], ys[j, chosen[j]]
                weight = 1 + SHORT / max(min(wide, width[j]), 1.0)  # dearer where one of the two is short
                for p in range(n_places):
                    across = min(mine_x[p] + wide, right) - max(mine_x[p], left) + 2 * PADDING
                    along = tall - abs(mine_y[p] - base)
                    cost[p] += max(across, 0.0) * max(along, 0.0) * weight
            best = chosen[i]
            least = np.inf
            for p in range(n_places):
                if cost[p] < least:
                    best, least = p, cost[p]
            if best != chosen[i]:
                chosen[i], moved = best, True
                for k in range(first[i], first[i + 1]):
                    stale[neighbours[k]] = True
        if not moved:
            break
