"""A run on disk: what was asked of whom, and every reply.

```
RUN/
  run.json        model, dataset (path, digest of its manifest), settings, versions
  replies.jsonl   {"id", "text", "ending", "detail"}, one line a question
  scores.jsonl    verdicts, rewritten by `misi score` without asking anybody again
```
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import misi
from misi.dataset.layout import MANIFEST, dumps, read_lines, read_questions, read_tiny, sha256_of
from misi.errors import DatasetError
from misi.evaluate.outcomes import Ending, Reply, Verdict, judge
from misi.paths import write_text, written_aside
from misi.tasks.question import Question

RUN, REPLIES, SCORES = "run.json", "replies.jsonl", "scores.jsonl"


@dataclass(frozen=True)
class Run:
    """A stored run.

    Attributes
    ----------
    root : Path
    manifest : dict
        Content of run.json.
    verdicts : tuple of Verdict
        In the order of the dataset's questions.
    """

    root: Path
    manifest: dict[str, Any]
    verdicts: tuple[Verdict, ...]

    @property
    def model(self) -> str:
        return str(self.manifest["model"])


def choose_questions(
    dataset: Path, tasks: Sequence[str] | None = None, *, tiny: bool = False, limit: int | None = None
) -> list[Question]:
    """Test questions of a dataset, or its small subset; `limit` counts for each task."""
    questions = list(read_questions(dataset, tasks, "test"))
    if tiny:
        chosen = set(read_tiny(dataset))
        questions = [question for question in questions if question.id in chosen]
    if limit is not None:
        seen: dict[str, int] = {}
        kept = []
        for question in questions:
            seen[question.task] = seen.get(question.task, 0) + 1
            if seen[question.task] <= limit:
                kept.append(question)
        questions = kept
    if not questions:
        raise DatasetError(f"{dataset}: no test questions are left to ask")
    return questions


def write_run(root: Path, dataset: Path, model: str, replies: Iterable[Reply], settings: dict[str, Any]) -> None:
    """Write run.json and replies.jsonl aside, then rename."""
    root.mkdir(parents=True, exist_ok=True)
    with written_aside(root / REPLIES) as aside, aside.open("w", encoding="utf-8", newline="\n") as handle:
        for reply in replies:
            handle.write(dumps(reply.as_json()) + "\n")
    manifest = {
        "model": model,
        "dataset": str(dataset.resolve()),
        "dataset_sha256": sha256_of(dataset / MANIFEST),
        "settings": settings,
        "versions": {"misi": misi.__version__},
    }
    write_text(root / RUN, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def read_replies(path: Path) -> Iterator[Reply]:
    """Stored replies.

    Raises
    ------
    DatasetError
        The file cannot be read or a line is no reply.
    """
    for number, data in enumerate(read_lines(path), 1):
        ending = data.get("ending", "stop")
        if (
            not isinstance(data.get("id"), str)
            or not isinstance(data.get("text"), str)
            or ending not in get_args(Ending)
        ):
            raise DatasetError(f"{path}: line {number} is not a reply")
        yield Reply(data["id"], data["text"], ending, str(data.get("detail", "")))


def score_run(root: Path, dataset: Path | None = None) -> Run:
    """Judge the stored replies and write scores.jsonl.

    Questions that the run was to ask but has no reply for count as errors.

    Raises
    ------
    DatasetError
        The run or its dataset cannot be read, or the dataset is not the one that was asked.
    """
    try:
        manifest = json.loads((root / RUN).read_text(encoding="utf-8"))
        source = dataset or Path(manifest["dataset"])
        expected = manifest["dataset_sha256"]
        asked = manifest["settings"]["questions"]
    except FileNotFoundError:
        raise DatasetError(f"{root}: no {RUN} here") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{root / RUN}: cannot be read ({error!r})") from None
    if not (source / MANIFEST).exists() or sha256_of(source / MANIFEST) != expected:
        raise DatasetError(f"{root}: {source} is not the dataset that this run was asked on")
    replies = {reply.id: reply for reply in read_replies(root / REPLIES)}
    wanted = set(asked)
    questions = [question for question in read_questions(source, split="test") if question.id in wanted]
    verdicts = tuple(
        judge(question, replies.get(question.id, Reply(question.id, "", "error", "no reply"))) for question in questions
    )
    with written_aside(root / SCORES) as aside, aside.open("w", encoding="utf-8", newline="\n") as handle:
        for verdict in verdicts:
            handle.write(dumps(verdict.as_json()) + "\n")
    return Run(root, manifest, verdicts)
