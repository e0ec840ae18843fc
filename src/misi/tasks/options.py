"""The letter of an option in free text."""

import re
from collections.abc import Sequence
from functools import lru_cache

from misi.errors import ParseFailure
from misi.scene.motion import Operation
from misi.tasks.motions import find_motions

LETTERS = "ABCD"

_NAMED = r"(?:option|choice|image|picture|candidate|figure|panel)"
#: The line starts with a letter that something sets apart: ``B``, ``(B)``, ``Option B.``, ``B: because``.
_LEADING = re.compile(
    rf"^(?:either )?(?:(?:the )?(?:correct |right |best )?{_NAMED} )?[(\[\"']?(?P<letter>[A-Za-z])[)\]\"']?"
    r"(?P<after>$|(?= ?[.,:;)\]!/|&-])|(?= (?:because|since|as|is|and|or|matches|\()))",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"^[\"')\]]* ?(?:,|;|/|&|\||\bor\b|\band\b|, or|, and) ?(?:option )?[(\[\"']?([A-D])\b(?! ?[a-z]{2})", re.IGNORECASE
)
_CHOSEN = re.compile(
    rf"\b(?:(?:answer|choice|match|option|one|image) (?:is|would be|must be|should be):? |"
    rf"(?:choose|chose|pick|picked|select|selected|selecting|go with|going with|answer|answering) )"
    rf"(?:the )?(?:{_NAMED} )?[(\[\"']?(?P<letter>[A-D])\b(?! [a-z]+ of)",
)
_IS_RIGHT = re.compile(
    rf"(?:^|[\s(])(?:{_NAMED} )?[(\[]?(?P<letter>[A-D])[)\]]? "
    r"(?:is (?:the )?(?:correct|right|best|only|answer|match)|matches|fits)",
)
_AT_END = re.compile(
    r"\b(?:is|be|definitely|clearly|obviously|probably|likely|surely|therefore|thus|so|hence|say|guess):?,? "
    r"[(\[]?(?P<letter>[A-D])[)\]]?(?=[.!]|$)"
)
_MENTION = re.compile(rf"\b{_NAMED}s? [(\[]?(?P<letter>[A-D])\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not|n't|neither|nor|except|wrong|incorrect|eliminate[sd]?|exclude[sd]?|ruled? out|unlike|than|if)\b"
    r"[^.;,]{0,40}$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^[^.;]{0,25}\b(?:not|n't|wrong|incorrect|eliminated|excluded|ruled out|cannot|can't)\b", re.IGNORECASE
)
_LISTED = re.compile(r"^[(\[]?([A-D])[.):\]] ?(.*)$")


def lone_letter(line: str, options: Sequence[str]) -> str | None:
    """The letter, if the line holds nothing else."""
    match = _LEADING.match(line) if len(line) <= 24 else None
    if not match or line[match.end("letter") :].strip(" .)]!'\""):
        return None
    letter = match["letter"].upper()
    return letter if letter in LETTERS[: len(options)] else None


def find_option(lines: Sequence[str], marked: bool, options: Sequence[str]) -> str | None:
    """The letter that the lines choose, or None.

    Raises
    ------
    ParseFailure
        ``two_answers``; ``bad_option``: a letter that is not among the options; ``contradiction``: a letter with the
        text of another option.
    """
    letters = LETTERS[: len(options)]
    if marked or len(lines) == 1:
        letter = _leading(lines[0], letters, marked, options)
        letter = letter or _by_text(lines[0], options)
        if letter or marked:
            return letter or _stated(lines[0], letters)
    for line in reversed(lines):
        letter = _stated(line, letters) or _by_text(line, options)
        if letter:
            listed = _LISTED.match(line)
            return letter if not listed else _checked(listed[1], line, options)
    alone = {match[1] for match in map(_LISTED.match, lines) if match}
    return alone.pop() if len(alone) == 1 and _LISTED.match(lines[-1]) else None


def _leading(line: str, letters: str, marked: bool, options: Sequence[str]) -> str | None:
    match = _LEADING.match(line)
    if not match:
        found = {hit["letter"].upper() for hit in _MENTION.finditer(line) if not _is_denied(line, hit)}
        return _single(found, line)
    letter = match["letter"].upper()
    if len(line) > 1 and match["letter"] == "a" and re.match(r"^a (?:is|and|or|as)\b", line):
        return None
    if letter not in letters:
        if match["letter"].islower() and len(line) > 3:
            return None
        raise ParseFailure("bad_option", letter)
    also = _ALSO.match(line[match.end("letter") :])
    if also and also[1].upper() != letter:
        raise ParseFailure("two_answers", line[:80])
    if re.match(r"^.{0,12}\bis (?:not|wrong|incorrect)\b", line):
        return None
    return _checked(letter, line, options)


def _stated(line: str, letters: str) -> str | None:
    found: set[str] = set()
    if len(line) <= 24:
        match = _LEADING.match(line)
        if match and not match["letter"].islower() and match["letter"] in letters:
            rest = line[match.end("letter") :].strip(" .)]!*\"'")
            also = _ALSO.match(line[match.end("letter") :])
            if also:
                raise ParseFailure("two_answers", line[:80])
            if not rest:
                found.add(match["letter"])
    for pattern in (_CHOSEN, _IS_RIGHT, _AT_END):
        for hit in pattern.finditer(line):
            if not _is_denied(line, hit):
                found.add(hit["letter"].upper())
                also = _ALSO.match(line[hit.end("letter") :])
                if also:
                    found.add(also[1].upper())
    if not found:
        mentions = [hit for hit in _MENTION.finditer(line) if not _is_denied(line, hit)]
        found = {hit["letter"].upper() for hit in mentions}
    return _single(found, line)


def _is_denied(line: str, hit: re.Match[str]) -> bool:
    before = line[max(0, hit.start("letter") - 60) : hit.start("letter")]
    return bool(_DENIED.search(before)) or bool(_DENIED_AFTER.match(line[hit.end("letter") : hit.end("letter") + 45]))


def _single(found: set[str], line: str) -> str | None:
    if len(found) > 1:
        raise ParseFailure("two_answers", line[:80])
    return found.pop() if found else None


def _checked(letter: str, line: str, options: Sequence[str]) -> str:
    """The letter, unless the line goes on with the text of another option."""
    try:
        other = _by_text(line, options)
    except ParseFailure:
        other = None
    if other and other != letter:
        raise ParseFailure("contradiction", line[:80])
    return letter


@lru_cache(maxsize=64)
def _motions_of(options: tuple[str, ...]) -> list[set[Operation]]:
    return [set(find_motions(option)) if len(option) > 1 else set() for option in options]


def _by_text(line: str, options: Sequence[str]) -> str | None:
    """The option whose motions the line repeats in full."""
    texts = _motions_of(tuple(options))
    if not any(texts):
        return None
    found = set(find_motions(line))
    hits = [letter for letter, text in zip(LETTERS, texts, strict=False) if text and found == text]
    return hits[0] if len(hits) == 1 else None
