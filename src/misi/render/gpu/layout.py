"""Scenes laid end to end in columns, as the device's kernels read them."""

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from misi.render import raster
from misi.render.gpu import lists
from misi.render.image import FULL_SHADING
from misi.render.primitives import flat_depth, prepared
from misi.scene.scene import Scene

Columns = dict[str, NDArray[Any]]  # by the names of the arguments of `misi.render.gpu.kernel.draw`


def laid_out(scenes: list[Scene], levels: int) -> Columns:
    """Primitives, tiles and settings of all scenes; what depends on the number of samples is left out."""
    parts = [prepared(scene) for scene in scenes]
    places = [0, *accumulate(len(part.kinds) for part in parts)]
    across = [-(-scene.camera.width // lists.TILE) for scene in scenes]
    tiles = [a * -(-scene.camera.height // lists.TILE) for a, scene in zip(across, scenes, strict=True)]
    first_tile = [0, *accumulate(tiles)]
    first_pixel = [0, *accumulate(scene.camera.width * scene.camera.height for scene in scenes)]
    starts = np.zeros(first_tile[-1] + 1, dtype=np.int32)
    members = [np.zeros(1, dtype=np.int32)]  # never read: lists begin behind it
    starts[0] = 1
    settings, sizes = [], []
    for k, (scene, part) in enumerate(zip(scenes, parts, strict=True)):
        camera, flat = scene.camera, flat_depth(scene)
        members.append(
            lists.tile_lists(
                part.bounds,
                part.order,
                camera.width,
                camera.height,
                camera.focal,
                places[k],
                starts[first_tile[k] : first_tile[k + 1] + 1],
            )
        )
        far, rate = (camera.far, 1 / (camera.far - camera.cue_start)) if scene.depth_cue else (np.inf, 1.0)
        steps = float(levels or FULL_SHADING)
        settings.append(
            (*scene.background, far, rate, steps, 1 / steps, float(flat <= 0), flat, camera.near, 0.25 / camera.focal)
        )
        sizes.append((camera.width, camera.height, across[k], first_tile[k], first_pixel[k]))
    return {
        "sizes": np.array(sizes, dtype=np.int32),
        "settings": np.array(settings, dtype=np.float32),
        "scene_of": np.repeat(np.arange(len(scenes), dtype=np.int32), tiles),
        "starts": starts,
        "members": np.concatenate(members),
        "primitives": _joined([part.primitives for part in parts]),
        "ratios": _joined([part.ratios for part in parts]),
        "kinds": _joined([part.kinds for part in parts]),
        "ends": _joined([part.ends for part in parts]),
    }


def _joined(columns: list[NDArray[Any]]) -> NDArray[Any]:
    """End to end; a row of zeros if there is none, for an array without elements has no address."""
    joined = np.concatenate(columns)
    return joined if len(joined) else np.zeros((1, *joined.shape[1:]), dtype=joined.dtype)


def sampled(scenes: list[Scene], columns: Columns, samples: int) -> Columns:
    """Slopes of the samples added: `misi.render.raster.draw` says which."""
    slopes, lines, below = [], [], []
    tall = raster.TALL if samples == 2 else raster.STRIP
    for scene in scenes:
        width, height = scene.camera.width, scene.camera.height
        scale = scene.camera.focal * samples
        slopes.append(((np.arange(width * samples) - (width * samples / 2 - 0.5)) / scale).astype(np.float32))
        strips = np.arange(-(-height // tall)) * (samples * tall)
        lines.append(((height * samples / 2 - 0.5) - strips) / scale)
        below.append((-np.arange(lists.BELOW) / scale).astype(np.float32))
    first = np.array([[0, *accumulate(map(len, parts))][:-1] for parts in (slopes, lines)], dtype=np.int32)
    return {
        **columns,
        "sizes": np.hstack([columns["sizes"], first.T]),
        "below": np.stack(below),
        "slopes": np.concatenate(slopes),
        "lines": np.concatenate(lines),
    }
