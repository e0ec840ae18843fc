"""Are answers, option positions and decoy schemes evenly used, and is nothing asked twice?"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from misi.dataset.finding import Finding
from misi.seeds import rng_for
from misi.tasks.question import Question

#: A balance is a fault when chance alone would give such an uneven count this rarely.
LEAST_P = 0.001
_DRAWS = 2000


def _value(question: Question) -> str:
    """The part of an answer that is drawn evenly."""
    if question.task == "docking":
        return question.answer.split(",")[0]  # the move follows from the complex
    return question.answer


_EVEN: dict[str, Callable[[Question], str]] = dict.fromkeys(
    (
        "translation",
        "rotation",
        "zooming",
        "docking",
        "translation_rotation",
        "rotation_rotation",
        "interaction_location",
    ),
    _value,
)
#: How many values each of these answers can take (paper sections 4.1 and 4.2).
_VALUES = {"translation": 16, "rotation": 36, "zooming": 21, "docking": 36}


def answers_balanced(task: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """Test of even use: the spread of the counts against that of random draws (Monte Carlo, seeded)."""
    value = _EVEN.get(task)
    if value is None:
        return
    counts = Counter(value(question) for question in questions)
    kinds = _VALUES.get(task, 4)
    p = even_p(list(counts.values()), kinds, task)
    low, high = (0 if len(counts) < kinds else min(counts.values())), max(counts.values())
    what = "option positions" if task not in _VALUES else "answers"
    yield Finding(task, f"{what} even", f"{kinds} values, {low}..{high} times each, p = {p:.3f}", p >= LEAST_P)


def even_p(counts: Sequence[int], kinds: int, name: str) -> float:
    """Chance that even draws are spread at least as unevenly as `counts` over `kinds` values."""
    n = sum(counts)
    spread = sum(count * count for count in counts)
    rng = rng_for(0, "audit", name, n)
    draws = _DRAWS if n <= 5000 else _DRAWS // 10
    worse = 0
    for _ in range(draws):
        drawn = Counter(rng.choices(range(kinds), k=n))
        worse += sum(count * count for count in drawn.values()) >= spread
    return (worse + 1) / (draws + 1)


def schemes_shared(task: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """The three decoy schemes of the paper in equal shares (composites)."""
    if task not in ("translation_rotation", "rotation_rotation"):
        return
    counts = Counter(scheme for question in questions for scheme in question.derivation["schemes"] if scheme != "truth")
    total = sum(counts.values())
    shares = ", ".join(f"{name} {100 * n / total:.1f} %" for name, n in sorted(counts.items()))
    uneven = max(counts.values()) - min(counts.values()) if len(counts) == 3 else total
    yield Finding(task, "decoy schemes", shares, uneven <= max(3, 0.05 * total))


def duplicates(task: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """Questions of one complex with the same text and the same answer, where the text is all that could differ."""
    seen: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for question in questions:
        operations = str(question.derivation.get("operations") or question.derivation.get("undocking") or "")
        partner = str(question.derivation.get("partner", ""))
        seen[question.complex_id, question.question, question.answer, operations, partner].append(question.id)
    twins = [ids for ids in seen.values() if len(ids) > 1]
    figure = f"{len(twins)} repeated" + (f", e.g. {' = '.join(twins[0][:2])}" if twins else "")
    yield Finding(task, "no item twice", figure, not twins)
