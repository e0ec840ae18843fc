"""`misi build`: a folder of structures becomes a dataset that can be released.

Three passes: read and annotate every complex (prepare), make each complex's items and pictures (unit), merge the
units into lists. Each complex is written aside and renamed, so a killed build leaves whole units or nothing, and
`resume` goes on with the rest; the result is the same, byte for byte.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import misi
from misi.dataset.card import write_card
from misi.dataset.config import PAPER_TEST, PAPER_TRAIN, BuildConfig
from misi.dataset.layout import (
    CARD,
    CHECKSUMS,
    FORMAT,
    MANIFEST,
    REJECTIONS,
    TINY,
    WORK,
    dumps,
    questions_path,
    read_lines,
    sha256_of,
)
from misi.dataset.merge import append_checksums, merge_units
from misi.dataset.pool import run_units
from misi.dataset.prepare import prepare
from misi.dataset.subset import choose_tiny
from misi.dataset.unit import Job, Made, Unit, failed, make_unit, start_worker, unit_path
from misi.errors import DatasetError
from misi.paths import write_text
from misi.structures.complex import Rejection
from misi.structures.sources import find_sources
from misi.structures.split import random_split
from misi.tasks.question import Question

#: Called with (pass name, units done, units in all).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Built:
    """What a build made and how long it took (times stay out of the dataset, so that equal builds are equal)."""

    root: Path
    counts: dict[str, Any]
    seconds: float
    pictures_made: int


def build(
    src: Path,
    root: Path,
    config: BuildConfig,
    *,
    workers: int = 1,
    resume: bool = False,
    progress: Progress = lambda *_: None,
) -> Built:
    """Build a dataset in `root` from the structures in `src`.

    Raises
    ------
    DatasetError
        `root` holds something else, or an unfinished build while `resume` is false, or one of other settings;
        or too few complexes are usable for the split asked for.
    StructureError
        `src` holds no structures.
    """
    started = time.monotonic()
    work = root / WORK
    if _claim(root, config, resume):
        counts = json.loads((root / MANIFEST).read_text(encoding="utf-8"))["counts"]
        return Built(root, counts, time.monotonic() - started, 0)
    sources = find_sources(src)
    prepared = 0

    def tick(step: int) -> None:
        nonlocal prepared
        prepared += step
        progress("reading", prepared, len(sources) if config.limit is None else min(config.limit, len(sources)))

    usable, rejections = prepare(sources, work, limit=config.limit, workers=workers, progress=tick)
    job = _job(root, work, config, usable, src)
    units = [Unit(name, "train") for name in job.train] + [Unit(name, "test") for name in job.test]
    units.sort(key=lambda unit: unit.complex_id)
    made = 0
    for done, result in enumerate(
        run_units(
            make_unit, units, workers=workers, initializer=start_worker, initargs=(job,), on_death=_record_death(work)
        ),
        1,
    ):
        made += result.pictures
        progress("making", done, len(units))
    counts = finish(job, [unit.complex_id for unit in units], rejections)
    return Built(root, counts, time.monotonic() - started, made)


def finish(job: Job, ids: list[str], rejections: list[Rejection]) -> dict[str, Any]:
    """Merge the units, write subset, card and manifest, remove the work folder; returns the counts."""
    root, config = job.root, job.config
    counts = merge_units(root, job.work, ids, config.tasks, rejections)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": "misi",
        "config": config.as_json(),
        "versions": {"misi": misi.__version__},
        "image_size": [config.width, config.height],
        "max_pixels": config.width * config.height,
        "counts": counts,
    }
    tiny = choose_tiny(_test_questions(root, counts))
    write_text(root / TINY, "".join(f"{name}\n" for name in tiny))
    write_card(root / CARD, manifest, job.train, job.test)
    lists = sorted((root / "questions").glob("*.jsonl"))
    append_checksums(root, [*lists, root / REJECTIONS, root / TINY, root / CARD])
    manifest["files"] = {CHECKSUMS: sha256_of(root / CHECKSUMS)}
    manifest["files"] |= {path.relative_to(root).as_posix(): sha256_of(path) for path in lists}
    manifest["files"] |= {name: sha256_of(root / name) for name in (REJECTIONS, TINY, CARD)}
    write_text(root / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(job.work, ignore_errors=True)
    return counts


def _claim(root: Path, config: BuildConfig, resume: bool) -> bool:
    """Make the folder ours; true if it already holds the finished build of these settings."""
    settings = root / WORK / "config.json"
    wanted = config.as_json()
    if (root / MANIFEST).exists():
        if not resume:
            raise DatasetError(f"{root}: there is a finished dataset already; choose another folder")
        if json.loads((root / MANIFEST).read_text(encoding="utf-8")).get("config") != json.loads(json.dumps(wanted)):
            raise DatasetError(f"{root}: holds a dataset of other settings; choose another folder")
        return True
    if settings.exists():
        if not resume:
            raise DatasetError(f"{root}: holds an unfinished build; add --resume to go on with it")
        if json.loads(settings.read_text(encoding="utf-8")) != json.loads(json.dumps(wanted)):
            raise DatasetError(f"{root}: the unfinished build there has other settings; choose another folder")
    elif root.exists() and any(root.iterdir()):
        raise DatasetError(f"{root}: is not empty and holds no build of ours; choose another folder")
    for stale in (root / WORK).glob("unit.*"):
        shutil.rmtree(stale, ignore_errors=True)
    write_text(settings, json.dumps(wanted))
    return False


def _job(root: Path, work: Path, config: BuildConfig, usable: list[str], src: Path) -> Job:
    if config.split_ids is not None:
        known = set(usable)
        train, test = (tuple(sorted(name for name in part if name in known)) for part in config.split_ids)
    else:
        n_train, n_test = _sizes(config, len(usable), src)
        split = random_split(usable, n_train, n_test, config.seed)
        train, test = tuple(sorted(split.train)), tuple(sorted(split.test))
    if not train and not test:
        raise DatasetError(f"{src}: none of the complexes of the split is usable")
    return Job(root, work, config, train, test)


def _sizes(config: BuildConfig, usable: int, src: Path) -> tuple[int, int]:
    """Numbers of train and test complexes."""
    n_test, n_train = config.test, config.train
    if n_test is None:
        rest = usable - (n_train or 0)
        n_test = round(usable * PAPER_TEST / (PAPER_TRAIN + PAPER_TEST)) if n_train is None else rest
    if n_train is None:
        n_train = usable - n_test
    if n_train + n_test > usable or n_train < 0 or n_test < 0:
        raise DatasetError(f"{src}: only {usable} complexes are usable, {n_train} + {n_test} are asked for")
    return n_train, n_test


def _test_questions(root: Path, counts: dict[str, Any]) -> Iterator[Question]:
    for task, by_split in counts["questions"].items():
        if by_split.get("test"):
            yield from map(Question.from_json, read_lines(questions_path(root, task, "test")))


def _record_death(work: Path) -> Callable[[Unit], Made]:
    def record(unit: Unit) -> Made:
        detail = "the worker that made it was killed three times (out of memory?)"
        write_text(unit_path(work, unit.complex_id), dumps(failed(unit, "worker_died", detail)))
        return Made(unit.complex_id, 0, 0)

    return record
