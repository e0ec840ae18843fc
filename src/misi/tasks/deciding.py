"""Which place of a reply decides, and whether its answer stands unopposed.

In order: answers framed as JSON, ``\\boxed{}`` or ``<answer>``; after ``Final answer:``; after ``Answer:``; a line that
holds nothing but an answer; the last line that mentions one. Two different answers of one rank are `two_answers`,
unless words of correction stand between them: then the later one counts.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Generic, TypeVar

from misi.errors import ParseFailure
from misi.tasks.reply import (
    Statement,
    answer_lines,
    examined,
    framed_answers,
    plain_lines,
    retracts,
)

T = TypeVar("T")

_REFUSAL = re.compile(
    r"\b(?:(?:can(?:not|'t| not)|could(?: not|n't))"
    r"(?! be (?!determined|identified|inferred|read|seen|told))"
    r"|unable to|impossible to|not able to|refuse to|won't|not possible to)\b"
    r"|\b(?:don't|do not) (?:know|have)\b|\binsufficient\b",
    re.IGNORECASE,
)
#: Failures of a place that leave the answer of another place standing.
_OVERRULED = frozenset(("no_axis", "bad_verb"))


@dataclass(frozen=True)
class Kind(Generic[T]):
    """How answers of one kind are read.

    Attributes
    ----------
    read : callable
        (lines, marked) to the answer that they state from the first line on, or None; `marked` where they follow
        "Answer:" or are all there is. Raises `ParseFailure` for a broken or ambiguous one.
    alone : callable
        A line to the answer, if it holds nothing else; else None.
    belongs : callable or None
        Which lines, where they follow each other, are read together; None: each line by itself.
    """

    read: Callable[[Sequence[str], bool], T | None]
    alone: Callable[[str], T | None]
    belongs: Callable[[str], bool] | None = None


def decide(reply: str, kind: Kind[T]) -> T:
    """The answer of a reply.

    Raises
    ------
    ParseFailure
    """
    text = examined(reply)
    framed, lined = framed_answers(text), answer_lines(text)
    failure: ParseFailure | None = None
    for rank in (framed, [statement for statement in lined if statement.final] or lined):
        if rank:
            try:
                return _agreed(rank, kind)
            except ParseFailure as error:
                if error.reason in ("two_answers", "contradiction"):
                    raise
                failure = failure or error
    if failure:
        raise failure
    return _unmarked(plain_lines(text), kind)


def is_marked(reply: str) -> bool:
    """Whether the reply marks its answer (``Answer:``, ``\\boxed{}``, JSON ...) rather than just mentioning one.

    An answer of a reply that was cut off counts only then: what is mentioned on the way is no answer.
    """
    text = examined(reply)
    return bool(framed_answers(text) or answer_lines(text))


def _agreed(statements: Sequence[Statement], kind: Kind[T]) -> T:
    value: T | None = None
    failure: ParseFailure | None = None
    for statement in statements:
        try:
            here = _stated(statement, kind)
        except ParseFailure as error:
            failure = error
            continue
        if value is not None and here != value and not statement.retracts:
            raise ParseFailure("two_answers", f"{value} and {here}"[:80])
        value, failure = here, None
    if failure or value is None:
        raise failure or ParseFailure("no_answer")
    return value


def _stated(statement: Statement, kind: Kind[T]) -> T:
    lines = statement.lines
    value = kind.read(lines, True) if lines else None
    if value is not None:
        return value
    if lines and not statement.inline:
        return _unmarked([line for line in lines if line], kind)
    raise _nothing(" ".join(lines[:3]))


def _unmarked(lines: Sequence[str], kind: Kind[T]) -> T:
    value = _standing_alone(lines, kind)
    if value is not None:
        return value
    failure: ParseFailure | None = None
    for block in reversed(_blocks(lines, kind.belongs)):
        try:
            value = kind.read(block, len(lines) == 1)
        except ParseFailure as error:
            if error.reason not in _OVERRULED:
                raise
            failure = failure or error
            continue
        if value is not None:
            return value
    raise failure or _nothing(" ".join(lines))


def _standing_alone(lines: Sequence[str], kind: Kind[T]) -> T | None:
    """The answer of the lines that hold nothing else; None if there is none, or if what follows takes it back."""
    found = [(at, value) for at, value in enumerate(map(kind.alone, lines)) if value is not None]
    if not found:
        return None
    last, value = found[-1]
    for (at, one), (then, other) in pairwise(found):
        if one != other and not retracts(" ".join(lines[at + 1 : then])):
            raise ParseFailure("two_answers", f"{one} and {other}"[:80])
    return None if retracts(" ".join(lines[last + 1 :])) else value


def _blocks(lines: Sequence[str], belongs: Callable[[str], bool] | None) -> list[Sequence[str]]:
    if belongs is None:
        return [[line] for line in lines]
    return [list(run) for kept, run in groupby(lines, belongs) if kept]


def _nothing(text: str) -> ParseFailure:
    return ParseFailure("refusal" if _REFUSAL.search(text) else "no_answer", text.strip()[:80])
