"""Moves and rolls in screen axes, their text form, and what they do to coordinates.

Signs and centres follow the reference program (shared/spec/scene.md section 4): after ``move x 3`` everything
appears 3 A further right; a positive roll is right-handed about the screen axis (x right, y up, z to the viewer).
Coordinates are camera-frame: origin at the eye, visible points have negative z.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from misi.errors import ParseFailure
from misi.structures.complex import Floats

Verb = Literal["move", "roll"]
Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, Axis, Axis] = ("x", "y", "z")

_OPERATION = re.compile(r"(move|roll)\s+([xyz])\s+([+-]?(?:\d+(?:\.\d*)?|\.\d+))")
_LARGEST = 1e5  # beyond this a number is a mistake, not a motion


@dataclass(frozen=True, slots=True)
class Operation:
    """One motion: ``move`` by `amount` angstrom or ``roll`` by `amount` degrees about a screen axis."""

    verb: Verb
    axis: Axis
    amount: float

    def __str__(self) -> str:
        return f"{self.verb} {self.axis} {self.amount:g}"

    @property
    def inverse(self) -> "Operation":
        return Operation(self.verb, self.axis, -self.amount)


Operations = tuple[Operation, ...]


def format_operations(operations: Iterable[Operation]) -> str:
    """``move x 3, roll y 45``."""
    return ", ".join(map(str, operations))


def parse_operations(text: str) -> Operations:
    """Inverse of `format_operations`; blank text is no operation.

    Raises
    ------
    ParseFailure
        Any part is not ``move|roll x|y|z number``.
    """
    operations = []
    for part in filter(None, (part.strip() for part in text.lower().split(","))):
        match = _OPERATION.fullmatch(part)
        if not match:
            raise ParseFailure("bad_operation", f"{part!r} is not like 'move x 3' or 'roll y 45'")
        amount = float(match[3])
        if abs(amount) > _LARGEST:
            raise ParseFailure("bad_operation", f"{part!r} is out of range")
        operations.append(Operation(match[1], match[2], amount))  # type: ignore[arg-type]
    return tuple(operations)


#: The six views, each from the front (shared/spec/tasks.md section 1).
VIEWS: dict[str, Operations] = {
    "front": (),
    "top": (Operation("roll", "x", 90),),
    "left": (Operation("roll", "y", 90),),
    "right": (Operation("roll", "y", -90),),
    "bottom": (Operation("roll", "x", -90),),
    "back": (Operation("roll", "y", 180),),
}
THREE_VIEWS = ("front", "top", "left")
SIX_VIEWS = ("front", "top", "left", "right", "bottom", "back")


def cos_sin(degrees: float) -> tuple[float, float]:
    """Cosine and sine, exact at multiples of 90 degrees."""
    quarter = degrees / 90
    if quarter == round(quarter):
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[round(quarter) % 4]
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def apply(xyz: Floats, pivot: Floats, operations: Iterable[Operation]) -> tuple[Floats, Floats]:
    """Carry out operations one after the other; rolls are right-handed.

    Parameters
    ----------
    xyz : (n, 3)
        Camera-frame coordinates, angstrom.
    pivot : (3,)
        Centre of rotation in the same frame; it moves with the scene.

    Returns
    -------
    (n, 3) and (3,)
        New coordinates and pivot.
    """
    xyz, pivot = np.array(xyz, dtype=float), np.array(pivot, dtype=float)
    for operation in operations:
        i = AXES.index(operation.axis)
        if operation.verb == "move":
            xyz[:, i] += operation.amount
            pivot[i] += operation.amount
            continue
        # element-wise: results of linear algebra libraries differ between processors
        j, k = (i + 1) % 3, (i + 2) % 3
        cos, sin = cos_sin(operation.amount)
        y, z = xyz[:, j] - pivot[j], xyz[:, k] - pivot[k]
        xyz[:, j], xyz[:, k] = cos * y - sin * z + pivot[j], sin * y + cos * z + pivot[k]
    return xyz, pivot
