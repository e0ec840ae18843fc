"""Worked examples: questions of the train split, drawn by the item's own seed.

The paper evaluates "under few-shot settings to provide them with necessary scientific prior knowledge" (section 5.1)
and gives no number. Decision: two by default. An example never shows a complex that the item shows, and no two
examples of one item show the same complex while others are left.
"""

from misi.errors import DatasetError
from misi.evaluate.question_index import QuestionIndex, complexes_of
from misi.seeds import rng_for
from misi.tasks.question import Question

DEFAULT_SHOTS = 2
_QUICK_DRAWS = 64  # tries before all candidates are listed; nearly every draw succeeds at once


def choose_shots(question: Question, train: QuestionIndex, k: int = DEFAULT_SHOTS) -> tuple[Question, ...]:
    """`k` examples for one question, the same on every machine and in every order of asking.

    Raises
    ------
    DatasetError
        The dataset has fewer than `k` train questions of the task that show other complexes.
    """
    pool = train.by_task.get(question.task, [])
    rng = rng_for(int(question.derivation.get("seed", 0)), f"shots:{question.task}", question.id)
    taken: list[str] = []
    seen = set(complexes_of(question))
    own = frozenset(seen)
    for _ in range(_QUICK_DRAWS if pool else 0):
        if len(taken) == k:
            break
        name = pool[rng.randrange(len(pool))]
        if name not in taken and not train.complexes[name] & seen:
            taken.append(name)
            seen |= train.complexes[name]
    if len(taken) < k:
        allowed = [name for name in pool if name not in taken and not train.complexes[name] & own]
        rng.shuffle(allowed)
        # A stable sort: candidates without a complex that stands already come first.
        allowed.sort(key=lambda name: bool(train.complexes[name] & seen))
        taken += allowed[: k - len(taken)]
    if len(taken) < k:
        raise DatasetError(
            f"{question.id}: {len(taken)} train questions of {question.task} can serve as examples, {k} are wanted; "
            "ask with --shots 0 or build more train complexes"
        )
    return tuple(train[name] for name in taken)
