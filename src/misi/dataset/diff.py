"""`misi diff`: which items differ between two datasets, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from misi.dataset.layout import read_lines, read_manifest, read_questions
from misi.dataset.merge import read_checksums
from misi.tasks.question import Question


@dataclass(frozen=True)
class Change:
    """One item that is not the same in both.

    Attributes
    ----------
    id : str
    kind : str
        ``added``, ``removed`` or ``changed``.
    why : str
        For people: the rejection, the settings, or the parts that differ.
    """

    id: str
    kind: str
    why: str


def diff(old: Path, new: Path) -> Iterator[Change]:
    """Changes from one dataset to another, in order of id.

    Raises
    ------
    DatasetError
        One of them is no finished dataset.
    """
    before, after = ({q.id: q for q in read_questions(root)} for root in (old, new))
    refused = {data["id"]: f"{data['reason']}: {data['detail']}" for data in read_lines(new / "rejections.jsonl")}
    was_refused = {data["id"]: data["reason"] for data in read_lines(old / "rejections.jsonl")}
    sums = [{name: digest for digest, name in read_checksums(root)} for root in (old, new)]
    sides = [_splits(questions) for questions in (before, after)]
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            question = before[name]
            why = refused.get(name) or refused.get(question.complex_id)
            if why is None and question.complex_id not in sides[1]:
                why = f"its complex {question.complex_id} is not in the new dataset"
            if why is None and sides[1][question.complex_id] != question.split:
                why = f"its complex moved to {sides[1][question.complex_id]}"
            yield Change(name, "removed", why or "other settings")
        elif name not in before:
            question = after[name]
            reason = was_refused.get(name) or was_refused.get(question.complex_id)
            why = f"was rejected before ({reason})" if reason else f"complex {question.complex_id}"
            yield Change(name, "added", why)
        elif parts := _differences(before[name], after[name], sums):
            yield Change(name, "changed", ", ".join(parts))


def settings_changed(old: Path, new: Path) -> list[str]:
    """Build settings and versions that differ, one line each."""
    before, after = read_manifest(old), read_manifest(new)
    lines = []
    for part in ("config", "versions"):
        for key in sorted(before[part].keys() | after[part].keys()):
            a, b = before[part].get(key), after[part].get(key)
            if a != b:
                lines.append(f"{key}: {a} -> {b}" if len(f"{a}{b}") < 80 else f"{key}: changed")
    return lines


def _splits(questions: dict[str, Question]) -> dict[str, str]:
    return {question.complex_id: question.split for question in questions.values()}


def _differences(a: Question, b: Question, sums: list[dict[str, str]]) -> list[str]:
    """Names of the parts in which two versions of an item differ."""
    parts = [
        name
        for name in ("split", "answer", "options", "question", "derivation")
        if getattr(a, name) != getattr(b, name)
    ]
    if a.images != b.images or any(sums[0].get(image.path) != sums[1].get(image.path) for image in a.images):
        parts.append("pictures")
    return parts
