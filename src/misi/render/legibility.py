"""Which labels of a picture can be read: an automatic check of drawn letters against the atlas."""

import numpy as np
from numpy.typing import NDArray

from misi.render.text import label_picture
from misi.scene.scene import Scene

READABLE = 0.85  # share of a label's ink that must be left uncovered for it to count as readable
_INK = 128  # coverage from which on a pixel belongs to a letter


def readable_share(scene: Scene) -> NDArray[np.float64]:
    """Share of each ``screen`` label's ink that neither later labels nor the picture's edge hide.

    Returns
    -------
    (k,) float64
        0 to 1, in the order of `scene.labels`.
    """
    labels, camera = scene.labels, scene.camera
    owner = np.full((camera.height, camera.width), -1, dtype=np.int64)
    ink = np.zeros(len(labels), dtype=np.int64)
    for i in range(len(labels)):
        halo, grey, left, top = label_picture(labels, i)
        ink[i] = int((grey >= _INK).sum())
        rows = slice(max(top, 0), min(top + grey.shape[0], camera.height))
        columns = slice(max(left, 0), min(left + grey.shape[1], camera.width))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        part = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
        owner[rows, columns][halo[part] >= _INK] = -1  # a halo wipes out what it covers
        owner[rows, columns][grey[part] >= _INK] = i
    left_over = np.bincount(owner[owner >= 0], minlength=len(labels))
    return left_over / np.maximum(ink, 1)
