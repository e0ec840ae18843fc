"""Asking a model that is in memory, and judging its replies as the benchmark does."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from PIL import Image

from misi.evaluate.outcomes import Reply
from misi.tasks.question import Question
from misi.train.prompt import prompt_of, with_images

#: The pictures to be shown for a question, in order.
ImagesOf = Callable[[Question], Sequence[Image.Image]]


def encode(processor: Any, questions: Sequence[Question], images_of: ImagesOf) -> Any:
    """A batch ready for `generate`: the same prompt as in training, padded on the left."""
    chats = [with_images(prompt_of(question), images_of(question)) for question in questions]
    return processor.apply_chat_template(
        chats,
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"padding": True, "padding_side": "left", "add_special_tokens": False},
    )


@contextmanager
def _answering(model: Any) -> Iterator[None]:
    """Evaluation mode, with the key-value cache that gradient checkpointing switches off."""
    training, cache = model.training, model.config.get_text_config().use_cache
    model.eval()
    model.config.get_text_config().use_cache = True
    try:
        with torch.inference_mode():
            yield
    finally:
        model.config.get_text_config().use_cache = cache
        model.train(training)


def reply_all(
    model: Any,
    processor: Any,
    questions: Sequence[Question],
    images_of: ImagesOf,
    *,
    batch: int = 8,
    max_new_tokens: int = 256,
) -> list[Reply]:
    """Greedy replies, in order. A reply that fills `max_new_tokens` is marked as cut."""
    tokenizer = processor.tokenizer
    ends = model.generation_config.eos_token_id
    stops = set(ends if isinstance(ends, list) else [ends]) | {tokenizer.eos_token_id}
    replies = []
    with _answering(model):
        for start in range(0, len(questions), batch):
            part = questions[start : start + batch]
            inputs = encode(processor, part, images_of).to(model.device)
            tokens = model.generate(
                **inputs,
                max_new_tokens=max_new_tokens,
                do_sample=False,
                temperature=None,
                top_p=None,
                top_k=None,
                pad_token_id=tokenizer.pad_token_id,
            )
            for question, row in zip(part, tokens[:, inputs["input_ids"].shape[1] :].tolist(), strict=True):
                end = next((i for i, token in enumerate(row) if token in stops), None)
                text = tokenizer.decode(row[:end], skip_special_tokens=True)
                replies.append(Reply(question.id, text, "stop" if end is not None else "length"))
    return replies
