"""Beside the paper's score of interactions: precision, recall, F1; up to symmetry; without contested bonds.

The paper's weighted score is a precision with two corrections: naming one sure bond out of ten scores 1. F1 cannot be
had that way, so it stands beside. The other variants say how much of a score hangs on labels that a chemist would not
insist on: which of two carboxylate oxygens, and bonds at the very limit of the criterion.
"""

from typing import Any, NamedTuple

from misi.errors import DatasetError
from misi.tasks import TASKS
from misi.tasks.interactions import Interactions
from misi.tasks.question import Question


class ContactScores(NamedTuple):
    """Scores in 0..1 of a list of contacts, beside the plain ones."""

    precision: float
    recall: float
    f1: float
    symmetric: float
    symmetric_exact: float
    uncontested: float
    uncontested_exact: float


NOTHING = ContactScores(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def contact_scores(question: Question, given: Any) -> ContactScores | None:
    """All scores of an answer; `given` None (no answer) scores nothing. None for tasks without contacts.

    Raises
    ------
    DatasetError
        The question's derivation is damaged, or of an earlier version.
    """
    task = TASKS[question.task]
    if not isinstance(task, Interactions):
        return None
    if given is None:
        return NOTHING
    try:
        return ContactScores(
            *task.retrieval(given, question),
            *task.score_up_to_symmetry(given, question),
            *task.score_uncontested(given, question),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            f"{question.id}: its derivation cannot be read ({error!r}); build the dataset anew"
        ) from None
