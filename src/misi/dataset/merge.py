"""Last pass of a build: the records of all units become the lists of the dataset, written in order of id."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from misi.dataset.layout import CHECKSUMS, REJECTIONS, SPLITS, dumps, questions_path, sha256_of
from misi.dataset.unit import unit_path
from misi.errors import DatasetError
from misi.paths import written_aside
from misi.structures.complex import Rejection


def read_unit(work: Path, complex_id: str) -> dict[str, Any]:
    """The record of one finished unit."""
    path = unit_path(work, complex_id)
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from None
    return data


def missing_pictures(question: dict[str, Any], failed: set[str]) -> str | None:
    """The first complex among the failed ones that a question shows."""
    return next((name for image in question["images"] if (name := image["path"].split("/")[1]) in failed), None)


def merge_units(
    root: Path, work: Path, ids: Sequence[str], tasks: Iterable[str], rejections: Iterable[Rejection]
) -> dict[str, Any]:
    """Write the question lists, rejections.jsonl and SHA256SUMS of all but the images' own folders.

    Returns
    -------
    dict
        Counts: questions by task and split, complexes by split, pictures, rejections by reason.
    """
    tasks = list(tasks)
    failed = {name for name in ids if read_unit(work, name)["failed"]}
    questions = {task: Counter[str]() for task in tasks}
    complexes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    pictures = 0
    (root / "questions").mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        sums = stack.enter_context(_text(stack.enter_context(written_aside(root / CHECKSUMS))))
        refused = stack.enter_context(_text(stack.enter_context(written_aside(root / REJECTIONS))))
        lists = {
            (task, split): stack.enter_context(_text(stack.enter_context(written_aside(path))))
            for task in tasks
            for split in SPLITS
            if (path := questions_path(root, task, split))
        }

        def refuse(rejection: dict[str, str]) -> None:
            refused.write(dumps(rejection) + "\n")
            reasons[rejection["reason"]] += 1

        for rejection in rejections:
            refuse(rejection.as_json())
        for name in ids:
            unit = read_unit(work, name)
            for rejection_json in unit["rejections"]:
                refuse(rejection_json)
            if name in failed:
                continue
            complexes[unit["split"]] += 1
            for question in unit["questions"]:
                partner = missing_pictures(question, failed)
                if partner is not None:
                    refuse(
                        Rejection(question["id"], "partner_failed", f"its partner {partner} gave no pictures").as_json()
                    )
                    continue
                lists[question["task"], question["split"]].write(dumps(question) + "\n")
                questions[question["task"]][question["split"]] += 1
            for path, digest in unit["pictures"].items():
                sums.write(f"{digest}  {path}\n")
                pictures += 1
            sums.write(f"{sha256_of(root / 'complexes' / (name + '.json'))}  complexes/{name}.json\n")
    for (task, split), handle in lists.items():
        del handle
        path = questions_path(root, task, split)
        if not questions[task][split]:
            path.unlink()
    return {
        "questions": {
            task: {split: count[split] for split in SPLITS if count[split]} for task, count in questions.items()
        },
        "complexes": {split: complexes[split] for split in SPLITS},
        "pictures": pictures,
        "rejections": dict(sorted(reasons.items())),
    }


def _text(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


def append_checksums(root: Path, paths: Iterable[Path]) -> None:
    """Complete SHA256SUMS with further files of the dataset."""
    old = (root / CHECKSUMS).read_text(encoding="utf-8")
    new = "".join(f"{sha256_of(path)}  {path.relative_to(root).as_posix()}\n" for path in paths)
    with written_aside(root / CHECKSUMS) as aside:
        aside.write_text(old + new, encoding="utf-8", newline="\n")


def read_checksums(root: Path) -> Iterator[tuple[str, str]]:
    """(sha256, path) of every line."""
    path = root / CHECKSUMS
    try:
        with path.open(encoding="utf-8") as handle:
            for line in handle:
                digest, _, name = line.rstrip("\n").partition("  ")
                if len(digest) != 64 or not name:
                    raise DatasetError(f"{path}: damaged line {line[:60]!r}")
                yield digest, name
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from None
