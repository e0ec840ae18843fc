"""Supervised fine-tuning from end to end, on a model that fits a CPU."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from typer.testing import CliRunner

from misi.cli import app
from misi.errors import MisiError
from misi.evaluate.outcomes import judge
from misi.tasks.question import Question
from misi.train.answering import reply_all
from misi.train.controls import blind_images, own_images, shuffled_images, shuffled_truths
from misi.train.files import questions_by_task
from misi.train.loading import freeze_parts, load_model, load_trained, lora_config, part_sizes
from misi.train.merge import merge
from misi.train.mirror import mirror
from misi.train.recipe import Recipe
from misi.train.sft import run_sft
from misi.train.watching import read_evaluations
from tests.train.conftest import HEIGHT, WIDTH, changed

LEARNT = 8  # questions of the reduced proof; docs/training.md has it for 16


@pytest.fixture(scope="module")
def few(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight translation questions, each with another answer, as train and as test questions."""
    questions = {q.answer: q for q in questions_by_task(dataset, ["translation"])["translation"]}
    return mirror(dataset, tmp_path_factory.mktemp("few") / "own", list(questions.values())[:LEARNT])


@pytest.fixture(scope="module")
def overfitted(few: Path, tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from misi.train.recipe import recipe_from

    out = tmp_path_factory.mktemp("overfit") / "out"
    run_sft(
        recipe_from(
            {
                "model": {"path": str(tiny), "dtype": "float32", "tune": "full", "vision": "full", "merger": "full"},
                "out": str(out),
                "data": {"dataset": str(few), "tasks": ["translation"], "workers": 0},
                "train": {
                    "steps": 50,
                    "batch": LEARNT,
                    "accumulation": 1,
                    "learning_rate": 4e-3,
                    "schedule": "linear",
                    "warmup": 0.1,
                    "precision": "fp32",
                    "gradient_checkpointing": False,
                    "save_every": 50,
                    "log_every": 10,
                },
                "evaluation": {"every": 25, "split": "train", "batch": LEARNT, "max_new_tokens": 12},
            }
        )
    )
    return out


def exact(questions: list[Question], model: Any, processor: Any, images: Any) -> float:
    replies = reply_all(model, processor, questions, images, batch=LEARNT, max_new_tokens=12)
    return sum(judge(q, reply).exact for q, reply in zip(questions, replies, strict=True)) / len(questions)


def test_it_learns_and_it_learns_from_the_pictures(overfitted: Path, few: Path) -> None:
    """The saved checkpoint answers all its questions, none of them with another's pictures or with none."""
    questions = questions_by_task(few, ["translation"])["translation"]
    assert len({question.answer for question in questions}) == len(questions) == LEARNT
    assert len({question.question for question in questions}) == 1  # the text says nothing
    model, processor = load_trained(overfitted)
    assert exact(questions, model, processor, own_images(few)) >= 0.95
    assert shuffled_truths(questions) == 0.0
    assert exact(questions, model, processor, shuffled_images(few, questions)) <= 0.25
    assert exact(questions, model, processor, blind_images((WIDTH, HEIGHT))) <= 0.25


def test_a_reply_is_the_same_alone_and_in_a_batch_and_known_if_cut(
    overfitted: Path, dataset: Path, questions: list[Question]
) -> None:
    """Questions of all tasks have other lengths, so a batch of them is padded."""
    model, processor = load_trained(overfitted)
    mixed = list({question.task: question for question in questions}.values())
    together = reply_all(model, processor, mixed, own_images(dataset), batch=len(mixed), max_new_tokens=12)
    alone = reply_all(model, processor, mixed, own_images(dataset), batch=1, max_new_tokens=12)
    assert [reply.text for reply in together] == [reply.text for reply in alone]
    assert any(reply.ending == "stop" for reply in alone)
    cut = reply_all(model, processor, mixed[:2], own_images(dataset), max_new_tokens=2)
    assert [reply.ending for reply in cut] == ["length", "length"]


def asked_by_command(dataset: Path, model: Path, run: Path) -> float:
    """Exact match of `misi eval`."""
    command = ["eval", str(dataset), "--model", f"misi-local/{model}", "--out", str(run), "--shots", "0"]
    done = CliRunner().invoke(app, [*command, "--max-tokens", "12", "-M", "dtype=float32"])
    assert done.exit_code == 0, done.output
    scores = [json.loads(line) for line in (run / "scores.jsonl").read_text().splitlines()]
    assert len(scores) == LEARNT
    return sum(score["exact"] for score in scores) / LEARNT


def test_the_evaluation_command_says_the_same(overfitted: Path, few: Path, tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai", reason="the eval extra is not installed")
    questions = questions_by_task(few, ["translation"])["translation"]
    shuffled = mirror(few, tmp_path / "shuffled", questions, shuffled=True)
    assert asked_by_command(few, overfitted, tmp_path / "own") >= 0.95
    assert asked_by_command(shuffled, overfitted, tmp_path / "others") <= 0.25


def test_its_evaluations_and_card_say_the_same(overfitted: Path) -> None:
    seen = {(watched.step, watched.pictures): watched for watched in read_evaluations(overfitted)}
    assert set(seen) == {(25, "own"), (50, "own"), (50, "shuffled"), (50, "blind")}
    assert seen[50, "own"].exact >= 0.95
    assert seen[50, "shuffled"].exact <= 0.25
    assert seen[50, "blind"].most_frequent["translation"] == 1.0
    card = (overfitted / "README.md").read_text()
    assert "| 50 | shuffled | 8 | 0.000 |" in card
    assert "vision: " in card
    assert f"{WIDTH} x {HEIGHT} pixels" in card


def weights(folder: Path, name: str = "model.safetensors") -> dict[str, torch.Tensor]:
    return dict(load_file(folder / name))


def test_a_resumed_training_ends_where_an_unbroken_one_does(recipe: Recipe, tmp_path: Path) -> None:
    run_sft(recipe)
    broken = changed(recipe, out=str(tmp_path / "broken"))
    with pytest.raises(MisiError, match="no checkpoint"):
        run_sft(broken, resume=True)
    shutil.copytree(Path(recipe.out) / "checkpoint-2", Path(broken.out) / "checkpoint-2")
    with pytest.raises(MisiError, match="--resume"):
        run_sft(broken)
    assert run_sft(broken, resume=True).steps == 4
    first, second = weights(Path(recipe.out)), weights(Path(broken.out))
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


def test_adapters_train_the_language_model_alone_and_merge(
    recipe: Recipe, tiny: Path, few: Path, tmp_path: Path
) -> None:
    lora = changed(
        recipe, model__tune="lora", model__vision="frozen", model__merger="frozen", train__learning_rate=0.02
    )
    trained = run_sft(lora)
    assert trained.parts["language"].trained > 0
    assert trained.parts["vision"].trained == trained.parts["merger"].trained == 0
    adapters = weights(trained.folder, "adapter_model.safetensors")
    assert adapters
    assert all("language_model" in name for name in adapters)
    assert not any("visual" in name for name in adapters)
    merged = merge(trained.folder, tmp_path / "merged", dtype="float32")
    with pytest.raises(MisiError, match="not empty"):
        merge(trained.folder, merged)
    with pytest.raises(MisiError, match="no adapters"):
        merge(tiny, tmp_path / "other")
    questions = questions_by_task(few, ["translation"])["translation"][:2]
    with_adapters, plain = load_trained(trained.folder), load_trained(merged)
    replies = [reply_all(*loaded, questions, own_images(few), max_new_tokens=8) for loaded in (with_adapters, plain)]
    assert replies[0] == replies[1]
    base, after = weights(tiny), weights(merged)
    moved = {name for name in base if not torch.equal(base[name], after[name])}
    assert moved
    assert all("layers" in name and "visual" not in name for name in moved)


@pytest.mark.parametrize(("vision", "merger"), [("frozen", "frozen"), ("frozen", "full"), ("full", "full")])
def test_full_tuning_trains_the_parts_that_are_named(recipe: Recipe, vision: str, merger: str) -> None:
    section = changed(recipe, model__vision=vision, model__merger=merger).model
    model = load_model(section)
    freeze_parts(model, section)
    sizes = part_sizes(model.named_parameters())
    assert sizes["language"].trained == sizes["language"].all > 0
    assert sizes["vision"].trained == (sizes["vision"].all if vision == "full" else 0)
    assert sizes["merger"].trained == (sizes["merger"].all if merger == "full" else 0)


def test_adapters_on_every_part_and_on_none(recipe: Recipe) -> None:
    every = changed(recipe, model__tune="lora", model__vision="lora", model__merger="lora")
    model = load_model(every.model)
    from peft import get_peft_model

    sizes = part_sizes(get_peft_model(model, lora_config(every, model)).named_parameters())
    assert all(size.trained > 0 for size in sizes.values())
    wrong = changed(
        recipe, model__tune="lora", model__vision="frozen", model__merger="frozen", lora__language=".*nowhere"
    )
    with pytest.raises(MisiError, match="fits no linear map"):
        lora_config(wrong, load_model(wrong.model))


def test_pictures_drawn_on_the_way_train_too(recipe: Recipe, structures: Path) -> None:
    stream = changed(
        recipe,
        data__source="stream",
        data__stream={"structures": str(structures)},
        data__weights={"translation": 1.0, "zooming": 1.0, "knowledge": 0.5},
        data__tasks=["translation", "zooming"],
        data__rationale=0.5,
        train__steps=2,
    )
    assert run_sft(stream).steps == 2


def test_too_long_questions_are_refused_or_left_out(recipe: Recipe) -> None:
    with pytest.raises(MisiError, match="longer than"):
        run_sft(changed(recipe, data__max_tokens=50))
    with pytest.raises(MisiError, match="no questions are left"):
        run_sft(changed(recipe, data__max_tokens=50, data__skip_long=True))


def test_a_model_that_is_none(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(MisiError, match="cannot be loaded"):
        run_sft(changed(recipe, model__path=str(tmp_path)))


def test_recipes_and_plans_need_no_torch() -> None:
    """`misi train --help`, recipes and --dry-run stay quick."""
    code = "import sys, misi.commands.train, misi.train.recipe, misi.train.planning; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
