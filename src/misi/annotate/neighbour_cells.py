"""Pairs of near points by a grid of cells."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import dist, floor
from typing import Final

from misi.annotate.graph import Point

_STEPS: Final = tuple(product((-1, 0, 1), repeat=3))


def near_pairs(first: Sequence[Point], second: Sequence[Point], reach: float) -> Iterator[tuple[int, int]]:
    """Positions (i, j) of points no farther than `reach` (angstrom) apart, ordered by `i`, then cell of `j`.

    Every point of `second` falls into a cubic cell with edge `reach`; a point of `first` is compared with the
    points of 27 cells only.
    """
    cells: dict[tuple[int, int, int], list[int]] = {}
    for j, (x, y, z) in enumerate(second):
        cells.setdefault((floor(x / reach), floor(y / reach), floor(z / reach)), []).append(j)
    for i, point in enumerate(first):
        cx, cy, cz = floor(point[0] / reach), floor(point[1] / reach), floor(point[2] / reach)
        for dx, dy, dz in _STEPS:
            for j in cells.get((cx + dx, cy + dy, cz + dz), ()):
                if dist(point, second[j]) <= reach:
                    yield i, j
