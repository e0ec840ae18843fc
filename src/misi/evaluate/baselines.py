"""Answerers that need no model: three baselines, and exploits that a metric must not reward.

| name | reply | what it shows |
|---|---|---|
| oracle | the right answer, recomputed from the derivation | the upper bound; truth, grammar and scorer agree |
| chance | drawn evenly among the answers that the format allows | the floor |
| constant | the commonest training answer of the task | what the answers' distribution gives away |
| best-constant | the training answer with the best mean weighted score | what one value earns by hedging |
| always-no | ``No`` to every question | half of the yes-or-no questions are won by it |
| enumerate | every answer there is | listing everything must not pay |
| one-pair | one true-looking pair: the first residue atom and ligand atom | a single guess must not pay |
| echo-shot | the answer of the last worked example | copying must not pay |

docs/metrics.md says what each is expected to score; the tests hold them to it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from heapq import heappush, heappushpop

from misi.seeds import rank_of, rng_for
from misi.tasks import TASKS
from misi.tasks.question import Question
from misi.tasks.task import Task

#: (question, its worked examples) -> reply text.
Answerer = Callable[[Question, Sequence[Question]], str]

#: Pairs in one enumerated list: more than any pocket has bonds, few enough for a log.
_MOST_PAIRS = 400
_MOST_ANSWERS = 100
#: Training questions of each task on which the best constant is chosen.
_SAMPLE = 150


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


def best_constant(train: Iterable[Question]) -> Answerer:
    """Gives, for each task, the answer that would score best, weighted, on a sample of the training questions.

    Values in the middle are never far off, so a graded metric rewards them: this is the floor that a model must pass
    before its weighted score says anything.
    """
    samples: dict[str, list[tuple[int, str, Question]]] = {}
    for question in train:
        # A heap of the lowest ranks, so that a train split of any size takes no more memory than the sample.
        sample = samples.setdefault(question.task, [])
        entry = (-rank_of("best-constant", question.id), question.id, question)
        (heappush if len(sample) < _SAMPLE else heappushpop)(sample, entry)
    best = {}
    for name, sample in samples.items():
        task = TASKS[name]
        kept = [question for _, _, question in sample]
        answers = sorted({question.answer for question in kept})

        def mean(answer: str, task: Task = task, kept: Sequence[Question] = kept) -> float:
            return sum(task.score(task.parse(answer, question), question)[0] for question in kept)

        best[name] = max(answers, key=mean)
    return lambda question, _: f"Answer: {best[question.task]}" if question.task in best else ""


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


NEEDS_TRAIN = ("constant", "best-constant")
BASELINES = ("oracle", "chance", "constant")
EXPLOITS = ("best-constant", "always-no", "enumerate", "one-pair", "echo-shot")


def baseline(name: str, train: Iterable[Question] = (), seed: int = 0) -> Answerer:
    """The baseline or exploit of this name.

    Parameters
    ----------
    train : iterable of Question
        Training questions, for those named in `NEEDS_TRAIN`.
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
        "best-constant": lambda: best_constant(train),
        "always-no": always_no,
        "enumerate": enumerate_everything,
        "one-pair": one_pair,
        "echo-shot": echo_shot,
    }
    return makers[name]()
