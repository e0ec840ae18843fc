"""The only randomness and the only content hashing of the package."""

import hashlib
import random

_SEPARATOR = b"\x1f"


def digest(*parts: object) -> bytes:
    """SHA-256 of the parts' text, separated so that ("a", "bc") and ("ab", "c") differ."""
    return hashlib.sha256(_SEPARATOR.join(str(part).encode() for part in parts)).digest()


def content_id(*parts: object, length: int = 12) -> str:
    """A stable hexadecimal name of `length` characters for the parts."""
    return digest(*parts).hex()[:length]


def rank_of(*parts: object) -> int:
    """A stable pseudo-random integer in [0, 2**64) for the parts; sorting by it is a stable shuffle."""
    return int.from_bytes(digest(*parts)[:8], "big")


def rng_for(seed: int, task: str, complex_id: str, k: int | str = 0) -> random.Random:
    """A generator for one item alone.

    The standard library's Mersenne Twister is used because its `random()` and `getrandbits()` streams are
    guaranteed not to change between Python versions; numpy's generators give no such promise.
    The item is the same whatever else is drawn, in whatever order, on however many workers.
    """
    return random.Random(int.from_bytes(digest("rng", seed, task, complex_id, k), "big"))
