# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""Texts as pictures, from a glyph atlas that is shipped: no font library takes part, so the bytes depend on none."""

from functools import lru_cache
from importlib import resources
from math import ceil, floor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from misi.scene.font import FIRST, UNITS, pen_positions

# The atlas (benchmarks/render_glyphs.py): cells side by side, one pen position each.
ATLAS_EM, ATLAS_ASCENT, ATLAS_DESCENT, MARGIN = 64, 58, 14, 2
HALO = 2  # pixels that the halo reaches beyond the letters


@lru_cache(maxsize=1)
def _atlas() -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """Coverage 0..1 of all cells, the first column of each, and in each the column after the last inked one."""
    with resources.files("misi.render").joinpath("data/glyphs.npz").open("rb") as stream, np.load(stream) as data:
        coverage, starts = data["coverage"], data["starts"]
    inked = [np.flatnonzero(cell.any(axis=0)) for cell in np.split(coverage, starts[1:-1], axis=1)]
    ends = np.array([columns[-1] + 1 if len(columns) else 0 for columns in inked], dtype=np.int32)
    return coverage.astype(np.float32) / np.float32(255), starts, ends


@lru_cache(maxsize=512)
def text_raster(text: str) -> NDArray[np.float32]:
    """(76, w) coverage 0..1 of a text at atlas size, letters kerned and set at whole pixels, with a margin of 2."""
    cells, starts, ends = _atlas()
    pens = [pen * ATLAS_EM // UNITS for pen in pen_positions(text)]
    codes = [ord(letter) - FIRST for letter in text]
    end = max((pen + int(ends[code]) for code, pen in zip(codes, pens, strict=False) if ends[code]), default=0)
    widest = int((starts[1:] - starts[:-1]).max())
    raster = np.zeros((cells.shape[0], max(pens) + widest + MARGIN), dtype=np.float32)
    for code, pen in zip(codes, pens, strict=False):
        cell = cells[:, starts[code] : starts[code + 1]]
        place = raster[:, pen : pen + cell.shape[1]]
        np.maximum(place, cell, out=place)
    raster = np.ascontiguousarray(raster[:, : end + MARGIN])
    raster.setflags(write=False)
    return raster


@njit(cache=True, nogil=True, error_model="numpy")
def shrunk(raster, em, stretch):
    """(h, w) uint8 coverage of a text raster at font size `em` (pixels) and width `stretch`, by a box filter.

    The baseline falls on a pixel border; a halo's room lies around.
    """
    ratio = ATLAS_EM / em
    narrow = ratio / stretch
    above, below = ceil(ATLAS_ASCENT / ratio), ceil(ATLAS_DESCENT / ratio)
    width = ceil((raster.shape[1] - 2 * MARGIN) / narrow)
    grey = np.zeros((above + below + 2 * HALO, width + 2 * HALO), dtype=np.uint8)
    line = np.empty(raster.shape[1])
    for i in range(above + below):
        low = MARGIN + ATLAS_ASCENT - above * ratio + ratio * i
        line[:] = 0.0
        for y in range(max(floor(low), 0), min(ceil(low + ratio), raster.shape[0])):
            share = (min(low + ratio, y + 1.0) - max(low, float(y))) / ratio
            for x in range(raster.shape[1]):
                line[x] += share * raster[y, x]
        for j in range(width):
            left = MARGIN + narrow * j
            total = 0.0
            for x in range(floor(left), min(ceil(left + narrow), raster.shape[1])):
                total += line[x] * (min(left + narrow, x + 1.0) - max(left, float(x)))
            grey[HALO + i, HALO + j] = floor(min(total / narrow, 1.0) * 255 + 0.5)
    return grey


@njit(cache=True, nogil=True, error_model="numpy")
def spread(grey):
    """(h, w) uint8 halo: coverage spread by up to two pixels, full at one, less at its corners and at two."""
    rows, columns = grey.shape
    halo = np.zeros((rows, columns), dtype=np.uint8)
    weights = (16, 16, 13, 0, 7, 4, 0, 0, 0)  # sixteenths, by the square of the distance
    for y in range(rows):
        for x in range(columns):
            if grey[y, x] == 0:
                continue
            for dy in range(max(-HALO, -y), min(HALO, rows - 1 - y) + 1):
                for dx in range(max(-HALO, -x), min(HALO, columns - 1 - x) + 1):
                    value = np.int64(grey[y, x]) * weights[dx * dx + dy * dy] // 16
                    if value > halo[y + dy, x + dx]:
                        halo[y + dy, x + dx] = value
    return halo
