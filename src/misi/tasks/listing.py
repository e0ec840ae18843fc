"""A yes or no with a list of contacts, over one line or several."""

import re
from collections.abc import Sequence

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
    contacts: set[object] = set()
    for position, line in enumerate(lines):
        rest = line
        listed = _entries(line)
        if listed is None or (listed and not numbered and line[:3].lower() in ("no ", "no,")):
            said = _verdict(line)
            if said is None:
                if marked and position == 0:
                    contacts |= parse_list(_trimmed(line))
                    continue
                if not line and not contacts:
                    continue
                break
            if verdict is not None and verdict != said:
                raise ParseFailure("contradiction", line[:80])
            verdict = said
            yes = _YES.match(line)
            rest = line[yes.end() :] if yes else re.sub(r"^(?:no|none)\b[.,:; -]*", "", line, flags=re.IGNORECASE)
            if not rest:
                continue
            listed = _entries(rest)
            if listed is None:
                if yes and marked and re.search(r"\d", rest) and "," in rest:
                    listed = parse_list(_trimmed(rest))
                else:
                    continue
        contacts |= listed
    if verdict is None and not contacts:
        return None
    if verdict is False and contacts:
        raise ParseFailure("contradiction", "no, and yet pairs")
    if verdict and not contacts:
        raise ParseFailure("no_pairs", "yes, but no pair is named")
    answer: Contacts = frozenset(contacts)  # type: ignore[arg-type]
    if numbered and any(contact.number is None for contact in answer):
        raise ParseFailure("bad_pair", "a residue number is missing")
    return answer


def _verdict(line: str) -> bool | None:
    if _YES.match(line):
        return True
    return False if _NO.match(line) else None


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
