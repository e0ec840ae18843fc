"""Where things lie in a dataset folder, and how its lists are read.

```
OUT/
  dataset.json                    what built it; written last, so its presence says that the folder is whole
  README.md                       dataset card
  SHA256SUMS                      one line a file, as `sha256sum -c` reads it
  questions/<task>.<split>.jsonl  one question a line
  images/<complex>/<name>.png
  complexes/<complex>.json        facts, screen coordinates of the front view, digests of the complex's questions
  rejections.jsonl                id, reason, detail
  tiny.txt                        ids of the small subset
```
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from misi.errors import DatasetError
from misi.paths import child
from misi.tasks.question import Question

FORMAT = 1
MANIFEST = "dataset.json"
CARD = "README.md"
CHECKSUMS = "SHA256SUMS"
REJECTIONS = "rejections.jsonl"
TINY = "tiny.txt"
WORK = ".work"
SPLITS = ("train", "test")


def dumps(data: Any) -> str:
    """One line of JSON, the same for equal values."""
    return json.dumps(data, ensure_ascii=False, sort_keys=False, separators=(", ", ": "), allow_nan=False)


def sha256_of(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def line_digest(question: Question) -> str:
    """Digest of a question's line, stored with its complex so that a changed line can be named."""
    return hashlib.sha256(dumps(question.as_json()).encode()).hexdigest()[:32]


def questions_path(root: Path, task: str, split: str) -> Path:
    return root / "questions" / f"{task}.{split}.jsonl"


def complex_path(root: Path, complex_id: str) -> Path:
    return child(root / "complexes", complex_id, suffix=".json")


def image_path(root: Path, relative: str) -> Path:
    """Path of an image named in a question.

    Raises
    ------
    DatasetError
        The name is not ``images/<complex>/<name>.png``.
    """
    parts = relative.split("/")
    if len(parts) != 3 or parts[0] != "images" or not parts[2].endswith(".png"):
        raise DatasetError(f"{relative!r} is not like images/<complex>/<name>.png")
    return child(root / "images", parts[1], parts[2].removesuffix(".png"), suffix=".png")


def read_manifest(root: Path) -> dict[str, Any]:
    """The content of dataset.json.

    Raises
    ------
    DatasetError
        There is no finished dataset in `root`.
    """
    path = root / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = " (an unfinished build: run it again with --resume)" if (root / WORK).is_dir() else ""
        raise DatasetError(f"{root}: no {MANIFEST} here{hint}") from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise DatasetError(f"{path}: not a dataset of format {FORMAT}")
    return data


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """JSON objects of a .jsonl file.

    Raises
    ------
    DatasetError
        The file cannot be read, or a line is no JSON object; the line is named.
    """
    try:
        with path.open(encoding="utf-8") as handle:
            for number, line in enumerate(handle, 1):  # noqa: B007 (used by the complaint below)
                data = json.loads(line)
                if not isinstance(data, dict):
                    raise ValueError("not an object")
                yield data
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
    except ValueError as error:
        raise DatasetError(f"{path}: line {number} is not a JSON object ({error})") from None


def read_questions(root: Path, tasks: Iterable[str] | None = None, split: str | None = None) -> Iterator[Question]:
    """Questions of a finished dataset, task by task in the manifest's order.

    Raises
    ------
    DatasetError
        An unknown task is asked for, or a list is missing or damaged.
    """
    manifest = read_manifest(root)
    known = list(manifest["counts"]["questions"])
    wanted = known if tasks is None else list(tasks)
    for task in wanted:
        if task not in known:
            raise DatasetError(f"{root}: no task {task!r}; there are {', '.join(known)}")
        for name in SPLITS if split is None else (split,):
            path = questions_path(root, task, name)
            if not path.exists() and not manifest["counts"]["questions"][task].get(name):
                continue
            for number, data in enumerate(read_lines(path), 1):
                try:
                    yield Question.from_json(data)
                except (KeyError, TypeError) as error:
                    raise DatasetError(f"{path}: line {number} is not a question ({error!r})") from None


def read_tiny(root: Path) -> list[str]:
    """Ids of the small subset, in file order."""
    path = root / TINY
    try:
        return path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
