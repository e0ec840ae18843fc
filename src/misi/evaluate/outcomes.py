"""What became of a reply: answered, unparsed, refused, truncated or error; and its scores."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from misi.errors import ParseFailure
from misi.evaluate.contact_scores import ContactScores, contact_scores
from misi.tasks import TASKS
from misi.tasks.columns import column_of, counts_for_exact
from misi.tasks.question import Question

Status = Literal["answered", "unparsed", "refused", "truncated", "error"]
STATUSES: tuple[Status, ...] = ("answered", "unparsed", "refused", "truncated", "error")

#: How a reply ended, as its source says: in full, at a length limit or a sample limit, by refusal, by failure.
Ending = Literal["stop", "length", "refusal", "error"]

#: A question that was never asked, because a run was stopped; counts as ``error`` with this reason.
NOT_ASKED = "not_asked"


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
    epoch : int
        1 for the first time of asking.
    served_by : str
        The model that the source says it used; in a run of people, the rater.
    input_tokens, output_tokens, reasoning_tokens : int or None
        As billed; cached input tokens are counted in.
    cost : float or None
        US dollars by the price table; None without a price.
    seconds : float or None
        From sending to the last byte, failed attempts and waits left out.
    """

    id: str
    text: str
    ending: Ending = "stop"
    detail: str = ""
    epoch: int = 1
    served_by: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Without the fields that say nothing."""
        always = ("id", "epoch", "text", "ending")
        data = asdict(self)
        return {name: data[name] for name in always} | {
            name: value for name, value in data.items() if name not in always and value not in (None, "")
        }


REPLY_FIELDS = frozenset(field.name for field in fields(Reply))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A scored reply.

    Attributes
    ----------
    id, task, column, complex_id : str
    status : str
        One of `STATUSES`; only ``answered`` can score.
    reason : str
        Why there is no answer (the grammar's reason, or the ending's detail).
    answer : str or None
        The parsed answer in canonical form.
    weighted, exact : float
        0..1; every question counts in the denominator.
    counts_exact : bool
        False for pocket_ligand questions of complexes without a bond: the paper leaves these out of exact match
        (appendix B).
    epoch : int
    contacts : ContactScores or None
        Further scores of the two interaction tasks; None for the others.
    rater : str
        Who answered, where people did; empty for models.
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
    epoch: int = 1
    contacts: ContactScores | None = None
    rater: str = ""

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["contacts"] = self.contacts and self.contacts._asdict()
        if not self.rater:
            del data["rater"]
        return data


def judge(question: Question, reply: Reply) -> Verdict:
    """Classify and score one reply; no text makes it raise.

    A reply that was cut off is ``truncated`` even if something in it reads like an answer: the last number may have
    lost a digit, and what comes first in a reply is often a first guess.
    """
    task = TASKS[question.task]
    status, reason, given = _outcome(question, reply)
    answered = status == "answered"
    weighted, exact = task.score(given, question) if answered else (0.0, 0.0)
    return Verdict(
        id=question.id,
        task=question.task,
        column=column_of(question),
        complex_id=question.complex_id,
        status=status,
        reason=reason,
        answer=task.format(given) if answered else None,
        weighted=weighted,
        exact=exact,
        counts_exact=counts_for_exact(question),
        epoch=reply.epoch,
        contacts=contact_scores(question, given),
    )


def _outcome(question: Question, reply: Reply) -> tuple[Status, str, Any]:
    """Status, reason and the answer, None unless answered."""
    if reply.ending == "error":
        return "error", reply.detail, None
    if reply.ending == "refusal":
        return "refused", reply.detail, None
    if reply.ending == "length":
        return "truncated", reply.detail, None
    try:
        return "answered", "", TASKS[question.task].parse(reply.text, question)
    except ParseFailure as failure:
        # The source's own signal comes first (above); words of refusal in place of an answer come second.
        return "refused" if failure.reason == "refusal" else "unparsed", failure.reason, None
