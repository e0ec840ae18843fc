"""Scene -> image: colours, and where asked for the depth and the atom of every pixel."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.render import raster
from misi.render.encode import png
from misi.render.primitives import flat_depth, prepared
from misi.render.text import draw_labels
from misi.scene.camera import check_size
from misi.scene.scene import Scene

Quality = Literal["exact", "fast"]
SAMPLES: dict[str, int] = {"exact": 3, "fast": 2}  # side of the grid of samples in a pixel
FULL_SHADING = 1 << 20  # steps of shading so fine that none is seen

Pixels = NDArray[np.uint8]
_NO_BYTES = np.zeros((0, 0), dtype=np.uint8)
_NO_FLOATS = np.zeros((0, 0), dtype=np.float32)
_NO_IDS = np.zeros((0, 0), dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Image:
    """A rendered picture.

    Attributes
    ----------
    rgb : (H, W, 3) uint8
    alpha : (H, W) uint8 or None
        Coverage, for scenes with a transparent background.
    depth : (H, W) float32 or None
        Depth at the centre of each pixel, angstrom along the view axis; infinite where nothing is drawn.
    atom : (H, W) int32 or None
        Row of the complex of the atom seen at the centre of each pixel (of a bond: its nearer half); -1 where
        nothing is drawn. Labels are left out of both.
    """

    rgb: Pixels
    alpha: Pixels | None = None
    depth: NDArray[np.float32] | None = None
    atom: NDArray[np.int32] | None = None


def render(scene: Scene, quality: Quality = "exact", levels: int = 0, *, truth: bool = False) -> Image:
    """Draw a scene.

    Parameters
    ----------
    scene : Scene
    quality : str
        ``exact``: shaded at nine points of each pixel and averaged, as the reference program's saved pictures;
        ``fast``: seen at four points of each pixel, but each stick or ball is shaded only once in it.
    levels : int
        Steps of shading from black to the full colour of each atom, taken before the average; 0 for full shading.
    truth : bool
        Also give depth and atom of every pixel.

    Raises
    ------
    RenderError
        `quality` or `levels` is not one of those.
    """
    if quality not in SAMPLES:
        raise RenderError(f"quality {quality!r} is not one of {', '.join(SAMPLES)}")
    if levels < 0:
        raise RenderError(f"{levels} levels of shading are impossible")
    camera = scene.camera
    rgb = np.empty((camera.height, camera.width, 3), dtype=np.uint8)
    alpha = np.zeros((camera.height, camera.width), dtype=np.uint8) if scene.transparent else _NO_BYTES
    _draw(scene, SAMPLES[quality], levels, rgb, alpha)
    draw_labels(scene.labels, scene.background, rgb, alpha)
    depth, atom = locate(scene) if truth else (None, None)
    return Image(rgb, alpha if scene.transparent else None, depth, atom)


def locate(scene: Scene) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Depth and atom at the centre of every pixel; see `Image`."""
    shape = (scene.camera.height, scene.camera.width)
    depth, atom = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.int32)
    _draw(scene, 1, 0, _NO_BYTES, _NO_BYTES, depth, atom)
    return depth, atom


def _draw(
    scene: Scene,
    samples: int,
    levels: int,
    rgb: Pixels,
    alpha: Pixels,
    depth: NDArray[np.float32] = _NO_FLOATS,
    atom: NDArray[np.int32] = _NO_IDS,
) -> None:
    camera = scene.camera
    check_size(camera.width, camera.height)  # beyond raster.WIDEST the kernel would write elsewhere
    cue = (camera.far, 1 / (camera.far - camera.cue_start)) if scene.depth_cue else (np.inf, 1.0)
    raster.draw(
        samples,
        camera.focal,
        flat_depth(scene),
        camera.near,
        *prepared(scene),
        np.array(scene.background, dtype=np.float32),
        np.array(cue, dtype=np.float32),
        float(levels or FULL_SHADING),
        rgb.reshape(len(rgb), -1) if rgb.size else _NO_BYTES,
        alpha,
        depth,
        atom,
    )


def render_png(scene: Scene, quality: Quality = "exact", levels: int = 0) -> bytes:
    """PNG bytes of a scene: the same everywhere.

    With `levels` the picture is also reduced to at most 256 colours, one byte a pixel, which makes it less than half
    as large and is hard to see (docs/decisions/013-pictures.md); 0 keeps every colour.
    """
    image = render(scene, quality, levels)
    return png(image.rgb, image.alpha, reduced_to=scene.background if levels else None)


def render_batch(
    scenes: Iterable[Scene], quality: Quality = "exact", levels: int = 0, *, device: str = "cpu", **options: Any
) -> list[Image]:
    """Images of several scenes, in order, with the options of `render`.

    `device` is ``cpu``, or with NVIDIA Warp (docs/rendering-gpu.md) ``cuda``, ``cuda:0`` and so on, where a batch is
    drawn by one launch; ``warp-cpu`` is that path on the processor.

    Raises
    ------
    RenderError
        The device is not known or not available here, or what `render` raises.
    """
    if device == "cpu":
        return [render(scene, quality, levels, **options) for scene in scenes]
    from misi.render.gpu.batch import render_on

    return render_on(device, scenes, quality, levels, **options)
