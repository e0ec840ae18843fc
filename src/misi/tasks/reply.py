"""From a model's reply to plain lines, and to the places where it states its answer.

A reply is untrusted text of any length. What is examined is capped, every pattern is linear in its input, and nothing
here raises: the grammars that read the result say what is wrong with it.
"""

import json
import re
from itertools import dropwhile
from typing import NamedTuple

#: Characters examined, from the end: answers stand last, and reasoning can be very long.
MAX_EXAMINED = 16_384
_MOST_STATEMENTS = (
    12  # the last ones; a reply that repeats "Answer:" a thousand times must not cost a thousand readings
)
_LONGEST_STATEMENT = 4_000  # characters
_JSON_STARTS = 24  # opening braces tried, from the end
_ANSWER_KEYS = ("answer", "final_answer", "finalanswer", "final answer", "result", "response")

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63\uff0d\u207b", "-"),
        **dict.fromkeys("\u2032\u2019\u2018\u02b9\u00b4\u02bc", "'"),
        **dict.fromkeys("\u2033\u201c\u201d\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2192\u27f6\u21d2", " -> "),
        "\u2194": " <-> ",
        "\u2026": "...",
        "\u212b": "\u00e5",
        "\u00c5": "\u00e5",
        "\u00ba": "\u00b0",
        "\u02da": "\u00b0",
        "\uff1a": ":",
        "\uff0c": ",",
        "\uff1b": ";",
        "\u00d7": "x",
        "`": "",
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f", ""),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u2002\u2003\u3000\t\x0b\x0c", " "),
        **dict.fromkeys("\r\u0085\u2028\u2029", "\n"),
    }
)
_LATEX = (
    (re.compile(r"\\(?:text|mathrm|mathbf|mathit|mathsf|textbf|textit|texttt|operatorname|mathring) ?\{"), "{"),
    (re.compile(r"\^ ?(?:\{ ?\\circ ?\}|\\circ)|\\degree|\\circ"), "\u00b0"),
    (re.compile(r"\{ ?\\AA ?\}|\\AA|\\angstrom|\\Angstrom"), "\u00e5"),
    (re.compile(r"\\(?:quad|qquad)(?![a-zA-Z])|\\[ ,;:!]|~"), " "),
    (re.compile(r"\\[()\[\]]|\$"), ""),
    (re.compile(r"\\(?=[_%#&{}'\"*-])"), ""),
    (re.compile(r"[{}]"), ""),
)
_TAGS = re.compile(r"</?(?:b|i|p|em|strong|code|pre|span|u|sub|sup|li|ul|ol)>|<br ?/?>", re.IGNORECASE)
_FENCE = re.compile(r"^ *(?:```|~~~)[^\n]{0,40}$", re.MULTILINE)
_THINK_END = re.compile(r"</(?:think|thinking|reasoning|thought|analysis)>", re.IGNORECASE)
_THINK_START = re.compile(r"<(?:think|thinking|reasoning|thought|analysis)>", re.IGNORECASE)
_TAGGED = re.compile(r"<(?:final_)?answer>([^<]{0,4000})</(?:final_)?answer>", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-*+\u2022\u25cf\u2023>#]+ |#+|\d{1,2}[.)] |\(\d{1,2}\) )+")
_MARK = re.compile(
    r"(?:^|(?<=[.!?;,*\"( ]))(?:(?:so|thus|hence|therefore|and),? )?(?:the |my |our )?"
    r"(?P<final>final |correct |best |right )?answer"
    r"(?P<link> ?(?::|=|-{1,2} | (?:is|would be|must be|should be)\b:?)|$) ?",
    re.IGNORECASE,
)
_RETRACTION = re.compile(
    r"\b(?:wait|actually|correction|corrected|revis\w{1,6}|re-?check\w{0,3}|on reflection|mistake|hmm|let me|"
    r"reconsider\w{0,4}|sorry|scratch that|oops|updated?)\b",
    re.IGNORECASE,
)


class Statement(NamedTuple):
    """A place where the reply says what its answer is.

    Attributes
    ----------
    lines : tuple of str
        Plain lines from there on, the first one not blank.
    final : bool
        Marked as the final answer.
    retracts : bool
        Words of correction stand between this and the statement before.
    inline : bool
        The answer begins on the line that marks it.
    """

    lines: tuple[str, ...]
    final: bool
    retracts: bool
    inline: bool


def examined(reply: str) -> str:
    """The part of a reply after its reasoning block, capped; empty if that block was never closed."""
    tail = reply[-MAX_EXAMINED * 4 :]
    ends = list(_THINK_END.finditer(tail))
    if ends:
        tail = tail[ends[-1].end() :]
    start = _THINK_START.search(tail)
    if start:
        tail = tail[: start.start()]
    return tail[-MAX_EXAMINED:]


def plain(text: str) -> str:
    """Text without markup: LaTeX, HTML, code fences, bold, bullets; signs and blanks unified."""
    text = text.translate(_SIGNS)
    for pattern, replacement in _LATEX:
        text = pattern.sub(replacement, text)
    text = _TAGS.sub(" ", _FENCE.sub("", text))
    return "\n".join(_plain_line(line) for line in text.split("\n"))


def framed_answers(text: str) -> list[Statement]:
    """Answers marked by form, in order: JSON, ``\\boxed{}``, ``<answer>``."""
    found = [*_json_answers(text), *_boxed(text)]
    found += [(match.start(), match[1]) for match in _TAGGED.finditer(text)]
    found = sorted(found)[-_MOST_STATEMENTS:]
    return _chained(text, [(start, plain(value), True) for start, value in found])


def answer_lines(text: str) -> list[Statement]:
    """Answers after ``Answer:``, ``Final answer:``, ``The answer is`` and their like, in order."""
    text = plain(text)
    marks = _marks(text)[-_MOST_STATEMENTS:]
    return _chained(text, [(start, text[end : end + _LONGEST_STATEMENT], final) for start, end, final in marks])


def retracts(text: str) -> bool:
    """Whether words of correction stand in it."""
    return bool(_RETRACTION.search(text))


def plain_lines(text: str) -> tuple[str, ...]:
    """Non-empty plain lines."""
    return tuple(line for line in plain(text).split("\n") if line)


def _chained(text: str, found: list[tuple[int, str, bool]]) -> list[Statement]:
    chain, before = [], 0
    for start, value, final in found:
        lines = tuple(line.strip() for line in value.split("\n"))
        inline = bool(lines and lines[0])
        lines = tuple(dropwhile(lambda line: not line, lines))
        chain.append(Statement(lines, final, retracts(text[before:start]), inline))
        before = start
    return chain


def _marks(text: str) -> list[tuple[int, int, bool]]:
    marks, offset = [], 0
    for line in text.split("\n"):
        for match in _MARK.finditer(line):
            if match["link"] or match.start() == 0:  # a bare heading 'Final answer' stands alone on its line
                marks.append((offset + match.start(), offset + match.end(), bool(match["final"])))
        offset += len(line) + 1
    return marks


def _plain_line(line: str) -> str:
    line = " ".join(line.split())
    line = _BULLET.sub("", line)
    line = _unstarred(line).replace("__", "").strip()
    return _unquoted(line)


def _unquoted(line: str) -> str:
    for quote in "\"'":
        if len(line) > 1 and line[0] == quote:
            body = line.rstrip(".")
            line = body[1:-1] if len(body) > 1 and body.endswith(quote) else line[1:]
    return line.strip()


def _unstarred(line: str) -> str:
    """Remove bold and italic asterisks, but not those that end an atom name such as ``O2*``."""
    if "*" not in line:
        return line
    pieces, open_width, i = [], 0, 0
    while i < len(line):
        if line[i] != "*":
            j = line.find("*", i)
            j = len(line) if j < 0 else j
            pieces.append(line[i:j])
            i = j
            continue
        j = i
        while j < len(line) and line[j] == "*":
            j += 1
        width = j - i
        before = line[:i].rstrip("\"'") if i and line[i - 1] in "\"'" else line[:i]
        at_start = not before or before[-1] in " ([:,;"
        if at_start and not (open_width and j < len(line) and line[j] in " .,;:)"):
            open_width = min(width, 3)
        else:
            closes = open_width if width >= open_width else 0
            pieces.append("*" * (width - closes))
            open_width -= closes
        i = j
    return "".join(pieces)


def _boxed(text: str) -> list[tuple[int, str]]:
    """Contents of the last ``\\boxed{...}``, braces matched."""
    found: list[tuple[int, str]] = []
    start = len(text)
    for _ in range(_MOST_STATEMENTS):
        start = text.rfind("\\boxed", 0, start)
        if start < 0:
            break
        opening = text.find("{", start, start + 9)
        depth = 0
        for i in range(opening, min(len(text), opening + _LONGEST_STATEMENT) if opening >= 0 else opening):
            depth += (text[i] == "{") - (text[i] == "}")
            if depth == 0:
                found.append((start, text[opening + 1 : i]))
                break
    return found


def _json_answers(text: str) -> list[tuple[int, str]]:
    """The answer of the last JSON object that has one."""
    end = len(text)
    for _ in range(_JSON_STARTS):
        start = text.rfind("{", 0, end)
        if start < 0:
            break
        end = start
        try:
            data, _ = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        value = _answer_of(data)
        if value is not None:
            return [(start, value)]
    return []


def _answer_of(data: object) -> str | None:
    if not isinstance(data, dict):
        return None
    for key, value in data.items():
        if key.lower() in _ANSWER_KEYS:
            parts = value if isinstance(value, list) else [value]
            if parts and all(isinstance(part, str | int | float) and not isinstance(part, bool) for part in parts):
                return "; ".join(str(part) for part in parts)
            return "" if value in ([], None) else None
    return None


_DECODER = json.JSONDecoder()
