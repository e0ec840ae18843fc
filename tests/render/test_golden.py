"""Kept pictures: decoded pixels must stay as they are, a level or two of difference allowed.

After a change that is meant to be seen: MISI_KEEP_PICTURES=1 pytest tests/render/test_golden.py, and look at them.
"""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from misi.render import render_png
from misi.scene.motion import parse_operations
from misi.scene.picture import Picture
from misi.scene.scene import compose
from tests.scene.made import made

KEPT = Path(__file__).parent / "golden"
SIZE = (160, 120)
PICTURES = {
    "front": (Picture(), {}),
    "left-atoms": (Picture(view="left", labels="atoms"), {}),
    "zoomed": (Picture(operations=parse_operations("roll y 30, move z 45"), labels="none"), {}),
    "docking": (Picture(ligand_operations=parse_operations("move x 9, roll y 60"), labels="none"), {}),
    "residue": (Picture(show="residue", residue=1, labels="atoms", palette="element"), {}),
    "balls-white": (
        Picture(labels="none", palette="colorblind"),
        {"style": "ball-and-stick", "background": (255, 255, 255)},
    ),
    "spheres": (Picture(labels="none"), {"style": "sphere", "depth_cue": False}),
    "paper-labels": (Picture(palette="element"), {"label_style": "paper"}),
}


@pytest.mark.parametrize("name", list(PICTURES))
def test_pictures_stay_as_they_are(name: str) -> None:
    picture, options = PICTURES[name]
    data = render_png(compose(made(8, metal=True), picture, *SIZE, **options))  # type: ignore[arg-type]
    path = KEPT / f"{name}.png"
    if os.environ.get("MISI_KEEP_PICTURES"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    found, kept = (np.asarray(Pillow.open(source).convert("RGB")).astype(int) for source in (BytesIO(data), path))
    assert found.shape == kept.shape
    difference = np.abs(found - kept).max(axis=-1)
    assert (difference > 2).mean() < 0.001
