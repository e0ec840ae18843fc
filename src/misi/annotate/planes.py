"""The plane of an acceptor, in which in-plane angles are measured."""

from collections.abc import Sequence
from typing import NamedTuple

from misi.annotate.geometry import add, angle, flatten, minus, normal, scaled
from misi.annotate.graph import Graph, Point

_ORIGIN: Point = (0.0, 0.0, 0.0)


class Plane(NamedTuple):
    """`origin`: the acceptor; `normal`: unit normal; `base`: from the acceptor to the base point, in the plane."""

    origin: Point
    normal: Point
    base: Point

    def phi(self, point: Point) -> float:
        """Angle base-acceptor-point projected onto the plane, degrees."""
        return angle(self.base, _ORIGIN, flatten(minus(point, self.origin), self.normal))


def plane_through(origin: Point, second: Point, third: Point, base: Point) -> Plane | None:
    """The plane of three points with its base; None where they lie on a line."""
    n = normal(origin, second, third)
    return None if n is None else Plane(origin, n, flatten(minus(base, origin), n))


def bonded_plane(graph: Graph, atom: int, bonded: Sequence[int]) -> tuple[Plane | None, bool]:
    """Plane of an acceptor with one or two bonded atoms, and whether its connectivity makes sense.

    Two bonded atoms span the plane, with their midpoint as base. One is the base, and its own further neighbours
    span the plane: with none there is no plane, three or more are a mistake in the structure.
    """
    here = graph.xyz[atom]
    if len(bonded) >= 2:
        first, second = graph.xyz[bonded[0]], graph.xyz[bonded[1]]
        return plane_through(here, first, second, scaled(add(first, second), 0.5)), True
    if not bonded:
        return None, True
    base = graph.xyz[bonded[0]]
    beyond = [graph.xyz[n] for n in graph.neighbours[bonded[0]] if n != atom]
    if len(beyond) == 1:
        return plane_through(here, base, beyond[0], base), True
    if len(beyond) == 2:
        return plane_through(here, beyond[0], beyond[1], base), True
    return None, not beyond
