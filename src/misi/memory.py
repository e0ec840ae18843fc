"""Memory of worker processes that are about to do one thing many times.

The C library of most Linux systems gives large freed blocks back to the system at once, and asks for them anew a
moment later. A worker that makes pictures does so several times a picture, megabytes each, and every page is then
cleared and mapped again: about a tenth of its time. Another twentieth goes into Python's search for garbage among the
hundred thousands of objects that imports have made and that will never be garbage.
"""

import ctypes
import gc
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc malloc.h
_KEPT = 256 << 20  # bytes of free memory that a process may keep at the end of its heap
_LARGEST_MAPPED = 32 << 20  # bytes; glibc's limit for the second


def settle() -> None:
    """Call in a process of our own, not in a user's, when it has imported and warmed up what it needs."""
    gc.collect()
    gc.freeze()
    keep_freed_memory()


def keep_freed_memory() -> bool:
    """Make this process keep what it frees for its next use; whether that was possible (glibc only)."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # another C library
        return False
    return bool(mallopt(_M_TRIM_THRESHOLD, _KEPT)) and bool(mallopt(_M_MMAP_THRESHOLD, _LARGEST_MAPPED))
