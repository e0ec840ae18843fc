"""The tightest of all limits that a pair of atoms is tested against."""

import math
from typing import Final

from misi.annotate.criteria import ANGLE_TOLERANCE, DISTANCE_TOLERANCE, NEAR_MISS_MARGIN

#: Margin of a pair that fails for another reason than a number: it is no near miss either.
IMPOSSIBLE: Final = -math.inf


class Tightest:
    """Running minimum of margins over limits, with the name of the limit that set it.

    A margin is how far inside a limit a value lies, as a share of the tolerance granted on limits of that kind:
    0.4 A for distances, 20 degrees for angles.
    """

    __slots__ = ("limit", "margin")

    def __init__(self) -> None:
        self.margin = math.inf
        self.limit = ""

    def take(self, limit: str, margin: float) -> None:
        if margin < self.margin:
            self.margin, self.limit = margin, limit

    def fail(self, limit: str) -> None:
        self.take(limit, IMPOSSIBLE)

    @property
    def hopeless(self) -> bool:
        """Too far outside even for a near miss; further limits need no look."""
        return self.margin < NEAR_MISS_MARGIN


def distance_margin(value: float, at_most: float) -> float:
    return (at_most - value) / DISTANCE_TOLERANCE


def margin_above(value: float, at_least: float) -> float:
    """Margin of an angle over its lower limit; a limit of 0 cannot be failed and has no margin."""
    return math.inf if at_least <= 0.0 else (value - at_least) / ANGLE_TOLERANCE


def margin_below(value: float, at_most: float) -> float:
    """Margin of an angle under its upper limit; a limit of 180 cannot be failed and has no margin."""
    return math.inf if at_most >= 180.0 else (at_most - value) / ANGLE_TOLERANCE
