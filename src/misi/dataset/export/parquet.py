"""Hugging Face parquet: one config a task, pictures inside as `List(Image())`, loads with `datasets` offline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from misi.dataset.card import Config, card_text
from misi.dataset.export.items import Selection, chosen
from misi.dataset.layout import CARD, SPLITS, image_path
from misi.errors import MisiError
from misi.paths import write_text, written_aside
from misi.seeds import content_id
from misi.structures.complex import Rejection
from misi.tasks.question import ImageRef, Question

#: Pictures in one parquet file, so that a file stays near 300 MB.
_PICTURES = 4000


def export_hf(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """`<task>/<split>-<digest>-NNNNN-of-NNNNN.parquet` and a card whose metadata names each task as a config.

    `datasets` keys its cache on the name of the folder and the patterns of the files, not on where they lie or what
    they hold (seen with 5.2): without the digest, a second export into a folder of the same name would load as the
    first, in silence.

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
    features = Features({**columns, **lists, "tokens": Value("int32")})
    schema = features.arrow_schema
    digest = content_id(selection.manifest["files"], selection.tiny, selection.max_tokens, sorted(features), length=8)
    total = 0
    configs: list[Config] = []
    for task in selection.task_names:
        files = {}
        for split in (selection.split,) if selection.split else SPLITS:
            part = selection.of(tasks=(task,), split=split)
            batches = list(_batches(chosen(part, refused)))
            for number, batch in enumerate(batches):
                name = f"{task}/{split}-{digest}-{number:05d}-of-{len(batches):05d}.parquet"
                rows = [_row(question, selection) for question in batch]
                table = _table(rows, schema)
                with written_aside(out / name) as aside:
                    pq.write_table(table, aside, row_group_size=100)
                total += len(batch)
            if batches:
                files[split] = f"{task}/{split}-{digest}-*.parquet"
        if files:
            configs.append(Config(task, files))
    write_text(out / CARD, card_text(selection.manifest, configs=configs, exported=total, license=selection.license))
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


def _row(question: Question, selection: Selection) -> dict[str, Any]:
    return {
        "id": question.id,
        "task": question.task,
        "split": question.split,
        "complex_id": question.complex_id,
        "question": question.question,
        "answer": question.answer,
        "derivation": json.dumps(question.derivation, ensure_ascii=False),
        "images": [
            {"bytes": image_path(selection.root, image.path).read_bytes(), "path": image.path}
            for image in question.images
        ],
        "image_labels": [image.label for image in question.images],
        "image_paths": [image.path for image in question.images],
        "options": list(question.options),
        "tokens": selection.tokens(question),
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
