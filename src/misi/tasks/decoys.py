"""Wrong options that look like the right one.

Composites use the three schemes of the paper (section 4.2.1), one decoy each: (1) other magnitudes of f1 and f2,
(2) the opposite sign of f1 and another magnitude of f2, (3) another axis of f1 and another magnitude of f2. A decoy
counts only if its picture differs visibly from every other option: the mean displacement of the atoms between the two
pictures must reach `LEAST_SEPARATION` of the picture's width. That also shuts out motions that are written differently
and end in one pose.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from misi.scene.motion import Axis, Operation, Operations, format_operations
from misi.tasks.viewpoint import Placed, displacement

#: Share of the picture's width; 10 pixels of 1024: about half a bond length in the front view.
LEAST_SEPARATION = 0.01
SCHEMES = ("magnitudes", "sign", "axis")


@dataclass(frozen=True)
class Options:
    """The right operations among decoys, in the order shown.

    Attributes
    ----------
    operations : tuple of Operations
    schemes : tuple of str
        ``truth`` or the scheme of each.
    separation : float
        Smallest mean displacement between two options, pixels.
    """

    operations: tuple[Operations, ...]
    schemes: tuple[str, ...]
    separation: float

    @property
    def right(self) -> int:
        return self.schemes.index("truth")

    def as_json(self) -> dict[str, object]:
        return {
            "options": [format_operations(operations) for operations in self.operations],
            "schemes": list(self.schemes),
            "separation_px": round(self.separation, 2),
        }


def _other_magnitude(operation: Operation, values: Sequence[float], rng: random.Random) -> Operation:
    """Another magnitude, the sign kept."""
    choices = [v for v in values if v * operation.amount > 0 and v != operation.amount]
    return Operation(operation.verb, operation.axis, rng.choice(choices))


def composite_decoy(
    scheme: str,
    truth: Operations,
    values: tuple[Sequence[float], Sequence[float]],
    axes: Sequence[Axis],
    rng: random.Random,
) -> Operations:
    """One decoy for f2(f1(.)).

    Parameters
    ----------
    values : two sequences
        What f1 and f2 may amount to.
    axes : sequence
        Axes that f1 may have.
    """
    f1, f2 = truth
    second = _other_magnitude(f2, values[1], rng)
    if scheme == "magnitudes":
        return _other_magnitude(f1, values[0], rng), second
    if scheme == "sign":
        return f1.inverse, second
    axis = rng.choice([axis for axis in axes if axis != f1.axis])
    return Operation(f1.verb, axis, f1.amount), second


def separated_options(
    truth: Operations, draw: Callable[[str], Operations], scene: Placed, rng: random.Random, tries: int = 24
) -> Options | None:
    """The truth and one decoy of each scheme at random places; None if no visibly different decoys are found.

    Parameters
    ----------
    draw : callable
        A decoy of a scheme.
    scene : Placed
        The complex that the options show.
    """
    least = LEAST_SEPARATION * scene.camera.width
    chosen: list[tuple[str, Operations, Placed]] = [("truth", truth, scene.moved(truth))]
    for scheme in SCHEMES:
        for candidate in _distinct(draw, scheme, tries):
            moved = scene.moved(candidate)
            if all(displacement(moved, other) >= least for _, _, other in chosen):
                chosen.append((scheme, candidate, moved))
                break
        else:
            return None
    rng.shuffle(chosen)
    separation = min(displacement(a[2], b[2]) for a, b in combinations(chosen, 2))
    return Options(tuple(c[1] for c in chosen), tuple(c[0] for c in chosen), separation)


def _distinct(draw: Callable[[str], Operations], scheme: str, tries: int) -> Iterator[Operations]:
    seen = set()
    for _ in range(tries):
        candidate = draw(scheme)
        if candidate not in seen:
            seen.add(candidate)
            yield candidate
