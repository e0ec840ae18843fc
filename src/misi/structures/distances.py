"""Distances between two sets of points, element by element, so that they are the same on every machine."""

import numpy as np

from misi.structures.complex import Floats


def nearest_distances(points: Floats, others: Floats) -> Floats:
    """(n,) distance of each of `points` (n, 3) to the nearest of `others` (m, 3), angstrom; inf without others."""
    best = np.full(len(points), np.inf)
    for x, y, z in others.tolist():
        squared = (points[:, 0] - x) ** 2 + (points[:, 1] - y) ** 2 + (points[:, 2] - z) ** 2
        np.minimum(best, squared, out=best)
    result: Floats = np.sqrt(best)
    return result
