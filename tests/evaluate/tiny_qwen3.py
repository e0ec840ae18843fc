"""A small Qwen3-VL with random weights: the tokenizer of the small Qwen2.5-VL, a vision tower with stacked features."""

from pathlib import Path

import misi.train.vision_ops  # noqa: F401  (before transformers' vision classes)

# isort: split
from transformers import (
    Qwen2VLImageProcessor,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    Qwen3VLProcessor,
    Qwen3VLVideoProcessor,
    set_seed,
)

from misi.train.tiny import CHAT_TEMPLATE, SPECIAL, tiny_tokenizer

PATCH = 16
HIDDEN, HEADS = 64, 4


def build_tiny_qwen3(path: Path, seed: int = 0) -> Path:
    """Write model, processor and generation settings to a folder that `from_pretrained` reads; returns it."""
    size = {"shortest_edge": (2 * PATCH) ** 2, "longest_edge": 1280 * (2 * PATCH) ** 2}
    tokenizer = tiny_tokenizer(600)
    processor = Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(size=size, patch_size=PATCH),
        tokenizer=tokenizer,
        video_processor=Qwen3VLVideoProcessor(size=size, patch_size=PATCH),
        chat_template=CHAT_TEMPLATE,
    )
    ids = {name: tokenizer.convert_tokens_to_ids(name) for name in SPECIAL}
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": HIDDEN,
            "intermediate_size": 2 * HIDDEN,
            "num_hidden_layers": 2,
            "num_attention_heads": HEADS,
            "num_key_value_heads": 2,
            "head_dim": HIDDEN // HEADS,
            "max_position_embeddings": 32768,
            "initializer_range": 0.1,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [4, 2, 2]},
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 4,
            "patch_size": PATCH,
            "out_hidden_size": HIDDEN,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0],
            "initializer_range": 0.1,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    set_seed(seed)
    model = Qwen3VLForConditionalGeneration(config)
    model.generation_config.eos_token_id = ids["<|im_end|>"]
    model.generation_config.pad_token_id = ids["<|endoftext|>"]
    model.generation_config.do_sample = False
    path.mkdir(parents=True)
    model.save_pretrained(path)
    processor.save_pretrained(path)
    return path
