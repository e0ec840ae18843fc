"""Training examples read straight from a dataset folder."""

from collections.abc import Collection, Sequence
from pathlib import Path

from PIL import Image

from misi.dataset.layout import image_path, read_questions
from misi.errors import DatasetError
from misi.tasks.question import Question
from misi.train.curriculum import difficulty
from misi.train.example import Example, example_of, knowledge_example
from misi.train.knowledge import KNOWLEDGE, knowledge_items
from misi.train.order import Slot, make_order
from misi.train.recipe import DataSection


def open_image(root: Path, relative: str) -> Image.Image:
    """A picture of a dataset, decoded.

    Raises
    ------
    DatasetError
        The file is missing or no picture.
    """
    path = image_path(root, relative)
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from None


def questions_by_task(root: Path, tasks: Sequence[str] = (), split: str = "train") -> dict[str, list[Question]]:
    """Questions of one split, by task.

    Raises
    ------
    DatasetError
        There are none.
    """
    found: dict[str, list[Question]] = {}
    for question in read_questions(root, tasks or None, split):
        found.setdefault(question.task, []).append(question)
    if not found:
        raise DatasetError(f"{root}: no {split} questions" + (f" of {', '.join(tasks)}" if tasks else ""))
    return found


class FileExamples:
    """Examples of a dataset's train split in a fixed order.

    Parameters
    ----------
    root : Path
        Dataset folder.
    data : DataSection
        Tasks, weights, curriculum, share of rationales.
    length : int
        Positions.
    seed : int
    left_out : collection of str
        Ids of questions to pass over.
    """

    def __init__(
        self, root: Path, data: DataSection, length: int, seed: int = 0, left_out: Collection[str] = ()
    ) -> None:
        self._root = root
        self._rationale = data.rationale
        self._seed = seed
        self._questions = {
            task: [question for question in group if question.id not in left_out]
            for task, group in questions_by_task(root, data.tasks).items()
        }
        self._knowledge = knowledge_items() if data.weights.get(KNOWLEDGE) else ()
        difficulties = {task: [difficulty(q) for q in questions] for task, questions in self._questions.items()}
        if self._knowledge:
            difficulties[KNOWLEDGE] = [0.0] * len(self._knowledge)
        self._order = make_order(
            difficulties,
            length,
            seed=seed,
            weights=data.weights or None,
            start=data.curriculum.start,
            ramp=data.curriculum.ramp,
        )
        if not self._order:
            raise DatasetError(f"{root}: no questions are left to train on (tasks and weights exclude each other)")

    def __len__(self) -> int:
        return len(self._order)

    def slot(self, position: int) -> Slot:
        return self._order[position]

    def __getitem__(self, position: int) -> Example:
        slot = self._order[position]
        if slot.task == KNOWLEDGE:
            return knowledge_example(self._knowledge[slot.index])
        question = self._questions[slot.task][slot.index]
        images = [open_image(self._root, image.path) for image in question.images]
        return example_of(question, images, rationale=self._rationale, seed=self._seed)


def count_questions(root: Path, data: DataSection) -> int:
    """Train questions of the chosen tasks: the length of one epoch."""
    return sum(map(len, questions_by_task(root, data.tasks).values()))
