"""Model and processor of a recipe, with the right parts set to train."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import misi.train.vision_ops  # noqa: F401  (before transformers' vision classes)

# isort: split
import torch
from transformers import AutoModelForImageTextToText, AutoProcessor

from misi.errors import MisiError
from misi.train.pixels import Budget, apply_budget
from misi.train.recipe import MERGER_MODULES, VISION_MODULES, ModelSection, Recipe

_DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}
#: Parts of a Qwen-VL model by what stands in a parameter's name; the first that fits counts.
_PARTS = (("merger", ("visual.merger", "visual.deepstack")), ("vision", ("visual.",)), ("language", ("",)))


@dataclass(frozen=True)
class PartSize:
    """Parameters of one part."""

    trained: int
    all: int


def load_processor(path: str, budget: Budget | None = None) -> Any:
    """A processor with left padding, and with the pixel budget if one is given (else the stored one).

    Raises
    ------
    MisiError
        It cannot be loaded.
    """
    try:
        processor = AutoProcessor.from_pretrained(path)
    except (OSError, ValueError, ImportError) as error:
        raise MisiError(f"{path}: the processor cannot be loaded ({_line(error)})") from None
    if not hasattr(processor, "image_processor"):
        raise MisiError(f"{path}: is no vision-language model")
    # Generation continues a prompt, so the padding must stand before it.
    processor.tokenizer.padding_side = "left"
    if budget is not None:
        apply_budget(processor, budget)
    return processor


def load_model(section: ModelSection) -> Any:
    """The model on the CPU; the trainer moves it.

    Raises
    ------
    MisiError
        It cannot be loaded.
    """
    try:
        return AutoModelForImageTextToText.from_pretrained(
            section.path, dtype=_DTYPES[section.dtype], attn_implementation=section.attention
        )
    except (OSError, ValueError, ImportError) as error:
        raise MisiError(f"{section.path}: the model cannot be loaded ({_line(error)})") from None


def freeze_parts(model: Any, section: ModelSection) -> None:
    """For full tuning: set which parts learn. Adapters freeze everything else by themselves."""
    if section.tune != "full":
        return
    for name, parameter in model.named_parameters():
        part = part_of(name)
        parameter.requires_grad_(part == "language" or getattr(section, part) == "full")


def lora_config(recipe: Recipe, model: Any) -> Any:
    """Adapters on whole module names by regular expression, or None for full tuning.

    Raises
    ------
    MisiError
        An expression fits no linear map of the model.
    """
    from peft import LoraConfig

    section = recipe.model
    if section.tune != "lora":
        return None
    patterns = {"language": recipe.lora.language}
    if section.vision == "lora":
        patterns["vision"] = VISION_MODULES
    if section.merger == "lora":
        patterns["merger"] = MERGER_MODULES
    import re

    linear = [name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)]
    for part, pattern in patterns.items():
        try:
            fits = any(re.fullmatch(pattern, name) for name in linear)
        except re.error as error:
            raise MisiError(f"lora.{part}: {pattern!r} is no regular expression ({error})") from None
        if not fits:
            raise MisiError(f"lora.{part}: {pattern!r} fits no linear map of {section.path}")
    joined = "|".join(f"(?:{pattern})" for pattern in patterns.values())
    return LoraConfig(
        r=recipe.lora.rank,
        lora_alpha=recipe.lora.alpha,
        lora_dropout=recipe.lora.dropout,
        target_modules=joined,
        task_type="CAUSAL_LM",
    )


def part_of(name: str) -> str:
    """``merger``, ``vision`` or ``language``: where a parameter belongs, by its name."""
    return next(part for part, marks in _PARTS if any(mark in name for mark in marks))


def part_sizes(parameters: Iterable[tuple[str, Any]]) -> dict[str, PartSize]:
    """How much of each part trains, from `model.named_parameters()`."""
    trained, everything = dict.fromkeys(("language", "merger", "vision"), 0), {}
    everything = dict(trained)
    for name, parameter in parameters:
        part = part_of(name)
        everything[part] += parameter.numel()
        trained[part] += parameter.numel() if parameter.requires_grad else 0
    return {part: PartSize(trained[part], everything[part]) for part in everything}


def is_adapter(folder: Path) -> bool:
    """Whether a checkpoint holds adapters instead of a whole model."""
    return (folder / "adapter_config.json").exists()


def load_trained(folder: Path, dtype: str = "float32") -> tuple[Any, Any]:
    """Model and processor of a checkpoint, adapters put on their base; for answering and merging.

    Raises
    ------
    MisiError
        The folder holds neither a model nor adapters, or the base cannot be loaded.
    """
    processor = load_processor(str(folder))
    if not is_adapter(folder):
        return load_model(ModelSection(path=str(folder), dtype=dtype)), processor  # type: ignore[arg-type]
    from peft import PeftModel

    try:
        base = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError) as error:
        raise MisiError(f"{folder}: adapter_config.json cannot be read ({_line(error)})") from None
    model = load_model(ModelSection(path=str(base), dtype=dtype))  # type: ignore[arg-type]
    return PeftModel.from_pretrained(model, str(folder)), processor


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
