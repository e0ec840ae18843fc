"""A question as it stands in a dataset, and an item: the question with the pictures to be made for it."""

from dataclasses import dataclass, field
from typing import Any

from misi.scene.picture import Picture

#: Stands in a question's text where an image goes, once for each entry of `Question.images`, in order.
IMAGE_MARK = "<image>"


@dataclass(frozen=True, slots=True)
class ImageRef:
    """A label that stands before the image in the text, and the image's path inside the dataset."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Question:
    """One line of `questions/<task>.<split>.jsonl`.

    Attributes
    ----------
    id : str
        ``<task>-<complex>-<k>``; stays the same when other complexes or items are added.
    task, split, complex_id : str
    question : str
        Full text, with a label and `IMAGE_MARK` for every image.
    images : tuple of ImageRef
    options : tuple of str
        Texts of the options; for image options the letters alone. Empty for cloze questions.
    answer : str
        The right answer in canonical form; a letter for multiple choice.
    derivation : dict
        What made the answer: operations, poses, depths, distances, separation of options, seeds.
    """

    id: str
    task: str
    split: str
    complex_id: str
    question: str
    images: tuple[ImageRef, ...]
    options: tuple[str, ...]
    answer: str
    derivation: dict[str, Any] = field(hash=False)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "task": self.task,
            "split": self.split,
            "complex_id": self.complex_id,
            "question": self.question,
            "images": [{"label": image.label, "path": image.path} for image in self.images],
            "options": list(self.options),
            "answer": self.answer,
            "derivation": self.derivation,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Question":
        return cls(
            id=data["id"],
            task=data["task"],
            split=data["split"],
            complex_id=data["complex_id"],
            question=data["question"],
            images=tuple(ImageRef(image["label"], image["path"]) for image in data["images"]),
            options=tuple(data["options"]),
            answer=data["answer"],
            derivation=data["derivation"],
        )


@dataclass(frozen=True)
class Item:
    """A question with the pictures it needs, by path inside the dataset.

    `pictures` maps ``images/<complex>/<name>.png`` to (complex id, Picture). Paths under the item's own complex
    are made with it; three views of a partner complex are made with the partner.
    """

    question: Question
    pictures: dict[str, tuple[str, Picture]]
