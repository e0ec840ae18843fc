"""Scene -> pictures."""

from misi.render.image import Image, Quality, locate, render, render_batch, render_png
from misi.render.presentation import sheet, turntable
from misi.render.truth import truth_npz
from misi.render.visibility import views_seen, visible_atoms, visible_in_views, visible_pixels

__all__ = [
    "Image",
    "Quality",
    "locate",
    "render",
    "render_batch",
    "render_png",
    "sheet",
    "truth_npz",
    "turntable",
    "views_seen",
    "visible_atoms",
    "visible_in_views",
    "visible_pixels",
]
