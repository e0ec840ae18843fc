"""Plain-Python columns of a complex for rules that go atom by atom (list access is ten times faster than numpy's)."""

import math
from dataclasses import dataclass

import numpy as np

from misi.structures.complex import HYDROGEN, Complex

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Graph:
    """Atoms and covalent bonds of a complex.

    Attributes
    ----------
    element : list of int
        Atomic numbers.
    xyz : list of (x, y, z)
        Angstrom.
    name : list of str
    residue : list of int
        Residue row of each atom.
    neighbours : tuple of tuples of int
        Bonded atoms in order of bond creation.
    heavy : list of int
        Number of neighbours that are not hydrogen.
    """

    element: list[int]
    xyz: list[Point]
    name: list[str]
    residue: list[int]
    neighbours: tuple[tuple[int, ...], ...]
    heavy: list[int]

    @classmethod
    def of(cls, source: Complex) -> "Graph":
        element = source.element.tolist()
        return cls(
            element,
            list(zip(*source.xyz.T.tolist(), strict=True)),
            source.name.tolist(),
            source.residue.tolist(),
            source.neighbours,
            _heavy_counts(source),
        )

    def distance(self, a: int, b: int) -> float:
        """Angstrom."""
        return math.dist(self.xyz[a], self.xyz[b])

    def angle(self, a: int, b: int, c: int) -> float:
        """Angle at `b`, degrees; 0 where two atoms coincide."""
        return angle(self.xyz[a], self.xyz[b], self.xyz[c])

    def other(self, atom: int, neighbour: int) -> int | None:
        """The first neighbour of `atom` that is not `neighbour`."""
        return next((n for n in self.neighbours[atom] if n != neighbour), None)


def _heavy_counts(source: Complex) -> list[int]:
    first, second = source.bonds[:, 0], source.bonds[:, 1]
    is_heavy = source.element > HYDROGEN
    ends = np.concatenate([first[is_heavy[second]], second[is_heavy[first]]])
    counts: list[int] = np.bincount(ends, minlength=len(source)).tolist()
    return counts


def angle(a: Point, b: Point, c: Point) -> float:
    """Angle a-b-c at `b`, degrees; 0 where an arm has no length."""
    ux, uy, uz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    vx, vy, vz = c[0] - b[0], c[1] - b[1], c[2] - b[2]
    norm = math.sqrt((ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz))
    if norm == 0.0:
        return 0.0
    cosine = (ux * vx + uy * vy + uz * vz) / norm
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
