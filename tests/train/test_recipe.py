"""Recipes are checked before anything is loaded."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from misi.errors import MisiError
from misi.train.recipe import parse_override, read_recipe, recipe_names


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_that_comes_along_is_sound(name: str) -> None:
    recipe = read_recipe(name, {"data.dataset": "somewhere", "out": "elsewhere"})
    assert recipe.dataset == Path("somewhere")
    assert recipe.output == Path("elsewhere")


def test_the_paper_and_its_successor_have_recipes() -> None:
    assert {"qwen2.5-vl-7b-sft", "qwen3-vl-8b-sft", "qwen2.5-vl-3b-sft", "qwen2.5-vl-7b-grpo"} <= set(recipe_names())


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"train.batch": 0}, "train.batch"),
        ({"train.btach": 1}, "train.btach"),
        ({"data.tasks": ["translaton"]}, "'translaton'"),
        ({"data.weights": {"zoom": 1.0}}, "'zoom'"),
        ({"data.weights": {"zooming": 0.0}}, "above 0"),
        ({"model.vision": "full"}, "does not go with"),
        ({"model.path": 7}, "model.path"),
        ({"grpo.group": 1}, "grpo.group"),
        ({"data.rationale": 1.5}, "data.rationale"),
    ],
)
def test_a_wrong_field_is_named_in_one_line(overrides: dict[str, object], said: str) -> None:
    with pytest.raises(MisiError, match="vl-7b-sft: ") as caught:
        read_recipe("qwen2.5-vl-7b-sft", overrides)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_toml_and_a_name_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("[model\npath = 3")
    with pytest.raises(MisiError, match="not TOML"):
        read_recipe(str(path))
    with pytest.raises(MisiError, match="cannot be read"):
        read_recipe(str(tmp_path / "missing.toml"))
    with pytest.raises(MisiError, match="tiny-sft"):
        read_recipe("no-such-recipe")


def test_overrides_are_toml_or_plain_text() -> None:
    assert parse_override("train.steps=100") == ("train.steps", 100)
    assert parse_override("data.tasks=['zooming']") == ("data.tasks", ["zooming"])
    assert parse_override("model.path=/models/a=b") == ("model.path", "/models/a=b")
    with pytest.raises(MisiError, match="--set"):
        parse_override("train.steps")


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        read_recipe("tiny-sft").train.steps = 3


def test_missing_folders_are_asked_for() -> None:
    recipe = read_recipe("tiny-sft")
    with pytest.raises(MisiError, match="--dataset"):
        _ = recipe.dataset
    with pytest.raises(MisiError, match="--out"):
        _ = recipe.output


def test_a_shipped_recipe_may_be_named_by_its_path_in_the_package() -> None:
    assert read_recipe("recipes/qwen2.5-vl-7b-sft.toml") == read_recipe("qwen2.5-vl-7b-sft")
