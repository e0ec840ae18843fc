"""Tables for VLMEvalKit: one TSV a task, the questions beside them, and a script that scores what came back.

How VLMEvalKit reads a table of its own (`vlmeval/dataset`, read in November 2026): `image` holds one picture in
base64 or a list of them, written as JSON; `image_path` the file names under which it unpacks them, flat, and older
versions refuse a list without it; `A`.. make it a multiple-choice set; a name with ``openended`` makes the others free
text, for which VLMEvalKit asks but has no scores. All pictures are sent first, then the text, so numbers in the text
say which is which.
"""

import base64
import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from misi.dataset.export.items import Selection, chosen
from misi.dataset.layout import dumps, image_path
from misi.paths import write_text, written_aside
from misi.structures.complex import Rejection
from misi.tasks.question import IMAGE_MARK, Question

QUESTIONS = "questions.jsonl"
_LETTERS = "ABCD"
_HEADS = ("index", "id", "image", "image_path", "question", "answer", "category", "tokens")
_SCRIPT = '''"""Scores of the replies that VLMEvalKit wrote, by misi's rules (pip install misi-bench).

python misi_score.py outputs/MODEL/MODEL_misi_*.xlsx
"""

import json
import sys
from pathlib import Path

import pandas

from misi.evaluate.harnesses import score_table
from misi.tasks.question import Question

replies = {}
for name in sys.argv[1:]:
    table = pandas.read_excel(name) if name.endswith(".xlsx") else pandas.read_csv(name, sep="\\t")
    if {"id", "prediction"} <= set(table.columns):
        replies.update(zip(table["id"].astype(str), table["prediction"].fillna("").astype(str)))
with (Path(__file__).parent / "questions.jsonl").open(encoding="utf-8") as lines:
    print(score_table(map(Question.from_json, map(json.loads, lines)), replies))
'''


def export_vlmevalkit(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """`misi_<task>_<split>.tsv` for tasks with options, `misi_<task>_<split>_openended.tsv` for the others."""
    total = 0
    with written_aside(out / QUESTIONS) as aside, aside.open("w", encoding="utf-8", newline="\n") as kept:
        for task in selection.task_names:
            part = selection.of(tasks=(task,), split=selection.split or "test")
            questions = list(chosen(part, refused))
            if not questions:
                continue
            choice = all(question.options for question in questions)
            name = f"misi_{task}_{part.split}" + ("" if choice else "_openended")
            with (
                written_aside(out / f"{name}.tsv") as table,
                table.open("w", encoding="utf-8", newline="") as handle,
            ):
                _write(part, questions, choice, handle)
            kept.writelines(dumps(question.as_json()) + "\n" for question in questions)
            total += len(questions)
    write_text(out / "misi_score.py", _SCRIPT)
    return total


def _write(selection: Selection, questions: Iterable[Question], choice: bool, handle: TextIO) -> None:
    writer = csv.writer(handle, delimiter="\t", lineterminator="\n")
    writer.writerow([*_HEADS, *_LETTERS] if choice else _HEADS)
    for index, question in enumerate(questions):
        paths = [image.path for image in question.images]
        pictures = [base64.b64encode(image_path(selection.root, path).read_bytes()).decode() for path in paths]
        row: list[object] = [
            index,
            question.id,
            json.dumps(pictures),
            json.dumps([flat_name(path) for path in paths], ensure_ascii=False),
            numbered(question.question),
            question.answer,
            question.task,
            selection.tokens(question),
        ]
        writer.writerow([*row, *question.options] if choice else row)


def flat_name(path: str) -> str:
    """``images/<complex>/<name>.png`` as one file name; pictures' own names hold no double underscore."""
    return path.removeprefix("images/").replace("/", "__")


def numbered(text: str) -> str:
    """The text with ``[image 1]``, ``[image 2]`` .. in place of the marks."""
    first, *rest = text.split(IMAGE_MARK)
    return first + "".join(f"[image {number}]{part}" for number, part in enumerate(rest, 1))
