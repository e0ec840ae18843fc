"""A model from nothing on translation, rotation and zooming, asked about complexes that it never saw.

    python benchmarks/train_from_scratch.py --preset gpu --source FOLDER --out runs/scratch
    nice python benchmarks/train_from_scratch.py --preset cpu --out /tmp/scratch

Random weights (misi.train.tiny in another size), pictures drawn and rendered on the way, never one twice. Every so
often the test split, made of other complexes, is asked through the same scorer; at the end also with shuffled pictures
and blind. Writes OUT/curve.md: exact match by column along the way, beside chance and the paper's fine-tuned 7B model.
Without --source, made-up complexes.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TASKS = ("translation", "rotation", "zooming")
#: Exact match of Qwen2.5VL-7B-SFT, per cent (the paper's table 2).
PAPER = {"translation": 98.88, "rotation": 97.48, "zooming": 27.14}


@dataclass(frozen=True)
class Preset:
    """Sizes of a run."""

    width: int
    height: int
    hidden: int
    layers: int
    heads: int
    vision_hidden: int
    vision_depth: int
    complexes: int
    test: int
    batch: int
    rate: float
    steps: int
    every: int
    limit: int
    workers: int
    precision: str


PRESETS = {
    "gpu": Preset(224, 168, 512, 8, 8, 384, 8, 400, 60, 128, 4e-4, 12000, 1000, 360, 14, "bf16"),
    "cpu": Preset(112, 84, 96, 3, 4, 96, 3, 60, 12, 16, 1.5e-3, 1500, 250, 72, 0, "fp32"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preset", choices=tuple(PRESETS), default="cpu")
    parser.add_argument("--source", type=Path)
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--steps", type=int)
    parser.add_argument("--complexes", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    preset = PRESETS[options.preset]
    tasks = tuple(options.tasks.split(","))

    import torch

    if options.preset == "cpu":
        torch.set_num_threads(1)
    from misi.train.recipe import recipe_from
    from misi.train.sft import run_sft
    from misi.train.tiny import TinyShape, build_tiny

    structures = options.source or options.out / "complexes"
    root = options.out / "dataset"
    if not root.exists():
        _build(structures, root, preset, options.complexes or preset.complexes, tasks, options.source is None)
    shape = TinyShape(
        hidden=preset.hidden,
        layers=preset.layers,
        heads=preset.heads,
        key_value_heads=preset.heads // 2,
        vision_hidden=preset.vision_hidden,
        vision_depth=preset.vision_depth,
        vision_heads=preset.vision_hidden // 16 if preset.vision_hidden < 256 else preset.vision_hidden // 64,
        spread=min(0.1, preset.hidden**-0.5),
    )
    tiny = options.out / "tiny"
    if not tiny.exists():
        build_tiny(tiny, shape, options.seed)
    steps = options.steps or preset.steps
    recipe = recipe_from(
        {
            "model": {"path": str(tiny), "dtype": "float32", "tune": "full", "vision": "full", "merger": "full"},
            "out": str(options.out / "model"),
            "data": {
                "dataset": str(root),
                "tasks": list(tasks),
                "source": "stream",
                "weights": dict.fromkeys(tasks, 1.0),
                "workers": preset.workers,
                "stream": {"structures": str(structures), "facts": str(options.out / "facts")},
            },
            "train": {
                "steps": steps,
                "batch": preset.batch,
                "accumulation": 1,
                "learning_rate": preset.rate,
                "schedule": "cosine",
                "warmup": 0.05,
                "weight_decay": 0.01,
                "precision": preset.precision,
                "gradient_checkpointing": False,
                "save_every": preset.every,
                "keep": 1,
                "log_every": max(1, preset.every // 5),
                "seed": options.seed,
            },
            "evaluation": {
                "every": preset.every,
                "tiny": False,
                "limit": preset.limit,
                "batch": 2 * preset.batch,
                "max_new_tokens": 12,
            },
        }
    )
    trained = run_sft(recipe, resume=options.resume)
    text = _curve(root, trained, preset, steps, options.preset)
    (options.out / "curve.md").write_text(text, encoding="utf-8")
    print(text)


def _build(structures: Path, root: Path, preset: Preset, complexes: int, tasks: tuple[str, ...], made_up: bool) -> None:
    from misi.dataset.build import build
    from misi.dataset.config import BuildConfig
    from misi.structures.synthetic import write_complexes

    if made_up:
        write_complexes(structures, complexes, 0)
    config = BuildConfig(
        tasks,
        limit=complexes,
        test=preset.test,
        width=preset.width,
        height=preset.height,
        quality="fast",
    )
    build(structures, root, config, workers=max(1, preset.workers))


def _curve(root: Path, trained: Any, preset: Preset, steps: int, name: str) -> str:
    from misi.dataset.layout import read_manifest, read_questions
    from misi.tasks import TASKS as ALL
    from misi.tasks.task import chance_expectation
    from misi.train.watching import read_evaluations

    questions = list(read_questions(root, split="test"))
    columns = list(dict.fromkeys(question.task for question in questions))
    chance = {
        task: sum(chance_expectation(ALL[task], q)[1] for q in group) / len(group)
        for task in columns
        if (group := [question for question in questions if question.task == task])
    }
    size = sum(part.all for part in trained.parts.values())
    counts = read_manifest(root)["counts"]["complexes"]
    lines = [
        f"{size / 1e6:.1f} million parameters from random weights, preset {name}, {preset.width} x {preset.height} "
        f"pictures, {steps} steps of {preset.batch} new questions on {counts['train']} complexes; asked about "
        f"{counts['test']} others.",
        "",
        "| step | pictures | questions | " + " | ".join(columns) + " |",
        "| ---: | --- | ---: |" + " ---: |" * len(columns),
    ]
    for seen in read_evaluations(trained.folder):
        cells = " | ".join(f"{100 * seen.columns.get(task, float('nan')):.1f}" for task in columns)
        lines.append(f"| {seen.step} | {seen.pictures} | {seen.questions} | {cells} |")
    lines.append("| | chance | | " + " | ".join(f"{100 * chance[task]:.1f}" for task in columns) + " |")
    lines.append("| | the paper's 7B | | " + " | ".join(f"{PAPER[task]:.2f}" for task in columns) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
