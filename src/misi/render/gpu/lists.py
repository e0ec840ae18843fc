# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""What the device reads of a scene: constants of each primitive, and the primitives of each tile in drawing order."""

from math import ceil, floor, sqrt

import numpy as np
from numba import njit

from misi.render.raster import SHORTEST, STRIP, TALL

TILE = 16  # side of a tile, pixels: one block of 256 threads
BELOW = max(3 * STRIP, 2 * TALL)  # rows of samples of a strip at most
PLAIN, SPHERE, CYLINDER, NOTHING = 0, 1, 2, -1  # kinds; plain: sphere or cylinder beyond the near plane, perspective

# Constants of a primitive, named as in `misi.render.raster.draw`. A plain sphere is a plain cylinder whose axis and
# half length are zero: the terms that this adds to its formulas are exact zeros.
FIELDS = (
    "uc", "quu", "quv", "qvv", "qu", "qv", "q",
    "px", "py", "pd", "c",
    "wx", "wy", "wz", "wd", "mw", "half",
    "mk", "mf", "wk", "wf", "inv_r", "r2",
    "x", "y", "d",
    "red_a", "green_a", "blue_a", "red_b", "green_b", "blue_b",
)  # fmt: skip
CONSTANTS = np.dtype([(field, np.float32) for field in FIELDS])


@njit(cache=True, nogil=True, error_model="numpy")
def pack(spheres, colours, radii, bonds, bond_radius, flat, cut, lights, primitives, ratios, kinds, ends):
    """Constants of every sphere, then every cylinder: the arithmetic of `misi.render.raster.draw`, term by term.

    Parameters
    ----------
    spheres : (n, 3) float64, colours : (n, 3) uint8, radii : (n,) float64, bonds : (m, 2) int32
    bond_radius, flat : float64
        `flat` is 0 for perspective.
    cut : (n + m,) bool
        Which meet the near plane.
    lights : (6,) float32
        Directions of the key and the fill light.
    primitives : (n + m,) CONSTANTS, ratios : (n + m,) float64, kinds : (n + m,) int32, ends : (n + m, 2) int32
        To be filled: constants, y over depth of the middle, kind, and rows of the atoms on both sides.
    """
    n = len(spheres)
    kx, ky, kz, fx, fy, fz = lights[0], lights[1], lights[2], lights[3], lights[4], lights[5]
    for i in range(n + len(bonds)):
        a = b = i
        half = wx = wy = wz = 0.0
        if i < n:
            x, y, d, r = spheres[i, 0], spheres[i, 1], -spheres[i, 2], radii[i]
        else:
            a, b = np.int64(bonds[i - n, 0]), np.int64(bonds[i - n, 1])
            x, y = (spheres[a, 0] + spheres[b, 0]) / 2, (spheres[a, 1] + spheres[b, 1]) / 2
            d, r = -(spheres[a, 2] + spheres[b, 2]) / 2, bond_radius
            wx, wy, wz = spheres[b, 0] - spheres[a, 0], spheres[b, 1] - spheres[a, 1], spheres[b, 2] - spheres[a, 2]
            length = sqrt(wx * wx + wy * wy + wz * wz)
            if length < SHORTEST:
                kinds[i] = NOTHING
                continue
            half, wx, wy, wz = length / 2, wx / length, wy / length, wz / length
        if flat == 0 and not cut[i]:
            kinds[i] = PLAIN
        else:
            kinds[i] = SPHERE if i < n else CYLINDER
        ends[i, 0], ends[i, 1] = a, b
        mw = x * wx + y * wy - d * wz
        px, py, pz = x - mw * wx, y - mw * wy, -d - mw * wz
        square = px * px + py * py + pz * pz
        c = square - r * r
        ratios[i] = y / d
        to = primitives[i]
        to.uc = x / d
        to.quu, to.quv = px * px - c * (1 - wx * wx), 2 * (px * py + c * wx * wy)
        to.qvv, to.qu, to.qv = py * py - c * (1 - wy * wy), 2 * px * r * r / d, 2 * py * r * r / d
        to.q = r * r * square / (d * d)
        to.px, to.py, to.pd, to.c = px, py, square / d, c
        to.wx, to.wy, to.wz, to.wd, to.mw, to.half = wx, wy, wz, mw / d, mw, half
        to.mk, to.mf = x * kx + y * ky - d * kz, x * fx + y * fy - d * fz
        to.wk, to.wf = wx * kx + wy * ky + wz * kz, wx * fx + wy * fy + wz * fz
        to.inv_r, to.r2 = 1 / r, r * r
        to.x, to.y, to.d = x, y, d
        to.red_a, to.green_a, to.blue_a = colours[a, 0], colours[a, 1], colours[a, 2]
        to.red_b, to.green_b, to.blue_b = colours[b, 0], colours[b, 1], colours[b, 2]


@njit(cache=True, nogil=True, error_model="numpy")
def tile_lists(bounds, kinds, order, columns, rows, focal, first, starts):
    """Rows of the primitives of each tile, tile after tile, in drawing order.

    Parameters
    ----------
    bounds : (p, 4) float64
        Slopes left, right, bottom, top; left beyond right for what is not seen.
    kinds : (p,) int32, order : (p,) int64
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
        if kinds[i] == NOTHING or not bounds[i, 0] <= bounds[i, 1]:
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
