"""Can the answer be seen? Option pictures that differ, steps that show, atoms in view, negatives that are near."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from misi.dataset.finding import Finding, quantile
from misi.dataset.layout import image_path
from misi.seeds import rank_of
from misi.tasks.question import Question

#: Colour steps by which a pixel must differ to count, and the least share of lit pixels that must.
PIXEL_STEP = 24
LEAST_CHANGED = 0.05
#: Displacement between neighbouring answers below which a picture cannot decide, pixels.
LEAST_STEP = 1.0
#: Residues nearer than this to the ligand are hard negatives, angstrom (shared/spec/tasks.md section 2).
NEAR = 5.0


def options_differ(task: str, questions: Sequence[Question], root: Path, sample: int) -> Iterator[Finding]:
    """Smallest difference between two options, in pose (mean pixels moved) and in the pictures themselves."""
    poses = [float(q.derivation["separation_px"]) for q in questions if "separation_px" in q.derivation]
    if not poses:
        return
    yield Finding(
        task,
        "options differ in pose",
        f"least {min(poses):.1f} px, median {quantile(poses, 0.5):.1f} px",
        min(poses) > 0,
    )
    shown = [q for q in questions if q.images and len(q.images) > 4 and q.images[-4].label.startswith("Option")]
    if not shown:
        return
    chosen = sorted(shown, key=lambda q: rank_of("audit pixels", q.id))[:sample]
    changed = [(_least_change(question, root), question.id) for question in chosen]
    least, name = min(changed)
    figure = (
        f"least {100 * least:.1f} % of lit pixels ({name}), median {100 * quantile([c for c, _ in changed], 0.5):.1f} %"
    )
    yield Finding(task, f"options differ in pixels, {len(chosen)} items", figure, least >= LEAST_CHANGED)


def _least_change(question: Question, root: Path) -> float:
    """Smallest share of lit pixels in which two of the option pictures differ."""
    pictures = []
    for image in question.images[-4:]:
        with Image.open(image_path(root, image.path)) as picture:
            pictures.append(np.asarray(picture.convert("RGB")).astype(np.int16))
    lit = [_strongest(picture) > PIXEL_STEP for picture in pictures]
    least = 1.0
    for i, j in combinations(range(len(pictures)), 2):
        differs = _strongest(np.abs(pictures[i] - pictures[j])) > PIXEL_STEP
        least = min(least, float(differs.sum()) / max(1, int((lit[i] | lit[j]).sum())))
    return least


def _strongest(picture: NDArray[np.int16]) -> NDArray[np.int16]:
    """(H, W) largest of the three channels; a reduction over the short last axis would be ten times slower."""
    return np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])


def resolution(task: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """The certificate that neighbouring answers look different."""
    steps = [float(q.derivation["resolution_px"]) for q in questions if "resolution_px" in q.derivation]
    if not steps:
        return
    blurred = sum(step < LEAST_STEP for step in steps)
    figure = f"least {min(steps):.2f} px, median {quantile(steps, 0.5):.2f} px, {blurred} below {LEAST_STEP:g} px"
    yield Finding(task, "neighbouring answers", figure, blurred <= 0.01 * len(steps))


def visibility(task: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """In how many of the views the atoms asked about can be seen."""
    rows = [q.derivation["views_seen"] for q in questions if q.derivation.get("views_seen")]
    pairs = [pair for row in rows for pair in (row if isinstance(row[0], list) else [row])]
    if not pairs:
        return
    hidden = sum(min(pair) == 0 for pair in pairs)
    mean = sum(min(pair) for pair in pairs) / len(pairs)
    figure = f"{hidden} of {len(pairs)} bonds have an atom hidden in all views; the worse atom shows in {mean:.1f} of 6"
    yield Finding(task, "atoms can be seen", figure, hidden <= 0.05 * len(pairs))


def negative_distances(task: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """How far from the ligand the residues without a bond are."""
    if task != "residue_ligand":
        return
    distances = [float(q.derivation["distance"]) for q in questions if q.answer == "No"]
    if distances:
        near = sum(distance <= NEAR for distance in distances)
        figure = f"median {quantile(distances, 0.5):.1f} A, {100 * near / len(distances):.0f} % within {NEAR:g} A"
        yield Finding(task, "distance of negatives", figure)
