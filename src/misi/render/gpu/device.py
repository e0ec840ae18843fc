"""Warp and its devices: found, set up without a banner, or refused in one line."""

import ctypes
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from misi.errors import RenderError

INSTALL = "pip install 'misi-bench[gpu]'"
_DRIVERS = ("libcuda.so.1", "libcuda.so", "nvcuda.dll")  # as Warp looks for them


@contextmanager
def opened(device: str) -> Iterator[tuple[Any, str]]:
    """Warp and its own name of a device: ``warp-cpu``, ``cuda``, ``cuda:0``, ``cuda:1``, ...

    Raises
    ------
    RenderError
        Another name, Warp is not installed, or there is no such device.
    """
    match = re.fullmatch(r"warp-cpu|cuda(?::([0-9]{1,3}))?", device)
    if not match:
        raise RenderError(f"device {device!r} is not one of cpu, warp-cpu, cuda, cuda:0, cuda:1, ...")
    try:
        import warp
    except (ImportError, OSError) as error:
        raise RenderError(f"device {device!r} needs NVIDIA Warp: {INSTALL}") from error
    on_cpu = device == "warp-cpu"
    if not on_cpu and not any(map(_loads, _DRIVERS)):  # asked first, since Warp would warn in lines of its own
        raise RenderError(f"device {device!r} is not available: there is no CUDA device here (no NVIDIA driver)")
    spoken = warp.config.log_level
    warp.config.log_level = max(spoken, warp.LOG_WARNING)
    try:
        _set_up(warp)
        number, count = int(match[1] or 0), warp.get_cuda_device_count()
        if not on_cpu and count == 0:
            raise RenderError(f"device {device!r} is not available: there is no CUDA device here")
        if not on_cpu and number >= count:
            raise RenderError(f"device {device!r} is not available: the last CUDA device here is cuda:{count - 1}")
        yield warp, "cpu" if on_cpu else f"cuda:{number}"
    finally:
        warp.config.log_level = spoken


def _set_up(warp: Any) -> None:
    try:
        warp.init()
    except OSError:  # no folder for compiled kernels can be made; one for this process alone costs a compilation
        warp.config.kernel_cache_dir = tempfile.mkdtemp(prefix="misi-warp-")
        warp.init()


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
