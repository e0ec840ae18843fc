"""What a task is, and the register of the nine.

A question's text holds `IMAGE_MARK` once for each of its images, each after that image's label, in order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from misi.annotate.facts import Facts
from misi.structures.complex import Rejection
from misi.tasks.question import Item, Question


@dataclass(frozen=True)
class Context:
    """Everything an item may depend on beside its own facts.

    Attributes
    ----------
    seed : int
    split : str
        ``train`` or ``test``; decides how many items a complex gives.
    width, height : int
        Size of the pictures, pixels; the horizontal field of view is fixed, so the aspect matters to the fit.
    peers : sequence of str
        Ids of the usable complexes of the same split, the item's own among them, sorted.
    facts_of : callable
        Facts of a peer by id.
    negatives : str
        ``random`` (the paper) or ``near``: which residues serve as residue_ligand negatives.
    """

    seed: int
    split: str
    width: int
    height: int
    peers: Sequence[str]
    facts_of: Callable[[str], Facts]
    negatives: str = "random"


class Task(Protocol):
    """One of the nine tasks. All methods are pure functions of their arguments."""

    @property
    def name(self) -> str:
        """Also its files' name in a dataset."""

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        """Items of one complex, and those that could not be made, with reasons."""

    def parse(self, reply: str, question: Question) -> Any:
        """The answer that a reply gives, as a typed value.

        Raises
        ------
        ParseFailure
            The reply holds no answer, or more than one, or one outside the grammar.
        """

    def format(self, answer: Any) -> str:
        """Canonical text of a typed answer; ``parse(format(a), q) == a``."""

    def score(self, answer: Any, question: Question) -> tuple[float, float]:
        """(weighted, exact), both in 0..1 (shared/spec/tasks.md section 4)."""

    def oracle(self, question: Question) -> str:
        """The right reply, recomputed from the derivation rather than copied from `answer`."""

    def answers(self, question: Question) -> Sequence[Any]:
        """The typed answers that a random guesser draws from, evenly; an answer may stand there more than once."""

    def chance(self, question: Question, rng: Random) -> str:
        """A random valid reply, drawn evenly from `answers`."""


TASKS: dict[str, Task] = {}


def register(task: Task) -> Task:
    """Add a task under its name; a second task of that name is a mistake."""
    if task.name in TASKS:
        raise ValueError(f"task {task.name!r} is registered twice")
    TASKS[task.name] = task
    return task


def chance_expectation(task: Task, question: Question) -> tuple[float, float]:
    """Expected (weighted, exact) of a random valid reply: the mean over `task.answers`."""
    scores = [task.score(answer, question) for answer in task.answers(question)]
    return sum(weighted for weighted, _ in scores) / len(scores), sum(exact for _, exact in scores) / len(scores)
