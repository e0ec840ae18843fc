"""Scene -> pictures."""

from misi.render.image import Image, Quality, locate, render, render_batch, render_png

__all__ = ["Image", "Quality", "locate", "render", "render_batch", "render_png"]
