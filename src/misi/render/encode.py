"""Pixels -> PNG bytes (ISO/IEC 15948), the same for the same pixels on every x86 processor with SSE 4.2."""

import struct

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from misi.render.palette import reduce_colours

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TRUECOLOUR, _PALETTE, _TRUECOLOUR_ALPHA = 2, 3, 6  # colour types of the header
_LEVEL = 2  # of ISA-L; at level 3 the bytes differ between processors: docs/decisions/012-png.md


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", isal_zlib.crc32(data, isal_zlib.crc32(kind)))


def png(
    rgb: NDArray[np.uint8],
    alpha: NDArray[np.uint8] | None = None,
    *,
    reduced_to: tuple[int, int, int] | None = None,
) -> bytes:
    """PNG bytes of a picture, 8 bits a channel.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
    alpha : (H, W) uint8 or None
    reduced_to : (3,) tuple of int or None
        The background of a picture that is to be written with a palette of at most 256 colours, the background
        among them. Not used with `alpha`.
    """
    if alpha is not None:
        return _file(_TRUECOLOUR_ALPHA, np.dstack([rgb, alpha]))
    if reduced_to is None:
        return _file(_TRUECOLOUR, rgb)
    indices, palette = reduce_colours(rgb, reduced_to)
    return _file(_PALETTE, indices[:, :, None], _chunk(b"PLTE", palette.tobytes()))


def _file(colour_type: int, pixels: NDArray[np.uint8], palette: bytes = b"") -> bytes:
    height, width, channels = pixels.shape
    # Each line starts with its filter; none helps here: the pictures are flat background and short, noisy stretches.
    lines = np.empty((height, 1 + width * channels), dtype=np.uint8)
    lines[:, 0] = 0
    lines[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    body = isal_zlib.compress(lines, _LEVEL)
    return _SIGNATURE + _chunk(b"IHDR", header) + palette + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
