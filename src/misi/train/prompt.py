"""A question as a chat: text and pictures in reading order, the answer as the assistant's turn.

Questions hold a mark where each picture goes. The marks never reach a model: a literal `<image>` beside the pictures
would be text to it. Each becomes an image part between the text parts around it, so labels stand before their pictures.
"""

from collections.abc import Sequence
from typing import Any

from misi.errors import DatasetError
from misi.tasks import prompts
from misi.tasks.question import IMAGE_MARK, Question

#: One turn: role and parts, as chat templates of transformers read it.
Message = dict[str, Any]
ANSWER = "Answer: "


def parts_of(question: Question) -> list[dict[str, Any]]:
    """Text and image parts; image parts hold no picture yet.

    Raises
    ------
    DatasetError
        The text has not one mark for each picture.
    """
    pieces = question.question.split(IMAGE_MARK)
    if len(pieces) - 1 != len(question.images):
        raise DatasetError(f"{question.id}: {len(pieces) - 1} image marks for {len(question.images)} images")
    parts: list[dict[str, Any]] = []
    for place, piece in enumerate(pieces):
        if place:
            parts.append({"type": "image"})
        if piece:
            parts.append({"type": "text", "text": piece})
    return parts


def prompt_of(parts: Sequence[dict[str, Any]]) -> list[Message]:
    """System and user turn."""
    return [
        {"role": "system", "content": [{"type": "text", "text": prompts.SYSTEM}]},
        {"role": "user", "content": list(parts)},
    ]


def completion_of(answer: str, rationale: str = "") -> list[Message]:
    """The assistant's turn: the rationale if there is one, then the line that holds the answer."""
    text = f"{rationale}\n{ANSWER}{answer}" if rationale else f"{ANSWER}{answer}"
    return [{"role": "assistant", "content": [{"type": "text", "text": text}]}]


def with_images(messages: Sequence[Message], images: Sequence[Any]) -> list[Message]:
    """The turns with the pictures in their parts, in order; the given turns stay as they are."""
    rest = iter(images)
    filled = []
    for turn in messages:
        content = [{**part, "image": next(rest)} if part["type"] == "image" else part for part in turn["content"]]
        filled.append({**turn, "content": content})
    if next(rest, None) is not None:
        raise DatasetError("more pictures than image parts")
    return filled
