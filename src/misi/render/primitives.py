# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""What the kernels of processor and GPU read of a scene: the constants of every sphere and cylinder, computed once a
picture in double precision, and where in the picture each can be seen."""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from misi.render.raster import LIGHTS
from misi.scene.scene import Scene

SHORTEST = 1e-6  # angstrom; a shorter bond has no direction

PLAIN, SPHERE, CYLINDER, NOTHING = 0, 1, 2, -1  # kinds; plain: sphere or cylinder beyond the near plane, perspective

# Constants of a primitive, named as where `misi.render.raster` uses them: slope of the middle to the right; quadratic
# form of the discriminant; perpendicular from the eye to the axis; axis, middle and half length; products of middle and
# axis with the lights, radius; middle; colours of both ends. A plain sphere is a plain cylinder whose axis and half
# length are zero: the terms that this adds to its formulas are exact zeros.
FIELDS = (
    "uc", "quu", "quv", "qvv", "qu", "qv", "q",
    "px", "py", "pd", "c",
    "wx", "wy", "wz", "wd", "mw", "half",
    "mk", "mf", "wk", "wf", "inv_r", "r2",
    "x", "y", "d",
    "red_a", "green_a", "blue_a", "red_b", "green_b", "blue_b",
)  # fmt: skip
CONSTANTS = np.dtype([(field, np.float32) for field in FIELDS])


class Prepared(NamedTuple):
    """A scene as the kernels read it; see `prepare`. `order`: (p,) int64, rows from front to back."""

    primitives: NDArray[Any]
    kinds: NDArray[np.int32]
    ends: NDArray[np.int32]
    ratios: NDArray[np.float64]
    sides: NDArray[np.float64]
    bounds: NDArray[np.float64]
    order: NDArray[np.int64]


def prepared(scene: Scene) -> Prepared:
    """Constants, bounds and drawing order of a scene's spheres, then of its cylinders."""
    camera, n = scene.camera, len(scene.xyz) + len(scene.bonds)
    primitives, kinds, ends = np.empty(n, CONSTANTS), np.empty(n, np.int32), np.empty((n, 2), np.int32)
    ratios, sides, bounds = np.empty(n), np.empty((n, 4)), np.empty((n, 4))
    prepare(
        scene.xyz, scene.atom, scene.radius, scene.colour, scene.bonds, scene.bond_radius, camera.near,
        flat_depth(scene), LIGHTS, primitives, kinds, ends, ratios, sides, bounds,
    )  # fmt: skip
    depth = -scene.xyz[:, 2]
    middle = (depth[scene.bonds[:, 0]] + depth[scene.bonds[:, 1]]) / 2
    order = np.argsort(np.concatenate([depth, middle]), kind="stable")
    return Prepared(primitives, kinds, ends, ratios, sides, bounds, order)


def flat_depth(scene: Scene) -> float:
    """Of parallel projection the depth at which slopes are lengths, angstrom; 0 for perspective."""
    return scene.camera.parallel_depth if scene.camera.projection == "parallel" else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def prepare(
    spheres,
    atom,
    radii,
    colours,
    bonds,
    bond_radius,
    near,
    flat,
    lights,
    primitives,
    kinds,
    ends,
    ratios,
    sides,
    bounds,
):
    """Fill the last six arguments: a row for every sphere, then one for every cylinder.

    Parameters
    ----------
    spheres : (n, 3) float64, atom : (n,) int32, radii : (n,) float64, colours : (n, 3) uint8
        Camera frame, angstrom; rows of the complex.
    bonds : (m, 2) int32, bond_radius : float64
    near : float64
    flat : float64
        0 for perspective; for parallel projection the depth at which slopes are lengths.
    lights : (6,) float32
        Directions of travel of the key and the fill light.
    primitives : (n + m,) CONSTANTS
    kinds : (n + m,) int32
    ends : (n + m, 2) int32
        Row of the complex of the sphere's atom, twice, or of the bond's atoms.
    ratios : (n + m,) float64
        Slope of the middle, upward.
    sides : (n + m, 4) float64
        Of a plain cylinder its two outlines, see `_outlines`; of a sphere x, y, depth and radius.
    bounds : (n + m, 4) float64
        Slopes left, right, bottom, top between which it can be seen; left beyond right if it cannot.
    """
    n = len(spheres)
    kx, ky, kz, fx, fy, fz = lights[0], lights[1], lights[2], lights[3], lights[4], lights[5]
    for i in range(n + len(bonds)):
        a = b = i
        half = wx = wy = wz = 0.0
        if i < n:
            x, y, d, r = spheres[i, 0], spheres[i, 1], -spheres[i, 2], radii[i]
            is_cut = _bound_sphere(x, y, d, r, near, flat, bounds[i])
            sides[i, 0], sides[i, 1], sides[i, 2], sides[i, 3] = x, y, d, r
        else:
            a, b = np.int64(bonds[i - n, 0]), np.int64(bonds[i - n, 1])
            x, y = (spheres[a, 0] + spheres[b, 0]) / 2, (spheres[a, 1] + spheres[b, 1]) / 2
            d, r = -(spheres[a, 2] + spheres[b, 2]) / 2, bond_radius
            wx, wy, wz = spheres[b, 0] - spheres[a, 0], spheres[b, 1] - spheres[a, 1], spheres[b, 2] - spheres[a, 2]
            length = sqrt(wx * wx + wy * wy + wz * wz)
            if length < SHORTEST:
                kinds[i] = NOTHING
                bounds[i, 0], bounds[i, 1] = 1.0, 0.0
                continue
            half, wx, wy, wz = length / 2, wx / length, wy / length, wz / length
            is_cut = _bound_cylinder(spheres[a], spheres[b], max(radii[a], radii[b]), r, near, flat, bounds[i])
            if flat == 0 and not is_cut:
                line = _outlines(x, y, d, wx, wy, wz, r, bounds[i, 2], bounds[i, 3])
                sides[i, 0], sides[i, 1], sides[i, 2], sides[i, 3] = line
        if flat == 0 and not is_cut:
            kinds[i] = PLAIN
        else:
            kinds[i] = SPHERE if i < n else CYLINDER
        ends[i, 0], ends[i, 1] = atom[a], atom[b]
        # the perpendicular p from the eye to the axis; for a sphere, whose w is zero, the whole way to the centre
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
def _bound_sphere(x, y, depth, r, near, flat, bounds):
    """Slopes left, right, bottom, top of a sphere into `bounds`; whether it meets the near plane."""
    if depth + r <= near:
        bounds[0], bounds[1] = 1.0, 0.0
        return True
    if depth - r < near:
        nearest = max(near, depth - r)
        bounds[0], bounds[1] = _extent_cut(x - r, x + r, nearest, depth + r, flat)
        bounds[2], bounds[3] = _extent_cut(y - r, y + r, nearest, depth + r, flat)
        return True
    bounds[0], bounds[1] = _extent(x, depth, r, flat)
    bounds[2], bounds[3] = _extent(y, depth, r, flat)
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _bound_cylinder(start, end, ball, r, near, flat, bounds):
    """As `_bound_sphere`, for a cylinder between the centres of spheres of which the larger has the radius `ball`."""
    shallow, deep = min(-start[2], -end[2]), max(-start[2], -end[2])
    is_cut = shallow - max(r, ball) < near
    if deep + r <= near:
        bounds[0], bounds[1] = 1.0, 0.0
        return True
    for axis in range(2):
        p, q = start[axis], end[axis]
        if is_cut:
            low, high = _extent_cut(min(p, q) - r, max(p, q) + r, max(near, shallow - r), deep + r, flat)
        else:
            low_a, high_a = _extent(p, -start[2], r, flat)
            low_b, high_b = _extent(q, -end[2], r, flat)
            low, high = min(low_a, low_b), max(high_a, high_b)
        bounds[2 * axis], bounds[2 * axis + 1] = low, high
    return is_cut


@njit(cache=True, nogil=True, error_model="numpy")
def _extent(centre, depth, r, flat):
    """Lowest and highest slope under which a sphere that lies beyond the near plane is seen along one axis."""
    if flat > 0:  # parallel projection: slopes are lengths over `flat`
        return (centre - r) / flat, (centre + r) / flat
    square = depth * depth - r * r
    root = r * sqrt(centre * centre + square)
    return (centre * depth - root) / square, (centre * depth + root) / square


@njit(cache=True, nogil=True, error_model="numpy")
def _extent_cut(low, high, nearest, farthest, flat):
    """Slopes of the box low..high at any depth nearest..farthest."""
    if flat > 0:
        return low / flat, high / flat
    return min(low / nearest, low / farthest), max(high / nearest, high / farthest)


@njit(cache=True, nogil=True, error_model="numpy")
def _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, v):
    k1, k2 = ey * v - ez, wy * v - wz
    beta = ex * k1 + c * wx * k2
    return beta, sqrt(max(beta * beta - alpha * (k1 * k1 - c * (v * v + 1 - k2 * k2)), 0.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _outlines(x, y, depth, wx, wy, wz, r, low, high):
    """The two outlines of an infinite cylinder as lines: slopes a + b v to the left and c + d v to the right.

    A ray (u, v, -1) from the eye meets the cylinder where (e'.d)^2 - c (|d|^2 - (d.w)^2) >= 0, with e' the eye seen
    from the axis without its part along it and c = |e'|^2 - r^2; this is a product of two linear forms. Where the
    outlines bound a row from the same side (the leading term in u is not negative), or cross between the rows low
    and high, the answer is the whole plane: sticks that point steeply at the viewer are bounded by their box alone.
    """
    along = -(x * wx + y * wy - depth * wz)
    ex, ey, ez = -x - along * wx, -y - along * wy, depth - along * wz
    c = ex * ex + ey * ey + ez * ez - r * r
    alpha = ex * ex - c * (1 - wx * wx)
    if c <= 0 or alpha >= -1e-9 * c:
        return -np.inf, 0.0, np.inf, 0.0
    # beta and the root of beta^2 - alpha gamma in the lowest, a middle and the highest row
    beta_0, root_0 = _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, low)
    _, root_1 = _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, (low + high) * 0.5)
    beta_2, root_2 = _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, high)
    if root_1 < 0.4999 * (root_0 + root_2):
        return -np.inf, 0.0, np.inf, 0.0
    rate = -1 / (alpha * (high - low))
    tilt_left = (beta_2 - root_2 - beta_0 + root_0) * rate
    tilt_right = (beta_2 + root_2 - beta_0 - root_0) * rate
    left_0, right_0 = (beta_0 - root_0) / -alpha, (beta_0 + root_0) / -alpha
    return left_0 - tilt_left * low, tilt_left, right_0 - tilt_right * low, tilt_right
