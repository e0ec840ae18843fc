"""Scene -> image: colours, and where asked for the depth and the atom of every pixel."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.render import raster
from misi.render.encode import png
from misi.render.text import draw_labels
from misi.scene.scene import Scene

Quality = Literal["exact", "fast"]
SAMPLES: dict[str, int] = {"exact": 3, "fast": 2}  # side of the grid of samples in a pixel
FULL_SHADING = 1 << 20  # steps of shading so fine that none is seen


@dataclass(frozen=True, eq=False)
class Image:
    """A rendered picture.

    Attributes
    ----------
    rgb : (H, W, 3) uint8
    alpha : (H, W) uint8 or None
        Coverage, for scenes with a transparent background.
    """

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None = None


def render(scene: Scene, quality: Quality = "exact", levels: int = 0) -> Image:
    if quality not in SAMPLES:
        raise RenderError(f"quality {quality!r} is not one of {', '.join(SAMPLES)}")
    camera = scene.camera
    rgb = np.empty((camera.height, camera.width, 3), dtype=np.uint8)
    alpha = np.zeros((camera.height, camera.width) if scene.transparent else (0, 0), dtype=np.uint8)
    cue = (camera.far, 1 / (camera.far - camera.cue_start)) if scene.depth_cue else (np.inf, 1.0)
    raster.draw(
        SAMPLES[quality],
        camera.focal,
        camera.parallel_depth if camera.projection == "parallel" else 0.0,
        camera.near,
        scene.xyz,
        scene.radius,
        scene.colour.astype(np.float32),
        scene.bonds,
        scene.bond_radius,
        np.array(scene.background, dtype=np.float32),
        np.array(cue, dtype=np.float32),
        float(levels or FULL_SHADING),
        rgb.reshape(camera.height, -1),
        alpha,
    )
    draw_labels(scene.labels, scene.background, rgb, alpha)
    return Image(rgb, alpha if scene.transparent else None)


def render_png(scene: Scene, quality: Quality = "exact", levels: int = 0) -> bytes:
    """PNG bytes of a scene."""
    image = render(scene, quality, levels)
    return png(image.rgb, image.alpha)
