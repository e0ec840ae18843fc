"""Scenes of a batch on one device of Warp: laid end to end, drawn by one launch, cut apart again."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.render import raster
from misi.render.gpu import lists
from misi.render.image import FULL_SHADING, SAMPLES, Image, Quality
from misi.render.text import draw_labels
from misi.scene.scene import Scene

MAX_PIXELS = 1 << 26  # of a launch: 256 MB of colours and coverage; indices of bytes stay below 2^31
INSTALL = "pip install 'misi-bench[gpu]'"
_LIGHTS = np.array([raster.KX, raster.KY, raster.KZ, raster.FX, raster.FY, raster.FZ], dtype=np.float32)

Columns = dict[str, NDArray[Any]]


def render_on(
    device: str, scenes: Iterable[Scene], quality: Quality = "exact", levels: int = 0, *, truth: bool = False
) -> list[Image]:
    """Images of several scenes, in order, as `misi.render.render` makes them; those of a launch share their memory.

    Parameters
    ----------
    device : str
        ``cuda``, ``cuda:0``, ``cuda:1``, ...; or ``warp-cpu``, the same kernel on the processor, for tests.

    Raises
    ------
    RenderError
        Another device, none of that kind here, or Warp is not installed; an impossible quality, number of levels or
        scene; the device failed.
    """
    if quality not in SAMPLES:
        raise RenderError(f"quality {quality!r} is not one of {', '.join(SAMPLES)}")
    if levels < 0:
        raise RenderError(f"{levels} levels of shading are impossible")
    with _quiet_warp(device) as (warp, target):
        try:
            return [
                image
                for part in _parts(scenes)
                for image in _render_part(warp, target, part, SAMPLES[quality], levels, truth)
            ]
        except RuntimeError as error:  # what Warp raises if memory is short or its compiler fails
            reason = (str(error).splitlines() or ["no reason given"])[0]
            raise RenderError(f"device {device!r} failed: {reason}") from error


@contextmanager
def _quiet_warp(device: str) -> Iterator[tuple[Any, str]]:
    """Warp, set up without its banner, and its own name of the device."""
    match = re.fullmatch(r"warp-cpu|cuda(?::([0-9]{1,3}))?", device)
    if not match:
        raise RenderError(f"device {device!r} is not one of cpu, warp-cpu, cuda, cuda:0, cuda:1, ...")
    try:
        import warp
    except (ImportError, OSError) as error:
        raise RenderError(f"device {device!r} needs NVIDIA Warp: {INSTALL}") from error
    spoken = warp.config.log_level
    warp.config.log_level = max(spoken, warp.LOG_WARNING)
    try:
        try:
            warp.init()
        except OSError:  # no folder for compiled kernels can be made; one of this process's own costs a compilation
            warp.config.kernel_cache_dir = tempfile.mkdtemp(prefix="misi-warp-")
            warp.init()
        count = warp.get_cuda_device_count()
        if device == "warp-cpu":
            yield warp, "cpu"
        elif count == 0:
            raise RenderError(f"device {device!r} is not available: there is no CUDA device here")
        elif int(match[1] or 0) >= count:
            raise RenderError(f"device {device!r} is not available: CUDA devices here: {count}, counted from 0")
        else:
            yield warp, f"cuda:{match[1] or 0}"
    finally:
        warp.config.log_level = spoken


def _parts(scenes: Iterable[Scene]) -> Iterator[list[Scene]]:
    """As many scenes in a row as one launch may draw."""
    part: list[Scene] = []
    pixels = 0
    for scene in scenes:
        _check(scene)
        size = scene.camera.width * scene.camera.height
        if part and pixels + size > MAX_PIXELS:
            yield part
            part, pixels = [], 0
        part.append(scene)
        pixels += size
    if part:
        yield part


def _check(scene: Scene) -> None:
    """What would make the device read or write elsewhere."""
    width, height = scene.camera.width, scene.camera.height
    if not (0 < width <= MAX_PIXELS and 0 < height <= MAX_PIXELS and width * height <= MAX_PIXELS):
        raise RenderError(f"a picture of {width}x{height} pixels cannot be drawn on a GPU")
    n = len(scene.xyz)
    if not len(scene.radius) == len(scene.colour) == len(scene.atom) == n:
        raise RenderError("a scene's columns have different lengths")
    if not (np.isfinite(scene.xyz).all() and np.isfinite(scene.radius).all()):
        raise RenderError("a scene has coordinates or radii that are not numbers")
    if len(scene.bonds) and not (scene.bonds.min() >= 0 and scene.bonds.max() < n):
        raise RenderError("a bond of a scene joins atoms that do not exist")


def _laid_out(scenes: list[Scene], levels: int) -> Columns:
    """Primitives, tiles and settings of all scenes; what depends on the number of samples is left out."""
    counts = [len(scene.xyz) + len(scene.bonds) for scene in scenes]
    places = [0, *accumulate(counts)]
    across = [-(-scene.camera.width // lists.TILE) for scene in scenes]
    tiles = [a * -(-scene.camera.height // lists.TILE) for a, scene in zip(across, scenes, strict=True)]
    first_tile = [0, *accumulate(tiles)]
    first_pixel = [0, *accumulate(scene.camera.width * scene.camera.height for scene in scenes)]
    room = max(places[-1], 1)  # an array without elements has no address
    numbers = np.zeros((room, lists.WIDTH), dtype=np.float32)
    ratios, kinds = np.zeros(room), np.zeros(room, dtype=np.int32)
    ends = np.zeros((room, 2), dtype=np.int32)
    starts = np.zeros(first_tile[-1] + 1, dtype=np.int32)
    members = [np.zeros(1, dtype=np.int32)]  # never read: lists begin behind it
    starts[0] = 1
    settings, sizes = [], []
    for k, scene in enumerate(scenes):
        camera, here = scene.camera, slice(places[k], places[k + 1])
        flat = camera.parallel_depth if camera.projection == "parallel" else 0.0
        bounds, cut = np.empty((counts[k], 4)), np.empty(counts[k], dtype=np.bool_)
        raster._bound(bounds, scene.xyz, scene.radius, scene.bonds, scene.bond_radius, camera.near, flat, cut)
        lists.pack(
            scene.xyz, scene.colour, scene.radius, scene.bonds, scene.bond_radius, flat, cut, _LIGHTS,
            numbers[here], ratios[here], kinds[here], ends[here],
        )  # fmt: skip
        depth = -scene.xyz[:, 2]
        middle = (depth[scene.bonds[:, 0]] + depth[scene.bonds[:, 1]]) / 2
        members.append(
            lists.tile_lists(
                bounds,
                kinds[here],
                np.argsort(np.concatenate([depth, middle]), kind="stable"),
                camera.width,
                camera.height,
                camera.focal,
                places[k],
                starts[first_tile[k] : first_tile[k + 1] + 1],
            )
        )
        far, rate = (camera.far, 1 / (camera.far - camera.cue_start)) if scene.depth_cue else (np.inf, 1.0)
        steps = float(levels or FULL_SHADING)
        settings.append((*scene.background, far, rate, steps, 1 / steps, float(flat <= 0), flat, camera.near))
        sizes.append((camera.width, camera.height, across[k], first_tile[k], first_pixel[k]))
    return {
        "sizes": np.array(sizes, dtype=np.int32),
        "settings": np.array(settings, dtype=np.float32),
        "scene_of": np.repeat(np.arange(len(scenes), dtype=np.int32), tiles),
        "starts": starts,
        "members": np.concatenate(members),
        "numbers": numbers,
        "ratios": ratios,
        "kinds": kinds,
        "ends": ends,
    }


def _sampled(scenes: list[Scene], columns: Columns, samples: int) -> Columns:
    """Slopes of the samples added: `misi.render.raster.draw` says which."""
    slopes, lines, below = [], [], []
    for scene in scenes:
        width, height = scene.camera.width, scene.camera.height
        scale = scene.camera.focal * samples
        slopes.append(((np.arange(width * samples) - (width * samples / 2 - 0.5)) / scale).astype(np.float32))
        lines.append(((height * samples / 2 - 0.5) - np.arange(height) * samples) / scale)
        below.append((-np.arange(3) / scale).astype(np.float32))
    first = np.array([[0, *accumulate(map(len, parts))][:-1] for parts in (slopes, lines)], dtype=np.int32)
    return {
        **columns,
        "sizes": np.hstack([columns["sizes"], first.T]),
        "settings": np.hstack([columns["settings"], np.stack(below)]),
        "slopes": np.concatenate(slopes),
        "lines": np.concatenate(lines),
    }


def _render_part(warp: Any, target: str, scenes: list[Scene], samples: int, levels: int, truth: bool) -> list[Image]:
    columns = _laid_out(scenes, levels)
    pixels = sum(scene.camera.width * scene.camera.height for scene in scenes)
    from misi.render.gpu import kernel

    def launched(function: Any, side: int, *kinds: Any) -> list[NDArray[Any]]:
        batch = kernel.Batch()
        for name, column in _sampled(scenes, columns, side).items():
            setattr(batch, name, warp.array(np.ascontiguousarray(column).ravel(), device=target))
        outputs = [warp.empty(pixels * wide, dtype=dtype, device=target) for dtype, wide in kinds]
        warp.launch(
            function,
            dim=len(columns["scene_of"]) * lists.TILE**2,
            inputs=[batch, *((side,) if function is kernel.draw else ())],
            outputs=outputs,
            device=target,
            block_dim=lists.TILE**2,
        )
        return [output.numpy() for output in outputs]

    rgb, alpha = launched(kernel.draw, samples, (warp.uint8, 3), (warp.uint8, 1))
    depth, row = launched(kernel.locate, 1, (warp.float32, 1), (warp.int32, 1)) if truth else (None, None)
    images = []
    for scene, first in zip(scenes, columns["sizes"][:, 4].tolist(), strict=True):
        shape = scene.camera.height, scene.camera.width
        here = slice(first, first + shape[0] * shape[1])
        colours = rgb[3 * here.start : 3 * here.stop].reshape(*shape, 3)
        cover = alpha[here].reshape(shape)
        draw_labels(scene.labels, scene.background, colours, cover if scene.transparent else _NO_BYTES)
        images.append(
            Image(
                colours,
                cover if scene.transparent else None,
                None if depth is None else depth[here].reshape(shape),
                None if row is None else np.append(scene.atom, np.int32(-1))[row[here]].reshape(shape),
            )
        )
    return images


_NO_BYTES = np.zeros((0, 0), dtype=np.uint8)
