"""What every export shares: which questions, checked, with their pictures brought along."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from misi.dataset.layout import image_path, read_manifest, read_questions, read_tiny
from misi.dataset.tokens import item_tokens
from misi.errors import DatasetError
from misi.structures.complex import Rejection
from misi.tasks.question import IMAGE_MARK, Question


@dataclass(frozen=True)
class Selection:
    """Which questions of a dataset an export takes.

    Attributes
    ----------
    root : Path
        The dataset.
    tasks : tuple of str or None
    split : str or None
    tiny : bool
        Only the small subset.
    max_tokens : int or None
        Questions estimated longer than this are refused, by name.
    license : str or None
        A licence identifier of the Hugging Face hub, for the card; None leaves it to the terms of the structures.
    """

    root: Path
    tasks: tuple[str, ...] | None = None
    split: str | None = None
    tiny: bool = False
    max_tokens: int | None = None
    license: str | None = None

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return read_manifest(self.root)

    @property
    def task_names(self) -> tuple[str, ...]:
        """Names of the tasks chosen, in the dataset's order where all are."""
        return self.tasks or tuple(self.manifest["counts"]["questions"])

    def of(self, **changes: Any) -> "Selection":
        """The same with some attributes changed."""
        return replace(self, **changes)

    def tokens(self, question: Question) -> int:
        """Estimated length of a question with its pictures and answer."""
        width, height = self.manifest["image_size"]
        return item_tokens(question, width, height)


def chosen(selection: Selection, refused: list[Rejection]) -> Iterator[Question]:
    """The questions, in the dataset's order; those that are too long are added to `refused`.

    Raises
    ------
    DatasetError
        A question's marks and images differ in number, or an image has a bad name.
    """
    tiny = set(read_tiny(selection.root)) if selection.tiny else None
    for question in read_questions(selection.root, selection.tasks, selection.split):
        if tiny is not None and question.id not in tiny:
            continue
        marks = question.question.count(IMAGE_MARK)
        if marks != len(question.images):
            raise DatasetError(f"{question.id}: {marks} image marks for {len(question.images)} images")
        tokens = selection.tokens(question)
        if selection.max_tokens is not None and tokens > selection.max_tokens:
            detail = f"about {tokens} tokens, {selection.max_tokens} are allowed"
            refused.append(Rejection(question.id, "too_long", detail))
            continue
        yield question


def answer_line(question: Question) -> str:
    """The completion that a model is to give."""
    return f"Answer: {question.answer}"


def bring(selection: Selection, question: Question, out: Path) -> list[str]:
    """Link or copy a question's pictures below `out`; returns their paths relative to it."""
    paths = []
    for image in question.images:
        source, target = image_path(selection.root, image.path), image_path(out, image.path)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except OSError:  # another file system, or one without links
                shutil.copyfile(source, target)
        paths.append(image.path)
    return paths
