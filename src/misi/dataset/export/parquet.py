"""Hugging Face parquet: one config a task, pictures inside as `List(Image())`, loads with `datasets` offline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from misi.dataset.card import size_category
from misi.dataset.export.items import Selection, chosen
from misi.dataset.layout import SPLITS, image_path
from misi.errors import MisiError
from misi.paths import write_text, written_aside
from misi.structures.complex import Rejection
from misi.tasks.question import ImageRef, Question

#: Pictures in one parquet file, so that a file stays near 300 MB.
_PICTURES = 4000


def export_hf(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """`<task>/<split>-NNNNN-of-NNNNN.parquet` and a card whose metadata names each task as a config.

    Raises
    ------
    MisiError
        pyarrow or datasets is not installed.
    """
    try:
        import pyarrow.parquet as pq
        from datasets import Features, Image, List, Value
    except ImportError:
        raise MisiError("this format needs datasets and pyarrow: pip install 'misi-bench[data]'") from None
    text = Value("string")
    columns = dict.fromkeys(("id", "task", "split", "complex_id", "question", "answer", "derivation"), text)
    lists = {"images": List(Image()), "image_labels": List(text), "image_paths": List(text), "options": List(text)}
    features = Features({**columns, **lists})
    schema = features.arrow_schema
    total = 0
    configs: list[dict[str, Any]] = []
    for task in selection.tasks or tuple(selection.manifest["counts"]["questions"]):
        files = []
        for split in (selection.split,) if selection.split else SPLITS:
            part = Selection(selection.root, (task,), split, selection.tiny, selection.max_tokens)
            batches = list(_batches(chosen(part, refused)))
            for number, batch in enumerate(batches):
                name = f"{task}/{split}-{number:05d}-of-{len(batches):05d}.parquet"
                rows = [_row(question, selection.root) for question in batch]
                table = _table(rows, schema)
                with written_aside(out / name) as aside:
                    pq.write_table(table, aside, row_group_size=100)
                total += len(batch)
            if batches:
                files.append({"split": split, "path": f"{task}/{split}-*.parquet"})
        if files:
            configs.append({"config_name": task, "data_files": files})
    write_text(out / "README.md", _card(selection.root, configs, total))
    return total


def _table(rows: list[dict[str, Any]], schema: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema)


def _batches(questions: Iterator[Question]) -> Iterator[list[Question]]:
    batch: list[Question] = []
    pictures = 0
    for question in questions:
        batch.append(question)
        pictures += len(question.images)
        if pictures >= _PICTURES:
            yield batch
            batch, pictures = [], 0
    if batch:
        yield batch


def _row(question: Question, root: Path) -> dict[str, Any]:
    return {
        "id": question.id,
        "task": question.task,
        "split": question.split,
        "complex_id": question.complex_id,
        "question": question.question,
        "answer": question.answer,
        "derivation": json.dumps(question.derivation, ensure_ascii=False),
        "images": [
            {"bytes": image_path(root, image.path).read_bytes(), "path": image.path} for image in question.images
        ],
        "image_labels": [image.label for image in question.images],
        "image_paths": [image.path for image in question.images],
        "options": list(question.options),
    }


def question_of_row(row: dict[str, Any]) -> Question:
    """Inverse of the export, for a row as `datasets` gives it."""
    labels_and_paths = zip(row["image_labels"], row["image_paths"], strict=True)
    return Question(
        row["id"],
        row["task"],
        row["split"],
        row["complex_id"],
        row["question"],
        tuple(ImageRef(label, path) for label, path in labels_and_paths),
        tuple(row["options"]),
        row["answer"],
        json.loads(row["derivation"]),
    )


def _card(root: Path, configs: list[dict[str, Any]], total: int) -> str:
    """The dataset's card, its metadata completed by the configs."""
    card = (root / "README.md").read_text(encoding="utf-8")
    _, head, body = card.split("---\n", 2)
    lines = ["configs:"]
    for number, config in enumerate(configs):
        lines.append(f"- config_name: {config['config_name']}")
        if number == 0:
            lines.append("  default: true")
        lines.append("  data_files:")
        for files in config["data_files"]:
            lines += [f"  - split: {files['split']}", f"    path: {files['path']}"]
    head = head.rstrip("\n").rsplit("size_categories:", 1)[0] + f"size_categories:\n- {size_category(total)}\n"
    return "---\n" + head + "\n".join(lines) + "\n---\n" + body
