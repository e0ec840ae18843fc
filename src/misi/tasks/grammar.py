"""Answers as typed values and as text: one `format_*` and one `parse_*` for each kind.

| kind | value | canonical text |
|---|---|---|
| one motion | `Operation` | ``move x 3``, ``roll y -45``, ``move z 50`` |
| docking | `Docking` | ``roll y 45, move x -12`` |
| option | letter | ``B`` |
| interactions of a residue | `Contacts` | ``No``; ``Yes: ARG NH2, O22; ARG N, O23`` |
| interactions of a pocket | `Contacts` | ``None``; ``ARG 221 NH2 A, O22; ARG 221 N A, O23`` |

Parsing accepts what a reasonable reader accepts; `misi.tasks.deciding` says which place of a reply counts. The only
error is `ParseFailure`; its reasons are no_answer, two_answers, refusal, incomplete, too_many, bad_axis, no_axis,
bad_verb, bad_number, bad_unit, bad_option, bad_pair, no_pairs and contradiction.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from misi.errors import ParseFailure
from misi.scene.motion import Operation, Operations, Verb, format_operations, parse_operations
from misi.tasks import listing
from misi.tasks.contacts import Contacts, format_list, parse_list
from misi.tasks.deciding import Kind, decide
from misi.tasks.motions import bare_motion, bare_number, find_motions
from misi.tasks.options import find_option, lone_letter


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

    return decide(reply, Kind(read, lambda line: _one(_spelled(line), verb)))


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

    return decide(reply, Kind(read, lambda line: _one(_spelled(line), "move")))


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

    return decide(reply, Kind(read, _whole_docking, _states_motion))


def _spelled(line: str) -> Operations:
    """Motions of a line in canonical form that holds nothing else."""
    try:
        operations = parse_operations(line.removesuffix("."))
    except ParseFailure:
        return ()
    return tuple(replace(operation, amount=operation.amount + 0.0) for operation in operations)  # -0 becomes 0


def _one(operations: Operations, verb: Verb) -> Operation | None:
    return operations[0] if len(operations) == 1 and operations[0].verb == verb else None


def _whole_docking(line: str) -> Docking | None:
    by_verb = {operation.verb: operation for operation in _spelled(line)}
    return Docking(by_verb["roll"], by_verb["move"]) if len(by_verb) == len(_spelled(line)) == 2 else None


def _states_motion(line: str) -> bool:
    try:
        return bool(find_motions(line))
    except ParseFailure:
        return True


def parse_option(reply: str, options: Sequence[str]) -> str:
    """A letter, A for the first option; or the full text of one option, where options are texts."""
    kind = Kind(
        lambda lines, marked: find_option(lines, marked, options), lambda line: lone_letter(line, options), bool
    )
    return decide(reply, kind)


def parse_contacts(reply: str, *, numbered: bool) -> Contacts:
    """A list of contacts or their denial; `numbered` where the pocket's residues must be told apart."""
    kind = Kind(lambda lines, marked: listing.read(lines, marked, numbered), lambda line: None, listing.belongs)
    return decide(reply, kind)
