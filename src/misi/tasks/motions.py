"""Moves and rolls in free text: ``move x 3``, ``rotate by 45° about the y axis``, ``translation along x: -2 Å``.

A line is cut into words, numbers and signs; from each verb on, a few tokens are read in which one axis and one number
must stand, in either order, with fillers between. One pass, no backtracking.
"""

import re
from dataclasses import dataclass

from misi.errors import ParseFailure
from misi.scene.motion import AXES, Operation, Verb

_TOKEN = re.compile(r"\d+\.\d+|\.?\d+|[^\W\d_]+|\S")
_VERBS: dict[str, Verb | None] = {
    **dict.fromkeys(("move", "moves", "moved", "moving", "movement", "translate", "translates", "translated"), "move"),
    **dict.fromkeys(("translation", "translating", "shift", "shifts", "shifted", "shifting"), "move"),
    **dict.fromkeys(("roll", "rolls", "rolled", "rolling", "rotate", "rotates", "rotated", "rotating"), "roll"),
    **dict.fromkeys(("rotation", "turn", "turns", "turned", "turning"), "roll"),
    **dict.fromkeys(("zoom", "zooms", "zoomed", "zooming"), None),
}
_FILLERS = frozenset(
    """a an the by of along about around on in to with for is was at and it be axis axes direction complex ligand scene
    molecule pocket structure whole entire screen distance angle amount value approximately roughly amounts applied
    through via""".split()  # noqa: SIM905
) | set(":=,()[]~\u2248|'\"")
_PLUS, _MINUS = frozenset(("+", "plus", "positive")), frozenset(("-", "minus", "negative"))
_LENGTHS = frozenset(
    ("\u00e5", "a", "ang", "angs", "angstrom", "angstroms", "\u00e5ngstrom", "\u00e5ngstroms", "\u00e5ngstr\u00f6m")
)
_ANGLES = frozenset(("\u00b0", "deg", "degs", "degree", "degrees"))
_OTHER_UNITS = frozenset(
    "nm px pixel pixels rad rads radian radians cm mm m pm percent % times step steps".split()  # noqa: SIM905
)
_ENDS_CLAUSE = frozenset(".;!?\n") | {"but", "so", "then", "thus", "hence", "therefore", "however"}
#: Before a motion in its clause, these say that it is not the answer.
_DENIALS = frozenset(
    """not never cannot without unlike versus vs if whether example format eg suppose exclude excluded rule ruled
    neither nor than except instead""".split()  # noqa: SIM905
)
_DENIALS_AFTER = frozenset(("would", "too", "wrong", "incorrect", "not", "cannot", "excluded", "impossible"))
_ALTERNATIVES = frozenset(("or", "to", "/", "\u00b1", "|"))
_REACH = 14  # tokens after a verb in which its axis and number must stand
_LARGEST = 1e5


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.text[-1].isdecimal() and self.text.isascii()


def tokens_of(line: str) -> list[Token]:
    line = re.sub(r"n't\b", " not", line.lower())
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(line)]


def find_motions(line: str, *, bare_zoom: bool = False) -> list[Operation]:
    """Distinct motions that the line states, in order.

    Parameters
    ----------
    bare_zoom : bool
        Read ``zoom in by 50`` as ``move z 50``.

    Raises
    ------
    ParseFailure
        A verb is followed by a broken motion: ``bad_axis``, ``bad_number``, ``bad_unit``, ``two_answers`` (``move x 3
        or 4``), ``no_axis``.
    """
    tokens = tokens_of(line)
    found: list[Operation] = []
    failure: ParseFailure | None = None
    position = 0
    while position < len(tokens):
        verb_at = position
        position += 1
        if tokens[verb_at].text not in _VERBS:
            continue
        try:
            operation, position = _motion(tokens, verb_at, bare_zoom)
        except ParseFailure as error:
            if not _denied(tokens, verb_at, position):
                failure = error
            continue
        if operation is not None and operation not in found and not _denied(tokens, verb_at, position):
            found.append(operation)
    if failure and (not found or failure.reason == "two_answers"):
        raise failure
    return found


def bare_number(line: str, unit_of: Verb) -> float | None:
    """The number if the line is one number with or without unit and sign, else None.

    Raises
    ------
    ParseFailure
        ``bad_unit``, ``bad_number``.
    """
    tokens = tokens_of(line.strip().rstrip("."))
    tokens = [token for token in tokens if token.text not in ("~", "\u2248", "about", "approximately", "roughly", "by")]
    reader = _Reader(unit_of)
    for i, token in enumerate(tokens):
        if not reader.take(tokens, i) and not (reader.number is not None and token.text in (",", ".")):
            return None
    return None if reader.number is None or reader.axis else reader.amount


def bare_motion(line: str, verb: Verb) -> Operation | None:
    """``x 3`` or ``3 Å along x``, the verb being clear from the question; None if the line is anything else."""
    tokens = tokens_of(line.strip().rstrip("."))
    if any(token.text in _VERBS for token in tokens):
        return None
    reader = _Reader(verb)
    for i, token in enumerate(tokens):
        if not reader.take(tokens, i) and token.text not in _FILLERS:
            return None
    if reader.axis is None or reader.number is None:
        return None
    return Operation(verb, reader.axis, reader.amount)  # type: ignore[arg-type]


class _Reader:
    """Collects one axis and one number."""

    def __init__(self, verb: Verb | None) -> None:
        self.verb = verb
        self.axis: str | None = None
        self.number: float | None = None
        self.signs: list[int] = []

    @property
    def amount(self) -> float:
        if len(self.signs) > 1:
            raise ParseFailure("bad_number", "two signs")
        amount = (self.number or 0.0) * (self.signs[0] if self.signs else 1)
        return amount + 0.0  # -0.0 becomes 0.0

    def take(self, tokens: list[Token], i: int) -> bool:
        """Whether token `i` belongs to the motion."""
        token = tokens[i]
        text = token.text
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if token.is_number:
            if self.number is not None:
                raise ParseFailure("two_answers", f"{text} after another number")
            self._number(token, tokens, i)
            return True
        if text in ("+", "-") or text in _PLUS or text in _MINUS:
            if text == "-" and after is not None and after.text in ("axis", "direction"):
                return True
            if after is None or (after.start != token.end and len(text) == 1):
                return False
            if (after.is_number and self.number is None) or after.text in AXES:
                self.signs.append(1 if text in _PLUS else -1)
                return True
            return False
        if text in AXES:
            if self.axis not in (None, text):
                raise ParseFailure("bad_axis", f"both {self.axis} and {text}")
            self.axis = text
            return True
        if self.number is not None and text in _LENGTHS | _ANGLES | _OTHER_UNITS:
            known = {"move": _LENGTHS, "roll": _ANGLES}.get(self.verb or "move", _LENGTHS)
            if text == "a" and not (self.verb == "move" and tokens[i - 1].is_number):
                return False
            if text not in known:
                raise ParseFailure("bad_unit", text)
            return True
        return False

    def _number(self, token: Token, tokens: list[Token], i: int) -> None:
        value = float(token.text) if len(token.text) <= 12 else float("inf")
        if value > _LARGEST:
            raise ParseFailure("bad_number", f"{token.text[:20]} is out of range")
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if after is not None and after.start == token.end:
            beyond = tokens[i + 2] if i + 2 < len(tokens) else None
            known = after.text in _LENGTHS | _ANGLES | _OTHER_UNITS
            splits = after.text in ",.:/^" and beyond is not None and beyond.is_number and beyond.start == after.end
            if splits or after.is_number or (after.text[0].isalnum() and not known):
                raise ParseFailure("bad_number", f"{token.text}{after.text}")
        self.number = value


def _motion(tokens: list[Token], verb_at: int, bare_zoom: bool) -> tuple[Operation | None, int]:
    """The motion that starts with the verb, and where reading goes on; no motion if no number follows."""
    verb = _VERBS[tokens[verb_at].text]
    zooms = verb is None
    if zooms and not bare_zoom:
        return None, verb_at + 1
    reader = _Reader(verb or "move")
    strange = ""
    i = verb_at + 1
    while i < min(len(tokens), verb_at + 1 + _REACH):
        text = tokens[i].text
        if reader.take(tokens, i):
            i += 1
            continue
        complete = reader.number is not None and (reader.axis or zooms)
        if complete and text not in ("about", "around", "along", "in", "on", "axis", "direction", "the", "of"):
            break
        if text in _FILLERS:
            i += 1
            continue
        if len(text) == 1 and text.isalpha() and not strange and reader.axis is None and text not in ("s", "i"):
            strange = text
            i += 1
            continue
        break
    if reader.number is None:
        if reader.axis and i < len(tokens) and tokens[i].text in ("?", "\u00b1"):
            raise ParseFailure("bad_number", tokens[i].text)
        return None, verb_at + 1
    _no_alternative(tokens, i, reader)
    if zooms:
        if "out" in (token.text for token in tokens[verb_at:i]):
            return None, i
        reader.axis = reader.axis or "z"
    if reader.axis is None:
        raise ParseFailure("bad_axis" if strange else "no_axis", strange)
    return Operation(verb or "move", reader.axis, reader.amount), i  # type: ignore[arg-type]


def _no_alternative(tokens: list[Token], i: int, reader: _Reader) -> None:
    """Raise if the motion goes on with another number: ``3 or 4``, ``3-4``, ``3 to 4``, ``3 ± 1``."""
    ahead = [token for token in tokens[i : i + 4] if token.text not in ("-", "+")] or tokens[i : i + 1]
    joined = i < len(tokens) and tokens[i].text == "-"
    if (joined and ahead[0].is_number) or (
        len(ahead) > 1 and ahead[0].text in _ALTERNATIVES and ahead[1].is_number and ahead[1] in tokens[i + 1 : i + 3]
    ):
        raise ParseFailure("two_answers", " ".join(token.text for token in tokens[max(0, i - 1) : i + 3]))


def _denied(tokens: list[Token], verb_at: int, end: int) -> bool:
    """Whether its clause says that the motion is not the answer, before it or after."""
    for i, token in enumerate(tokens[end : end + 7], end):
        if token.text in _ENDS_CLAUSE or token.text in ",:;(":
            break
        affirmed = token.text == "would" and i + 1 < len(tokens) and tokens[i + 1].text in ("be", "fit", "match")
        if token.text in _DENIALS_AFTER and not affirmed:
            return True
    for token in reversed(tokens[max(0, verb_at - 12) : verb_at]):
        if token.text in _ENDS_CLAUSE or token.text == ",":
            return False
        if token.text in _DENIALS:
            return True
    return False
