"""Letters: from one atlas, at any size, where the scene wants them."""

from dataclasses import replace

import numpy as np
import pytest

from misi.render.image import render
from misi.render.legibility import readable_share
from misi.render.letters import text_raster
from misi.scene.font import FIRST, LAST, text_width
from misi.scene.labels import SCREEN_COLOURS, no_labels
from misi.scene.motion import parse_operations
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from tests.scene.made import made


def scene(labels: str = "residues", operations: str = "", **options: object) -> Scene:
    picture = Picture(labels=labels, operations=parse_operations(operations))  # type: ignore[arg-type]
    return compose(made(), picture, 768, 576, **options)  # type: ignore[arg-type]


def inked(made_scene: Scene) -> np.ndarray:
    """(H, W) bool: pixels that the labels changed to something brighter."""
    with_labels = render(made_scene).rgb.astype(int)
    without = render(replace(made_scene, labels=no_labels())).rgb.astype(int)
    return (with_labels - without).max(axis=-1) > 40


def test_every_character_has_a_picture_of_its_own() -> None:
    pictures = {text_raster(chr(code)).tobytes() for code in range(FIRST, LAST + 1)}
    assert len(pictures) == LAST - FIRST + 1


@pytest.mark.parametrize("text", ["ARG 221", "VAL 79", "OE1", "C1'", "ZN 301A"])
def test_rasters_are_as_wide_as_the_font_says(text: str) -> None:
    assert text_raster(text).shape[1] - 4 == pytest.approx(text_width(text) / 32, abs=6)


def test_letters_lie_in_their_boxes() -> None:
    made_scene = scene()
    rows, columns = np.nonzero(inked(made_scene))
    inside = np.zeros(len(rows), dtype=bool)
    for left, top, right, bottom in made_scene.labels.boxes:
        inside |= (columns >= left - 2) & (columns <= right + 2) & (rows >= top - 2) & (rows <= bottom + 1)
    assert inside.mean() > 0.99


def test_capitals_are_eleven_pixels_high() -> None:
    made_scene = scene("residues", "move x 0")
    one = made_scene.labels.text.index("ILE 25")
    left, top, right, bottom = made_scene.labels.boxes[one].tolist()
    ink = inked(made_scene)[int(top) - 6 : int(bottom) + 6, int(left) : int(right)]
    rows = np.flatnonzero(ink.any(axis=1))
    assert 11 <= rows[-1] - rows[0] + 1 <= 12


def test_a_halo_parts_letters_from_what_is_behind() -> None:
    bright = scene(background=(200, 200, 200), depth_cue=False)
    dark = replace(bright, background=(0, 0, 0))
    assert (render(dark).rgb[..., 0] < 40).sum() > 0
    # letters of a screen label are ringed by the background colour where they lie over an atom
    made_scene = scene("atoms")
    ink, rgb = inked(made_scene), render(made_scene).rgb
    ring = np.zeros_like(ink)
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        ring |= np.roll(ink, (2 * dy, 2 * dx), axis=(0, 1))
    ring &= ~ink
    assert np.median(rgb[ring].max(axis=-1)) < 40


def test_ligand_names_have_their_colour() -> None:
    made_scene = scene("atoms")
    rgb = render(made_scene).rgb
    tint = SCREEN_COLOURS[1].astype(int)
    close = np.abs(rgb.astype(int) - tint).max(axis=-1) < 40
    assert close.sum() > 50


def test_paper_letters_grow_when_the_scene_comes_closer() -> None:
    counts = [inked(scene("residues", operations, label_style="paper")).sum() for operations in ("", "move z 15")]
    assert counts[1] > 1.5 * counts[0] > 0


def test_labels_on_white_are_dark() -> None:
    made_scene = scene(background=(255, 255, 255))
    with_labels = render(made_scene).rgb.astype(int)
    without = render(replace(made_scene, labels=no_labels())).rgb.astype(int)
    assert ((without - with_labels).max(axis=-1) > 100).sum() > 200


def test_lonely_labels_are_readable_and_buried_ones_are_not() -> None:
    made_scene = scene("residues")
    share = readable_share(made_scene)
    assert (share > 0.95).all()
    labels = made_scene.labels
    buried = replace(made_scene, labels=replace(labels, corner=np.repeat(labels.corner[:1], len(labels), axis=0)))
    share = readable_share(buried)
    assert share[-1] > 0.95
    assert share[:-1].max() < 0.7


def test_letters_can_be_cut_by_the_edge() -> None:
    made_scene = scene("residues", "move x 12, move y 9")
    assert render(made_scene).rgb.shape == (576, 768, 3)
