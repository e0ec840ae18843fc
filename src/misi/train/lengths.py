"""Examples that are too long are found before training: cutting one would cut its pictures."""

from collections.abc import Iterable, Sequence
from typing import Any

from misi.errors import MisiError
from misi.tasks.question import Question
from misi.train.pixels import Budget, cell_of, tokens_of
from misi.train.prompt import completion_of, prompt_of
from misi.train.rationale import rationale_of


class TokenCounter:
    """Tokens of prompt and completion; texts that come again are counted once.

    Parameters
    ----------
    processor
        Of the model to be trained.
    size : (width, height)
        Of the dataset's pictures.
    """

    def __init__(self, processor: Any, size: tuple[int, int], budget: Budget) -> None:
        self._processor = processor
        self._image = tokens_of(*size, budget, cell_of(processor))
        self._known: dict[str, int] = {}

    def count(self, question: Question, *, explained: bool = False) -> int:
        """Tokens of one example; `explained` counts a rationale in."""
        chat = prompt_of(question) + completion_of(question.answer, rationale_of(question) if explained else "")
        text = self._processor.apply_chat_template(chat, tokenize=False)
        if text not in self._known:
            self._known[text] = len(self._processor.tokenizer(text, add_special_tokens=False)["input_ids"])
        return self._known[text] + len(question.images) * (self._image - 1)  # the mark itself is one token


def find_too_long(
    questions: Iterable[Question], counter: TokenCounter, limit: int, *, explained: bool = False
) -> list[tuple[str, int]]:
    """(id, tokens) of every question over the limit."""
    counted = ((question.id, counter.count(question, explained=explained)) for question in questions)
    return [(name, tokens) for name, tokens in counted if tokens > limit]


def refuse(found: Sequence[tuple[str, int]], limit: int) -> None:
    """Raise for questions that are too long.

    Raises
    ------
    MisiError
        There are any; their number, the longest one and the ways out are said.
    """
    if found:
        name, tokens = max(found, key=lambda entry: entry[1])
        raise MisiError(
            f"{len(found)} questions are longer than data.max_tokens = {limit}; the longest, {name}, has {tokens}: "
            "raise the limit, build with a smaller --size, or leave them out with data.skip_long = true"
        )
