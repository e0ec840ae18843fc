# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""The primitives of each tile of a picture, in drawing order."""

from math import ceil, floor

import numpy as np
from numba import njit

from misi.render.raster import STRIP, TALL

TILE = 16  # side of a tile, pixels: one block of 256 threads
BELOW = max(3 * STRIP, 2 * TALL)  # rows of samples of a strip at most


@njit(cache=True, nogil=True, error_model="numpy")
def tile_lists(bounds, order, columns, rows, focal, first, starts):
    """Rows of the primitives of each tile, tile after tile, in drawing order.

    Parameters
    ----------
    bounds : (p, 4) float64
        Slopes left, right, bottom, top; left beyond right for what is not seen.
    order : (p,) int64
    columns, rows : int
    focal : float64
        Pixels per unit of slope.
    first : int
        Added to each row.
    starts : (tiles + 1,) int32
        Where each tile's list begins; filled from the first, already known, on.
    """
    across, down = (columns + TILE - 1) // TILE, (rows + TILE - 1) // TILE
    boxes = np.zeros((len(bounds), 4), dtype=np.int32)  # first and last tile across and down; none at all by default
    boxes[:, 0] = 1
    counts = np.zeros(across * down + 1, dtype=np.int64)
    for i in range(len(bounds)):
        if not bounds[i, 0] <= bounds[i, 1]:
            continue
        # samples lie within a third of a pixel about its centre; half a pixel leaves room for rounding
        left = max(columns / 2 - 1.0 + focal * bounds[i, 0], 0.0)
        right = min(columns / 2 + focal * bounds[i, 1], columns - 1.0)
        top = max(rows / 2 - 1.0 - focal * bounds[i, 3], 0.0)
        bottom = min(rows / 2 - focal * bounds[i, 2], rows - 1.0)
        if not (left <= right and top <= bottom):
            continue
        boxes[i, 0], boxes[i, 1] = floor(left) // TILE, min(ceil(right), columns - 1) // TILE
        boxes[i, 2], boxes[i, 3] = floor(top) // TILE, min(ceil(bottom), rows - 1) // TILE
        for ty in range(boxes[i, 2], boxes[i, 3] + 1):
            for tx in range(boxes[i, 0], boxes[i, 1] + 1):
                counts[ty * across + tx + 1] += 1
    for tile in range(across * down):
        counts[tile + 1] += counts[tile]
        starts[tile + 1] = starts[0] + counts[tile + 1]
    members = np.empty(counts[-1], dtype=np.int32)
    for i in order:
        if boxes[i, 0] > boxes[i, 1]:
            continue
        for ty in range(boxes[i, 2], boxes[i, 3] + 1):
            for tx in range(boxes[i, 0], boxes[i, 1] + 1):
                tile = ty * across + tx
                members[counts[tile]] = first + i
                counts[tile] += 1
    return members
