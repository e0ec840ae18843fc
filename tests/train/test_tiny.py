"""The tiny model is whole, repeatable, and loads without a network."""

import hashlib
from pathlib import Path
from typing import Any

from misi.tasks import prompts
from misi.tasks.question import Question
from misi.train.tiny import SPECIAL, TinyShape, build_tiny


def test_texts_survive_the_tokenizer(processor: Any, questions: list[Question]) -> None:
    tokenizer = processor.tokenizer
    for question in questions[::9]:
        for text in (question.question, f"Answer: {question.answer}"):
            assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    strange = "Å → \u202e 日本 🧪\n\ttab"
    assert tokenizer.decode(tokenizer(strange)["input_ids"]) == strange


def test_numbers_are_read_by_digit_and_sentences_at_once(processor: Any) -> None:
    tokenizer = processor.tokenizer
    assert tokenizer.tokenize("-75") == ["-", "7", "5"]
    assert len(tokenizer(prompts.DRAWN)["input_ids"]) == 1


def test_special_tokens_are_one_each(processor: Any) -> None:
    ids = [processor.tokenizer(token)["input_ids"] for token in SPECIAL]
    assert ids == [[place] for place in range(len(SPECIAL))]


def test_equal_seeds_give_equal_files(tiny: Path, tmp_path: Path) -> None:
    again = build_tiny(tmp_path / "again", TinyShape(hidden=64, layers=2))
    other = build_tiny(tmp_path / "other", TinyShape(hidden=64, layers=2), seed=1)

    def digest(folder: Path, name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()

    assert digest(tiny, "model.safetensors") == digest(again, "model.safetensors")
    assert digest(tiny, "tokenizer.json") == digest(again, "tokenizer.json")
    assert digest(tiny, "model.safetensors") != digest(other, "model.safetensors")
