"""Servers that answer each question of a plan from the truth in a known way, so that every score is known beforehand.

What a way of answering is worth is worked out here by hand from the answer's text, not by the package's scorer.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from misi.evaluate.plan import Plan
from misi.seeds import rank_of
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS, column_of
from misi.tasks.question import ImageRef, Question

from .loopback import ANSWER, CUT_OFF, EMPTY, FAILURE, RATE_LIMIT, REFUSAL, WRONG_IMAGES, Call

RIGHT, NEAR, PROSE = "right", "near", "prose"
#: Ways of answering, dealt out in turn within each column: about half right, and everything else that can happen.
WAYS = (RIGHT, NEAR, RATE_LIMIT, REFUSAL, RIGHT, CUT_OFF, EMPTY, RIGHT, PROSE, FAILURE, NEAR, WRONG_IMAGES)
#: Ways in which the first try of a call fails and the second is answered rightly.
_ONCE_MORE = (RATE_LIMIT, FAILURE)
_STATUS = {REFUSAL: "refused", CUT_OFF: "truncated", EMPTY: "unparsed", PROSE: "unparsed", WRONG_IMAGES: "error"}
_PHRASES = ("Answer: {}", "I compare the views.\n\n**Answer: {}**", "The pocket is deep, so I go slowly.\nANSWER: {}.")
_MOTION = re.compile(r"(?:move|roll) [xyz] (-?\d+)")


@dataclass(frozen=True)
class Part:
    """How one question is answered, and what that must come to.

    Attributes
    ----------
    way : str
        One of `WAYS`.
    text : str
        What is said in the end.
    status : str
        The outcome.
    weighted, exact : float
        The scores.
    calls : int
        Requests that the server gets for it.
    """

    way: str
    text: str
    status: str
    weighted: float
    exact: float
    calls: int


def mixture(plan: Plan) -> dict[str, Part]:
    """A part for each question of a plan, by its id; every column goes through all ways."""
    by_column: dict[str, list[str]] = defaultdict(list)
    for name in plan.ids:
        by_column[column_of(plan.questions[name])].append(name)
    parts = {}
    for names in by_column.values():
        for n, name in enumerate(sorted(names, key=lambda name: rank_of("mixture", name))):
            parts[name] = _part(plan.questions[name], WAYS[n % len(WAYS)], n)
    return {name: parts[name] for name in plan.ids}


def _part(question: Question, way: str, n: int) -> Part:
    phrase = _PHRASES[n % len(_PHRASES)]
    if way == NEAR:
        said, weighted = near(question)
        return Part(way, phrase.format(said), "answered", weighted, 0.0, 1)
    if way in _STATUS:
        text = "The ligand sits deep in the pocket and turns one side to the viewer." if way == PROSE else ""
        return Part(way, "half an ans" if way == CUT_OFF else text, _STATUS[way], 0.0, 0.0, 1)
    return Part(way, phrase.format(question.answer), "answered", 1.0, 1.0, 2 if way in _ONCE_MORE else 1)


def near(question: Question) -> tuple[str, float]:
    """A wrong answer in the right form, and its weighted score (spec: metrics of the paper, section 5.1)."""
    task, answer = question.task, question.answer
    if task == "translation":
        return _beside(answer, 1, 4), 1 - 1 / 7
    if task == "rotation":
        return _beside(answer, 15, 90), 1 - 15 / 165
    if task == "zooming":
        return _beside(answer, 1, 60), 0.0
    if task == "docking":
        roll, move = answer.split(", ")
        return f"{roll}, {_amount(move, -_amount_of(move))}", 0.5
    if task in ("residue_ligand", "pocket_ligand"):
        return _near_contacts(question)
    return "ABCD"[("ABCD".index(answer) + 1) % 4], 0.0


def _near_contacts(question: Question) -> tuple[str, float]:
    """One true pair of several (all given are true: 1); a true and a false one (0.5); or false ones alone (0)."""
    head = "Yes: " if question.task == "residue_ligand" else ""
    true = [] if question.answer in ("No", "None") else question.answer.removeprefix("Yes: ").split("; ")
    if len(true) > 1:
        return head + true[0], 1.0
    task = TASKS[question.task]
    pairs = (pair for answer in task.answers(question) for pair in answer)
    false = next(text for pair in pairs if (text := task.format(frozenset([pair])).removeprefix(head)) not in true)
    return head + "; ".join([*true, false]), 0.5 if true else 0.0


def _amount_of(motion: str) -> int:
    found = _MOTION.fullmatch(motion)
    assert found, motion
    return int(found[1])


def _amount(motion: str, amount: int) -> str:
    return f"{motion.rsplit(' ', 1)[0]} {amount}"


def _beside(motion: str, step: int, most: int) -> str:
    """The value one step away, inside the range and not 0."""
    amount = _amount_of(motion)
    other = amount + step if amount + step and amount + step <= most else amount - step
    return _amount(motion, other)


def expected_scores(plan: Plan, parts: Mapping[str, Part]) -> dict[str, dict[str, float]]:
    """Percent by ``weighted`` and ``exact``, then by column."""
    found: dict[str, dict[str, list[float]]] = {"weighted": defaultdict(list), "exact": defaultdict(list)}
    for name, part in parts.items():
        question = plan.questions[name]
        found["weighted"][column_of(question)].append(part.weighted)
        if question.answer != "None":  # pockets without a bond do not count in exact match
            found["exact"][column_of(question)].append(part.exact)
    return {
        mode: {name: 100 * sum(columns[name]) / len(columns[name]) for name in COLUMNS if name in columns}
        for mode, columns in found.items()
    }


def expected_outcomes(parts: Mapping[str, Part]) -> Counter[str]:
    """Number of questions by outcome."""
    return Counter(part.status for part in parts.values())


class Truthful:
    """A `Script` that knows each question by what is shown last, and answers its part.

    Attributes
    ----------
    calls : Counter
        Requests for each question.
    wrong_pictures : list of str
        Questions that did not arrive with all pictures, those of the examples too, in their order.
    """

    def __init__(self, plan: Plan, parts: Mapping[str, Part]) -> None:
        self.calls: Counter[str] = Counter()
        self.wrong_pictures: list[str] = []
        self._plan = plan
        self._parts = parts
        self._names: dict[tuple[str, ...], str] = {}
        for name in parts:
            shown = _key([self._shown(part) for part in plan.request(name).conversation.turns[-1].parts])
            assert shown not in self._names, f"{name} looks like {self._names[shown]}"
            self._names[shown] = name

    def _shown(self, part: str | ImageRef) -> str:
        return part if isinstance(part, str) else f"sha256:{self._plan.pictures.sent(part.path).sha256}"

    def __call__(self, _: int, call: Call) -> tuple[str, str]:
        name = self._names[_key(call.turns[-1][1])]
        self.calls[name] += 1
        if call.images != [self._shown(image) for image in self._plan.request(name).conversation.images]:
            self.wrong_pictures.append(name)
        part = self._parts[name]
        if part.way in _ONCE_MORE:
            return (part.way, "") if self.calls[name] == 1 else (ANSWER, part.text)
        return (part.way, part.text) if part.way in (REFUSAL, CUT_OFF, EMPTY, WRONG_IMAGES) else (ANSWER, part.text)


def _key(parts: list[str]) -> tuple[str, ...]:
    """Pictures in order, and the text without its cuts: how it is cut is the vendor's client's affair."""
    pictures = tuple(part for part in parts if part.startswith("sha256:"))
    return ("".join("".join(part.split()) for part in parts if not part.startswith("sha256:")), *pictures)
