"""Where the hydrogens and lone pairs of an atom are: as given, else placed by ideal geometry where that is unique."""

import math
from collections.abc import Sequence
from typing import Final

from misi.annotate.atom_types import LINEAR, PLANAR, TETRAHEDRAL, TYPE_INFO
from misi.annotate.geometry import add, cross, direction, dot, flatten, minus, scaled, single_precision, unit
from misi.annotate.graph import Graph, Point
from misi.structures.complex import HYDROGEN

#: Covalent radii, angstrom (the Cambridge Crystallographic Data Centre's early set, as used by UCSF Chimera).
_RADII: Final = {HYDROGEN: 0.23, 6: 0.68, 7: 0.68, 8: 0.68, 9: 0.64, 15: 1.05, 16: 1.02, 17: 0.99, 34: 1.22}
_DEFAULT_RADIUS: Final = 0.68
_COS120, _SIN120 = math.cos(math.radians(120)), math.sin(math.radians(120))
_TETRAHEDRAL_ANGLE: Final = 109.5
_COS_TET, _SIN_TET = math.cos(math.radians(_TETRAHEDRAL_ANGLE)), math.sin(math.radians(_TETRAHEDRAL_ANGLE))
_COS_HALF, _SIN_HALF = math.cos(math.radians(_TETRAHEDRAL_ANGLE / 2)), math.sin(math.radians(_TETRAHEDRAL_ANGLE / 2))


def explicit_hydrogens(graph: Graph, atom: int) -> list[int]:
    return [n for n in graph.neighbours[atom] if graph.element[n] == HYDROGEN]


def hydrogen_positions(graph: Graph, types: Sequence[str], atom: int, *, lone_pairs: bool = False) -> list[Point]:
    """Positions of the hydrogens of an atom, angstrom.

    Hydrogens in the file are taken as they are, even if more were expected. Otherwise they are placed where the
    type and the heavy neighbours leave no freedom; a hydroxyl, thiol, ammonium or water gets none.

    Parameters
    ----------
    lone_pairs : bool
        Give all directions that the atom's geometry leaves free, not only those of hydrogens.
    """
    hydrogens = explicit_hydrogens(graph, atom)
    found = [graph.xyz[h] for h in hydrogens]
    if found and not lone_pairs:
        return found
    info = TYPE_INFO.get(types[atom])
    if info is None:
        return found
    wanted = info.geometry if lone_pairs else info.substituents
    heavy = [n for n in graph.neighbours[atom] if graph.element[n] != HYDROGEN]
    known = len(found) + len(heavy)
    if known >= wanted or known == 0:
        return found
    if known == 1 and info.geometry == TETRAHEDRAL:
        return found  # free to turn
    if info.geometry > wanted:
        return found  # the hydrogen may be in any of several directions
    coplanar: list[Point] = []
    if info.geometry == PLANAR:
        for n in heavy:
            partner = TYPE_INFO.get(types[n])
            if partner is not None and partner.geometry == PLANAR:
                coplanar.extend(graph.xyz[far] for far in graph.neighbours[n] if far != atom)
    length = _RADII[HYDROGEN] + _RADII.get(graph.element[atom], _DEFAULT_RADIUS)
    neighbours = [*found, *(graph.xyz[n] for n in heavy)]
    return [*found, *free_directions(graph.xyz[atom], info.geometry, length, neighbours, coplanar)]


def lone_pair_directions(graph: Graph, atom: int) -> list[Point]:
    """Points opposite to the lone pairs of a tetrahedral nitrogen: pair and point are symmetric about the atom."""
    here = graph.xyz[atom]
    row = graph.neighbours[atom]
    known = [graph.xyz[n] for n in row if graph.element[n] == HYDROGEN]
    known += [graph.xyz[n] for n in row if graph.element[n] != HYDROGEN]
    return [minus(scaled(here, 2.0), pair) for pair in free_directions(here, TETRAHEDRAL, 1.0, known, [])]


def free_directions(
    centre: Point, geometry: int, length: float, known: Sequence[Point], coplanar: Sequence[Point]
) -> list[Point]:
    """Ideal positions of the neighbours that are still missing.

    Parameters
    ----------
    centre : (x, y, z)
    geometry : int
        `LINEAR`, `PLANAR` or `TETRAHEDRAL`.
    length : float
        Distance of the new positions from the centre, angstrom.
    known : points
        Neighbours in place; at least one.
    coplanar : points
        Further neighbours of the neighbours, into whose plane the first planar position is to fall.

    Returns
    -------
    list of points
        Empty if nothing is missing.
    """
    full = {LINEAR: 2, PLANAR: 3, TETRAHEDRAL: 4}.get(geometry, 1)
    if not known or len(known) >= full:
        return []
    if geometry == LINEAR:
        return [add(centre, scaled(direction(known[0], centre), length))]
    new: list[Point] = []
    present = list(known)
    while len(present) < full:
        place = _planar if geometry == PLANAR else _tetrahedral
        new.append(place(centre, length, present, coplanar))
        present.append(new[-1])
    return new


def _planar(centre: Point, length: float, known: Sequence[Point], coplanar: Sequence[Point]) -> Point:
    u = direction(centre, known[0])
    if len(known) == 2:
        return add(centre, scaled(unit(add(u, direction(centre, known[1]))), -length))
    if not coplanar:
        return _tilted(centre, length, u, _any_perpendicular(u), _COS120, _SIN120)
    places = [
        _tilted(centre, length, u, scaled(unit(flatten(minus(point, centre), u)), sign), _COS120, _SIN120)
        for point, sign in zip(coplanar[:2], (1.0, -1.0), strict=False)
    ]
    if len(places) == 1:
        return places[0]
    middle = scaled(add(places[0], places[1]), 0.5)
    return add(centre, scaled(direction(centre, middle), length))


def _tetrahedral(centre: Point, length: float, known: Sequence[Point], _coplanar: Sequence[Point]) -> Point:
    vectors = [direction(centre, point) for point in known]
    if len(known) == 1:
        u = vectors[0]
        return _tilted(centre, length, u, _any_perpendicular(u), _COS_TET, _SIN_TET)
    if len(known) == 2:
        v1, v2 = vectors
        # The program crosses the two vectors in an order that rounding to single precision decides.
        s1, s2 = single_precision(v1), single_precision(v2)
        side = unit(cross(v1, v2) if dot(s1, s1) > dot(s2, s2) else cross(v2, v1))
        away = scaled(unit(add(v1, v2)), -1.0)
        return add(centre, scaled(add(scaled(away, _COS_HALF), scaled(side, _SIN_HALF)), length))
    v1, v2, v3 = vectors
    n = unit(cross(minus(v2, v1), minus(v3, v1)))
    if dot(n, v1) > 0.0:
        n = scaled(n, -1.0)
    return add(centre, scaled(n, length))


def _tilted(centre: Point, length: float, u: Point, y: Point, cosine: float, sine: float) -> Point:
    """A point at an angle of given cosine from the direction `u`, leaning towards the perpendicular `y`."""
    return add(centre, scaled(add(scaled(u, cosine), scaled(y, sine)), length))


def _any_perpendicular(u: Point) -> Point:
    """The part of the +Y axis perpendicular to `u`: an arbitrary but fixed azimuth."""
    y = flatten((0.0, 1.0, 0.0), u)
    return (0.0, 0.0, -u[1]) if dot(y, y) < 1e-12 else unit(y)
