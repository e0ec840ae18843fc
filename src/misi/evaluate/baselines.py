"""Answerers that need no model: oracle, chance, constant."""

from collections import Counter
from collections.abc import Callable, Iterable

from misi.seeds import rng_for
from misi.tasks import TASKS
from misi.tasks.question import Question

#: Question -> reply text.
Answerer = Callable[[Question], str]


def oracle() -> Answerer:
    """Recomputes the answer from the derivation: an upper bound, and a check of truth and scorer together."""
    return lambda question: TASKS[question.task].oracle(question)


def chance(seed: int = 0) -> Answerer:
    """Draws uniformly among the answers that a question's format allows."""
    return lambda question: TASKS[question.task].chance(question, rng_for(seed, "chance", question.id))


def constant(train: Iterable[Question]) -> Answerer:
    """Gives, for each task, the answer most frequent among the training questions (ties: first in order of text)."""
    counts: dict[str, Counter[str]] = {}
    for question in train:
        counts.setdefault(question.task, Counter())[question.answer] += 1
    best = {task: min(counter.items(), key=lambda entry: (-entry[1], entry[0]))[0] for task, counter in counts.items()}

    def answer(question: Question) -> str:
        # Without training questions of the task there is nothing to repeat; an empty reply is unparsed.
        return best.get(question.task, "")

    return answer


BASELINES = ("oracle", "chance", "constant")


def baseline(name: str, train: Iterable[Question] = (), seed: int = 0) -> Answerer:
    """The baseline of this name.

    Raises
    ------
    KeyError
        There is no such baseline.
    """
    return {"oracle": oracle, "chance": lambda: chance(seed), "constant": lambda: constant(train)}[name]()
