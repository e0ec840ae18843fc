"""Last pass of a build: lists, subset, card and manifest; and joining the folders of several shards."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import misi
from misi.dataset.card import write_card
from misi.dataset.layout import (
    CARD,
    CHECKSUMS,
    FORMAT,
    MANIFEST,
    REJECTIONS,
    TINY,
    questions_path,
    read_lines,
    sha256_of,
)
from misi.dataset.merge import append_checksums, merge_units
from misi.dataset.plan import Plan
from misi.dataset.subset import choose_tiny
from misi.dataset.unit import Job, unit_path
from misi.errors import DatasetError
from misi.paths import child, write_text
from misi.tasks.question import Question


def finish(job: Job, plan: Plan) -> dict[str, Any]:
    """Merge the units, write subset, card and manifest, remove the work folder; returns the counts.

    Raises
    ------
    DatasetError
        Some complexes were not made yet.
    """
    root, config = job.root, job.config
    missing = [name for name in plan.ids if not unit_path(job.work, name).exists()]
    if missing:
        raise DatasetError(f"{root}: {len(missing)} complexes were not made yet, the first is {missing[0]}")
    _sweep(root)
    counts = merge_units(root, job.work, plan.ids, config.tasks, plan.rejections)
    tiny = choose_tiny(_test_questions(root, counts))
    write_text(root / TINY, "".join(f"{name}\n" for name in tiny))
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": "misi",
        "config": config.as_json(),
        "versions": {"misi": misi.__version__},
        "image_size": [config.width, config.height],
        "max_pixels": config.width * config.height,
        "split": plan.split,
        "leakage": plan.leakage,
        "counts": counts | {"tiny": len(tiny)},
    }
    write_card(root / CARD, manifest)
    lists = sorted((root / "questions").glob("*.jsonl"))
    append_checksums(root, [*lists, root / REJECTIONS, root / TINY, root / CARD])
    listed = [root / CHECKSUMS, *lists, root / REJECTIONS, root / TINY, root / CARD]
    manifest["files"] = {path.relative_to(root).as_posix(): sha256_of(path) for path in listed}
    write_text(root / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(job.work, ignore_errors=True)
    return counts


def gather(shards: Sequence[tuple[Path, Path]], root: Path, work: Path, plan: Plan) -> None:
    """Bring the units of other folders, given as (root, work), into `root` by hard link or copy.

    Raises
    ------
    DatasetError
        A complex was made in none of the folders.
    """
    for name in plan.ids:
        if unit_path(work, name).exists():
            continue
        for their_root, their_work in shards:
            record = unit_path(their_work, name)
            if record.exists():
                images = child(their_root / "images", name)
                if images.is_dir():
                    aside = work / f"unit.{name}"
                    shutil.rmtree(aside, ignore_errors=True)
                    shutil.copytree(images, aside, copy_function=_link)
                    target = child(root / "images", name)
                    shutil.rmtree(target, ignore_errors=True)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(aside, target)
                facts = child(their_root / "complexes", name, suffix=".json")
                if facts.exists():
                    write_text(child(root / "complexes", name, suffix=".json"), facts.read_text(encoding="utf-8"))
                write_text(unit_path(work, name), record.read_text(encoding="utf-8"))
                break
        else:
            raise DatasetError(f"{name} was made in none of the folders; run its shard again")


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
    return target


def _sweep(root: Path) -> None:
    """Remove what killed processes left beside the files they were about to write."""
    for folder in (root, root / "complexes", root / "questions"):
        for stray in folder.glob(".*.tmp"):
            stray.unlink(missing_ok=True)


def _test_questions(root: Path, counts: dict[str, Any]) -> Iterator[Question]:
    for task, by_split in counts["questions"].items():
        if by_split.get("test"):
            yield from map(Question.from_json, read_lines(questions_path(root, task, "test")))
