"""What is to be asked: which questions, how often, with which examples; one request at a time, on demand."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from misi.dataset.layout import read_tiny
from misi.errors import DatasetError
from misi.evaluate.conversation import Conversation, conversation_of
from misi.evaluate.few_shot import DEFAULT_SHOTS, choose_shots
from misi.evaluate.pictures import Pictures
from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.run import Asked
from misi.seeds import content_id
from misi.tasks.question import Question


@dataclass(frozen=True)
class Settings:
    """What is asked; part of a run's identity.

    Attributes
    ----------
    tasks : tuple of str or None
        None for all tasks of the dataset.
    tiny : bool
        The small subset alone.
    limit : int or None
        At most so many questions of each task, the first of the list.
    shots : int
        Worked examples before each question.
    blind : bool
        Pictures withheld.
    epochs : int
        How often each question is asked.
    seed : int
        Of the chance baseline.
    max_pixels : int or None
        Pictures are scaled down to at most so many pixels before they are sent.
    """

    tasks: tuple[str, ...] | None = None
    tiny: bool = False
    limit: int | None = None
    shots: int = DEFAULT_SHOTS
    blind: bool = False
    epochs: int = 1
    seed: int = 0
    max_pixels: int | None = None

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["tasks"] = None if self.tasks is None else list(self.tasks)
        return data


@dataclass(frozen=True, slots=True)
class Request:
    """One question with everything that a model is shown."""

    question: Question
    shots: tuple[Question, ...]
    conversation: Conversation
    epoch: int = 1


class Plan:
    """The questions of a run.

    Parameters
    ----------
    dataset : Path
    settings : Settings

    Raises
    ------
    DatasetError
        The dataset cannot be read, or no question is left to ask.
    """

    def __init__(self, dataset: Path, settings: Settings) -> None:
        self.dataset = dataset
        self.settings = settings
        self.questions = QuestionIndex(dataset, "test", settings.tasks)
        tasks = [task for task, names in self.questions.by_task.items() if names]
        self._train = QuestionIndex(dataset, "train", tasks) if settings.shots else None
        chosen = set(read_tiny(dataset)) if settings.tiny else None
        self.ids: list[str] = []
        for names in self.questions.by_task.values():
            kept = [name for name in names if chosen is None or name in chosen]
            self.ids += kept[: settings.limit]
        if not self.ids:
            raise DatasetError(f"{dataset}: no test questions are left to ask")

    @cached_property
    def pictures(self) -> Pictures:
        """The dataset's pictures as they are sent."""
        return Pictures(self.dataset, self.settings.max_pixels)

    @cached_property
    def asked(self) -> list[Asked]:
        """Every question with the ids of its examples and a hash of all that is shown."""
        rows = []
        for name in self.ids:
            request = self.request(name)
            rows.append(Asked(name, request.conversation.shots, request.conversation.digest(self.pictures.sha256)))
        return rows

    @cached_property
    def prompt_sha256(self) -> str:
        """Hash of every conversation of the run and of the size at which pictures are sent."""
        digests = (row.conversation for row in self.asked)
        return content_id("prompts", self.settings.max_pixels, *digests, length=64)

    def request(self, name: str, epoch: int = 1) -> Request:
        """The request for one question.

        Raises
        ------
        DatasetError
            Its text and pictures do not fit together, or there are too few examples.
        """
        question = self.questions[name]
        shots = choose_shots(question, self._train, self.settings.shots) if self._train is not None else ()
        return Request(question, shots, conversation_of(question, shots, blind=self.settings.blind), epoch)

    def turns(self) -> Iterator[tuple[str, int]]:
        """(id, epoch) of everything to be asked: all questions once, then all again."""
        for epoch in range(1, self.settings.epochs + 1):
            for name in self.ids:
                yield name, epoch
