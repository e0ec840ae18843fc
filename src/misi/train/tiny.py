"""A small Qwen2.5-VL with random weights, built from nothing but this package: no hub, no download.

It has every part of the real one (windowed vision tower, merger, multimodal rotary positions, byte-level BPE, chat
template, processor), so what trains, saves, merges and answers here does so there. It serves tests, the proof that
training reads the pictures, and training from scratch.
"""

from dataclasses import dataclass
from pathlib import Path

import misi.train.vision_ops  # noqa: F401  (before transformers' vision classes)

# isort: split
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2_5_VLProcessor,
    Qwen2VLImageProcessor,
    Qwen2VLVideoProcessor,
    set_seed,
)

from misi.tasks import TASKS, prompts
from misi.tasks.options import LETTERS

#: Special tokens in Qwen's order.
SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
#: How Qwen2 cuts text before merging bytes: digits stand alone, so numbers are read digit by digit.
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
#: The ChatML turns of Qwen2.5-VL's template, without its tools, videos and default system text.
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif 'text' in part %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True)
class TinyShape:
    """Sizes of a model; the defaults make about half a million parameters.

    Attributes
    ----------
    hidden, layers, heads, key_value_heads
        Of the language model; the head size is ``hidden / heads`` and must be divisible by 8.
    vision_hidden, vision_depth, vision_heads
        Of the vision tower; its head size must be divisible by 4. Its last block attends over the whole picture, the
        others over windows of 4 x 4 merged patches, as in the real one.
    patch : int
        Pixels along a patch; a token covers ``2 * patch`` squared.
    vocabulary : int
        Entries of the tokenizer at most, special tokens among them.
    spread : float
        Standard deviation of the first weights; about ``hidden ** -0.5``, where the usual 0.02 of large models would
        leave a small one with almost equal outputs.
    """

    hidden: int = 96
    layers: int = 3
    heads: int = 4
    key_value_heads: int = 2
    vision_hidden: int = 64
    vision_depth: int = 2
    vision_heads: int = 4
    patch: int = 14
    vocabulary: int = 1200
    spread: float = 0.1


def _corpus() -> list[str]:
    """Text in the words that questions and answers use."""
    from misi.train.knowledge import knowledge_items

    fixed = [value for value in vars(prompts).values() if isinstance(value, str)]
    numbers = " ".join(map(str, range(-99, 100)))
    answers = [f"Answer: {verb} {axis} 5, " for verb in ("move", "roll") for axis in "xyz"]
    answers += [f"Answer: {letter}" for letter in LETTERS] + ["Answer: No", "Answer: Yes: ARG NH2, O22", "Answer: None"]
    turns = ["system\n", "user\n", "assistant\n", "Front view: Top view: Left view: Front view after the operation: "]
    facts = [f"{item.question}\n{item.answer}" for item in knowledge_items()]
    return [*fixed, numbers, *answers, *turns, *facts]


def _sentences() -> list[str]:
    """The fixed wording of questions, longest first: each becomes one token, so that compute goes to the pictures."""
    fixed = {value for value in vars(prompts).values() if isinstance(value, str)}
    for task in TASKS.values():
        fixed |= {getattr(task, name, "") for name in ("asked", "answer_format")}
    fixed |= {" Last line of your reply, for example:\n"}
    return sorted(fixed - {""}, key=lambda text: (-len(text), text))


def tiny_tokenizer(vocabulary: int = TinyShape.vocabulary) -> PreTrainedTokenizerFast:
    """Byte-level BPE with Qwen's special tokens, trained on this package's own wording, whole sentences added to it."""
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    raw.decoder = decoders.ByteLevel()
    raw.train_from_iterator(
        _corpus(),
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=list(SPECIAL),
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    raw.add_tokens([AddedToken(text, normalized=False) for text in _sentences()])
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(SPECIAL[1:2] + SPECIAL[3:]),
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def tiny_processor(shape: TinyShape = TinyShape()) -> Qwen2_5_VLProcessor:
    """Tokenizer, picture processor and chat template; a video processor too, without which none can be built."""
    size = {"shortest_edge": (2 * shape.patch) ** 2, "longest_edge": 1280 * (2 * shape.patch) ** 2}
    return Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(size=size, patch_size=shape.patch),
        tokenizer=tiny_tokenizer(shape.vocabulary),
        video_processor=Qwen2VLVideoProcessor(size=size, patch_size=shape.patch),
        chat_template=CHAT_TEMPLATE,
    )


def tiny_config(processor: Qwen2_5_VLProcessor, shape: TinyShape = TinyShape()) -> Qwen2_5_VLConfig:
    """Configuration for this tokenizer."""
    tokenizer = processor.tokenizer
    ids = {name: tokenizer.convert_tokens_to_ids(name) for name in SPECIAL}
    head = shape.hidden // shape.heads
    # Of the head's half, a quarter turns with time and the rest evenly with height and width, as in the real one.
    time = head // 8
    space = (head // 2 - time) // 2
    return Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": shape.hidden,
            "intermediate_size": 4 * shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.key_value_heads,
            "max_position_embeddings": 32768,
            "initializer_range": shape.spread,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10_000.0,
                "mrope_section": [head // 2 - 2 * space, space, space],
            },
            "bos_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
        },
        vision_config={
            "depth": shape.vision_depth,
            "hidden_size": shape.vision_hidden,
            "intermediate_size": 4 * shape.vision_hidden,
            "num_heads": shape.vision_heads,
            "initializer_range": shape.spread,
            "patch_size": shape.patch,
            "window_size": 8 * shape.patch,
            "fullatt_block_indexes": [shape.vision_depth - 1],
            "out_hidden_size": shape.hidden,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )


def build_tiny(path: Path, shape: TinyShape = TinyShape(), seed: int = 0) -> Path:
    """Write model, processor and generation settings to a folder that `from_pretrained` reads; returns it."""
    processor = tiny_processor(shape)
    config = tiny_config(processor, shape)
    set_seed(seed)
    model = Qwen2_5_VLForConditionalGeneration(config)
    model.generation_config.eos_token_id = config.text_config.eos_token_id
    model.generation_config.pad_token_id = config.text_config.pad_token_id
    model.generation_config.do_sample = False
    path.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    processor.save_pretrained(path)
    return path
