"""Figure 8 of the paper: one scene at two depths, side by side.

The paper chooses its range of depths by what a viewer can tell apart: at 20 to 40 A one angstrom more hardly shows
(appendix A.2). Beside the pictures stands how far one angstrom more moves what is seen, in pixels, which each item of
the zooming task has stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from misi.errors import MisiError
from misi.scene.motion import parse_operations
from misi.seeds import rank_of
from misi.tasks.question import ImageRef, Question


@dataclass(frozen=True)
class DepthView:
    """A scene after its move toward the viewer.

    Attributes
    ----------
    question : str
        Id of the zooming item.
    depth : float
        Angstrom.
    image : ImageRef
    on_screen : int or None
        Atoms still seen.
    resolution : float or None
        Pixels by which one angstrom more, or less, displaces them.
    """

    question: str
    depth: float
    image: ImageRef
    on_screen: int | None
    resolution: float | None


@dataclass(frozen=True)
class Depths:
    """One complex from the front, as it stands and at two or more depths, nearest to the start first."""

    complex_id: str
    before: ImageRef
    views: tuple[DepthView, ...]

    @property
    def images(self) -> tuple[ImageRef, ...]:
        return (self.before, *(view.image for view in self.views))


def depths_of(questions: Iterable[Question]) -> dict[str, Depths]:
    """Complexes that stand in zooming items at two depths or more, by id."""
    before: dict[str, ImageRef] = {}
    found: dict[str, dict[float, DepthView]] = defaultdict(dict)
    for question in questions:
        if question.task != "zooming" or not question.images:
            continue
        try:
            (operation,) = parse_operations(question.answer)
        except (MisiError, ValueError):
            continue  # not one of ours; the case's own page shows it as it is
        told = question.derivation
        on_screen, resolution = told.get("atoms_on_screen"), told.get("resolution_px")
        before.setdefault(question.complex_id, question.images[0])
        found[question.complex_id][operation.amount] = DepthView(
            question.id,
            operation.amount,
            question.images[-1],
            on_screen if isinstance(on_screen, int) else None,
            float(resolution) if isinstance(resolution, int | float) else None,
        )
    return {
        name: Depths(name, before[name], tuple(views[depth] for depth in sorted(views)))
        for name, views in found.items()
        if len(views) > 1
    }


def nearest_pair(depths: Mapping[str, Depths]) -> Depths | None:
    """The complex with two depths closest to each other, and only those two of its views; None without any."""
    pairs = [(one, a, b) for one in depths.values() for a, b in pairwise(one.views)]
    if not pairs:
        return None
    one, a, b = min(pairs, key=lambda pair: (pair[2].depth - pair[1].depth, rank_of("figure-8", pair[1].question)))
    return Depths(one.complex_id, one.before, (a, b))
