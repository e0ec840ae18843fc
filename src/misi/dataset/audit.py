"""`misi audit`: is a dataset worth asking? Each finding has a figure, and may fail a release."""

from collections.abc import Iterator
from pathlib import Path

from misi.dataset.audit_answers import answers_balanced, duplicates, schemes_shared
from misi.dataset.audit_blind import blind_solvability
from misi.dataset.audit_pictures import negative_distances, options_differ, resolution, visibility
from misi.dataset.finding import Finding
from misi.dataset.layout import read_manifest, read_questions

#: Items of a task whose option pictures are compared pixel by pixel; the choice is by hash of the id.
PIXEL_SAMPLE = 300


def audit(root: Path, pixel_sample: int = PIXEL_SAMPLE) -> Iterator[Finding]:
    """Yield the findings of a finished dataset, task by task.

    Raises
    ------
    DatasetError
        There is no finished dataset in `root`, or a list of it is damaged.
    """
    for task in read_manifest(root)["counts"]["questions"]:
        questions = list(read_questions(root, [task]))
        if not questions:
            continue
        yield from answers_balanced(task, questions)
        yield from schemes_shared(task, questions)
        yield from options_differ(task, questions, root, pixel_sample)
        yield from resolution(task, questions)
        yield from visibility(task, questions)
        yield from negative_distances(task, questions)
        yield from blind_solvability(task, questions)
        yield from duplicates(task, questions)
