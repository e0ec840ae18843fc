"""A run on disk: what was asked of whom, and every reply.

```
RUN/
  run.json         the manifest: model, dataset and its digest, settings, decoding, prompt hash, versions; how it ended
  requests.jsonl   {"id", "shots", "conversation"}: every question to be asked, its examples, hash of all that is shown
  images.jsonl     {"path", "sha256", "width", "height", "size"}: every picture that was sent, once
  replies.jsonl    one line a reply, appended and flushed as it comes; a later line replaces an earlier one
  scores.jsonl     verdicts, rewritten by `misi score` without asking anybody again
```
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, get_args

from misi.dataset.layout import MANIFEST, dumps, read_lines, sha256_of
from misi.errors import DatasetError
from misi.evaluate.outcomes import NOT_ASKED, REPLY_FIELDS, Ending, Reply, Verdict, judge
from misi.evaluate.question_index import QuestionIndex
from misi.paths import write_text, written_aside

RUN, REQUESTS, IMAGES, REPLIES, SCORES = "run.json", "requests.jsonl", "images.jsonl", "replies.jsonl", "scores.jsonl"
FORMAT = 2

#: Parts of the manifest that make two runs the same experiment; a run is resumed only if these are equal. Addresses,
#: limits of speed and of money are not among them.
IDENTITY = ("model", "dataset_sha256", "settings", "decoding", "prompt_sha256")


@dataclass(frozen=True)
class Run:
    """A scored run.

    Attributes
    ----------
    root : Path
    manifest : dict
        Content of run.json.
    verdicts : tuple of Verdict
        In the order of the dataset's questions, epoch by epoch.
    """

    root: Path
    manifest: dict[str, Any]
    verdicts: tuple[Verdict, ...]

    @property
    def model(self) -> str:
        """The name that tables show: the model, and what sets this run apart from the paper's way of asking."""
        name = str(self.manifest["model"])
        return f"{name} (blind)" if self.manifest["settings"].get("blind") else name

    @property
    def dataset(self) -> Path:
        return Path(self.manifest["dataset"])


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of requests.jsonl.

    `epochs` says how often this question was asked, where that differs from the run's setting: the people of a study
    do not all answer the same questions.
    """

    id: str
    shots: tuple[str, ...]
    conversation: str
    epochs: int | None = None


def read_manifest_of_run(root: Path) -> dict[str, Any]:
    """Content of run.json.

    Raises
    ------
    DatasetError
        There is no run in `root`, or it was written by another version.
    """
    path = root / RUN
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DatasetError(f"{root}: no {RUN} here") from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from None
    needed = {"model": str, "dataset": str, "dataset_sha256": str, "settings": dict}
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise DatasetError(f"{path}: not a run of format {FORMAT}")
    wrong = [name for name, kind in needed.items() if not isinstance(data.get(name), kind)]
    if wrong:
        raise DatasetError(f"{path}: {wrong[0]!r} is missing or of the wrong kind")
    return data


def start_run(root: Path, manifest: Mapping[str, Any], asked: Iterable[Asked]) -> bool:
    """Make a run's folder, or join one that was begun with the same manifest; true if it was there already.

    Raises
    ------
    DatasetError
        The folder holds another run, or other files.
    """
    if (root / RUN).exists():
        before = read_manifest_of_run(root)
        changed = [name for name in _differences(before, manifest) if name.split(".")[0] in IDENTITY]
        if changed:
            raise DatasetError(
                f"{root}: holds a run with another {', '.join(changed)}; choose another --out or remove the folder"
            )
        write_text(root / RUN, _pretty({**manifest, "begun": before.get("begun", manifest.get("begun"))}))
        return True
    if root.is_dir() and any(root.iterdir()):
        raise DatasetError(f"{root}: is not empty and holds no run; choose another --out")
    with written_aside(root / REQUESTS) as aside, aside.open("w", encoding="utf-8", newline="\n") as handle:
        for one in asked:
            line = asdict(one)
            handle.write(dumps({name: value for name, value in line.items() if value is not None}) + "\n")
    (root / REPLIES).touch()
    write_text(root / RUN, _pretty(manifest))
    return False


def update_run(root: Path, **changes: Any) -> None:
    """Change entries of run.json."""
    write_text(root / RUN, _pretty({**read_manifest_of_run(root), **changes}))


def _pretty(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Dotted names of the entries in which two manifests differ."""
    names = []
    for name in sorted({*before, *after}):
        a, b = before.get(name), after.get(name)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            names += _differences(a, b, f"{prefix}{name}.")
        elif json.dumps(a, sort_keys=True) != json.dumps(b, sort_keys=True):
            names.append(prefix + name)
    return names


def read_asked(root: Path) -> list[Asked]:
    """The questions of a run, in order.

    Raises
    ------
    DatasetError
        The list is missing or damaged.
    """
    path = root / REQUESTS
    asked = []
    for number, data in enumerate(read_lines(path), 1):
        try:
            own = data.get("epochs")
            epochs = None if own is None else int(own)
            asked.append(Asked(str(data["id"]), tuple(map(str, data["shots"])), str(data["conversation"]), epochs))
        except (KeyError, TypeError, ValueError):
            raise DatasetError(f"{path}: line {number} is not a request") from None
    return asked


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


def score_run(root: Path, dataset: Path | None = None) -> Run:
    """Judge the stored replies and write scores.jsonl; nobody is asked anything.

    Questions that the run was to ask but has no reply for count as errors, ``not_asked``.

    Raises
    ------
    DatasetError
        The run or its dataset cannot be read, or the dataset is not the one that was asked.
    """
    manifest = read_manifest_of_run(root)
    source = dataset or Path(manifest["dataset"])
    if not (source / MANIFEST).exists():
        raise DatasetError(f"{root}: its dataset is not at {source}; say where it lies with --dataset")
    if sha256_of(source / MANIFEST) != manifest["dataset_sha256"]:
        raise DatasetError(f"{root}: {source} is not the dataset that this run was asked on")
    epochs = int(manifest["settings"].get("epochs", 1))
    by_people = "raters" in manifest["settings"]
    replies = latest_replies(root)
    asked = read_asked(root)
    questions = QuestionIndex(source, "test", _tasks_in_order(source, manifest))
    verdicts = []
    for one in asked:
        if one.id not in questions:
            raise DatasetError(f"{root}: asks {one.id}, which is no test question of {source}")
        question = questions[one.id]
        for epoch in range(1, (epochs if one.epochs is None else one.epochs) + 1):
            reply = replies.get((one.id, epoch), Reply(one.id, "", "error", NOT_ASKED, epoch))
            verdict = judge(question, reply)
            verdicts.append(replace(verdict, rater=reply.served_by) if by_people else verdict)
    with written_aside(root / SCORES) as aside, aside.open("w", encoding="utf-8", newline="\n") as handle:
        for verdict in verdicts:
            handle.write(dumps(verdict.as_json()) + "\n")
    return Run(root, {**manifest, "dataset": str(source)}, tuple(verdicts))


def _tasks_in_order(dataset: Path, manifest: Mapping[str, Any]) -> list[str] | None:
    tasks = manifest["settings"].get("tasks")
    return list(tasks) if tasks else None
