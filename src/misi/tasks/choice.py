"""What multiple-choice tasks share: letters, and an oracle that finds the option equal to the true operations."""

import random
from collections.abc import Sequence

from misi.errors import DatasetError
from misi.scene.motion import parse_operations
from misi.tasks.grammar import parse_option
from misi.tasks.options import LETTERS
from misi.tasks.question import Question
from misi.tasks.scores import Scores, option_score


class Choice:
    """Parsing, scoring and answering for options by letter."""

    def parse(self, reply: str, question: Question) -> str:
        return parse_option(reply, question.options)

    def format(self, answer: str) -> str:
        return answer

    def score(self, answer: str, question: Question) -> Scores:
        return option_score(answer, question.answer)

    def oracle(self, question: Question) -> str:
        truth = parse_operations(question.derivation["operations"])
        same = [i for i, text in enumerate(question.derivation["options"]) if parse_operations(text) == truth]
        if len(same) != 1:
            raise DatasetError(f"{question.id}: {len(same)} options equal the true operations")
        return LETTERS[same[0]]

    def answers(self, question: Question) -> Sequence[str]:
        return LETTERS[: len(question.options)]

    def chance(self, question: Question, rng: random.Random) -> str:
        return rng.choice(self.answers(question))
