"""The benchmark's scores as rewards for reinforcement learning, with guards against answers that game them.

A reply earns the score of `misi.evaluate.outcomes.judge`, weighted or exact, plus a little for its form. Four guards:

- **Calibration.** Some scores pay blind answers: `No` is right for half of the residue_ligand questions, and a middle
  angle is never far off. For each task, `blind_level` is what the best constant answer earns on the training questions;
  the reward is (score - level) / (1 - level), so that a constant answer earns 0 on average, or less, and the truth 1.
- **Silence.** `No` or `None` where there are bonds costs `SILENCE` more than wrong pairs: within the replies to one
  question, which is all that GRPO compares, trying must beat keeping silent.
- **Form.** The bonus is paid only if the reply parses and holds exactly one answer line, and that line stands last.
- **Echo.** A reply that repeats a stretch of the prompt gets no bonus: prompts end with an example in the right form.

Listing every pair is already worth nothing in the score itself (more than twice the true number scores 0).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from misi.evaluate.conversation import ANSWER_LINE
from misi.evaluate.outcomes import Reply, Verdict, judge
from misi.tasks.question import Question

Mode = Literal["weighted", "exact"]

#: What an empty list costs where there are bonds.
SILENCE = 0.25

#: Distinct answers of a task tried as constants, the most frequent first, and questions they are tried on.
_CONSTANTS, _TRIED_ON = 64, 512
#: Characters of the prompt in a row that make a reply an echo; longer than any answer's own words.
_ECHO = 60
_EMPTY = ("No", "None")


@dataclass(frozen=True)
class Reward:
    """What a reply earns, in parts.

    Attributes
    ----------
    score : float
        0..1, or calibrated: at most 1, negative below the blind level.
    form : float
        0 or 1.
    """

    score: float
    form: float


def blind_levels(questions: Iterable[Question], mode: Mode) -> dict[str, float]:
    """For each task, the mean score of its best constant answer."""
    by_task: dict[str, list[Question]] = {}
    for question in questions:
        group = by_task.setdefault(question.task, [])
        if len(group) < _TRIED_ON:
            group.append(question)
    return {task: _blind_level(group, mode) for task, group in by_task.items()}


def _blind_level(questions: Sequence[Question], mode: Mode) -> float:
    answers = [answer for answer, _ in Counter(question.answer for question in questions).most_common(_CONSTANTS)]
    totals = [sum(_constant(question, answer, mode) for question in questions) for answer in answers]
    return max(totals) / len(questions)


def _constant(question: Question, answer: str, mode: Mode) -> float:
    return _earned(question, judge(question, Reply(question.id, ANSWER_LINE + answer)), mode)


def _earned(question: Question, verdict: Verdict, mode: Mode) -> float:
    """Score of a judged reply, before calibration."""
    silent = verdict.answer in _EMPTY and question.answer not in _EMPTY
    return (verdict.weighted if mode == "weighted" else verdict.exact) - SILENCE * silent


def calibrated(score: float, level: float) -> float:
    """0 for what a blind constant earns, 1 for the truth."""
    return (score - level) / (1.0 - level) if level < 1.0 else 0.0


def reward_of(
    question: Question, text: str, *, complete: bool = True, mode: Mode = "weighted", level: float = 0.0
) -> Reward:
    """What one reply earns.

    Parameters
    ----------
    complete : bool
        False if the reply was cut at the length limit.
    level : float
        Blind level of the task; 0 for no calibration.
    """
    verdict = judge(question, Reply(question.id, text, "stop" if complete else "length"))
    score = _earned(question, verdict, mode)
    well_formed = complete and verdict.status == "answered" and _one_last_line(text) and not _echoes(question, text)
    return Reward(calibrated(score, level), float(well_formed))


def _one_last_line(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line.startswith(ANSWER_LINE.strip()) for line in lines]
    return bool(marked) and marked[-1] and sum(marked) == 1


def _echoes(question: Question, text: str) -> bool:
    said = " ".join(question.question.split())
    reply = " ".join(text.split())
    return any(reply[start : start + _ECHO] in said for start in range(0, max(0, len(reply) - _ECHO + 1), _ECHO // 2))


class RewardFunction:
    """A reward as TRL calls it, with a name for its logs.

    Parameters
    ----------
    part : str
        ``score`` or ``form``.
    levels : mapping
        Blind level of each task; empty for no calibration.
    """

    def __init__(
        self, part: Literal["score", "form"], mode: Mode, levels: Mapping[str, float], ends: Iterable[int]
    ) -> None:
        self.__name__ = f"{part}_{mode}" if part == "score" else part
        self._part = part
        self._mode = mode
        self._levels = dict(levels)
        self._ends = frozenset(ends)

    def __call__(
        self,
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        question: Sequence[Question],
        **_: Any,
    ) -> list[float]:
        return [
            getattr(
                reward_of(
                    asked,
                    text_of(completion),
                    complete=bool(ids) and ids[-1] in self._ends,
                    mode=self._mode,
                    level=self._levels.get(asked.task, 0.0),
                ),
                self._part,
            )
            for completion, ids, asked in zip(completions, completion_ids, question, strict=True)
        ]


def text_of(completion: Any) -> str:
    """Text of a completion, plain or as chat turns."""
    if isinstance(completion, str):
        return completion
    content = completion[-1]["content"] if completion else ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
