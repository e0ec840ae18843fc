"""Which pictures a question is shown with: its own, another's, or none. The other two are controls.

A model that reads its pictures falls to chance with another question's pictures; one that has learnt which answers are
frequent, or where a text gives an answer away, does not.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from misi.seeds import rank_of
from misi.tasks.question import Question
from misi.train.answering import ImagesOf
from misi.train.files import open_image


def own_images(root: Path) -> ImagesOf:
    """Each question's own pictures."""
    return lambda question: [open_image(root, image.path) for image in question.images]


def partners(questions: Sequence[Question], seed: int = 0) -> dict[str, Question]:
    """For each question's id, another question of the same task, so that number, labels and text of pictures still fit.

    A turn by one place through a stable shuffle: every question serves once, never itself. A task with one question
    keeps its own.
    """
    by_task: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_task[question.task].append(question)
    giver: dict[str, Question] = {}
    for group in by_task.values():
        shuffled = sorted(group, key=lambda question: rank_of("shuffle", seed, question.id))
        for place, question in enumerate(shuffled):
            giver[question.id] = shuffled[place - 1]
    return giver


def shuffled_images(root: Path, questions: Sequence[Question], seed: int = 0) -> ImagesOf:
    """The pictures of each question's partner."""
    giver, own = partners(questions, seed), own_images(root)
    return lambda question: own(giver[question.id])


def shuffled_truths(questions: Sequence[Question], seed: int = 0) -> float:
    """Share of questions whose answer is their partner's too: what a perfect reader scores with shuffled pictures."""
    giver = partners(questions, seed)
    return sum(giver[q.id].answer == q.answer for q in questions) / len(questions) if questions else 0.0


def blind_images(size: tuple[int, int]) -> ImagesOf:
    """Black pictures of the dataset's size."""
    black = Image.new("RGB", size)
    return lambda question: [black] * len(question.images)
