"""Small vector arithmetic on (x, y, z) tuples, angstrom and degree; element-wise, so the same on every machine."""

import math
import struct

from misi.annotate.graph import Point, angle

__all__ = [
    "add",
    "angle",
    "cross",
    "direction",
    "dot",
    "flatten",
    "minus",
    "normal",
    "scaled",
    "single_precision",
    "unit",
]


def minus(a: Point, b: Point) -> Point:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def add(a: Point, b: Point) -> Point:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def scaled(a: Point, factor: float) -> Point:
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def dot(a: Point, b: Point) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Point, b: Point) -> Point:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def unit(a: Point) -> Point:
    """`a` at length 1; a vector of no length stays as it is."""
    length = math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])
    return a if length == 0.0 else (a[0] / length, a[1] / length, a[2] / length)


def direction(a: Point, b: Point) -> Point:
    """Unit vector from `a` to `b`."""
    return unit((b[0] - a[0], b[1] - a[1], b[2] - a[2]))


def normal(a: Point, b: Point, c: Point) -> Point | None:
    """Unit normal of the plane through three points; None if they lie on a line."""
    n = cross(minus(b, a), minus(c, b))
    return None if dot(n, n) == 0.0 else unit(n)


def flatten(a: Point, axis: Point) -> Point:
    """The part of `a` perpendicular to a unit vector."""
    along = dot(a, axis)
    return (a[0] - along * axis[0], a[1] - along * axis[1], a[2] - along * axis[2])


def single_precision(a: Point) -> Point:
    """`a` rounded to 32-bit floats."""
    x, y, z = struct.unpack("<3f", struct.pack("<3f", *a))
    return (x, y, z)
