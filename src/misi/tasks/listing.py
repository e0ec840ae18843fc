"""A yes or no with a list of contacts, over one line or several."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from misi.errors import ParseFailure
from misi.tasks.contacts import Contacts, parse_list

_NO = re.compile(
    r"^(?:no|none|nil|n/a|empty|\[ ?\])(?=$|[.,:;!]| -)(?!,? (?:wait|hold on|not sure|idea))"
    r"|^(?:there (?:are|is) |i (?:see|find) )?(?:no|none|zero) "
    r"(?:hydrogen[- ]bond|h-?bond|interaction|polar contact|contact|bond)s?\b"
    r"|^(?:no, )?(?:the|this) (?:residue|ligand|pocket|two)[^.;:]{0,40}(?:does not|do not|doesn't|don't|not) "
    r"(?:interact|form|make|bond|hydrogen[- ]bond)",
    re.IGNORECASE,
)
_YES = re.compile(r"^yes(?=$|[.,:;! -])[.,:;! -]*", re.IGNORECASE)
_NO_WORD = re.compile(r"^(?:no|none)\b[.,:; -]*", re.IGNORECASE)
_LEAD_IN = re.compile(r"^[A-Za-z][A-Za-z' -]{2,70}: ?")
_TAIL = re.compile(r"(?:\. [A-Z].*| \([^()]{1,200}\)| (?:because|since|as the|as they|which|where)\b.*)$")


def belongs(line: str) -> bool:
    """Whether the line is a verdict or part of a list."""
    return bool(_YES.match(line) or _NO.match(line)) or _entries(line) is not None


def read(lines: Sequence[str], marked: bool, numbered: bool) -> Contacts | None:
    """The contacts of a block of lines; None if it states neither contacts nor their absence.

    Parameters
    ----------
    numbered : bool
        Contacts must carry residue numbers.

    Raises
    ------
    ParseFailure
        ``no_pairs``: yes, but which; ``contradiction``: no, and yet pairs; ``bad_pair``: a marked list with an entry
        outside the grammar, or without residue number where one is needed.
    """
    verdict: bool | None = None
    contacts: Contacts = frozenset()
    for position, line in enumerate(lines):
        if not line and not contacts:
            continue
        said = _said(line, marked, marked and position == 0, numbered)
        if said is None:
            break
        if None not in (verdict, said.verdict) and verdict != said.verdict:
            raise ParseFailure("contradiction", line[:80])
        verdict = said.verdict if verdict is None else verdict
        contacts |= said.contacts
    if verdict is None and not contacts:
        return None
    if verdict is False and contacts:
        raise ParseFailure("contradiction", "no, and yet pairs")
    if verdict and not contacts:
        raise ParseFailure("no_pairs", "yes, but no pair is named")
    if numbered and any(contact.number is None for contact in contacts):
        raise ParseFailure("bad_pair", "a residue number is missing")
    return contacts


class _Said(NamedTuple):
    """What one line says."""

    verdict: bool | None
    contacts: Contacts


def _said(line: str, marked: bool, must: bool, numbered: bool) -> _Said | None:
    """The verdict and contacts of a line, None if it is prose; where it `must` be an answer, prose is a `bad_pair`."""
    listed = _entries(line)
    residue_named_no = (
        listed and not numbered and line[:3].lower() in ("no ", "no,")
    )  # rather the word than nitric oxide
    if listed is not None and not residue_named_no:
        return _Said(None, listed)
    yes = _YES.match(line)
    if not yes and not _NO.match(line):
        return _Said(None, parse_list(_trimmed(line))) if must else None
    rest = line[yes.end() :] if yes else _NO_WORD.sub("", line)
    listed = _entries(rest) if rest else frozenset()
    if listed is None and yes and marked and "," in rest and re.search(r"\d", rest):
        listed = parse_list(_trimmed(rest))
    return _Said(bool(yes), listed or frozenset())


def _trimmed(line: str) -> str:
    return _TAIL.sub("", line)


def _entries(line: str) -> Contacts | None:
    """The contacts of a line that holds nothing else, apart from a lead-in before a colon and a remark after."""
    for text in (line, _LEAD_IN.sub("", line, count=1)):
        for body in (text, _trimmed(text)):
            try:
                return parse_list(body)
            except ParseFailure:
                continue
    return None
