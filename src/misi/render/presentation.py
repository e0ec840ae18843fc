"""Pictures for people: a sheet of several views, and a turntable."""

import io
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from PIL import Image as Pillow

from misi.errors import RenderError
from misi.render.encode import png
from misi.render.image import Quality, render
from misi.render.text import write
from misi.scene.labels import CAP_PIXELS
from misi.scene.motion import SIX_VIEWS, Operation, Operations
from misi.scene.picture import Labels, Palette, Picture, Show
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
    labels: Labels = "residues",
    palette: Palette = "paper",
    operations: Operations = (),
    show: Show = "all",
    residue: int | None = None,
    ligand_operations: Operations = (),
    quality: Quality = "exact",
    levels: int = 0,
    background: tuple[int, int, int] = (0, 0, 0),
    transparent: bool = False,
    **options: Any,
) -> bytes:
    """PNG bytes of a contact sheet: one picture for each view, its name in the corner.

    Parameters
    ----------
    width, height : int
        Of each picture, pixels.
    columns : int
        Pictures side by side.
    labels, palette, operations, show, residue, ligand_operations
        Of every picture; see `misi.scene.picture.Picture`.
    quality, levels
        Of `misi.render.render`.
    transparent : bool
        Leave out background and frame.
    **options
        Of `misi.scene.scene.compose`: style, label_style, depth_cue, projection and so on.

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
    shape = (rows * (height + GAP) - GAP, columns * (width + GAP) - GAP)
    page = np.empty((*shape, 3), dtype=np.uint8)
    page[:] = background if transparent else _frame_colour(background)
    cover = np.zeros(shape, dtype=np.uint8) if transparent else None
    for k, view in enumerate(names):
        picture = Picture(view, operations, show, residue, ligand_operations, labels, palette)
        scene = compose(complex, picture, width, height, background=background, transparent=transparent, **options)
        image = render(scene, quality, levels)
        ink = ink_on(background)
        write(image.rgb, view, MARGIN, MARGIN + CAP_PIXELS, CAP_PIXELS, ink, background, image.alpha)
        top, left = (k // columns) * (height + GAP), (k % columns) * (width + GAP)
        page[top : top + height, left : left + width] = image.rgb
        if cover is not None and image.alpha is not None:
            cover[top : top + height, left : left + width] = image.alpha
    return png(page, cover, reduced_to=background if levels else None)


def _frame_colour(background: tuple[int, int, int]) -> tuple[int, ...]:
    """Between the pictures of a sheet."""
    return tuple(96 if channel < 128 else 160 for channel in background)


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
    levels: int = 0,
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
        ``webp`` (every colour) or ``gif`` (256 colours, never transparent).
    quality, levels
        Of `misi.render.render`.
    **options
        Of `misi.scene.scene.compose`.

    Raises
    ------
    RenderError
        Too few or too many frames, no time, another format, or a transparent GIF.
    """
    if not 2 <= frames <= 360 or seconds <= 0:
        raise RenderError(f"a turntable has 2 to 360 frames and takes some time, not {frames} in {seconds:g} s")
    if format not in ("webp", "gif"):
        raise RenderError(f"format {format!r} is not one of webp, gif")
    if format == "gif" and options.get("transparent"):
        raise RenderError("a GIF knows no half-transparent pixels; make a WebP, or choose a background")
    images = []
    for k in range(frames):
        turned = replace(picture, operations=(*picture.operations, Operation("roll", "y", 360 * k / frames)))
        image = render(compose(complex, turned, width, height, **options), quality, levels)
        images.append(Pillow.fromarray(image.rgb if image.alpha is None else np.dstack([image.rgb, image.alpha])))
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
