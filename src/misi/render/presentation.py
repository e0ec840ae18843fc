"""Pictures for people: a sheet of several views, and a turntable."""

import io
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from misi.errors import RenderError
from misi.render.encode import png
from misi.render.image import Quality, render
from misi.render.text import write
from misi.scene.labels import CAP_PIXELS
from misi.scene.motion import SIX_VIEWS, Operation
from misi.scene.picture import Picture
from misi.scene.scene import compose, ink_on
from misi.structures.complex import Complex

GAP = 4  # pixels between the pictures of a sheet
MARGIN = 8.0  # pixels from a picture's corner to its caption
Format = Literal["webp", "gif"]


def sheet(
    complex: Complex,
    width: int,
    height: int,
    *,
    views: Iterable[str] = SIX_VIEWS,
    columns: int = 3,
    labels: Literal["none", "residues", "atoms"] = "residues",
    palette: Literal["paper", "element", "colorblind"] = "paper",
    operations: tuple[Operation, ...] = (),
    quality: Quality = "exact",
    levels: int = 0,
    background: tuple[int, int, int] = (0, 0, 0),
    **options: Any,
) -> bytes:
    """PNG bytes of a contact sheet: one picture for each view, its name in the corner.

    Parameters
    ----------
    width, height : int
        Of each picture, pixels.
    columns : int
        Pictures side by side.
    operations : tuple of Operation
        Applied after each view.
    **options
        Of `misi.scene.scene.compose`: style, label_style, depth_cue and so on.

    Raises
    ------
    RenderError
        There is no view, or one that does not exist.
    """
    names = tuple(views)
    if not names or columns < 1:
        raise RenderError("a sheet needs at least one view and one column")
    columns = min(columns, len(names))
    rows = -(-len(names) // columns)
    frame = tuple(96 if channel < 128 else 160 for channel in background)
    page = np.empty((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), dtype=np.uint8)
    page[:] = frame
    for k, view in enumerate(names):
        picture = Picture(view=view, operations=operations, labels=labels, palette=palette)
        scene = compose(complex, picture, width, height, background=background, **options)
        rgb = render(scene, quality, levels).rgb
        write(rgb, view, MARGIN, MARGIN + CAP_PIXELS, CAP_PIXELS, ink_on(background), background)
        top, left = (k // columns) * (height + GAP), (k % columns) * (width + GAP)
        page[top : top + height, left : left + width] = rgb
    return png(page, reduced_to=background if levels else None)


def turntable(
    complex: Complex,
    picture: Picture,
    width: int,
    height: int,
    *,
    frames: int = 36,
    seconds: float = 3.6,
    format: Format = "webp",
    quality: Quality = "fast",
    **options: Any,
) -> bytes:
    """Bytes of an endless animation: one turn about the vertical screen axis.

    Unlike PNG files these depend on the version of the image library that packs them.

    Parameters
    ----------
    picture : Picture
        The first frame; the turn follows its own operations.
    frames : int
        2 to 360.
    seconds : float
        For the whole turn.
    format : str
        ``webp`` (every colour) or ``gif`` (256 colours).
    **options
        Of `misi.scene.scene.compose`.

    Raises
    ------
    RenderError
        Too few or too many frames, no time, or another format.
    """
    if not 2 <= frames <= 360 or seconds <= 0:
        raise RenderError(f"a turntable has 2 to 360 frames and takes some time, not {frames} in {seconds:g} s")
    if format not in ("webp", "gif"):
        raise RenderError(f"format {format!r} is not one of webp, gif")
    images = [
        Pillow.fromarray(_frame(complex, picture, 360 * k / frames, width, height, quality, options))
        for k in range(frames)
    ]
    out = io.BytesIO()
    settings: dict[str, Any] = {"lossless": True} if format == "webp" else {"disposal": 1}
    images[0].save(
        out,
        format=format.upper(),
        save_all=True,
        append_images=images[1:],
        duration=max(1, round(1000 * seconds / frames)),
        loop=0,
        **settings,
    )
    return out.getvalue()


def _frame(
    complex: Complex,
    picture: Picture,
    angle: float,
    width: int,
    height: int,
    quality: Quality,
    options: dict[str, Any],
) -> NDArray[np.uint8]:
    turned = Picture(
        picture.view,
        (*picture.operations, Operation("roll", "y", angle)),
        picture.show,
        picture.residue,
        picture.ligand_operations,
        picture.labels,
        picture.palette,
    )
    return render(compose(complex, turned, width, height, **options), quality).rgb
