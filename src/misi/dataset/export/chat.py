"""Chat forms for trainers: TRL (prompt / completion), ms-swift, LLaMA-Factory. Pictures are linked beside the text."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from misi.dataset.export.items import Selection, answer_line, bring, chosen
from misi.dataset.layout import dumps, read_lines
from misi.paths import write_text, written_aside
from misi.structures.complex import Rejection
from misi.tasks.prompts import system_text
from misi.tasks.question import IMAGE_MARK, Question


def trl_record(question: Question, images: list[str]) -> dict[str, Any]:
    """TRL's conversational prompt / completion: pictures are parts of the message, no mark stays in the text."""
    content: list[dict[str, str]] = []
    parts = question.question.split(IMAGE_MARK)
    for part, last in zip(parts, [*[False] * len(images), True], strict=True):
        if part:
            content.append({"type": "text", "text": part})
        if not last:
            content.append({"type": "image"})
    return {
        "id": question.id,
        "prompt": [
            {"role": "system", "content": [{"type": "text", "text": system_text()}]},
            {"role": "user", "content": content},
        ],
        "completion": [{"role": "assistant", "content": [{"type": "text", "text": answer_line(question)}]}],
        "images": images,
    }


def swift_record(question: Question, images: list[str]) -> dict[str, Any]:
    """ms-swift: messages with one `<image>` tag for each picture."""
    return {
        "id": question.id,
        "messages": [
            {"role": "system", "content": system_text()},
            {"role": "user", "content": question.question.replace(IMAGE_MARK, "<image>")},
            {"role": "assistant", "content": answer_line(question)},
        ],
        "images": images,
    }


def _write(
    selection: Selection,
    out: Path,
    refused: list[Rejection],
    record: Callable[[Question, list[str]], dict[str, Any]],
    name: str = "{split}.jsonl",
) -> dict[str, int]:
    """One file a split; returns the number of records by split."""
    written: Counter[str] = Counter()
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        for question in chosen(selection, refused):
            if question.split not in files:
                aside = stack.enter_context(written_aside(out / name.format(split=question.split)))
                files[question.split] = stack.enter_context(aside.open("w", encoding="utf-8", newline="\n"))
            data = record(question, bring(selection, question, out)) | {"tokens": selection.tokens(question)}
            files[question.split].write(dumps(data) + "\n")
            written[question.split] += 1
    return written


def export_trl(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """`<split>.jsonl` for TRL's SFTTrainer; image paths are relative to the folder."""
    return sum(_write(selection, out, refused, trl_record).values())


def export_swift(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """`<split>.jsonl` for ms-swift; image paths are relative to the folder, which ROOT_IMAGE_DIR is to name."""
    return sum(_write(selection, out, refused, swift_record).values())


def export_llamafactory(selection: Selection, out: Path, refused: list[Rejection]) -> int:
    """`dataset_info.json` and `misi_<split>.jsonl` in LLaMA-Factory's sharegpt form; the folder is its dataset_dir."""
    written = _write(selection, out, refused, swift_record, "misi_{split}.jsonl")
    tags = {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "system_tag": "system",
    }
    info = {}
    for split in written:
        info[f"misi_{split}"] = {
            "file_name": f"misi_{split}.jsonl",
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "images": "images"},
            "tags": tags,
        }
    write_text(out / "dataset_info.json", json.dumps(info, indent=2) + "\n")
    return sum(written.values())


def read_chat(path: Path) -> Iterator[tuple[str, str, str, list[str]]]:
    """(id, question with marks, answer line, images) of a record of any of the three forms, for checks."""
    for row in read_lines(path):
        if "prompt" in row:
            parts = row["prompt"][-1]["content"]
            asked = "".join(part["text"] if part["type"] == "text" else IMAGE_MARK for part in parts)
            said = row["completion"][0]["content"][0]["text"]
        else:
            asked, said = row["messages"][1]["content"].replace("<image>", IMAGE_MARK), row["messages"][2]["content"]
        yield row["id"], asked, said, row["images"]
