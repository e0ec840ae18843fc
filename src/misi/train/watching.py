"""Asking the model on the way: the dataset's small subset, judged by the benchmark's scorer, every N steps."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from trl.models import unwrap_model_for_generation

from misi.dataset.layout import dumps, read_manifest, read_questions, read_tiny
from misi.evaluate.outcomes import Reply, Verdict, judge
from misi.seeds import rank_of
from misi.tasks.question import Question
from misi.train.answering import ImagesOf, reply_all
from misi.train.controls import blind_images, own_images, shuffled_images
from misi.train.recipe import EvaluationSection

EVALUATIONS = "evaluations.jsonl"


@dataclass(frozen=True)
class Watched:
    """What one round of questions showed.

    Attributes
    ----------
    step : int
    pictures : str
        ``own``, ``shuffled`` or ``blind``.
    questions : int
    exact, weighted, answered : float
        Means over the questions; `answered` is the share that follows the grammar.
    columns : dict
        Exact match by the paper's columns.
    most_frequent : dict
        For each task, the share of its most frequent answer: near 1 means the model has collapsed.
    """

    step: int
    pictures: str
    questions: int
    exact: float
    weighted: float
    answered: float
    columns: dict[str, float]
    most_frequent: dict[str, float]


def summarise(verdicts: Sequence[Verdict], step: int, pictures: str) -> Watched:
    """Means over the verdicts; the paper's exception for exact matches of empty pockets included."""
    counted = [verdict for verdict in verdicts if verdict.counts_exact]
    columns: dict[str, list[float]] = defaultdict(list)
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in counted:
        columns[verdict.column].append(verdict.exact)
    for verdict in verdicts:
        answers[verdict.task][verdict.answer or ""] += 1
    return Watched(
        step,
        pictures,
        len(verdicts),
        _mean([verdict.exact for verdict in counted]),
        _mean([verdict.weighted for verdict in verdicts]),
        _mean([float(verdict.status == "answered") for verdict in verdicts]),
        {name: _mean(values) for name, values in columns.items()},
        {task: max(counts.values()) / counts.total() for task, counts in answers.items()},
    )


def questions_to_ask(root: Path, section: EvaluationSection, tasks: Sequence[str] = ()) -> list[Question]:
    """Of the small subset if asked for; `limit` questions, chosen by a stable shuffle."""
    questions = list(read_questions(root, tasks or None, section.split))
    if section.tiny and section.split == "test":
        chosen = set(read_tiny(root))
        questions = [question for question in questions if question.id in chosen]
    if section.limit is not None:
        questions = sorted(questions, key=lambda question: rank_of("watch", question.id))[: section.limit]
    return questions


class Watch(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Asks every N optimiser steps and at the end, logs the result and appends it to ``evaluations.jsonl``.

    Every rank asks its share of the questions; the first one writes.
    """

    def __init__(self, root: Path, section: EvaluationSection, out: Path, tasks: Sequence[str] = ()) -> None:
        self._section = section
        self._out = out
        self._root = root
        self._size: tuple[int, int] = tuple(read_manifest(root)["image_size"])
        self._questions = questions_to_ask(root, section, tasks)
        self.trainer: Any = None  # set by the owner: callbacks are made before their trainer
        self.history: list[Watched] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._section.every and state.global_step % self._section.every == 0:
            self.ask("own")

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not self._section.every:
            return
        if not any(seen.step == state.global_step for seen in self.history):
            self.ask("own")
        if self._section.controls:
            self.ask("shuffled")
            self.ask("blind")

    def ask(self, pictures: str) -> Watched | None:
        """One round; the summary on every rank, None without questions."""
        if not self._questions:
            return None
        trainer = self.trainer
        accelerator = trainer.accelerator
        mine = self._questions[accelerator.process_index :: accelerator.num_processes]
        with unwrap_model_for_generation(trainer.model_wrapped, accelerator) as model:
            replies = reply_all(
                model,
                trainer.processing_class,
                mine,
                self._images(pictures),
                batch=self._section.batch,
                max_new_tokens=self._section.max_new_tokens,
            )
        replies = _gathered(replies, accelerator)
        by_id = {question.id: question for question in self._questions}
        verdicts = [judge(by_id[reply.id], reply) for reply in replies]
        watched = summarise(verdicts, trainer.state.global_step, pictures)
        self.history.append(watched)
        if accelerator.is_main_process:
            self._out.mkdir(parents=True, exist_ok=True)
            with (self._out / EVALUATIONS).open("a", encoding="utf-8") as handle:
                handle.write(dumps(vars(watched)) + "\n")
        prefix = "eval" if pictures == "own" else f"eval_{pictures}"
        trainer.log({f"{prefix}_{name}": getattr(watched, name) for name in ("exact", "weighted", "answered")})
        return watched

    def _images(self, pictures: str) -> ImagesOf:
        if pictures == "shuffled":
            return shuffled_images(self._root, self._questions)
        return blind_images(self._size) if pictures == "blind" else own_images(self._root)


def read_evaluations(folder: Path) -> list[Watched]:
    """What was written in a training's folder, in order."""
    path = folder / EVALUATIONS
    if not path.exists():
        return []
    return [Watched(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _gathered(replies: list[Reply], accelerator: Any) -> list[Reply]:
    if accelerator.num_processes == 1:
        return replies
    from accelerate.utils import gather_object

    return [Reply(**data) for data in gather_object([reply.as_json() for reply in replies])]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
