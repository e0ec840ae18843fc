"""`misi train`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from misi.commands.train import app
from misi.errors import MisiError
from misi.train.recipe import recipe_names


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_recipes_are_listed() -> None:
    assert run("recipes").split() == recipe_names()


def test_a_plan_says_steps_tokens_and_memory(dataset: Path) -> None:
    said = run("sft", "--config", "qwen2.5-vl-7b-sft", "--dataset", str(dataset), "--set", "train.steps=7", "--dry-run")
    assert "7 steps of 32 examples" in said
    assert "12 tokens; up to 11 pictures" in said
    assert "memory, one GPU" in said
    assert "no estimate" in run("sft", "--config", "tiny-sft", "--dataset", str(dataset), "--dry-run")


def test_a_training_by_command(tiny: Path, dataset: Path, tmp_path: Path) -> None:
    values = ["train.steps=1", "train.batch=2", "evaluation.every=0", f"model.path={tiny}"]
    sets = [part for value in values for part in ("--set", value)]
    said = run("sft", "--config", "tiny-sft", "--dataset", str(dataset), "--out", str(tmp_path / "out"), *sets)
    assert "1 steps, mean loss" in said
    assert (tmp_path / "out" / "README.md").exists()
    assert (tmp_path / "out" / "model.safetensors").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["sft", "--config", "nothing"],
        ["grpo", "--config", "qwen2.5-vl-7b-grpo", "--dataset", "nowhere", "--dry-run"],
        ["sft", "--config", "tiny-sft", "--dataset", "nowhere", "--out", "out"],
        ["merge", "nowhere", "--out", "out"],
        ["merge", "nowhere", "--out", "out", "--dtype", "float8"],
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MisiError) as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()
