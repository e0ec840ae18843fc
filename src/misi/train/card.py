"""The model card: README.md with the metadata block that model hubs read, and what a reader must know."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from misi.dataset.layout import MANIFEST, sha256_of
from misi.paths import write_text
from misi.train.recipe import Recipe

if TYPE_CHECKING:
    from misi.train.sft import Trained
    from misi.train.watching import Watched

_CARD = """---
base_model: {base}
library_name: {library}
pipeline_tag: image-text-to-text
tags:
- molecules
- spatial-reasoning
- protein-ligand
---

# {name}

{base_text} trained with misi on questions about pictures of protein pockets and their ligands (after MiSI-Bench,
arXiv 2512.10867).

## What was trained

{parts}

## How

| | |
| --- | --- |
{settings}

## How it answers

Exact match and score on {asked}, by the benchmark's own scorer, in the course of training. "shuffled" shows every
question with another question's pictures, "blind" with black ones: a model that reads its pictures is at chance there.
"answered" is the share of replies that follow the grammar; "one answer" is the largest share, over the tasks, of a
single answer among a task's replies (near 1: collapsed).

{evaluations}

## Use

Pictures must be given as in training: {width} x {height} pixels, between {least} and {most} pixels after resizing. The
processor in this folder is set so. `misi eval` asks it the whole benchmark.
"""


def write_model_card(recipe: Recipe, manifest: dict[str, Any], trained: "Trained") -> None:
    """Write README.md into the training's folder."""
    from misi.train.pixels import budget_of

    budget = budget_of(manifest)
    width, height = manifest["image_size"]
    local = Path(recipe.model.path).exists()
    settings = {
        "dataset": f"{recipe.dataset.name}, manifest sha256 `{sha256_of(recipe.dataset / MANIFEST)[:16]}`",
        "source": recipe.data.source,
        "tasks": ", ".join(recipe.data.tasks) or "all",
        "weights": ", ".join(f"{name} {value:g}" for name, value in recipe.data.weights.items()) or "as they come",
        "rationales": f"{recipe.data.rationale:.0%} of completions",
        "steps": f"{trained.steps}, batch {recipe.train.batch} x {recipe.train.accumulation} for one device",
        "learning rate": f"{recipe.train.learning_rate:g}, {recipe.train.schedule}",
        "precision": recipe.train.precision,
        "seed": recipe.train.seed,
        "mean loss": f"{trained.loss:.4f}",
        "versions": _versions(),
    }
    text = _CARD.format(
        base="null" if local else recipe.model.path,
        base_text="A local model" if local else f"[{recipe.model.path}](https://huggingface.co/{recipe.model.path})",
        library="peft" if recipe.model.tune == "lora" else "transformers",
        name=recipe.output.name,
        parts="\n".join(
            f"- {part}: {size.trained:,} of {size.all:,} parameters" + ("" if size.trained else " (frozen)")
            for part, size in trained.parts.items()
        ),
        settings="\n".join(f"| {key} | {value} |" for key, value in settings.items()),
        asked="the small subset of the test split"
        if recipe.evaluation.tiny
        else f"the {recipe.evaluation.split} split",
        evaluations=_table(trained.evaluations) if trained.evaluations else "It was not asked.",
        width=width,
        height=height,
        least=budget.least,
        most=budget.most,
    )
    write_text(recipe.output / "README.md", text)


def _table(evaluations: "tuple[Watched, ...] | Any") -> str:
    rows = [
        "| step | pictures | questions | exact | score | answered | one answer |",
        "| ---: | --- " + "| ---: " * 5 + "|",
    ]
    rows += [
        f"| {seen.step} | {seen.pictures} | {seen.questions} | {seen.exact:.3f} | {seen.weighted:.3f} | "
        f"{seen.answered:.3f} | {max(seen.most_frequent.values(), default=0):.2f} |"
        for seen in evaluations
    ]
    return "\n".join(rows)


def _versions() -> str:
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ("misi-bench", "torch", "transformers", "trl", "peft"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
