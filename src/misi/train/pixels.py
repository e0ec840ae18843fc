"""How many pixels and tokens a picture takes, and one setting of it for training and evaluation.

Qwen-VL processors resize every picture so that both sides are multiples of a cell (patch x merge) and the area lies in
[least, most]. Both bounds come from the dataset's manifest, so that no picture is enlarged, and training, evaluation
and serving see the same pixels. The processor saved with a checkpoint carries them.
"""

import math
from typing import Any, NamedTuple

from misi.errors import MisiError

#: Cell sides in pixels: patch size times merge size (model cards of Qwen2.5-VL and Qwen3-VL).
QWEN25_CELL, QWEN3_CELL = 28, 32


class Budget(NamedTuple):
    """Least and most pixels of a picture after resizing."""

    least: int
    most: int


def budget_of(manifest: dict[str, Any]) -> Budget:
    """The budget of a dataset: its own pictures, neither enlarged nor reduced but for rounding to cells.

    Raises
    ------
    MisiError
        The manifest holds no picture size.
    """
    try:
        width, height = manifest["image_size"]
        most = int(manifest["max_pixels"])
    except (KeyError, TypeError, ValueError):
        raise MisiError("the dataset's manifest holds no image_size and max_pixels") from None
    return Budget(min(QWEN25_CELL**2, int(width) * int(height)), most)


def apply_budget(processor: Any, budget: Budget) -> None:
    """Set the budget on a processor.

    transformers 5 reads the `size` entry alone: setting an attribute `max_pixels`, as older recipes do, is accepted
    and does nothing.
    """
    size = {"shortest_edge": budget.least, "longest_edge": budget.most}
    for part in (processor.image_processor, getattr(processor, "video_processor", None)):
        if part is not None:
            part.size = type(part.size)(**size) if not isinstance(part.size, dict) else size


def cell_of(processor: Any) -> int:
    """Side of the square that becomes one token, pixels."""
    part = processor.image_processor
    return int(part.patch_size) * int(part.merge_size)


def resized(width: int, height: int, budget: Budget, cell: int = QWEN25_CELL) -> tuple[int, int]:
    """(width, height) that the processor makes of a picture; the rule of Qwen2-VL's `smart_resize`.

    A size whose sides are multiples of the cell is kept. At exactly `most` pixels, a side rounded up pushes both down:
    768 x 576 becomes 756 x 560 with 28-pixel cells.
    """
    h, w = round(height / cell) * cell, round(width / cell) * cell
    if h * w > budget.most:
        shrink = math.sqrt(height * width / budget.most)
        h, w = (max(cell, math.floor(side / shrink / cell) * cell) for side in (height, width))
    elif h * w < budget.least:
        grow = math.sqrt(budget.least / (height * width))
        h, w = (math.ceil(side * grow / cell) * cell for side in (height, width))
    return w, h


def tokens_of(width: int, height: int, budget: Budget, cell: int = QWEN25_CELL) -> int:
    """Tokens of one picture, without its two brackets."""
    w, h = resized(width, height, budget, cell)
    return (w // cell) * (h // cell)
