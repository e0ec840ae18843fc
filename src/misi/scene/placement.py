"""Where the labels of a picture go, so that few cover each other and none leaves its atom."""

import numpy as np

from misi.structures.complex import Bools, Floats


def place(
    anchor: Floats, width: Floats, height: float, gap: Floats, centred: Bools, columns: int, rows: int, *, moving: bool
) -> Floats:
    """(k, 2) left end of each label's baseline, pixels."""
    corner = np.empty_like(anchor)
    corner[:, 0] = np.where(centred, anchor[:, 0] - width / 2, anchor[:, 0] + gap)
    corner[:, 1] = np.where(centred, anchor[:, 1] + height / 2, anchor[:, 1])
    return corner
