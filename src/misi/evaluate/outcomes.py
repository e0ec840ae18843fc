"""What became of a reply: answered, unparsed, refused, truncated or error; and its score."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from misi.errors import ParseFailure
from misi.tasks import TASKS
from misi.tasks.columns import column_of, counts_for_exact
from misi.tasks.question import Question

Status = Literal["answered", "unparsed", "refused", "truncated", "error"]
STATUSES: tuple[Status, ...] = ("answered", "unparsed", "refused", "truncated", "error")

#: How a reply ended, as the source of replies says: in full, at a length or time limit, by refusal, by failure.
Ending = Literal["stop", "length", "refusal", "error"]


@dataclass(frozen=True, slots=True)
class Reply:
    """A stored reply.

    Attributes
    ----------
    id : str
        The question's.
    text : str
        Untrusted text.
    ending : str
        ``stop``, ``length``, ``refusal`` or ``error``.
    detail : str
        What the source said of the ending, e.g. an error message.
    """

    id: str
    text: str
    ending: Ending = "stop"
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A scored reply.

    Attributes
    ----------
    id, task, column, complex_id : str
    status : str
        One of `STATUSES`; only ``answered`` can score.
    reason : str
        Why there is no answer (grammar's reason, or the ending's detail).
    answer : str or None
        The parsed answer in canonical form.
    weighted, exact : float
        0..1; every question counts in the denominator.
    counts_exact : bool
        False for pocket_ligand questions of complexes without a bond: the paper leaves these out of exact match
        (appendix B).
    """

    id: str
    task: str
    column: str
    complex_id: str
    status: Status
    reason: str
    answer: str | None
    weighted: float
    exact: float
    counts_exact: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def judge(question: Question, reply: Reply) -> Verdict:
    """Classify and score one reply; never raises, whatever the text."""

    def verdict(status: Status, reason: str = "", answer: str | None = None, w: float = 0.0, e: float = 0.0) -> Verdict:
        counts = counts_for_exact(question)
        column = column_of(question)
        return Verdict(question.id, question.task, column, question.complex_id, status, reason, answer, w, e, counts)

    if reply.ending == "error":
        return verdict("error", reply.detail)
    if reply.ending == "refusal":
        return verdict("refused", reply.detail)
    task = TASKS[question.task]
    try:
        answer = task.parse(reply.text, question)
    except ParseFailure as failure:
        if reply.ending == "length":
            return verdict("truncated", reply.detail)
        return verdict("unparsed", failure.reason)
    weighted, exact = task.score(answer, question)
    return verdict("answered", "", task.format(answer), weighted, exact)
