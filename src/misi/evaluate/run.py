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
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from misi.dataset.layout import MANIFEST, dumps, read_lines, sha256_of
from misi.errors import DatasetError
from misi.evaluate.outcomes import NOT_ASKED, Reply, Verdict, judge
from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.replies import REPLIES, latest_replies
from misi.paths import write_text, written_aside

RUN, REQUESTS, IMAGES, SCORES = "run.json", "requests.jsonl", "images.jsonl", "scores.jsonl"
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
