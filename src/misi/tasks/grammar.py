"""Answers as typed values and as text: one `format_*` and one `parse_*` for each kind.

| kind | value | canonical text |
|---|---|---|
| one motion | `Operation` | ``move x 3``, ``roll y -45``, ``move z 50`` |
| docking | `Docking` | ``roll y 45, move x -12`` |
| option | letter | ``B`` |
| interactions of a residue | `Contacts` | ``No``; ``Yes: ARG NH2, O22; ARG N, O23`` |
| interactions of a pocket | `Contacts` | ``None``; ``ARG 221 NH2 A, O22; ARG 221 N A, O23`` |

Parsing accepts what a reasonable reader accepts. An answer framed as JSON, ``\\boxed{}`` or ``<answer>`` goes first,
then ``Final answer:``, then ``Answer:``; without any, the last line that states an answer counts. Two different
answers in the deciding place, or in two such places with no word of correction between, are `two_answers`. The only
error is `ParseFailure`; its reasons are no_answer, two_answers, refusal, incomplete, too_many, bad_axis, no_axis,
bad_verb, bad_number, bad_unit, bad_option, bad_pair, no_pairs and contradiction.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, TypeVar

from misi.errors import ParseFailure
from misi.scene.motion import Operation, Verb, format_operations
from misi.tasks import listing
from misi.tasks.contacts import Contacts, format_list, parse_list
from misi.tasks.motions import bare_motion, bare_number, find_motions
from misi.tasks.options import find_option
from misi.tasks.reply import Statement, answer_lines, examined, framed_answers, lines_of

T = TypeVar("T")
#: Reads a few lines; `marked` tells that they follow "Answer:". None: no answer stands there.
Reader = Callable[[Sequence[str], bool], T | None]


class Docking(NamedTuple):
    """How the ligand gets back: a roll and a move."""

    roll: Operation
    move: Operation

    def __str__(self) -> str:
        return format_operations(self)


def format_contacts_of_residue(contacts: Contacts) -> str:
    """``No`` or ``Yes: ARG NH2, O22``."""
    return f"Yes: {format_list(contacts)}" if contacts else "No"


def format_contacts_of_pocket(contacts: Contacts) -> str:
    """``None`` or ``ARG 221 NH2 A, O22``."""
    return format_list(contacts) or "None"


@lru_cache(maxsize=1024)
def read_contacts(canonical: str) -> Contacts:
    """Inverse of the two formats, for canonical text only.

    Raises
    ------
    ParseFailure
    """
    return frozenset() if canonical in ("No", "None") else parse_list(canonical.removeprefix("Yes: "))


def parse_motion(reply: str, verb: Verb) -> Operation:
    """One move or roll."""

    def read(lines: Sequence[str], marked: bool) -> Operation | None:
        found = find_motions(lines[0])
        if not found and marked:
            bare = bare_motion(lines[0], verb)
            if bare is None and bare_number(lines[0], verb) is not None:
                raise ParseFailure("no_axis", lines[0][:80])
            return bare
        if len({operation for operation in found if operation.verb == verb}) > 1:
            raise ParseFailure("two_answers", format_operations(found))
        if not found:
            return None
        if any(operation.verb != verb for operation in found):
            raise ParseFailure("bad_verb", f"asked for a {verb}")
        return found[0]

    return _decided(reply, read)


def parse_zoom(reply: str) -> Operation:
    """A move along z; ``zoom in by 50`` and, where nothing else is said, ``50`` will do."""

    def read(lines: Sequence[str], marked: bool) -> Operation | None:
        found = find_motions(lines[0], bare_zoom=True)
        if not found:
            bare = bare_motion(lines[0], "move") if marked else None
            amount = bare_number(lines[0], "move")
            return bare or (None if amount is None else Operation("move", "z", amount))
        if len(set(found)) > 1:
            raise ParseFailure("two_answers", format_operations(found))
        if found[0].verb != "move":
            raise ParseFailure("bad_verb", "asked for a move")
        return found[0]

    return _decided(reply, read)


def parse_docking(reply: str) -> Docking:
    """A roll and a move in either order, on one line or on lines that follow each other."""

    def read(lines: Sequence[str], marked: bool) -> Docking | None:
        if not marked:
            last = list(dict.fromkeys(find_motions(lines[-1])))
            if {motion.verb for motion in last} == {"roll", "move"}:
                lines = lines[-1:]
        found: list[Operation] = []
        for line in filter(None, lines):
            motions = find_motions(line)
            if not motions:
                break
            found += [motion for motion in motions if motion not in found]
            if marked and len({motion.verb for motion in found}) == 2:
                break
        if not found:
            return None
        rolls = [operation for operation in found if operation.verb == "roll"]
        moves = [operation for operation in found if operation.verb == "move"]
        if not rolls or not moves:
            raise ParseFailure("incomplete", format_operations(found))
        if len(found) > 2:
            raise ParseFailure("too_many", format_operations(found))
        return Docking(rolls[0], moves[0])

    return _decided(reply, read, _states_motion)


def _states_motion(line: str) -> bool:
    try:
        return bool(find_motions(line))
    except ParseFailure:
        return True


def _blocks(lines: Sequence[str], belongs: Callable[[str], bool] | None) -> list[Sequence[str]]:
    if belongs is None:
        return [[line] for line in lines]
    return [list(run) for kept, run in groupby(lines, belongs) if kept]


def parse_option(reply: str, options: Sequence[str]) -> str:
    """A letter, A for the first option; or the full text of one option, where options are texts."""
    return _decided(reply, lambda lines, marked: find_option(lines, marked, options), lambda line: True)


def parse_contacts(reply: str, *, numbered: bool) -> Contacts:
    """A list of contacts or their denial; `numbered` where the pocket's residues must be told apart."""
    return _decided(reply, lambda lines, marked: listing.read(lines, marked, numbered), listing.belongs)


_REFUSAL = re.compile(
    r"\b(?:(?:can(?:not|'t| not)|could(?: not|n't))"
    r"(?! be (?!determined|identified|inferred|read|seen|told))"
    r"|unable to|impossible to|not able to|refuse to|won't|not possible to)\b"
    r"|\b(?:don't|do not) (?:know|have)\b|\binsufficient\b",
    re.IGNORECASE,
)


def _decided(reply: str, read: Reader[T], belongs: Callable[[str], bool] | None = None) -> T:
    """The answer of the reply's deciding place.

    `belongs` tells which lines, where they follow each other, make one answer; without it every line stands alone.
    """
    text = examined(reply)
    framed, lined = framed_answers(text), answer_lines(text)
    finals = [statement for statement in lined if statement.final]
    failure: ParseFailure | None = None
    for group in (framed, finals or lined):
        if not group:
            continue
        try:
            return _agreed(group, read)
        except ParseFailure as error:
            if error.reason in ("two_answers", "contradiction"):
                raise
            failure = failure or error
    if failure:
        raise failure
    lines = lines_of(text)
    for block in reversed(_blocks(lines, belongs)):
        value = read(block, len(lines) == 1)
        if value is not None:
            return value
    raise ParseFailure("refusal" if _REFUSAL.search(text) else "no_answer", text.strip()[:80])


def _agreed(statements: list[Statement], read: Reader[T]) -> T:
    value: T | None = None
    failure: ParseFailure | None = None
    for statement in statements:
        try:
            here = _stated(statement, read)
        except ParseFailure as error:
            failure = error
            continue
        if value is not None and here != value and not statement.retracts:
            raise ParseFailure("two_answers", f"{value} and {here}"[:80])
        value, failure = here, None
    if failure or value is None:
        raise failure or ParseFailure("no_answer")
    return value


def _stated(statement: Statement, read: Reader[T]) -> T:
    if statement.lines:
        value = read(statement.lines, True)
        if value is not None:
            return value
    raise ParseFailure(
        "refusal" if _REFUSAL.search("\n".join(statement.lines[:3])) else "no_answer",
        " ".join(statement.lines[:1])[:80],
    )
