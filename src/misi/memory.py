"""Memory of worker processes: freed blocks stay with the process.

The C library of most Linux systems gives large freed blocks back to the system at once, and asks for them anew a
moment later. A worker that makes pictures does so several times a picture, megabytes each, and every page is then
cleared and mapped again: about a tenth of its time.
"""

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc malloc.h
_KEPT = 256 << 20  # bytes of free memory that a process may keep at the end of its heap
_LARGEST_MAPPED = 32 << 20  # bytes; glibc's limit for the second


def keep_freed_memory() -> bool:
    """Make this process keep what it frees for its next use; whether that was possible (glibc only).

    For processes of our own that are about to do one thing many times, not for a user's.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # another C library
        return False
    return bool(mallopt(_M_TRIM_THRESHOLD, _KEPT)) and bool(mallopt(_M_MMAP_THRESHOLD, _LARGEST_MAPPED))
