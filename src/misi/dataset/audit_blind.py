"""How far does the text alone lead? Simple rules and a text classifier that see no picture, against chance."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from misi.dataset.finding import Finding
from misi.tasks import TASKS
from misi.tasks.question import Question

#: A blind rule may beat chance by this much before the release fails (lower end of its 95 % interval).
ALLOWED = 0.05
#: Tasks whose wording names residues or atoms: some of these bond more often, so the text does tell something.
_INFORMATIVE = frozenset(("residue_ligand", "pocket_ligand"))
_TOKEN = re.compile(r"[A-Za-z]+|-?\d+")

Rule = Callable[[Question], str]


def blind_solvability(task: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """Exact matches of the best blind rule on the test questions, beside chance."""
    train = [question for question in questions if question.split == "train"]
    test = [question for question in questions if question.split == "test"]
    if not train or not test:
        return
    chance = sum(1 / max(1, len(set(map(str, TASKS[task].answers(q))))) for q in test) / len(test)
    rules: dict[str, Rule] = {"most frequent answer": most_frequent(train), "words": naive_bayes(train)}
    if task == "interaction_location":
        rules["middle option"] = middle_option
        rules["depth from the text"] = depth_in_text
    best = max(((sum(rule(q) == q.answer for q in test), name) for name, rule in rules.items()))
    low, high = wilson(best[0], len(test))
    share = f"{100 * best[0] / len(test):.1f} % ({100 * low:.1f}..{100 * high:.1f})"
    figure = f"{share} by {best[1]!r}, chance {100 * chance:.1f} %"
    yield Finding(task, "blind", figure, None if task in _INFORMATIVE else low <= chance + ALLOWED)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % score interval of a proportion (Wilson, J. Am. Stat. Assoc. 22 (1927) 209)."""
    z = 1.96
    p = hits / n
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def most_frequent(train: Sequence[Question]) -> Rule:
    """The answer that train gives most often."""
    best = max(sorted(Counter(question.answer for question in train).items()), key=lambda entry: entry[1])[0]
    return lambda _: best


def naive_bayes(train: Sequence[Question]) -> Rule:
    """Words of the question to answer, with add-one smoothing; answers seen once are left out."""
    totals = Counter(question.answer for question in train)
    answers = [answer for answer, n in sorted(totals.items()) if n > 1] or sorted(totals)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    every: Counter[str] = Counter()
    for question in train:
        found = set(_TOKEN.findall(question.question))
        words[question.answer].update(found)
        every.update(found)
    telling = {word for word, n in every.items() if n < len(train)}  # words of every question tell nothing

    def answer(question: Question) -> str:
        found = telling.intersection(_TOKEN.findall(question.question))

        def likelihood(candidate: str) -> float:
            n = totals[candidate]
            return math.log(n) + sum(math.log((words[candidate][word] + 1) / (n + 2)) for word in found)

        return max(answers, key=likelihood)

    return answer


def _moves(option: str) -> dict[str, float]:
    return {axis: float(amount) for axis, amount in re.findall(r"move ([xyz]) (-?\d+(?:\.\d+)?)", option)}


def middle_option(question: Question) -> str:
    """The option that shares most parts with the others: careless decoys surround the truth."""
    parts = [_moves(option) for option in question.options]
    shared = [
        sum(parts[i].get(axis) == other.get(axis) for j, other in enumerate(parts) if j != i for axis in "xyz")
        for i in range(len(parts))
    ]
    return "ABCD"[shared.index(max(shared))]


def depth_in_text(question: Question) -> str:
    """The option whose depth would centre the complex itself, by the distance that the question states."""
    start = re.search(r"center of the complex is (\d+)", question.question)
    working = float(question.derivation["working_depth"])
    wanted = float(start[1]) - working if start else 50.0
    gaps = [abs(_moves(option).get("z", 0.0) - wanted) for option in question.options]
    return "ABCD"[gaps.index(min(gaps))]
