# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""Reducing a picture to at most 256 colours, so that a pixel takes one byte instead of three.

Colours are counted in cells of 8 levels a channel; the cells are split by the greedy rule of Wan, Prusinkiewicz and
Wong ("Variance-based color image quantization for frame buffer display", Color Research & Application 15, 1990): the
box whose colours differ most from their mean is cut through the mean, across the axis of its greatest variance. All
sums are integers or exactly rounded products in a fixed order, so the palette is the same everywhere.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

COLOURS = 256
BITS = 5  # of each channel that the cells tell apart
_CELLS = 1 << 3 * BITS
U = np.uint64  # of indices that are never negative


@njit(cache=True, nogil=True, error_model="numpy")
def _cell(red, green, blue):
    shift = 8 - BITS
    return ((np.int64(red) >> shift) << 2 * BITS) | ((np.int64(green) >> shift) << BITS) | (np.int64(blue) >> shift)


@njit(cache=True, nogil=True, error_model="numpy")
def _count(rgb, words, flat, background, slot, sums, rows):
    """Number and sum of the colours in each cell that occurs, the background's own colour left out.

    `words` is the same memory as `rgb`, eight bytes a word, and `flat` the three words that eight pixels of
    background make: most of a picture is background and is passed over eight pixels at a time. `slot` maps cells to
    their row in `sums`, -1 elsewhere; `rows`, which comes filled with zeros, gets that row and one of each pixel.
    Returns the number of rows.
    """
    back_r, back_g, back_b = background[0], background[1], background[2]
    flat_0, flat_1, flat_2 = flat[0], flat[1], flat[2]
    n = 0
    blocks = U(len(words) // 3)
    for block in range(blocks + U(1)):
        word = U(3) * block
        if block < blocks and words[word] == flat_0 and words[word + U(1)] == flat_1 and words[word + U(2)] == flat_2:
            continue
        stop = U(24) * (block + U(1)) if block < blocks else U(len(rgb))
        for i in range(U(24) * block, stop, U(3)):
            red, green, blue = rgb[i], rgb[i + U(1)], rgb[i + U(2)]
            if red == back_r and green == back_g and blue == back_b:
                continue
            cell = _cell(red, green, blue)
            row = slot[cell]
            if row < 0:
                row = slot[cell] = n
                n += 1
            sums[row, 0] += 1
            sums[row, 1] += red
            sums[row, 2] += green
            sums[row, 3] += blue
            rows[i // U(3)] = row + 1
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(sums, squares, order, start, stop):
    """Axis of the greatest variance of a box's cells, the mean on it, and the sum of squares about it."""
    weight = red = green = blue = 0.0
    red_2 = green_2 = blue_2 = 0.0
    for k in range(U(start), U(stop)):
        row = U(order[k])
        weight += sums[row, 0]
        red += sums[row, 1]
        green += sums[row, 2]
        blue += sums[row, 3]
        red_2 += squares[row, 0]
        green_2 += squares[row, 1]
        blue_2 += squares[row, 2]
    best, middle, most = 0, red / weight, red_2 - red * (red / weight)
    about = green_2 - green * (green / weight)
    if about > most:
        best, middle, most = 1, green / weight, about
    about = blue_2 - blue * (blue / weight)
    if about > most:
        best, middle, most = 2, blue / weight, about
    return best, middle, most


@njit(cache=True, nogil=True, error_model="numpy")
def _split(sums, n, most_boxes, table, box_of):
    """Colours of at most `most_boxes` boxes into `table`, and the box of each row; returns the number of boxes."""
    squares = np.empty((n, 3))  # of each cell's sums, over its number
    for row in range(n):
        for axis in range(3):
            value = float(sums[row, axis + 1])
            squares[row, axis] = value * value / sums[row, 0]
    order = np.arange(n)
    spare = np.empty(n, dtype=np.int64)
    starts, stops = np.zeros(most_boxes, dtype=np.int64), np.zeros(most_boxes, dtype=np.int64)
    axes, middles, spreads = np.zeros(most_boxes, dtype=np.int64), np.zeros(most_boxes), np.zeros(most_boxes)
    stops[0] = n
    axes[0], middles[0], spreads[0] = _spread(sums, squares, order, 0, n)
    boxes = 1
    while boxes < most_boxes:
        box = np.argmax(spreads[:boxes])
        if spreads[box] <= 0.5:
            break
        start, stop, axis, middle = starts[box], stops[box], axes[box], middles[box]
        low, high = start, 0
        for k in range(start, stop):  # stable partition at the mean
            row = order[k]
            if sums[row, axis + 1] <= middle * sums[row, 0]:
                order[low] = row
                low += 1
            else:
                spare[high] = row
                high += 1
        for k in range(high):
            order[low + k] = spare[k]
        if low in (start, stop):
            spreads[box] = 0.0
            continue
        starts[boxes], stops[boxes], stops[box] = low, stop, low
        axes[box], middles[box], spreads[box] = _spread(sums, squares, order, start, low)
        axes[boxes], middles[boxes], spreads[boxes] = _spread(sums, squares, order, low, stop)
        boxes += 1
    for box in range(boxes):
        count = red = green = blue = 0
        for k in range(starts[box], stops[box]):
            row = order[k]
            box_of[row] = box
            count += sums[row, 0]
            red += sums[row, 1]
            green += sums[row, 2]
            blue += sums[row, 3]
        table[box, 0] = (2 * red + count) // (2 * count)
        table[box, 1] = (2 * green + count) // (2 * count)
        table[box, 2] = (2 * blue + count) // (2 * count)
    return boxes


@njit(cache=True, nogil=True, error_model="numpy")
def _assign(rows, box_of, indices):
    """Number of the box of each pixel's row and one, 0 for the background."""
    entry = np.zeros(len(box_of) + 1, dtype=np.uint8)
    for row in range(len(box_of)):
        entry[row + 1] = box_of[row] + 1
    for k in range(U(len(indices))):
        indices[k] = entry[U(rows[k])]


def reduce_colours(
    rgb: NDArray[np.uint8], background: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A picture as indices into a palette.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
    background : (3,) tuple of int
        Kept exactly, as entry 0.

    Returns
    -------
    (H, W) uint8 and (p, 3) uint8
        Indices and the palette, p <= 256.
    """
    flat = np.ascontiguousarray(rgb).reshape(-1)
    back = np.array(background, dtype=np.uint8)
    words = flat[: len(flat) // 24 * 24].view(np.uint64)
    eight = np.tile(back, 8).view(np.uint64)
    slot = np.full(_CELLS, -1, dtype=np.int32)
    sums = np.zeros((_CELLS, 4), dtype=np.int64)
    rows = np.zeros(len(flat) // 3, dtype=np.uint16)
    n = _count(flat, words, eight, back, slot, sums, rows)
    table = np.zeros((COLOURS, 3), dtype=np.uint8)
    table[0] = back
    box_of = np.zeros(max(n, 1), dtype=np.int64)
    boxes = _split(sums, n, COLOURS - 1, table[1:], box_of) if n else 0
    indices = np.empty(len(rows), dtype=np.uint8)
    _assign(rows, box_of, indices)
    return indices.reshape(rgb.shape[:2]), table[: boxes + 1]
