"""A dataset whose test questions are its train questions: to prove, by `misi eval` itself, what was learnt by heart.

Nothing but a proof may use it. Pictures are linked, not copied; with `shuffled`, every question shows the pictures of
another question of its task, and keeps its own text and answer.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from misi.dataset.layout import CHECKSUMS, MANIFEST, REJECTIONS, TINY, dumps, questions_path, read_manifest
from misi.errors import DatasetError
from misi.paths import write_text
from misi.tasks.question import Question
from misi.train.controls import partners


def mirror(root: Path, out: Path, questions: Sequence[Question], *, shuffled: bool = False) -> Path:
    """Write the folder; returns `out`.

    Parameters
    ----------
    root : Path
        Dataset that the questions come from.
    shuffled : bool
        Test questions show each other's pictures; train questions always their own.

    Raises
    ------
    DatasetError
        `out` is there already.
    """
    if out.exists():
        raise DatasetError(f"{out}: is there already")
    manifest = read_manifest(root)
    shown = partners(questions) if shuffled else {question.id: question for question in questions}
    tasks = list(dict.fromkeys(question.task for question in questions))
    for task in tasks:
        own = [question for question in questions if question.task == task]
        asked = [replace(question, split="test", images=shown[question.id].images) for question in own]
        for split, group in (("train", own), ("test", asked)):
            lines = "".join(dumps(question.as_json()) + "\n" for question in group)
            write_text(questions_path(out, task, split), lines)
    for folder in ("images", "complexes"):
        (out / folder).symlink_to((root / folder).resolve(), target_is_directory=True)
    for name in (CHECKSUMS, REJECTIONS):
        shutil.copyfile(root / name, out / name)
    write_text(out / TINY, "".join(f"{question.id}\n" for question in questions))
    counts = {task: sum(question.task == task for question in questions) for task in tasks}
    manifest["counts"] = {**manifest["counts"], "questions": {t: {"train": n, "test": n} for t, n in counts.items()}}
    manifest["config"] = {**manifest["config"], "tasks": tasks}
    write_text(out / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return out
