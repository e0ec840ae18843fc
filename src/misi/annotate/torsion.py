"""Tau: where a partner stands about the bond of an atom to its heavy neighbour, against reference directions."""

from collections.abc import Sequence
from typing import NamedTuple

from misi.annotate.geometry import angle, direction, flatten, minus
from misi.annotate.graph import Graph, Point
from misi.annotate.hydrogens import hydrogen_positions
from misi.structures.complex import HYDROGEN

_ORIGIN: Point = (0.0, 0.0, 0.0)
#: Symmetry number of groups whose own hydrogens are the references (planar NH2).
_PLANAR_GROUP = 4


class TauFrame(NamedTuple):
    """Axis through an atom, and the reference directions projected along it.

    `consistent` is False where the number of references does not suit the symmetry of the group.
    """

    origin: Point
    axis: Point
    references: tuple[Point, ...]
    consistent: bool

    def angles(self, point: Point) -> list[float]:
        """Angle about the axis between the point and each reference, degrees."""
        here = flatten(minus(point, self.origin), self.axis)
        return [angle(here, _ORIGIN, reference) for reference in self.references]


def tau_frame(graph: Graph, types: Sequence[str], atom: int, symmetry: int) -> TauFrame | None:
    """Frame of a donor or acceptor; None for an atom without heavy neighbour.

    References are the atom's own hydrogens in planar groups, else (or where those are not of the right number) the
    directions about the heavy neighbour. A frame without references lets every partner pass.
    """
    axis_end = next((n for n in graph.neighbours[atom] if graph.element[n] != HYDROGEN), None)
    if axis_end is None:
        return None
    points = hydrogen_positions(graph, types, atom) if symmetry == _PLANAR_GROUP else []
    if 2 * len(points) != symmetry:
        points = hydrogen_positions(graph, types, axis_end, lone_pairs=True)
        points += [graph.xyz[n] for n in graph.neighbours[axis_end] if n != atom and graph.element[n] != HYDROGEN]
    here = graph.xyz[atom]
    axis = direction(here, graph.xyz[axis_end])
    references = tuple(flatten(minus(point, here), axis) for point in points)
    return TauFrame(here, axis, references, not points or 2 * len(points) == symmetry)
