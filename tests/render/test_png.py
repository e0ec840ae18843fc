"""PNG files against a decoder, palettes against the pictures they stand for."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image as Pillow

from misi.render import render, render_png
from misi.render.encode import png
from misi.render.palette import reduce_colours
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from tests.scene.made import made

#: Prints the hash of a picture of every kind; run by itself under other processors' rules.
_HASHES = "from tests.render.test_png import hashes; print(hashes())"


def scene(width: int = 200, height: int = 150, **options: object) -> Scene:
    return compose(made(metal=True), Picture(labels="atoms"), width, height, **options)  # type: ignore[arg-type]


def opened(data: bytes) -> Pillow.Image:
    image = Pillow.open(io.BytesIO(data))
    image.load()
    return image


def hashes() -> str:
    pictures = [
        render_png(scene(label_style=style, projection=projection), quality, levels)  # type: ignore[arg-type]
        for style in ("screen", "paper")
        for projection in ("perspective", "parallel")
        for quality in ("exact", "fast")
        for levels in (0, 32)
    ]
    return sha256(b"".join(pictures)).hexdigest()


def test_pixels_come_back() -> None:
    image = render(scene())
    assert (np.asarray(opened(png(image.rgb))) == image.rgb).all()


def test_alpha_comes_back() -> None:
    image = render(scene(transparent=True))
    found = np.asarray(opened(png(image.rgb, image.alpha)))
    assert (found[..., :3] == image.rgb).all()
    assert (found[..., 3] == image.alpha).all()


def test_levels_make_a_palette_picture_that_looks_the_same() -> None:
    small, full = render_png(scene(768, 576), levels=32), render_png(scene(768, 576))
    assert opened(small).mode == "P"
    found, expected = (np.asarray(opened(data).convert("RGB")).astype(int) for data in (small, full))
    drawn = expected.max(axis=-1) > 0
    assert np.abs(found - expected)[drawn].mean() < 4
    assert (found[~drawn] == 0).all()
    assert len(small) < 0.7 * len(full)


def test_few_colours_are_kept_exactly() -> None:
    rng = np.random.default_rng(5)
    colours = rng.integers(0, 8, (100, 3)) * 36
    picture = colours[rng.integers(0, 100, (40, 50))].astype(np.uint8)
    indices, palette = reduce_colours(picture, (1, 2, 3))
    assert (palette[indices] == picture).all()
    assert tuple(palette[0]) == (1, 2, 3)


def test_a_rare_colour_survives_among_many() -> None:
    """A lone ion is a dot of a few pixels in a colour of its own."""
    rng = np.random.default_rng(6)
    gray = rng.integers(30, 220, (300, 300, 1))
    picture = np.clip(gray + rng.integers(-10, 10, (300, 300, 3)), 0, 255).astype(np.uint8)
    picture[10:14, 10:14] = (30, 240, 31)
    indices, palette = reduce_colours(picture, (0, 0, 0))
    assert np.abs(palette[indices][11, 11].astype(int) - [30, 240, 31]).max() <= 8


@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (1, 7)])
def test_tiny_pictures(shape: tuple[int, int]) -> None:
    for value in (0, 200):
        picture = np.full((*shape, 3), value, dtype=np.uint8)
        for reduced_to in (None, (0, 0, 0)):
            found = np.asarray(opened(png(picture, reduced_to=reduced_to)).convert("RGB"))
            assert (found == picture).all()


def test_same_bytes_again_and_in_threads() -> None:
    once = hashes()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: hashes(), range(6))) == {once}


@pytest.mark.parametrize("processor", ["host", "generic"])
def test_same_bytes_in_other_processes_and_on_other_processors(processor: str, tmp_path: object) -> None:
    environment = {"NUMBA_CPU_NAME": processor, "NUMBA_CPU_FEATURES": ""} if processor == "generic" else {}
    found = subprocess.run(
        [sys.executable, "-c", _HASHES],
        env={**__import__("os").environ, **environment, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == hashes()
