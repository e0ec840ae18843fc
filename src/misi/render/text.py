# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""Drawing labels into a picture."""

import threading
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from misi.render.letters import ATLAS_ASCENT, ATLAS_DESCENT, ATLAS_EM, HALO, MARGIN, shrunk, spread, text_raster
from misi.scene.font import CAP_HEIGHT, DESCENT, UNITS, printable
from misi.scene.labels import LabelSet

LEFT = 0.5  # texels by which the reference program's letters stand further left (measured on its stored pictures)
_POOL_BYTES = 1 << 25  # some 3,000 labels of the usual size

Grey = NDArray[np.uint8]
U = np.uint64  # of indices that are never negative
H = np.uint16


class _Pool:
    """Label pictures of one font size, end to end in one array: halo, then letters, of each text.

    Each pixel stands three times, once for each channel, so that blending is one long vector loop over bytes.
    """

    def __init__(self, em: float, stretch: float) -> None:
        self.em, self.stretch = em, stretch
        self.lock = threading.Lock()
        self._reset()

    def _reset(self) -> None:
        self.pixels = np.zeros(_POOL_BYTES, dtype=np.uint8)
        self.used = 0
        self.places: dict[str, tuple[int, int, int]] = {}

    def find(self, texts: tuple[str, ...]) -> tuple[Grey, NDArray[np.int64]]:
        """The array, and for each text its offset, rows and columns in it."""
        with self.lock:
            if self.used > _POOL_BYTES // 2:
                self._reset()
            places = [self.places.get(text) or self._add(text) for text in texts]
            return self.pixels, np.array(places, dtype=np.int64).reshape(-1, 3)

    def _add(self, text: str) -> tuple[int, int, int]:
        grey = shrunk(text_raster(text), self.em, self.stretch)
        halo = spread(grey)
        both = np.concatenate([halo.ravel(), grey.ravel()]).repeat(3)
        if self.used + len(both) > len(self.pixels):
            self.pixels = np.concatenate([self.pixels, np.zeros(max(_POOL_BYTES, len(both)), dtype=np.uint8)])
        self.pixels[self.used : self.used + len(both)] = both
        place = self.places[text] = (self.used, *grey.shape)
        self.used += len(both)
        return place


@lru_cache(maxsize=8)
def _pool(em: float, stretch: float) -> _Pool:
    return _Pool(em, stretch)


def draw_labels(labels: LabelSet, background: tuple[int, int, int], rgb: Grey, alpha: Grey) -> None:
    """Blend the labels into a picture, in order; `alpha` may be empty."""
    if not len(labels):
        return
    back = np.array(background, dtype=np.float64)
    ink = back + (labels.colour.astype(np.float64) - back) * labels.brightness[:, None]
    if labels.halo:
        _draw_screen(labels, np.floor(ink + 0.5).astype(np.int64), back.astype(np.int64), rgb, alpha)
    else:
        _draw_scaled(labels, ink.astype(np.float32), rgb, alpha)


def _draw_screen(labels: LabelSet, ink: NDArray[np.int64], back: NDArray[np.int64], rgb: Grey, alpha: Grey) -> None:
    pixels, places = _pool(float(labels.em[0]), labels.stretch).find(labels.text)
    left, top = _corners(labels)
    _blend(pixels, places, left, top, ink, back, rgb.reshape(len(rgb), -1), alpha)


def _corners(labels: LabelSet) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Whole pixels at which the upper left corners of screen labels' pictures stand, the halo included."""
    above = np.ceil(ATLAS_ASCENT * labels.em / ATLAS_EM).astype(np.int64) + HALO
    base = labels.corner[:, 1] - DESCENT * labels.em / UNITS
    left = np.floor(labels.corner[:, 0] + 0.5).astype(np.int64) - HALO
    return left, np.floor(base + 0.5).astype(np.int64) - above


def label_picture(labels: LabelSet, i: int) -> tuple[Grey, Grey, int, int]:
    """Halo and letters of one screen label, coverage 0..255, and the column and row of their upper left corner."""
    left, top = _corners(labels)
    pixels, ((offset, high, wide),) = _pool(float(labels.em[i]), labels.stretch).find(labels.text[i : i + 1])
    halo, grey = pixels[offset : offset + 6 * high * wide : 3].reshape(2, high, wide)
    return halo, grey, int(left[i]), int(top[i])


def write(
    rgb: Grey,
    text: str,
    left: float,
    base: float,
    cap: float,
    ink: tuple[int, int, int],
    back: tuple[int, int, int],
    alpha: Grey | None = None,
) -> None:
    """One line of text with a halo anywhere in a picture, its capitals `cap` pixels high, on the row `base`."""
    alpha = np.zeros((0, 0), dtype=np.uint8) if alpha is None else alpha
    pixels, places = _pool(cap * UNITS / CAP_HEIGHT, 1.0).find((printable(text),))
    above = int(np.ceil(ATLAS_ASCENT * cap * UNITS / CAP_HEIGHT / ATLAS_EM)) + HALO
    corner = np.array([left], dtype=np.int64) - HALO, np.array([base], dtype=np.int64) - above
    colours = np.array([ink], dtype=np.int64), np.array(back, dtype=np.int64)
    _blend(pixels, places, *corner, *colours, rgb.reshape(len(rgb), -1), alpha)


@njit(cache=True, nogil=True, error_model="numpy")
def _over(below, above, cover):
    """`above` over `below` with a coverage of 0..255, rounded: the quotient by 255 without a division.

    Sixteen bits hold every step; written so, the compiler works on as many bytes at once as it can.
    """
    mixed = H(below * H(H(255) - cover)) + H(above * cover) + H(128)
    return H(H(H(mixed) + (H(mixed) >> H(8))) >> H(8))


@njit(cache=True, nogil=True, error_model="numpy")
def _blend(pixels, places, left, top, ink, back, rgb, alpha):
    """Integer blend of label pictures at whole pixels: the halo dims to the background, the letters cover.

    `rgb` has the channels of a row end to end.
    """
    rows, columns = rgb.shape[0], rgb.shape[1] // 3
    widest = 0
    for i in range(len(places)):
        widest = max(widest, places[i, 2])
    letters, ground = np.empty(3 * widest, dtype=np.uint8), np.empty(3 * widest, dtype=np.uint8)
    for k in range(widest):
        for channel in range(3):
            ground[3 * k + channel] = back[channel]
    for i in range(len(places)):
        offset, high, wide = places[i]
        size = U(3 * high * wide)
        x0, x1 = max(left[i], 0), min(left[i] + wide, columns)
        if x0 >= x1:
            continue
        for k in range(wide):
            for channel in range(3):
                letters[3 * k + channel] = ink[i, channel]
        for y in range(max(top[i], 0), min(top[i] + high, rows)):
            source = U(offset + 3 * ((y - top[i]) * wide - left[i] + x0))
            halo, grey = pixels[source : source + size], pixels[source + size : source + size + size]
            line = rgb[y, 3 * x0 : 3 * x1]
            for k in range(U(len(line))):
                line[k] = _over(_over(H(line[k]), H(ground[k]), H(halo[k])), H(letters[k]), H(grey[k]))
            if alpha.size:
                for k in range(U(x1 - x0)):
                    alpha[y, U(x0) + k] = max(alpha[y, U(x0) + k], halo[U(3) * k], grey[U(3) * k])


def _draw_scaled(labels: LabelSet, ink: NDArray[np.float32], rgb: Grey, alpha: Grey) -> None:
    for i, text in enumerate(labels.text):
        _blend_scaled(
            text_raster(text),
            float(labels.corner[i, 0]),
            float(labels.corner[i, 1]),
            float(labels.em[i]),
            ink[i],
            rgb,
            alpha,
        )


@njit(cache=True, nogil=True, error_model="numpy")
def _blend_scaled(raster, x0, y0, em, ink, rgb, alpha):
    """A text image at any size and place: bilinear at the nine samples of a pixel, as the reference program does.

    Its lower left corner stands at column x0, row y0. Colour and coverage are interpolated apart and the colour of
    texels without coverage is black, so edges are thinner than coverage alone would make them.
    """
    rows, columns = rgb.shape[0], rgb.shape[1]
    ratio = ATLAS_EM / em
    high = (ATLAS_ASCENT + ATLAS_DESCENT) / ratio
    wide = (raster.shape[1] - 2 * MARGIN) / ratio
    first_row, last_row = max(int(np.floor(y0 - high)), 0), min(int(np.ceil(y0)), rows)
    first_column, last_column = max(int(np.floor(x0)), 0), min(int(np.ceil(x0 + wide)), columns)
    for y in range(first_row, last_row):
        for x in range(first_column, last_column):
            cover = glow = np.float32(0)
            for j in range(3):
                v = (y + (2 * j + 1) / 6 - (y0 - high)) * ratio - 0.5
                if not -0.5 <= v < ATLAS_ASCENT + ATLAS_DESCENT - 0.5:
                    continue
                row = int(np.floor(v))
                fy = np.float32(v - row)
                for i in range(3):
                    u = (x + (2 * i + 1) / 6 - x0) * ratio - 0.5 + LEFT
                    if not -0.5 <= u < raster.shape[1] - 2 * MARGIN - 0.5:
                        continue
                    column = int(np.floor(u))
                    fx = np.float32(u - column)
                    a, b = raster[row + MARGIN, column + MARGIN], raster[row + MARGIN, column + MARGIN + 1]
                    c, d = raster[row + MARGIN + 1, column + MARGIN], raster[row + MARGIN + 1, column + MARGIN + 1]
                    one = np.float32(1)
                    share = (a * (one - fx) + b * fx) * (one - fy) + (c * (one - fx) + d * fx) * fy
                    white = np.float32(0)
                    white += (one - fx) * (one - fy) if a > 0 else np.float32(0)
                    white += fx * (one - fy) if b > 0 else np.float32(0)
                    white += (one - fx) * fy if c > 0 else np.float32(0)
                    white += fx * fy if d > 0 else np.float32(0)
                    cover += share
                    glow += share * white
            if cover == 0:
                continue
            cover, glow = cover / np.float32(9), glow / np.float32(9)
            for channel in range(3):
                value = rgb[y, x, channel] * (np.float32(1) - cover) + ink[channel] * glow
                rgb[y, x, channel] = np.uint8(min(value, np.float32(255)))
            if alpha.size:
                alpha[y, x] = max(alpha[y, x], np.uint8(cover * np.float32(255)))
