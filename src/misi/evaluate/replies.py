"""replies.jsonl: every reply of a run, appended as it comes, by one process at a time, whole after a crash."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, get_args

from misi.dataset.layout import dumps
from misi.errors import DatasetError
from misi.evaluate.outcomes import REPLY_FIELDS, Ending, Reply

REPLIES = "replies.jsonl"


def read_replies(path: Path) -> Iterator[Reply]:
    """Stored replies, in the order in which they came. A last line that was cut off by a crash is left out.

    Raises
    ------
    DatasetError
        The file cannot be read or a line is no reply.
    """
    number = 0
    try:
        with path.open("rb") as handle:
            for line in handle:
                number += 1
                if line.endswith(b"\n"):
                    yield _reply(json.loads(line))
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(f"{path}: line {number} is not a reply ({error})") from None


def _reply(data: dict[str, Any]) -> Reply:
    reply = Reply(**{name: value for name, value in data.items() if name in REPLY_FIELDS})
    if not isinstance(reply.id, str) or not isinstance(reply.text, str) or reply.ending not in get_args(Ending):
        raise ValueError("wrong kind of entry")
    if not isinstance(reply.epoch, int) or not isinstance(reply.detail, str):
        raise ValueError("wrong kind of entry")
    return reply


def latest_replies(root: Path) -> dict[tuple[str, int], Reply]:
    """The reply that counts for each (id, epoch): the last one, but never an error after a reply."""
    latest: dict[tuple[str, int], Reply] = {}
    for reply in read_replies(root / REPLIES):
        key = (reply.id, reply.epoch)
        if reply.ending != "error" or key not in latest or latest[key].ending == "error":
            latest[key] = reply
    return latest


class ReplyLog:
    """replies.jsonl, open for appending; every line has left this process when `add` returns."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle

    def add(self, reply: Reply) -> None:
        # A lone surrogate cannot be written as UTF-8; a question mark in its place loses less than the reply.
        self._handle.write((dumps(reply.as_json()) + "\n").encode("utf-8", "replace"))
        self._handle.flush()


@contextmanager
def reply_log(root: Path) -> Iterator[ReplyLog]:
    """Open the replies of a run for appending, one process at a time.

    Raises
    ------
    DatasetError
        Another process is asking into this run.
    """
    with (root / REPLIES).open("a+b") as handle:
        try:
            _lock(handle.fileno())
        except OSError:
            raise DatasetError(f"{root}: another process is asking into this run") from None
        _drop_torn_line(handle.fileno())
        yield ReplyLog(handle)


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # no such locks on this system; the caller is trusted to ask once
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _drop_torn_line(descriptor: int) -> None:
    """Cut the file after its last line end: what follows is a line that a crash cut off."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    end = size
    while end > 0:
        start = max(0, end - 65536)
        os.lseek(descriptor, start, os.SEEK_SET)
        found = os.read(descriptor, end - start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(descriptor, end)
