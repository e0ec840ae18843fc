"""`misi train sft`, `grpo`, `merge`: fine-tuning on what was built."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from misi.commands.console import out
from misi.errors import MisiError

if TYPE_CHECKING:
    from misi.train.recipe import Recipe
    from misi.train.sft import Trained

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Fine-tune a vision-language model on a dataset.")

Config = Annotated[str, typer.Option("--config", help="A recipe: a .toml file, or the name of one that comes along.")]
DatasetOption = Annotated[Path | None, typer.Option("--dataset", help="Dataset folder, instead of the recipe's.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder of checkpoints and result, instead of its own.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="Any field, e.g. train.steps=100; repeatable.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint.")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and the memory it takes.")]


@app.command()
def sft(
    config: Config,
    dataset: DatasetOption = None,
    result: OutOption = None,
    overrides: SetOption = None,
    resume: ResumeOption = False,
    dry_run: DryOption = False,
) -> None:
    """Supervised fine-tuning: pictures and question in, answer out.

    Example: misi train sft --config qwen2.5-vl-7b-sft --dataset dataset/ --out runs/sft
    """
    recipe = _recipe(config, dataset, result, overrides)
    if dry_run:
        _plan(recipe)
        return
    _needs_extra()
    from misi.train.sft import run_sft

    _show(run_sft(recipe, resume=resume))


@app.command()
def grpo(
    config: Config,
    dataset: DatasetOption = None,
    result: OutOption = None,
    overrides: SetOption = None,
    resume: ResumeOption = False,
    dry_run: DryOption = False,
) -> None:
    """Reinforcement learning with the benchmark's scores as rewards.

    Example: misi train grpo --config qwen2.5-vl-7b-grpo --dataset dataset/ --out runs/grpo
    """
    recipe = _recipe(config, dataset, result, overrides)
    if dry_run:
        _plan(recipe)
        return
    _needs_extra()
    from misi.train.grpo import run_grpo

    _show(run_grpo(recipe, resume=resume))


@app.command()
def merge(
    checkpoint: Annotated[Path, typer.Argument(help="Folder with adapters: a result or a checkpoint of it.")],
    result: Annotated[Path, typer.Option("--out", help="Folder of the merged model.")],
    dtype: Annotated[str, typer.Option("--dtype", help="bfloat16, float16 or float32.")] = "bfloat16",
) -> None:
    """Adapters and their base become one model.

    Example: misi train merge runs/sft --out models/sft
    """
    if dtype not in ("bfloat16", "float16", "float32"):
        raise MisiError(f"--dtype {dtype!r}: choose among bfloat16, float16, float32")
    _needs_extra()
    from misi.train.merge import merge as run

    out.print(f"merged model -> {run(checkpoint, result, dtype=dtype)}")


@app.command()
def recipes() -> None:
    """Names of the recipes that come along.

    Example: misi train recipes
    """
    from misi.train.recipe import recipe_names

    for name in recipe_names():
        out.print(name)


@app.command()
def tiny(
    result: Annotated[Path, typer.Option("--out", help="Folder of the model.")],
    hidden: Annotated[int, typer.Option("--hidden", min=32, help="Width of the language model.")] = 96,
    layers: Annotated[int, typer.Option("--layers", min=1, help="Its layers.")] = 3,
    vision_hidden: Annotated[int, typer.Option("--vision-hidden", min=32, help="Width of the vision tower.")] = 64,
    vision_depth: Annotated[int, typer.Option("--vision-depth", min=1, help="Its blocks.")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the weights.")] = 0,
) -> None:
    """A small Qwen2.5-VL with random weights, made here: for tests and for training from scratch.

    Example: misi train tiny --out models/tiny
    """
    _needs_extra()
    from misi.train.tiny import TinyShape, build_tiny

    shape = TinyShape(hidden=hidden, layers=layers, vision_hidden=vision_hidden, vision_depth=vision_depth)
    out.print(f"tiny model -> {build_tiny(result, shape, seed)}")


def _recipe(config: str, dataset: Path | None, result: Path | None, overrides: list[str] | None) -> "Recipe":
    from misi.train.recipe import parse_override, read_recipe

    values = dict(map(parse_override, overrides or []))
    if dataset is not None:
        values["data.dataset"] = str(dataset)
    if result is not None:
        values["out"] = str(result)
    return read_recipe(config, values)


def _needs_extra() -> None:
    from importlib.util import find_spec

    missing = [
        name for name in ("torch", "transformers", "trl", "peft", "accelerate", "datasets") if not find_spec(name)
    ]
    if missing:
        raise MisiError(f"training needs {', '.join(missing)}: pip install 'misi-bench[train]'")


def _plan(recipe: "Recipe") -> None:
    from misi.train.planning import plan_of

    for line in plan_of(recipe):
        out.print(line, markup=False)


def _show(trained: "Trained") -> None:
    for part, size in trained.parts.items():
        out.print(f"{part}: {size.trained:,} of {size.all:,} parameters trained")
    for seen in trained.evaluations:
        out.print(
            f"step {seen.step}, {seen.pictures} pictures: exact {seen.exact:.3f}, score {seen.weighted:.3f}, "
            f"answered {seen.answered:.3f} of {seen.questions}"
        )
    out.print(f"{trained.steps} steps, mean loss {trained.loss:.4f} -> {trained.folder}")


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="train")
