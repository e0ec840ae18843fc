"""Rigid pieces packed around a ligand: which poses are free, and the tightest of them.

Space is a grid of half-angstrom cells that know whether a new atom there would overlap (`blocked`) or touch
(`near`) what is placed already; a pose of a whole stretch is then one table look-up an atom.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from misi.structures.complex import Floats
from misi.structures.synthetic_residues import Point

CELL = 0.5
_HALF = 31.0  # angstrom from the centre to the faces: half a 20 A ligand, 10 A of pocket, one residue across
_SIDE = int(2 * _HALF / CELL)
_BLOCKED = 3.2  # carbons of neighbouring residues in crystals are seldom closer; cells blur it by 0.4
_NEAR = 5.0
#: Nearest allowed heavy atoms of different pieces, angstrom, checked exactly: with carbon, and both polar.
CLOSEST_CARBON = 3.1
CLOSEST_POLAR = 2.7
#: A ligand hydrogen and a pocket heavy atom (sum of van der Waals radii 1.2 + 1.5, less what contacts allow).
CLOSEST_HYDROGEN = 2.1


@lru_cache(maxsize=8)
def _ball(radius: float) -> NDArray[np.int64]:
    """(k,) int64: offsets in the flat grid of the cells within `radius` of a cell."""
    reach = int(radius / CELL) + 1
    axis = np.arange(-reach, reach + 1)
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    inside = (x * x + y * y + z * z) * CELL * CELL <= radius * radius
    offsets: NDArray[np.int64] = ((x * _SIDE + y) * _SIDE + z)[inside].astype(np.int64)
    return offsets


class Space:
    """The occupied space around the atoms of a ligand near the origin.

    `around` (n, 3) are its heavy atoms; pieces are thrown at cells within `reach` angstrom of them.
    """

    def __init__(self, around: Floats, reach: float) -> None:
        self._blocked = np.ones(_SIDE**3, dtype=np.bool_)
        inner = self._blocked.reshape(_SIDE, _SIDE, _SIDE)
        margin = int(_NEAR / CELL) + 2  # so that no ball leaves the grid
        inner[margin:-margin, margin:-margin, margin:-margin] = False
        self._near = np.zeros(_SIDE**3, dtype=np.bool_)
        within = np.zeros(_SIDE**3, dtype=np.bool_)
        within[self._cells(around)[:, None] + _ball(reach)] = True
        within &= ~self._blocked
        self._reached = np.flatnonzero(within)
        self._gap = _nearest(self.centers(self._reached), around)
        self.add(around)

    def add(self, xyz: Floats) -> None:
        """Occupy the places of atoms (n, 3)."""
        cells = self._cells(xyz)
        self._blocked[cells[:, None] + _ball(_BLOCKED)] = True
        self._near[cells[:, None] + _ball(_NEAR)] = True

    @staticmethod
    def _cells(xyz: Floats) -> NDArray[np.int64]:
        """Flat cell of each point; points off the grid are moved to its (blocked) rim."""
        cell = np.clip((xyz + _HALF) / CELL, 0, _SIDE - 1).astype(np.int64)
        flat: NDArray[np.int64] = (cell[..., 0] * _SIDE + cell[..., 1]) * _SIDE + cell[..., 2]
        return flat

    def surface(self) -> tuple[NDArray[np.int64], Floats]:
        """Free cells within reach that touch something, and how far each is from the ligand."""
        free = self._near[self._reached] & ~self._blocked[self._reached]
        return self._reached[free], self._gap[free]

    @staticmethod
    def centers(cells: NDArray[np.int64]) -> Floats:
        """(k, 3) float64: middle of each cell."""
        x, rest = np.divmod(cells, _SIDE * _SIDE)
        y, z = np.divmod(rest, _SIDE)
        found: Floats = np.stack([x, y, z], axis=1) * CELL + (CELL / 2 - _HALF)
        return found

    def fits(self, poses: Floats, spared: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """For poses (k, n, 3): which are free of overlap, and how many of their atoms touch something.

        `spared` (n,) marks atoms whose overlap is intended (the partner in a hydrogen bond).
        """
        cells = self._cells(poses)
        free: NDArray[np.bool_] = np.logical_not(np.any(self._blocked[cells] & ~spared, axis=1))
        touching: NDArray[np.int64] = self._near[cells].sum(axis=1)
        return free, touching


def rotations(rng: Random, count: int) -> Floats:
    """(count, 3, 3) float64: uniform random rotations (G. Marsaglia, Ann. Math. Stat. 43 (1972) 645-646)."""
    quaternions: list[tuple[float, float, float, float]] = []
    while len(quaternions) < count:
        a, b = rng.uniform(-1.0, 1.0), rng.uniform(-1.0, 1.0)
        c, d = rng.uniform(-1.0, 1.0), rng.uniform(-1.0, 1.0)
        s, t = a * a + b * b, c * c + d * d
        if s < 1.0 and 0.0 < t < 1.0:
            root = math.sqrt((1.0 - s) / t)
            quaternions.append((a, b, c * root, d * root))
    w, x, y, z = np.array(quaternions).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def turned(rotation: Floats, xyz: Floats) -> Floats:
    """(k, n, 3): the points (n, 3) under each of the rotations (k, 3, 3); sums written out, so that no library's
    order of addition enters."""
    x, y, z = xyz[None, :, 0], xyz[None, :, 1], xyz[None, :, 2]
    r = rotation[:, :, :, None]
    return np.stack([r[:, i, 0] * x + r[:, i, 1] * y + r[:, i, 2] * z for i in range(3)], axis=-1)


def unit(vector: Point) -> Point:
    norm = math.sqrt(sum(v * v for v in vector))
    return (vector[0] / norm, vector[1] / norm, vector[2] / norm)


def _cross(a: Point, b: Point) -> Point:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def tilted(direction: Point, rng: Random, most: float) -> Point:
    """The unit vector turned by up to `most` degrees, any way."""
    angle = math.radians(most * math.sqrt(rng.random()))
    around = 2.0 * math.pi * rng.random()
    u, v = _frame(direction)
    c, s = math.cos(angle), math.sin(angle)
    a, b = s * math.cos(around), s * math.sin(around)
    x, y, z = (c * direction[i] + a * u[i] + b * v[i] for i in range(3))
    return (x, y, z)


def _frame(direction: Point) -> tuple[Point, Point]:
    """Two unit vectors perpendicular to a unit vector and to each other."""
    helper: Point = (1.0, 0.0, 0.0) if abs(direction[0]) < 0.8 else (0.0, 1.0, 0.0)
    u = unit(_cross(direction, helper))
    return u, _cross(direction, u)


def docked(xyz: Floats, pivot: int, outward: Point, target: Point, toward: Point, spins: int) -> Floats:
    """(spins, n, 3): the piece with atom `pivot` on `target` and `outward` turned onto `toward`, spun about it."""
    u0, v0 = _frame(outward)
    u1, v1 = _frame(toward)
    d = xyz - xyz[pivot]
    along = d[:, 0] * outward[0] + d[:, 1] * outward[1] + d[:, 2] * outward[2]
    a = d[:, 0] * u0[0] + d[:, 1] * u0[1] + d[:, 2] * u0[2]
    b = d[:, 0] * v0[0] + d[:, 1] * v0[1] + d[:, 2] * v0[2]
    turns = [(math.cos(2 * math.pi * k / spins), math.sin(2 * math.pi * k / spins)) for k in range(spins)]
    c, s = (np.array(column)[:, None] for column in zip(*turns, strict=True))
    p, q = c * a - s * b, s * a + c * b
    return np.stack([target[i] + along * toward[i] + p * u1[i] + q * v1[i] for i in range(3)], axis=-1)


def _draws(rng: Random, below: int, count: int) -> NDArray[np.int64]:
    """(count,) int64 in [0, below), from the generator's bytes: ten times as fast as one call each."""
    words = np.frombuffer(rng.randbytes(8 * count), dtype="<u8")
    return (words % np.uint64(below)).astype(np.int64)


def scattered(space: Space, xyz: Floats, rng: Random, rotation: Floats, count: int) -> Floats | None:
    """(count, n, 3): the piece thrown at free places that touch something, those near the ligand first.

    One of its atoms, drawn, lands on the middle of a surface cell. None when there is no such cell.
    """
    surface, gap = space.surface()
    if not len(surface):
        return None
    drawn = _draws(rng, len(surface), 3 * count)
    drawn = drawn[np.argsort(gap[drawn], kind="stable")[:count]]
    pivots = _draws(rng, len(xyz), count)
    poses = turned(rotation[_draws(rng, len(rotation), count)], xyz)
    poses += (space.centers(surface[drawn]) - poses[np.arange(count), pivots])[:, None, :]
    return poses


def _nearest(points: Floats, around: Floats) -> Floats:
    """(k,): distance of each point to the nearest of `around`."""
    best = np.full(len(points), np.inf)
    for x, y, z in around.tolist():
        dx, dy, dz = points[:, 0] - x, points[:, 1] - y, points[:, 2] - z
        np.minimum(best, dx * dx + dy * dy + dz * dz, out=best)
    found: Floats = np.sqrt(best)
    return found


def best_first(free: NDArray[np.bool_], score: Floats, most: int) -> Iterator[int]:
    """Rows of free poses, highest score first."""
    rows = np.flatnonzero(free)
    order = rows[np.argsort(-score[rows], kind="stable")]
    return iter(order[:most].tolist())
