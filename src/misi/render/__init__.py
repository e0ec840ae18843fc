"""Scene -> pictures. Public names: `render`, `render_png`, `Image`."""

from misi.render.image import Image, Quality, render, render_png

__all__ = ["Image", "Quality", "render", "render_png"]
