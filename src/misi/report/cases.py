"""Which items get a page of their own, and what such a page shows."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from misi.evaluate.outcomes import Reply, Verdict
from misi.evaluate.replies import latest_replies
from misi.evaluate.run import Run
from misi.seeds import rank_of
from misi.tasks.columns import column_of
from misi.tasks.question import IMAGE_MARK, ImageRef, Question

#: What a reply may have come to, as filters name it.
KINDS = ("right", "partly", "wrong", "unparsed", "refused", "truncated", "error")
_BLANK = re.compile(r"\n(?:[ \t]*\n){4,}")
_LONGEST_REPLY = 20_000  # characters shown; all of them stay in replies.jsonl


def kind_of(verdict: Verdict) -> str:
    """``right``, ``partly`` or ``wrong`` for an answer, else its outcome."""
    if verdict.status != "answered":
        return verdict.status
    if verdict.exact == 1:
        return "right"
    return "partly" if verdict.weighted > 0 else "wrong"


@dataclass(frozen=True)
class Answer:
    """What one run said to an item.

    Attributes
    ----------
    model : str
    text : str
        The reply, made visible (see `visible`).
    verdict : Verdict
    kind : str
        One of `KINDS`.
    """

    model: str
    text: str
    verdict: Verdict
    kind: str


@dataclass(frozen=True)
class Case:
    """One item on a page."""

    question: Question
    column: str
    answers: tuple[Answer, ...]

    @property
    def prose(self) -> tuple[str, str]:
        """The question's text before its pictures, and after them."""
        return prose_of(self.question)


def prose_of(question: Question) -> tuple[str, str]:
    """Text before the first picture's label, and after the last picture."""
    parts = question.question.split(IMAGE_MARK)
    before = parts[0].rstrip()
    if question.images:
        before = before.removesuffix(":").removesuffix(question.images[0].label)
    return before.strip(), parts[-1].strip() if len(parts) > 1 else ""


def right_image(question: Question) -> ImageRef | None:
    """The picture of the right option, where options are pictures."""
    if not question.options or list(question.options) != [chr(65 + i) for i in range(len(question.options))]:
        return None
    named = [image for image in question.images if image.label == f"Option {question.answer}"]
    return named[0] if named else None


def choose(questions: Iterable[Question], verdicts: Sequence[Mapping[str, Verdict]], per_kind: int | None) -> list[str]:
    """Ids of the items to show: of each column, run and kind of outcome so many, taken in a stable shuffle.

    Parameters
    ----------
    verdicts : sequence of mapping
        For each run, the verdict of each question by id.
    per_kind : int or None
        None for all.
    """
    asked = [question for question in questions if any(question.id in by for by in verdicts)]
    if per_kind is None:
        return [question.id for question in asked]
    taken: Counter[tuple[str, int, str]] = Counter()
    chosen = set()
    for question in sorted(asked, key=lambda question: rank_of("case", question.id)):
        column = column_of(question)
        keys = [(column, i, kind_of(by[question.id])) for i, by in enumerate(verdicts) if question.id in by]
        if any(taken[key] < per_kind for key in keys):
            chosen.add(question.id)
            taken.update(keys)
    return [question.id for question in asked if question.id in chosen]


def cases_of(
    runs: Sequence[Run], names: Sequence[str], questions: Mapping[str, Question], per_kind: int | None
) -> list[Case]:
    """The cases of a report, in the dataset's order.

    Parameters
    ----------
    names : sequence of str
        How the runs are called in tables; no two alike.
    questions : mapping
        Every question that some run was asked, by id, in the dataset's order.
    """
    # Of several epochs the first is shown.
    verdicts = [{verdict.id: verdict for verdict in reversed(run.verdicts)} for run in runs]
    wanted = choose(questions.values(), verdicts, per_kind)
    answers: dict[str, list[Answer]] = {name: [] for name in wanted}
    for run, name, judged in zip(runs, names, verdicts, strict=True):
        replies = latest_replies(run.root)
        for item in wanted:
            if item in judged:
                verdict = judged[item]
                reply = replies.get((item, verdict.epoch), Reply(item, ""))
                answers[item].append(Answer(name, visible(reply.text), verdict, kind_of(verdict)))
    return [Case(questions[name], column_of(questions[name]), tuple(answers[name])) for name in wanted]


def visible(text: str, longest: int = _LONGEST_REPLY) -> str:
    """Untrusted text as it may be shown: signs that hide, reorder or control are written out, the end is kept.

    Escaping for HTML is left to the template.
    """
    if len(text) > longest:
        text = f"[{len(text) - longest:,} characters left out]\n{text[-longest:]}"
    text = _BLANK.sub(lambda run: f"\n[{run[0].count(chr(10))} line ends]\n", text)
    return "".join(_named(sign) if _is_hidden(sign) else sign for sign in text)


def _is_hidden(sign: str) -> bool:
    if sign in "\n\t":
        return False
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _named(sign: str) -> str:
    return f"⟨U+{ord(sign):04X}⟩"
