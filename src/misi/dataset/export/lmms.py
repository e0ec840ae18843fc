"""A task folder for lmms-eval (0.7): parquet, one YAML a task, a group, and the functions that these name."""

import json
from pathlib import Path

from misi.dataset.export.items import Selection
from misi.dataset.export.parquet import export_hf
from misi.paths import write_text
from misi.structures.complex import Rejection

#: Adapters of lmms-eval 0.7.3 that put all pictures in front unless the text holds this mark once for each.
_BARE_MARK = ("llava", "llava_hf", "llava_onevision", "idefics2", "aria")

# `until` must be there: without it lmms-eval ends replies at the first blank line. YAML takes JSON strings as they are.
_TASK = """# lmms-eval eval --include_path {folder} --tasks misi
dataset_path: {parquet}
dataset_name: {task}
test_split: {split}
output_type: generate_until
task: misi_{task}
doc_to_visual: !function misi_functions.doc_to_visual
doc_to_text: !function misi_functions.doc_to_text
doc_to_messages: !function misi_functions.doc_to_messages
doc_to_target: answer
process_results: !function misi_functions.process_results
generation_kwargs:
  until: []
  max_new_tokens: 2048
  temperature: 0
  do_sample: false
lmms_eval_specific_kwargs:
  default:
    image_mark: "<image {{number}}>"
{marks}metric_list:
{metrics}metadata:
- version: 1.0
"""
_MARK = '  {adapter}:\n    image_mark: "<image>"\n'
_METRIC = "- metric: {name}\n  aggregation: mean\n  higher_is_better: true\n"
_GROUP = "# Scores are means of 0..1; the columns of the paper's tables are the tasks, residue_ligand's by side.\n"
_FUNCTIONS = '''"""Conversations and scores are those of misi: pip install misi-bench."""

from misi.evaluate.harnesses import doc_to_messages, doc_to_text, doc_to_visual, process_results

__all__ = ["doc_to_messages", "doc_to_text", "doc_to_visual", "process_results"]
'''


def export_lmms(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """`parquet/` and `tasks/`; the YAML files name the parquet folder by its full path, so it must stay there."""
    part = selection.of(split=selection.split or "test")
    parquet, folder = out / "parquet", out / "tasks"
    total = export_hf(part, parquet, refused)
    names = []
    for task in part.task_names:
        if list((parquet / task).glob("*.parquet")):
            write_text(folder / f"misi_{task}.yaml", _task_yaml(task, str(part.split), parquet, folder))
            names.append(f"misi_{task}")
    write_text(folder / "misi_functions.py", _FUNCTIONS)
    write_text(folder / "misi.yaml", _GROUP + "group: misi\ntask:\n" + "".join(f"- {name}\n" for name in names))
    return total


def _task_yaml(task: str, split: str, parquet: Path, folder: Path) -> str:
    metrics = ["weighted", "exact"]
    if task == "residue_ligand":
        metrics += [f"{name}_{side}" for side in ("positive", "negative") for name in ("weighted", "exact")]
    return _TASK.format(
        task=task,
        split=split,
        parquet=json.dumps(str(parquet.resolve()), ensure_ascii=False),
        folder=folder.resolve(),
        marks="".join(_MARK.format(adapter=adapter) for adapter in _BARE_MARK),
        metrics="".join(_METRIC.format(name=name) for name in metrics),
    )
