"""Asking a baseline: no vendor's library, no network."""

from collections.abc import Sequence
from pathlib import Path

from misi.dataset.layout import read_questions
from misi.errors import DatasetError
from misi.evaluate.baselines import BASELINES, baseline
from misi.evaluate.outcomes import Reply
from misi.evaluate.run import choose_questions, write_run


def ask_baseline(
    dataset: Path,
    model: str,
    run: Path,
    *,
    tasks: Sequence[str] | None = None,
    tiny: bool = False,
    limit: int | None = None,
    seed: int = 0,
) -> None:
    """Write a run of a baseline's replies.

    Raises
    ------
    DatasetError
        Unknown baseline, or no questions to ask.
    """
    if model not in BASELINES:
        raise DatasetError(f"no model {model!r}; there are {', '.join(BASELINES)}")
    questions = choose_questions(dataset, tasks, tiny=tiny, limit=limit)
    train = read_questions(dataset, tasks, "train") if model == "constant" else ()
    answer = baseline(model, train, seed)
    settings = {"tasks": tasks, "tiny": tiny, "limit": limit, "seed": seed, "questions": [q.id for q in questions]}
    write_run(run, dataset, model, (Reply(question.id, answer(question)) for question in questions), settings)
