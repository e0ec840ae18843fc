"""Pictures a second on a CUDA device beside the kernel for the processor, and whether both are the same.

usage: python benchmarks/render_gpu.py [SRC] [--batch N] [--batches N] [--device cuda:0]

SRC is a folder of complexes; made-up ones by default. Scenes are composed beforehand and not counted. Times are wall
clock: medians of whole batches, labels and the way back to the processor's memory included; `launch` is the device's
part without them. Where there is no such device, one line says so.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from misi.errors import RenderError
from misi.render import Quality, render_batch
from misi.render.gpu.batch import colouring
from misi.render.gpu.device import opened
from misi.render.gpu.layout import laid_out
from misi.render.image import SAMPLES
from misi.scene.motion import SIX_VIEWS
from misi.scene.picture import Labels, Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import Complex, Rejection
from misi.structures.sources import find_sources, load
from misi.structures.synthetic import write_complexes

SIZES = ((512, 512), (768, 576), (1024, 768))
QUALITIES: tuple[Quality, ...] = ("fast", "exact")
LABELS: tuple[Labels, ...] = ("none", "residues")


def a_second(work: Callable[[], object], pictures: int, repeats: int) -> float:
    """Median number of pictures a second, after one call that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return pictures / statistics.median(times)


def complexes(folder: Path, limit: int) -> list[Complex]:
    sources = [source for source in find_sources(folder) if not isinstance(source, Rejection)]
    found = (load(source) for source in sources[:: max(1, len(sources) // limit)][:limit])
    return [one for one in found if not isinstance(one, Rejection)]


def scenes(models: list[Complex], count: int, width: int, height: int, labels: Labels) -> list[Scene]:
    """As many pictures as asked for: every view of each complex in turn."""
    chosen = [(models[k // len(SIX_VIEWS) % len(models)], SIX_VIEWS[k % len(SIX_VIEWS)]) for k in range(count)]
    return [compose(model, Picture(view=view, labels=labels), width, height) for model, view in chosen]


def compare(models: list[Complex], device: str, batch: int, batches: int) -> None:
    print("size      labels    quality   processor, 1 thread      device   pixels that differ")
    for width, height in SIZES:
        for labels in LABELS:
            drawn = scenes(models, batch, width, height, labels)
            for quality in QUALITIES:
                few = drawn[: min(16, batch)]
                here = a_second(lambda d=few, q=quality: render_batch(d, q), len(few), batches)  # type: ignore[misc]
                there = a_second(
                    lambda d=drawn, q=quality: render_batch(d, q, device=device),  # type: ignore[misc]
                    batch,
                    batches,
                )
                pairs = zip(render_batch(few, quality), render_batch(few, quality, device=device), strict=True)
                other = sum(int((a.rgb != b.rgb).any(axis=-1).sum()) for a, b in pairs)
                size = f"{width}x{height}"
                print(f"{size:<9} {labels:<9} {quality:<9} {here:15.0f}/s {there:14.0f}/s   {other}", flush=True)


def parts(models: list[Complex], device: str, batch: int, batches: int) -> None:
    """Where the time of a batch goes: laying out on the processor, and the launch alone."""
    drawn = scenes(models, batch, 768, 576, "none")
    laid = a_second(lambda: laid_out(drawn, 0), batch, batches)
    print(f"\n768x576: scenes laid out {laid:.0f}/s (processor)")
    with opened(device) as (warp, target):
        columns = laid_out(drawn, 0)
        for quality in QUALITIES:
            launch, _ = colouring(warp, target, drawn, columns, SAMPLES[quality])

            def work(launch: Callable[[], object] = launch) -> None:
                launch()
                warp.synchronize_device(target)

            print(f"768x576: launch, {quality} {a_second(work, batch, batches):.0f}/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("src", type=Path, nargs="?")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--device", default="cuda:0")
    args = parser.parse_args()
    try:
        render_batch([], device=args.device)
    except RenderError as error:
        print(f"not measured: {error}")
        return
    with tempfile.TemporaryDirectory() as folder:
        if args.src is None:
            write_complexes(Path(folder), 8, seed=0)
        models = complexes(args.src or Path(folder), 8)
    print(
        f"{args.device}, batches of {args.batch}; {np.mean([m.heavy.sum() for m in models]):.0f} heavy atoms (mean)\n"
    )
    compare(models, args.device, args.batch, args.batches)
    parts(models, args.device, args.batch, args.batches)


if __name__ == "__main__":
    main()
