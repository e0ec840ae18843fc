"""Memory arithmetic starts from true parameter counts."""

from pathlib import Path

import pytest
import torch

from misi.train.loading import part_sizes
from misi.train.memory import SHAPES, Shape, memory_of, shape_of
from misi.train.recipe import read_recipe
from misi.train.tiny import TinyShape


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("qwen2.5-vl-3b", 3.75),
        ("qwen2.5-vl-7b", 8.29),
        ("qwen2.5-vl-32b", 33.5),
        ("qwen3-vl-4b", 4.44),
        ("qwen3-vl-8b", 8.77),
    ],
)
def test_published_sizes(name: str, billions: float) -> None:
    """Totals on the model cards (safetensors metadata)."""
    shape = SHAPES[name]
    assert (shape.language + shape.vision + shape.merger) / 1e9 == pytest.approx(billions, rel=0.005)


def test_formulas_against_a_model_that_exists(tiny: Path) -> None:
    from transformers import AutoModelForImageTextToText

    model = AutoModelForImageTextToText.from_pretrained(tiny)
    sizes = part_sizes(model.named_parameters())
    made = TinyShape(hidden=64, layers=2)
    vocabulary = model.get_input_embeddings().weight.shape[0]
    shape = Shape(64, 2, 256, 4, 2, 16, vocabulary, True, made.vision_hidden, 2, 4 * made.vision_hidden, 14)
    for part in ("language", "vision", "merger"):
        # biases and norms are left out of the formulas
        assert getattr(shape, part) == pytest.approx(sizes[part].all, rel=0.03), part


def test_adapters_take_less_than_all_and_shards_less_than_one() -> None:
    shape = shape_of("Qwen/Qwen2.5-VL-7B-Instruct")
    assert shape is not None
    lora = read_recipe("qwen2.5-vl-7b-sft")
    full = read_recipe("qwen2.5-vl-7b-sft", {"model.tune": "full", "model.dtype": "float32"})
    one, whole = memory_of(shape, lora, 4000), memory_of(shape, full, 4000)
    assert one.total < whole.total / 4
    assert memory_of(shape, full, 4000, shards=8).optimizer == pytest.approx(whole.optimizer / 8)
    assert whole.weights + whole.gradients + whole.optimizer == pytest.approx(
        16 * shape.language + 4 * (shape.vision + shape.merger)
    )
    bare = read_recipe("qwen2.5-vl-7b-sft", {"train.gradient_checkpointing": False})
    assert memory_of(shape, bare, 4000).activations > 5 * one.activations


def test_an_unknown_model_has_no_shape() -> None:
    assert shape_of("my/model") is None
    assert torch.get_num_threads() == 1
