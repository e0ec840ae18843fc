"""One pixel budget for training and evaluation."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from misi.dataset.layout import read_manifest
from misi.errors import MisiError
from misi.train.loading import load_processor
from misi.train.pixels import QWEN3_CELL, QWEN25_CELL, Budget, apply_budget, budget_of, cell_of, resized, tokens_of

SIDE = st.integers(28, 1400)
WIDE = Budget(1, 10**8)


@given(SIDE, SIDE, st.integers(784, 10**6), st.integers(1, 4096), st.sampled_from((QWEN25_CELL, QWEN3_CELL)))
def test_the_rule_is_that_of_the_processor(width: int, height: int, most: int, least: int, cell: int) -> None:
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    budget = Budget(min(least, most), most)
    high, wide = smart_resize(height, width, cell, min_pixels=budget.least, max_pixels=budget.most)
    assert resized(width, height, budget, cell) == (wide, high)


@pytest.mark.parametrize(("side", "tokens"), [(448, 256), (640, 529), (1024, 1369)])
def test_known_token_counts(side: int, tokens: int) -> None:
    assert tokens_of(side, side, WIDE) == tokens


def test_default_pictures_with_either_cell() -> None:
    budget = budget_of({"image_size": [768, 576], "max_pixels": 768 * 576})
    assert resized(768, 576, budget, QWEN25_CELL) == (756, 560)  # rounding up would pass the bound
    assert resized(768, 576, budget, QWEN3_CELL) == (768, 576)
    assert resized(784, 588, Budget(784, 784 * 588), QWEN25_CELL) == (784, 588)


def test_the_processor_obeys_and_remembers(processor: Any, dataset: Path, tmp_path: Path) -> None:
    width, height = read_manifest(dataset)["image_size"]
    budget = budget_of(read_manifest(dataset))
    picture = Image.new("RGB", (width, height))

    def tokens(part: Any, image: Image.Image) -> int:
        grid = part.image_processor(images=[image], return_tensors="pt")["image_grid_thw"]
        return int(grid.prod()) // 4

    assert tokens(processor, picture) == tokens_of(width, height, budget, cell_of(processor)) == 12
    assert tokens(processor, picture.resize((10 * width, 10 * height))) <= 12
    processor.save_pretrained(tmp_path)
    again = load_processor(str(tmp_path))
    assert tokens(again, picture.resize((10 * width, 10 * height))) == tokens(
        processor, picture.resize((10 * width, 10 * height))
    )
    apply_budget(again, Budget(784, 4 * 784))
    assert tokens(again, picture) <= 4


def test_a_manifest_without_a_size() -> None:
    with pytest.raises(MisiError, match="image_size"):
        budget_of({})
