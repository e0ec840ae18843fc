"""Forms for other evaluation harnesses: VLMEvalKit (TSV) and lmms-eval (a task folder)."""

import base64
import csv
import json
from pathlib import Path

from misi.dataset.export.items import Selection, chosen
from misi.dataset.export.parquet import export_hf
from misi.dataset.layout import image_path
from misi.paths import write_text, written_aside
from misi.structures.complex import Rejection
from misi.tasks.question import IMAGE_MARK

_LETTERS = "ABCD"


def export_vlmevalkit(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """One `misi_<task>_<split>.tsv` a task: index, id, image (list of base64), question, A..D, answer, category."""
    total = 0
    for task in selection.tasks or tuple(selection.manifest["counts"]["questions"]):
        split = selection.split or "test"
        part = Selection(selection.root, (task,), split, selection.tiny, selection.max_tokens)
        questions = list(chosen(part, refused))
        if not questions:
            continue
        choice = all(question.options for question in questions)
        with (
            written_aside(out / f"misi_{task}_{split}.tsv") as aside,
            aside.open("w", encoding="utf-8", newline="") as handle,
        ):
            writer = csv.writer(handle, delimiter="\t", lineterminator="\n")
            heads = ["index", "id", "image", "question", "answer", "category"]
            writer.writerow([*heads, *_LETTERS] if choice else heads)
            for index, question in enumerate(questions):
                pictures = [
                    base64.b64encode(image_path(selection.root, image.path).read_bytes()).decode()
                    for image in question.images
                ]
                # The harness sends all pictures first; numbers keep text and pictures together.
                text = question.question
                for number in range(1, len(question.images) + 1):
                    text = text.replace(IMAGE_MARK, f"[image {number}]", 1)
                row: list[object] = [index, question.id, json.dumps(pictures), text, question.answer, task]
                if choice:
                    row += [question.options[k] for k in range(len(_LETTERS))]
                writer.writerow(row)
                total += 1
    return total


_YAML = """# A misi dataset for lmms-eval: lmms-eval --include_path {folder} --tasks misi
dataset_path: {parquet}
dataset_name: {task}
test_split: test
output_type: generate_until
task: misi_{task}
doc_to_visual: !function misi_functions.doc_to_visual
doc_to_text: !function misi_functions.doc_to_text
doc_to_target: answer
process_results: !function misi_functions.process_results
generation_kwargs:
  max_new_tokens: 1024
  temperature: 0
  do_sample: false
metric_list:
- metric: weighted
  aggregation: mean
  higher_is_better: true
- metric: exact
  aggregation: mean
  higher_is_better: true
metadata:
- version: 1.0
"""

_FUNCTIONS = '''"""Functions of the misi tasks: replies are judged by misi itself (pip install misi-bench)."""

from misi.dataset.export.parquet import question_of_row
from misi.evaluate.outcomes import Reply, judge


def doc_to_visual(doc):
    return [picture.convert("RGB") for picture in doc["images"]]


def doc_to_text(doc, lmms_eval_specific_kwargs=None):
    return doc["question"]


def process_results(doc, results):
    question = question_of_row(doc)
    verdict = judge(question, Reply(question.id, results[0]))
    return {"weighted": verdict.weighted, "exact": verdict.exact}
'''


def export_lmms(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """A task folder for lmms-eval: parquet, one YAML a task, a group, and the functions they name."""
    split = selection.split or "test"
    part = Selection(selection.root, selection.tasks, split, selection.tiny, selection.max_tokens)
    parquet = out / "parquet"
    total = export_hf(part, parquet, refused)
    folder = out / "tasks"
    names = []
    for task in selection.tasks or tuple(selection.manifest["counts"]["questions"]):
        if list((parquet / task).glob("*.parquet")):
            text = _YAML.format(task=task, parquet=parquet.resolve(), folder=folder.resolve())
            write_text(folder / f"misi_{task}.yaml", text.replace("test_split: test", f"test_split: {split}"))
            names.append(f"misi_{task}")
    write_text(folder / "misi_functions.py", _FUNCTIONS)
    write_text(folder / "misi.yaml", "group: misi\ntask:\n" + "".join(f"- {name}\n" for name in names))
    return total
