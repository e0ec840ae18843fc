"""What a trainer is given for one position: chat turns, pictures, and which question it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PIL import Image

from misi.seeds import rank_of
from misi.tasks.question import Question
from misi.train.knowledge import KNOWLEDGE, KnowledgeItem
from misi.train.prompt import Message, completion_of, prompt_of, text_prompt
from misi.train.rationale import rationale_of

_SHARE = 1 << 20


@dataclass(frozen=True)
class Example:
    """One training example.

    Attributes
    ----------
    prompt, completion : list of turns
        Image parts of the prompt hold no picture; `images` follow in order.
    images : tuple of PIL images
    question : Question or None
        None for text-only knowledge.
    """

    id: str
    task: str
    prompt: list[Message]
    completion: list[Message]
    images: tuple[Image.Image, ...]
    question: Question | None

    def row(self) -> dict[str, Any]:
        """As TRL reads it."""
        return {
            "id": self.id,
            "prompt": self.prompt,
            "completion": self.completion,
            "images": list(self.images),
            "question": self.question,
        }


class Examples(Protocol):
    """Examples by position; a pure function of it, so that ranks, workers and restarts agree."""

    def __len__(self) -> int: ...

    def __getitem__(self, position: int) -> Example: ...


def example_of(question: Question, images: Sequence[Image.Image], *, rationale: float = 0.0, seed: int = 0) -> Example:
    """A question with its pictures; `rationale` is the share of questions, chosen by hash, that are explained."""
    explained = rank_of("rationale", seed, question.id) % _SHARE < rationale * _SHARE
    return Example(
        question.id,
        question.task,
        prompt_of(question),
        completion_of(question.answer, rationale_of(question) if explained else ""),
        tuple(images),
        question,
    )


def knowledge_example(item: KnowledgeItem) -> Example:
    """A text-only item."""
    return Example(item.id, KNOWLEDGE, text_prompt(item.question), completion_of(item.answer), (), None)


def as_hf_dataset(examples: Examples, *, completions: bool = True) -> Any:
    """A `datasets.Dataset` of positions whose rows are made when they are read: nothing is copied or written.

    Parameters
    ----------
    completions : bool
        False leaves them out, for reinforcement learning.
    """
    import numpy as np
    from datasets import Dataset

    def rows(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        positions = [int(position) for position in batch["position"]]
        # Reinforcement asks for every position as often as it wants replies; it is read or rendered once.
        known = {position: examples[position] for position in dict.fromkeys(positions)}
        made = [known[position].row() for position in positions]
        names = [name for name in made[0] if completions or name != "completion"] if made else []
        return {name: [row[name] for row in made] for name in names}

    return Dataset.from_dict({"position": np.arange(len(examples))}).with_transform(rows)
