"""Scenes laid end to end in columns, as the device's kernels read them."""

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from misi.render import raster
from misi.render.gpu import lists
from misi.render.image import FULL_SHADING
from misi.scene.scene import Scene

_LIGHTS = np.array([raster.KX, raster.KY, raster.KZ, raster.FX, raster.FY, raster.FZ], dtype=np.float32)

Columns = dict[str, NDArray[Any]]  # by the names of the arguments of `misi.render.gpu.kernel.draw`


def laid_out(scenes: list[Scene], levels: int) -> Columns:
    """Primitives, tiles and settings of all scenes; what depends on the number of samples is left out."""
    counts = [len(scene.xyz) + len(scene.bonds) for scene in scenes]
    places = [0, *accumulate(counts)]
    across = [-(-scene.camera.width // lists.TILE) for scene in scenes]
    tiles = [a * -(-scene.camera.height // lists.TILE) for a, scene in zip(across, scenes, strict=True)]
    first_tile = [0, *accumulate(tiles)]
    first_pixel = [0, *accumulate(scene.camera.width * scene.camera.height for scene in scenes)]
    room = max(places[-1], 1)  # an array without elements has no address
    primitives = np.zeros(room, dtype=lists.CONSTANTS)
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
            primitives[here], ratios[here], kinds[here], ends[here],
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
        "primitives": primitives,
        "ratios": ratios,
        "kinds": kinds,
        "ends": ends,
    }


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
