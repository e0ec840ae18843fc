"""Second pass of a build: all items and pictures of one complex, written aside and renamed."""

import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import shutil
import tempfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from misi.annotate.facts import Facts
from misi.annotate.facts_json import facts_as_json
from misi.dataset.config import BuildConfig
from misi.dataset.layout import dumps, image_path, line_digest
from misi.dataset.store import load_facts
from misi.errors import MisiError
from misi.memory import settle
from misi.paths import child, write_text
from misi.render import render_png
from misi.scene.motion import THREE_VIEWS
from misi.scene.picture import Picture
from misi.scene.scene import compose, coordinates
from misi.structures.complex import Complex, Rejection
from misi.structures.elements import SYMBOLS
from misi.tasks import TASKS
from misi.tasks.question import Item
from misi.tasks.task import Context

#: Facts kept in a worker for partners of composite items; about 0.3 MB each.
_CACHED_FACTS = 64


@dataclass(frozen=True)
class Job:
    """What every unit of one build shares; handed to each worker once."""

    root: Path
    work: Path
    config: BuildConfig
    train: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """One complex to be made."""

    complex_id: str
    split: str


@dataclass(frozen=True)
class Made:
    """What a unit did, for the progress bar and the log; the results themselves are on disk."""

    complex_id: str
    questions: int
    pictures: int


_job: Job | None = None


def start_worker(job: Job) -> None:
    """Keep the job in this process; the pool's initializer."""
    global _job
    _job = job
    _facts.cache_clear()
    parent = multiprocessing.parent_process()
    if parent is not None:  # a worker whose build was killed must not go on writing beside the resumed one
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()
        settle()


def _leave_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


@lru_cache(maxsize=_CACHED_FACTS)
def _facts(complex_id: str) -> Facts:
    assert _job is not None
    return load_facts(_job.work, complex_id)


def unit_path(work: Path, complex_id: str) -> Path:
    return child(work / "units", complex_id, suffix=".json")


def make_unit(unit: Unit) -> Made:
    """Make one complex's items, pictures and facts file; a failure of the complex becomes a rejection on disk."""
    assert _job is not None
    job = _job
    done = unit_path(job.work, unit.complex_id)
    if done.exists():  # resumed
        data = json.loads(done.read_text(encoding="utf-8"))
        return Made(unit.complex_id, len(data["questions"]), len(data["pictures"]))
    try:
        data = _make(job, unit)
    except MisiError as error:
        data = failed(unit, getattr(error, "reason", "unusable"), str(error))
    except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
        data = failed(unit, "internal_error", f"{type(error).__name__}: {error}")
    write_text(done, dumps(data))
    return Made(unit.complex_id, len(data["questions"]), len(data["pictures"]))


def failed(unit: Unit, reason: str, detail: str) -> dict[str, Any]:
    """The record of a unit that gave nothing."""
    rejection = Rejection(unit.complex_id, reason, detail)
    return {
        "id": unit.complex_id,
        "split": unit.split,
        "failed": True,
        "questions": [],
        "rejections": [rejection.as_json()],
        "pictures": {},
    }


def make_items(facts: Facts, context: Context, tasks: tuple[str, ...]) -> tuple[list[Item], list[Rejection]]:
    """Items of one complex in the order of the tasks."""
    items: list[Item] = []
    rejections: list[Rejection] = []
    for name in tasks:
        made, refused = TASKS[name].make(facts, context)
        items += made
        rejections += refused
    return items, rejections


def _make(job: Job, unit: Unit) -> dict[str, Any]:
    config, complex_id = job.config, unit.complex_id
    facts = _facts(complex_id)
    context = Context(
        seed=config.seed,
        split=unit.split,
        width=config.width,
        height=config.height,
        peers=job.train if unit.split == "train" else job.test,
        facts_of=_facts,
        negatives=config.negatives,
    )
    items, rejections = make_items(facts, context, config.tasks)
    pictures: dict[str, tuple[str, Picture]] = {}
    if any(name in config.tasks for name in ("translation_rotation", "rotation_rotation")):
        # Items of other complexes may show this one as the partner.
        pictures |= {f"images/{complex_id}/{view}.png": (complex_id, Picture(view=view)) for view in THREE_VIEWS}
    for item in items:
        pictures |= item.pictures
    own = {path: spec for path, spec in pictures.items() if path.split("/")[1] == complex_id}
    digests = _write_pictures(job, complex_id, own)
    record = {
        **facts_as_json(facts),
        "split": unit.split,
        "notes": list(facts.complex.notes),
        "front": {**coordinates(facts.complex, config.width, config.height), **sticks(facts.complex)},
        "questions": {item.question.id: line_digest(item.question) for item in items},
    }
    write_text(child(job.root / "complexes", complex_id, suffix=".json"), dumps(record) + "\n")
    return {
        "id": complex_id,
        "split": unit.split,
        "failed": False,
        "questions": [item.question.as_json() for item in items],
        "rejections": [rejection.as_json() for rejection in rejections],
        "pictures": digests,
    }


def sticks(structure: Complex) -> dict[str, Any]:
    """What a viewer needs beside the coordinates of the heavy atoms: ``elements`` (symbols, "X" where unknown) and
    ``bonds`` between them, as pairs of rows of ``atoms``."""
    row = np.cumsum(structure.heavy) - 1
    both = structure.heavy[structure.bonds].all(axis=1)
    elements = [SYMBOLS[number] or "X" for number in structure.element[structure.heavy].tolist()]
    return {"elements": elements, "bonds": row[structure.bonds[both]].tolist()}


def _write_pictures(job: Job, complex_id: str, pictures: dict[str, tuple[str, Picture]]) -> dict[str, str]:
    """Render into a folder aside, rename it into place; returns sha256 by path."""
    config = job.config
    final = child(job.root / "images", complex_id)
    digests: dict[str, str] = {}
    aside = Path(tempfile.mkdtemp(prefix="unit.", dir=job.work))
    try:
        for path, (owner, picture) in sorted(pictures.items()):
            scene = compose(_facts(owner).complex, picture, config.width, config.height)
            png = render_png(scene, quality=config.quality, levels=config.levels)
            (aside / image_path(job.root, path).name).write_bytes(png)
            digests[path] = hashlib.sha256(png).hexdigest()
        shutil.rmtree(final, ignore_errors=True)  # left by a killed build between rename and record
        if pictures:
            aside.chmod(0o755)
            final.parent.mkdir(parents=True, exist_ok=True)
            os.replace(aside, final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return digests
