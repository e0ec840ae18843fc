"""Split files: ``{"train": [...], "test": [...]}`` as JSON, or one ``id side`` a line."""

import json
import re
from pathlib import Path

from misi.errors import DatasetError
from misi.paths import safe_name, write_text
from misi.structures.split import Split

MAX_BYTES = 50_000_000
_SIDES = ("train", "test")


def read_split(path: Path) -> Split:
    """Read a split from a JSON object with the lists ``train`` and ``test``, or from two columns of text.

    Text: id and side (``train`` or ``test``, in either order of columns) separated by blanks, a tab, a comma or a
    semicolon; ``#`` at the start or after a blank begins a comment; a first line that names columns
    (``id,split``) is passed over.

    Raises
    ------
    DatasetError
        With the file and line: unreadable, empty, not this format, an id twice or on both sides, an id that
        cannot become a file name.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DatasetError(f"{path}: {size} bytes are too many for a split file (limit {MAX_BYTES})")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror or error}") from None
    sides = _from_json(text, path) if text.lstrip()[:1] in ("{", "[") else _from_columns(text, path)
    if not sides["train"] and not sides["test"]:
        raise DatasetError(f"{path}: names no complex")
    for ids in sides.values():
        for one in ids:
            try:
                safe_name(one)
            except DatasetError as error:
                raise DatasetError(f"{path}: {error}") from None
    try:
        return Split(tuple(sorted(sides["train"])), tuple(sorted(sides["test"])), "file")
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from None


def _from_json(text: str, path: Path) -> dict[str, list[str]]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DatasetError(f"{path}: broken JSON ({error})") from None
    if not isinstance(data, dict) or not any(side in data for side in _SIDES):
        raise DatasetError(f'{path}: expected an object with the lists "train" and "test"')
    sides: dict[str, list[str]] = {}
    for side in _SIDES:
        ids = data.get(side, [])
        if not isinstance(ids, list):
            raise DatasetError(f'{path}: "{side}" is not a list')
        for k, one in enumerate(ids):
            if not isinstance(one, str):
                raise DatasetError(f'{path}: "{side}"[{k}] is {json.dumps(one)[:40]}, not an id in quotes')
        sides[side] = ids
    return sides


def _from_columns(text: str, path: Path) -> dict[str, list[str]]:
    sides: dict[str, list[str]] = {"train": [], "test": []}
    first = True
    for number, line in enumerate(text.splitlines(), start=1):
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if not line:
            continue
        fields = [field for field in re.split(r"[\s,;]+", line) if field]
        is_heading, first = first and not any(field in _SIDES for field in fields), False
        if is_heading and len(fields) == 2:
            continue
        named = [k for k, field in enumerate(fields) if field in _SIDES]
        if len(fields) != 2 or len(named) != 1:
            raise DatasetError(f"{path}, line {number}: expected an id and train or test, found {line[:60]!r}")
        sides[fields[named[0]]].append(fields[1 - named[0]])
    return sides


def write_split(path: Path, split: Split) -> None:
    """Write train and test, and how they came about, as JSON that `read_split` reads back."""
    data = {
        "method": split.method,
        "settings": dict(split.settings),
        "notes": list(split.notes),
        "train": list(split.train),
        "test": list(split.test),
    }
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
