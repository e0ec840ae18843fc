"""Sheets, turntables, batches."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from misi.errors import RenderError
from misi.render import render, render_batch, sheet, turntable
from misi.scene.motion import SIX_VIEWS
from misi.scene.picture import Picture
from misi.scene.scene import compose
from tests.scene.made import made


def test_a_sheet_holds_every_view() -> None:
    page = np.asarray(Pillow.open(io.BytesIO(sheet(made(), 96, 72, labels="none"))).convert("RGB"))
    assert page.shape == (2 * 72 + 4, 3 * 96 + 8, 3)
    for k, view in enumerate(SIX_VIEWS):
        top, left = (k // 3) * 76, (k % 3) * 100
        expected = render(compose(made(), Picture(view=view, labels="none"), 96, 72)).rgb
        found = page[top : top + 72, left : left + 96]
        assert (found[30:] == expected[30:]).all()  # below the caption
        assert (found[:30] != expected[:30]).any()


def test_a_sheet_of_one_view_on_white() -> None:
    page = np.asarray(Pillow.open(io.BytesIO(sheet(made(), 96, 72, views=["top"], background=(255, 255, 255)))))
    assert page.shape == (72, 96, 3)
    assert (page[-1, -1] == 255).all()


@pytest.mark.parametrize("format", ["webp", "gif"])
def test_a_turntable_turns_and_begins_with_the_picture(format: str) -> None:
    data = turntable(made(), Picture(labels="none"), 96, 72, frames=4, seconds=1, format=format)  # type: ignore[arg-type]
    animation = Pillow.open(io.BytesIO(data))
    assert animation.n_frames == 4
    frames = []
    for k in range(4):
        animation.seek(k)
        frames.append(np.asarray(animation.convert("RGB")).astype(int))
    first = render(compose(made(), Picture(labels="none"), 96, 72), "fast").rgb
    assert np.abs(frames[0] - first).mean() < 2
    assert all(np.abs(frames[k] - frames[k - 1]).mean() > 1 for k in range(1, 4))


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(RenderError):
        sheet(made(), 96, 72, views=[])
    with pytest.raises(RenderError):
        sheet(made(), 96, 72, views=["inside"])
    with pytest.raises(RenderError):
        turntable(made(), Picture(), 96, 72, frames=1)
    with pytest.raises(RenderError):
        turntable(made(), Picture(), 96, 72, format="avi")  # type: ignore[arg-type]
    with pytest.raises(RenderError, match="device"):
        render_batch([], device="tpu")


def test_batches_are_the_same_pictures() -> None:
    scenes = [compose(made(), Picture(view=view), 96, 72) for view in ("front", "top")]
    for scene, image in zip(scenes, render_batch(scenes), strict=True):
        assert (image.rgb == render(scene).rgb).all()
