"""Batches as the trainer makes them: prompts with pictures, answers, and labels on the answers alone."""

from typing import Any

import misi.train.vision_ops  # noqa: F401  (before transformers' vision classes)

# isort: split
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling


def answer_collator(processor: Any) -> Any:
    """Takes rows (`Example.row`); every token but the completion's is labelled -100, and nothing is cut."""
    return DataCollatorForVisionLanguageModeling(processor=processor, max_length=None, completion_only_loss=True)
