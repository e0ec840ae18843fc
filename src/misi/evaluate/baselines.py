"""Answerers that need no model: three baselines, and exploits that a metric must not reward.

| name | reply | what it shows |
|---|---|---|
| oracle | the right answer, recomputed from the derivation | the upper bound; truth, grammar and scorer agree |
| chance | drawn evenly among the answers that the format allows | the floor |
| constant | the commonest training answer of the task | what the answers' distribution gives away |
| always-no | ``No`` to every question | half of the yes-or-no questions are won by it |
| enumerate | every answer there is | listing everything must not pay |
| one-pair | one true-looking pair: the first residue atom and ligand atom | a single guess must not pay |
| echo-shot | the answer of the last worked example | copying must not pay |

docs/metrics.md says what each is expected to score; the tests hold them to it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from misi.seeds import rng_for
from misi.tasks import TASKS
from misi.tasks.question import Question

#: (question, its worked examples) -> reply text.
Answerer = Callable[[Question, Sequence[Question]], str]

#: Pairs in one enumerated list: more than any pocket has bonds, few enough for a log.
_MOST_PAIRS = 400
_MOST_ANSWERS = 100


def oracle() -> Answerer:
    """Recomputes the answer from the derivation: an upper bound, and a check of truth and scorer together."""
    return lambda question, _: f"Answer: {TASKS[question.task].oracle(question)}"


def chance(seed: int = 0) -> Answerer:
    """Draws evenly among the answers that a question's format allows."""
    return lambda question, _: f"Answer: {TASKS[question.task].chance(question, rng_for(seed, 'chance', question.id))}"


def constant(train: Iterable[Question]) -> Answerer:
    """Gives, for each task, the answer most frequent among the training questions (ties: first in order of text)."""
    counts: dict[str, Counter[str]] = {}
    for question in train:
        counts.setdefault(question.task, Counter())[question.answer] += 1
    best = {task: min(counter.items(), key=lambda entry: (-entry[1], entry[0]))[0] for task, counter in counts.items()}

    def answer(question: Question, _: Sequence[Question]) -> str:
        # Without training questions of the task there is nothing to repeat; an empty reply is unparsed.
        return f"Answer: {best[question.task]}" if question.task in best else ""

    return answer


def always_no() -> Answerer:
    """``No`` everywhere; where a pocket's bonds are asked for, that reads as ``None``."""
    return lambda question, _: "Answer: None" if question.task == "pocket_ligand" else "Answer: No"


def enumerate_everything() -> Answerer:
    """All answers of the format in one reply; for interactions, all pairs of polar atoms in one list."""

    def answer(question: Question, _: Sequence[Question]) -> str:
        task = TASKS[question.task]
        if question.task in ("residue_ligand", "pocket_ligand"):
            pairs = [pair for answer in task.answers(question) for pair in answer]
            return f"Answer: {task.format(frozenset(pairs[:_MOST_PAIRS]))}"
        answers = dict.fromkeys(task.format(answer) for answer in task.answers(question))
        return "Answer: " + "; ".join(list(answers)[:_MOST_ANSWERS])

    return answer


def one_pair() -> Answerer:
    """One pair where interactions are asked for, the first answer of the format elsewhere."""

    def answer(question: Question, _: Sequence[Question]) -> str:
        task = TASKS[question.task]
        answers = task.answers(question)
        return f"Answer: {task.format(next((answer for answer in answers if answer), answers[0]))}"

    return answer


def echo_shot() -> Answerer:
    """Repeats the answer of the last worked example; says nothing where there is none."""
    return lambda _, shots: f"Answer: {shots[-1].answer}" if shots else ""


BASELINES = ("oracle", "chance", "constant")
EXPLOITS = ("always-no", "enumerate", "one-pair", "echo-shot")


def baseline(name: str, train: Iterable[Question] = (), seed: int = 0) -> Answerer:
    """The baseline or exploit of this name.

    Parameters
    ----------
    train : iterable of Question
        Training questions, for `constant`.
    seed : int
        For `chance`.

    Raises
    ------
    KeyError
        There is no such baseline.
    """
    makers: dict[str, Callable[[], Answerer]] = {
        "oracle": oracle,
        "chance": lambda: chance(seed),
        "constant": lambda: constant(train),
        "always-no": always_no,
        "enumerate": enumerate_everything,
        "one-pair": one_pair,
        "echo-shot": echo_shot,
    }
    return makers[name]()
