"""Samples and tokens a second: pictures made on the way against pictures read from files.

    nice python benchmarks/train_stream.py --out /tmp/stream [--size 768x576 --quality exact] [--source FOLDER]

CPU seconds of one process, decoding included, collation (resizing, tokenising) apart; wall clock with data workers
beside. Tokens are those of Qwen2.5-VL (28-pixel cells) for pictures, and of the tiny tokenizer for text, which is a
lower bound. Without --source, made-up complexes.
"""

import argparse
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", default="768x576")
    parser.add_argument("--quality", default="exact")
    parser.add_argument("--source", type=Path)
    parser.add_argument("--samples", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))

    import torch

    torch.set_num_threads(1)
    from torch.utils.data import DataLoader

    from misi.dataset.layout import read_manifest
    from misi.train.collating import answer_collator
    from misi.train.drawing import gather_facts, like_dataset
    from misi.train.files import FileExamples
    from misi.train.pixels import budget_of, tokens_of
    from misi.train.recipe import DataSection
    from misi.train.stream import StreamDataset, StreamExamples, default_weights
    from misi.train.tiny import tiny_processor

    structures = options.source or options.out / "complexes"
    root = options.out / "dataset"
    if not root.exists():
        _build(structures, root, width, height, options.quality, options.source is None)
    started = time.process_time()
    drawing = like_dataset(root, options.out / "facts")
    gather_facts(structures, drawing.facts, drawing.ids)
    print(f"facts of {len(drawing.ids)} complexes: {time.process_time() - started:.1f} s")
    weights = default_weights(root)
    budget = budget_of(read_manifest(root))
    processor = tiny_processor()
    collate = answer_collator(processor)
    image = tokens_of(width, height, budget)
    sources: dict[str, Any] = {
        "files": FileExamples(root, DataSection(weights=weights), 100_000),
        "stream, all tasks": StreamExamples(drawing, weights, 100_000),
    }
    for task in weights:
        sources[f"stream, {task}"] = StreamExamples(drawing, {task: 1.0}, 100_000)
    print(f"{options.size} {options.quality}; a picture is {image} tokens")
    print(f"{'source':<34}{'CPU ms':>8}{'samples/s':>11}{'pictures/s':>12}{'tokens/s':>10}   a core")
    for name, examples in sources.items():
        count = options.samples if "all" in name or name == "files" else options.samples // 3
        examples[100_000 - 1]  # compile
        rows, seconds = _timed(lambda examples=examples, count=count: [examples[p] for p in range(count)])
        pictures = sum(len(row.images) for row in rows)
        text = sum(len(processor.tokenizer(_said(row))["input_ids"]) for row in rows[:8]) / min(8, count)
        tokens = pictures * image + text * count
        rates = f"{count / seconds:11.1f}{pictures / seconds:12.1f}{tokens / seconds:10.0f}"
        print(f"{name:<34}{1e3 * seconds / count:8.1f}{rates}")
    rows = [sources["files"][p].row() for p in range(8)]
    _, seconds = _timed(lambda: collate(rows))
    print(f"{'collating (either source)':<34}{1e3 * seconds / 8:8.1f}")
    for workers in range(options.workers + 1):
        stream = StreamExamples(drawing, weights, 100_000, seed=1 + workers)
        loader = DataLoader(StreamDataset(stream, 4, rank=0, world=1), 4, num_workers=workers, collate_fn=list)
        batches = iter(loader)
        next(batches)
        begun = time.perf_counter()
        list(islice(batches, options.samples // 4))
        rate = options.samples // 4 * 4 / (time.perf_counter() - begun)
        print(f"stream through a DataLoader with {workers} workers: {rate:.1f} samples/s of wall clock")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    return work(), time.process_time() - started


def _said(example: Any) -> str:
    turns = example.prompt + example.completion
    return "\n".join(part.get("text", "") for turn in turns for part in turn["content"])


def _build(structures: Path, root: Path, width: int, height: int, quality: Any, made_up: bool) -> None:
    from misi.dataset.build import build
    from misi.dataset.config import BuildConfig
    from misi.structures.synthetic import write_complexes
    from misi.tasks import TASKS

    if made_up:
        write_complexes(structures, 8, 0)
    build(
        structures,
        root,
        BuildConfig(tuple(TASKS), limit=8, train=7, test=1, width=width, height=height, quality=quality),
    )


if __name__ == "__main__":
    main()
