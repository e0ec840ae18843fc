"""What is said to a model: system text, worked examples, and the question with a label before every picture.

The same conversation goes to every vendor, to local models and to the baselines, so that two models differ in their
replies alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from misi.errors import DatasetError
from misi.seeds import content_id
from misi.tasks.prompts import system_text
from misi.tasks.question import IMAGE_MARK, ImageRef, Question

#: Stands where a picture would, when a model is asked blind.
WITHHELD = "[picture withheld]"

#: Before a right answer in an example, and what a reply's last line should start with.
ANSWER_LINE = "Answer: "


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: texts and pictures in the order in which they are shown."""

    role: Literal["user", "assistant"]
    parts: tuple[str | ImageRef, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything that a model is shown for one question.

    Attributes
    ----------
    system : str
        The conventions: axes, signs, units, form of the answer.
    turns : tuple of Turn
        Worked examples (user, assistant, user, assistant ...), then the question.
    shots : tuple of str
        Ids of the questions that serve as examples.
    """

    system: str
    turns: tuple[Turn, ...]
    shots: tuple[str, ...] = ()

    @property
    def images(self) -> tuple[ImageRef, ...]:
        """Pictures of all turns, in order; a picture shown twice stands twice."""
        return tuple(part for turn in self.turns for part in turn.parts if isinstance(part, ImageRef))

    def digest(self, sha256: Mapping[str, str]) -> str:
        """A short hash of every text and of every picture's content; equal for equal conversations only.

        Parameters
        ----------
        sha256 : mapping
            Content hash of each picture by its path.

        Raises
        ------
        DatasetError
            A picture is not listed.
        """
        said: list[object] = [self.system]
        for turn in self.turns:
            said.append(turn.role)
            for part in turn.parts:
                if isinstance(part, str):
                    said.append(part)
                elif part.path in sha256:
                    said.append(sha256[part.path])
                else:
                    raise DatasetError(f"{part.path}: this picture has no checksum in the dataset")
        return content_id("conversation", *said, length=32)


def conversation_of(question: Question, shots: Sequence[Question] = (), *, blind: bool = False) -> Conversation:
    """Assemble the conversation.

    Parameters
    ----------
    shots : sequence of Question
        Worked examples, shown with their right answers.
    blind : bool
        Withhold every picture, those of the examples too; labels stay.

    Raises
    ------
    DatasetError
        A question's text has not one mark for each of its pictures.
    """
    turns: list[Turn] = []
    for shot in shots:
        turns.append(Turn("user", parts_of(shot, blind=blind)))
        turns.append(Turn("assistant", (ANSWER_LINE + shot.answer,)))
    turns.append(Turn("user", parts_of(question, blind=blind)))
    return Conversation(system_text(), tuple(turns), tuple(shot.id for shot in shots))


def parts_of(question: Question, *, blind: bool = False) -> tuple[str | ImageRef, ...]:
    """A question's text cut at its image marks; every picture comes right after a text that ends with its label.

    Raises
    ------
    DatasetError
        The text has not one mark for each picture.
    """
    texts = question.question.split(IMAGE_MARK)
    if len(texts) != len(question.images) + 1:
        raise DatasetError(f"{question.id}: {len(texts) - 1} image marks for {len(question.images)} images")
    if blind:
        return (question.question.replace(IMAGE_MARK, WITHHELD),)
    parts: list[str | ImageRef] = []
    for text, image in zip(texts, question.images, strict=False):
        said = text.strip()
        # Vendors reject blank text blocks, and a picture without a name cannot be told from its neighbours.
        if not said.rstrip(":").endswith(image.label):
            said = f"{said}\n{image.label}:".lstrip()
        parts += [said, image]
    if texts[-1].strip():
        parts.append(texts[-1].strip())
    return tuple(parts)
