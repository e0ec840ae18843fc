"""A question as a chat for a trainer: the same conversation that an evaluation holds, the answer as the last turn.

The marks in a question's text never reach a model: a literal `<image>` beside the pictures would be text to it.
`misi.evaluate.conversation` cuts the text at them, and each becomes an image part right after the text that names it.
"""

from collections.abc import Sequence
from typing import Any

from misi.errors import DatasetError
from misi.evaluate.conversation import ANSWER_LINE, conversation_of
from misi.tasks.prompts import system_text
from misi.tasks.question import Question

#: One turn: role and parts, as chat templates of transformers read it.
Message = dict[str, Any]


def prompt_of(question: Question) -> list[Message]:
    """System and user turn; image parts hold no picture yet.

    Raises
    ------
    DatasetError
        The text has not one mark for each picture.
    """
    conversation = conversation_of(question)
    turns = [_turn("system", (conversation.system,))]
    return turns + [_turn(turn.role, turn.parts) for turn in conversation.turns]


def text_prompt(text: str) -> list[Message]:
    """System and user turn of a question without pictures."""
    return [_turn("system", (system_text(),)), _turn("user", (text,))]


def completion_of(answer: str, rationale: str = "") -> list[Message]:
    """The assistant's turn: the rationale if there is one, then the line that holds the answer."""
    line = ANSWER_LINE + answer
    return [_turn("assistant", (f"{rationale}\n{line}" if rationale else line,))]


def with_images(messages: Sequence[Message], images: Sequence[Any]) -> list[Message]:
    """The turns with the pictures in their parts, in order; the given turns stay as they are.

    Raises
    ------
    DatasetError
        There are more or fewer pictures than image parts.
    """
    places = sum(part["type"] == "image" for turn in messages for part in turn["content"])
    if places != len(images):
        raise DatasetError(f"{len(images)} pictures for {places} image parts")
    rest = iter(images)
    filled = []
    for turn in messages:
        content = [{**part, "image": next(rest)} if part["type"] == "image" else part for part in turn["content"]]
        filled.append({**turn, "content": content})
    return filled


def _turn(role: str, parts: Sequence[Any]) -> Message:
    return {
        "role": role,
        "content": [{"type": "text", "text": part} if isinstance(part, str) else {"type": "image"} for part in parts],
    }
