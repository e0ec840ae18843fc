"""The encoder's streams against the standard library's decoder."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.render.deflate import zlib_stream


def decoded(data: bytes, distance: int) -> bytes:
    return zlib.decompress(zlib_stream(np.frombuffer(data, dtype=np.uint8), distance))


@given(st.binary(max_size=3000), st.integers(1, 4))
@settings(deadline=None)
def test_any_bytes_come_back(data: bytes, distance: int) -> None:
    assert decoded(data, distance) == data


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=4), st.integers(1, 700)), max_size=12), st.integers(1, 4))
@settings(deadline=None)
def test_runs_come_back(runs: list[tuple[bytes, int]], distance: int) -> None:
    data = b"".join(piece * times for piece, times in runs)
    assert decoded(data, distance) == data


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 257, 258, 259, 260, 261, 516, 517, 10**6 + 3])
def test_zeros_of_any_length(size: int) -> None:
    assert decoded(bytes(size), 3) == bytes(size)
    assert decoded(b"\7" + bytes(size) + b"\7", 3) == b"\7" + bytes(size) + b"\7"


def test_very_uneven_counts_need_codes_cut_to_length() -> None:
    """Counts like Fibonacci numbers make the deepest Huffman tree; fifteen bits are the limit."""
    counts = [1, 1]
    while len(counts) < 27:
        counts.append(counts[-1] + counts[-2])
    data = np.repeat(np.arange(27, dtype=np.uint8) * 7, counts)
    np.random.default_rng(0).shuffle(data)
    assert decoded(data.tobytes(), 4) == data.tobytes()


def test_flat_pictures_become_small() -> None:
    assert len(zlib_stream(np.zeros(1_000_000, dtype=np.uint8), 3)) < 1500


def test_noise_hardly_grows() -> None:
    noise = np.random.default_rng(0).integers(0, 256, 100_000).astype(np.uint8)
    assert len(zlib_stream(noise, 3)) < 1.01 * len(noise)
