"""Scenes of a batch on one device of Warp: laid end to end, drawn by one launch, cut apart again."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.render.gpu.device import opened
from misi.render.gpu.layout import Columns, laid_out, sampled
from misi.render.gpu.lists import TILE
from misi.render.image import SAMPLES, Image, Quality
from misi.render.text import draw_labels
from misi.scene.scene import Scene

MAX_PIXELS = 1 << 26  # of a launch: at most 256 MB of colours and coverage; indices of bytes stay below 2^31

_NO_BYTES = np.zeros((0, 0), dtype=np.uint8)


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
    with opened(device) as (warp, target):
        try:
            return [
                image
                for part in _parts(scenes)
                for image in _render_part(warp, target, part, SAMPLES[quality], levels, truth)
            ]
        except Exception as error:
            if type(error) not in (RuntimeError, Exception):  # what Warp raises if memory is short or a compiler fails
                raise
            reason = (str(error).splitlines() or ["no reason given"])[0]
            raise RenderError(f"device {device!r} failed: {reason}") from error


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


def prepared(
    warp: Any, target: str, name: str, columns: Columns, given: tuple[int, ...], outputs: tuple[tuple[str, int], ...]
) -> tuple[Callable[[], None], list[Any]]:
    """A launch that may be repeated, all it reads being on the device, and the arrays it writes.

    Parameters
    ----------
    warp : module
    target : str
        Warp's name of the device.
    name : str
        Of the kernel: ``draw``, ``draw_by_pixel`` or ``locate``.
    columns : dict
        From `misi.render.gpu.layout.sampled`.
    given : tuple of int
        The kernel's numbers.
    outputs : tuple
        Name of the element type and size of each array it writes.
    """
    from misi.render.gpu import kernel

    structs: dict[str, Any] = {"primitives": kernel.Primitive, "sizes": kernel.Size, "settings": kernel.Setting}
    read = []
    for column in kernel.READ:
        values = np.ascontiguousarray(columns[column])
        struct = structs.get(column)
        if struct is not None:
            read.append(warp.array(values.view(struct.numpy_dtype()).ravel(), dtype=struct, device=target))
        else:
            read.append(warp.array(values.ravel(), device=target))
    written = [warp.empty(size, dtype=getattr(warp, kind), device=target) for kind, size in outputs]

    def launch() -> None:
        warp.launch(
            getattr(kernel, name),
            dim=len(columns["scene_of"]) * TILE**2,
            inputs=[*read, *given],
            outputs=written,
            device=target,
            block_dim=TILE**2,
        )

    return launch, written


def colouring(
    warp: Any, target: str, scenes: list[Scene], columns: Columns, samples: int
) -> tuple[Callable[[], None], list[Any]]:
    """`prepared` for colours, and for coverage if any scene is transparent."""
    pixels = sum(scene.camera.width * scene.camera.height for scene in scenes)
    covered = any(scene.transparent for scene in scenes)
    outputs = (("uint8", 3 * pixels), ("uint8", pixels if covered else 1))
    name, given = ("draw_by_pixel", ()) if samples == 2 else ("draw", (samples,))
    return prepared(warp, target, name, sampled(scenes, columns, samples), (*given, int(covered)), outputs)


def _render_part(warp: Any, target: str, scenes: list[Scene], samples: int, levels: int, truth: bool) -> list[Image]:
    columns = laid_out(scenes, levels)
    launch, written = colouring(warp, target, scenes, columns, samples)
    launch()
    rgb, alpha = (array.numpy() for array in written)
    depth: NDArray[np.float32] | None = None
    atom: NDArray[np.int32] | None = None
    if truth:
        pixels = len(rgb) // 3
        outputs = (("float32", pixels), ("int32", pixels))
        launch, written = prepared(warp, target, "locate", sampled(scenes, columns, 1), (), outputs)
        launch()
        depth, atom = (array.numpy() for array in written)
    images = []
    for scene, first in zip(scenes, columns["sizes"][:, 4].tolist(), strict=True):
        shape = scene.camera.height, scene.camera.width
        here = slice(first, first + shape[0] * shape[1])
        colours = rgb[3 * here.start : 3 * here.stop].reshape(*shape, 3)
        cover = alpha[here].reshape(shape) if scene.transparent else None
        draw_labels(scene.labels, scene.background, colours, _NO_BYTES if cover is None else cover)
        images.append(
            Image(
                colours,
                cover,
                None if depth is None else depth[here].reshape(shape),
                None if atom is None else atom[here].reshape(shape),
            )
        )
    return images
