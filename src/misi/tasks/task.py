"""What a task is, and the register of the nine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

    name: str

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


TASKS: dict[str, Task] = {}


def register(task: Task) -> Task:
    """Add a task under its name; a second task of that name is a mistake."""
    if task.name in TASKS:
        raise ValueError(f"task {task.name!r} is registered twice")
    TASKS[task.name] = task
    return task
