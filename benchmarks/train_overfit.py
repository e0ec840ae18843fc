"""Proof that training reads the pictures: 16 questions learnt by heart, then asked through `misi eval`.

    nice python benchmarks/train_overfit.py --out /tmp/overfit

Made-up complexes, pictures of 112 x 84, a random Qwen2.5-VL of half a million parameters, translation questions whose
texts are all the same. The saved checkpoint is then asked by `misi eval` (provider misi-local): with the questions' own
pictures, with each other's, and blind. About three minutes on one core.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

QUESTIONS, STEPS, RATE = 16, 80, 3e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--task", default="translation")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.process_time()
    root = _dataset(options.out)

    import torch

    torch.set_num_threads(1)
    from misi.train.controls import shuffled_truths
    from misi.train.files import questions_by_task
    from misi.train.mirror import mirror
    from misi.train.recipe import recipe_from
    from misi.train.sft import run_sft
    from misi.train.tiny import TinyShape, build_tiny

    questions = questions_by_task(root, [options.task])[options.task][:QUESTIONS]
    own = mirror(root, options.out / "own", questions)
    shuffled = mirror(root, options.out / "shuffled", questions, shuffled=True)
    tiny = build_tiny(options.out / "tiny", TinyShape(hidden=64, layers=2), options.seed)
    trained = run_sft(
        recipe_from(
            {
                "model": {"path": str(tiny), "dtype": "float32", "tune": "full", "vision": "full", "merger": "full"},
                "out": str(options.out / "model"),
                "data": {"dataset": str(own), "workers": 0},
                "train": {
                    "steps": STEPS,
                    "batch": QUESTIONS,
                    "accumulation": 1,
                    "learning_rate": RATE,
                    "schedule": "linear",
                    "warmup": 0.1,
                    "precision": "fp32",
                    "gradient_checkpointing": False,
                    "save_every": STEPS,
                    "seed": options.seed,
                },
                "evaluation": {"every": 0},
            }
        )
    )
    answers = len({question.answer for question in questions})
    print(f"{len(questions)} {options.task} questions, {answers} different answers; trained {trained.steps} steps")
    print(f"own pictures:      exact {_ask(own, trained.folder, options.out / 'run-own'):.3f}")
    print(
        f"shuffled pictures: exact {_ask(shuffled, trained.folder, options.out / 'run-shuffled'):.3f} "
        f"(a perfect reader: {shuffled_truths(questions):.3f})"
    )
    print(f"blind:             exact {_ask(own, trained.folder, options.out / 'run-blind', '--blind'):.3f}")
    print(f"chance:            exact {_chance(own):.3f}")
    print(f"{time.process_time() - started:.0f} s of CPU without the evaluations")


def _dataset(out: Path) -> Path:
    from misi.dataset.build import build
    from misi.dataset.config import BuildConfig
    from misi.structures.synthetic import write_complexes

    write_complexes(out / "complexes", 6, 0)
    config = BuildConfig(
        tasks=("translation", "rotation", "zooming"), train=5, test=1, width=112, height=84, quality="fast"
    )
    build(out / "complexes", out / "dataset", config)
    return out / "dataset"


def _ask(dataset: Path, model: Path, run: Path, *more: str) -> float:
    """Exact match by `misi eval`, in a process of its own as a user would run it."""
    command = [
        sys.executable,
        "-m",
        "misi.cli",
        "eval",
        str(dataset),
        "--model",
        f"misi-local/{model}",
        "--out",
        str(run),
    ]
    command += ["--shots", "0", "--max-tokens", "16", "-M", "dtype=float32", "-M", "batch_size=16", *more]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    scores = [json.loads(line) for line in (run / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    return float(sum(score["exact"] for score in scores) / len(scores))


def _chance(dataset: Path) -> float:
    from misi.dataset.layout import read_questions
    from misi.tasks import TASKS
    from misi.tasks.task import chance_expectation

    expected = [chance_expectation(TASKS[q.task], q)[1] for q in read_questions(dataset, split="test")]
    return sum(expected) / len(expected)


if __name__ == "__main__":
    main()
