"""Stored pictures, labels and coordinates of the reference program, where they lie beside the repository."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from misi.render import render
from misi.scene.labels import no_labels
from misi.scene.motion import Operations, parse_operations
from misi.scene.naming import LIGAND_ATOM, RESIDUE
from misi.scene.picture import Picture
from misi.scene.scene import compose, coordinates
from misi.structures.complex import Complex
from misi.structures.sources import load_by_id

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
COMPLEXES, ORACLE = SHARED / "complexes", SHARED / "oracle"
pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="no stored output of the reference program in ../shared")

#: Least overlap of silhouettes and largest mean difference of colour, of the median picture and of any.
LIMITS = {"exact": (0.997, 0.994, 0.6, 1.0), "fast": (0.97, 0.955, 6.0, 8.0)}


def operations_of(words: str) -> Operations:
    """From the file names' words: ``turnx30_turnz-60``, ``movez50``, ``front``."""
    parts = [
        f"{'roll' if match[1] == 'turn' else 'move'} {match[2]} {match[3]}"
        for match in re.finditer(r"(turn|move)([xyz])(-?\d+)", words)
    ]
    return parse_operations(", ".join(parts))


def compare(found: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """Overlap of what is brighter than 24, and the mean difference of colour inside the union."""
    a, b = found.max(axis=2) > 24, expected.max(axis=2) > 24
    difference = np.abs(found.astype(float) - expected)[a | b].mean()
    return float((a & b).sum() / (a | b).sum()), float(difference)


def opened(path: Path) -> np.ndarray:
    return np.asarray(Pillow.open(path).convert("RGB"))


@pytest.mark.parametrize("quality", ["exact", "fast"])
def test_stored_pictures(quality: str) -> None:
    found = []
    for path in sorted((ORACLE / "images").glob("*.png"))[::3]:
        complex_id, words = path.stem.split("_", 1)
        picture = Picture(operations=operations_of(words), labels="none", palette="element")
        scene = compose(load_by_id(COMPLEXES, complex_id), picture, 512, 512)
        found.append(compare(render(scene, quality).rgb, opened(path)))  # type: ignore[arg-type]
    overlap, colour = np.array(found).T
    least, lowest, most, worst = LIMITS[quality]
    assert np.median(overlap) >= least
    assert overlap.min() >= lowest
    assert np.median(colour) <= most
    assert colour.max() <= worst


def test_stored_coordinates() -> None:
    worst = 0.0
    for line in (ORACLE / "camera.jsonl").read_text().splitlines():
        stored = json.loads(line)
        complex_ = load_by_id(COMPLEXES, stored["id"])
        for words, expected in {"": stored["front"], **stored["after"]}.items():
            operations = parse_operations(words.replace("turn", "roll").replace(";", ","))
            data = coordinates(complex_, *stored["window"], operations)
            for atom, xyz in zip(stored["atoms"], expected, strict=True):
                worst = max(worst, _gap(data["atoms"], atom, xyz))
    assert worst <= 0.01


def _gap(rows: list[dict[str, object]], atom: list[object], xyz: list[float]) -> float:
    """Largest difference of a coordinate, angstrom, to the nearest row of that name."""
    side, chain, number, icode, _, name = atom
    same = [
        row["xyz"]
        for row in rows
        if row["side"] == side
        and row["atom"] == name
        and (side == "ligand" or (row["chain"], row["number"], row["icode"]) == (chain, number, icode))
    ]
    return min(float(np.abs(np.array(found) - xyz).max()) for found in same)


def labelled() -> list[tuple[Complex, list[dict[str, object]], Path]]:
    folder = ORACLE / "images_labelled"
    stored = map(json.loads, (folder / "labels.jsonl").read_text().splitlines())
    return [(load_by_id(COMPLEXES, s["id"]), s["labels"], folder / f"{s['id']}_front.png") for s in stored]


def test_stored_labels() -> None:
    """Anchors, sizes and looks of labels in the style of the paper."""
    for complex_, stored, path in labelled():
        scene = compose(complex_, Picture(labels="atoms", palette="element"), 1024, 768, label_style="paper")
        labels = scene.labels.of_kinds(RESIDUE, LIGAND_ATOM)
        assert sorted(labels.text) == sorted(str(label["text"]) for label in stored)
        for label in stored:
            rows = [i for i, text in enumerate(labels.text) if text == label["text"]]
            gap = np.abs(labels.corner[rows] - np.array(label["pixel"])).max(axis=1)
            assert gap.min() <= 0.5
            i = rows[int(gap.argmin())]
            high = labels.em[i] * (1854 + 434) / 2048
            expected = 0.7 * scene.camera.focal / -label["lower_left"][2]  # type: ignore[index]
            assert high == pytest.approx(expected, rel=1e-3)
        found, want = render(replace(scene, labels=labels)).rgb, opened(path)
        overlap, colour = compare(found, want)
        assert overlap > 0.99
        assert colour < 3
        bare = render(replace(scene, labels=no_labels())).rgb
        letters = np.abs(found.astype(int) - bare).max(axis=2) > 8
        assert np.abs(found.astype(float) - want)[letters].mean() < 16
