"""`misi bench`: what reading, annotating and drawing cost on this machine, in one run."""

import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import BrokenBarrierError
from typing import TYPE_CHECKING, Annotated, Any

import typer

from misi.commands.console import out, wide
from misi.commands.timing import cpu_ms
from misi.errors import MisiError
from misi.memory import settle

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    from misi.render import Quality
    from misi.structures.complex import Complex

_HEAVY_ATOMS = 600  # the size of pocket that figures are quoted for
_LABELS = 200
_SECONDS = 0.5  # that each figure of pictures is measured for, at least
_QUALITIES: tuple["Quality", ...] = ("fast", "exact")


def bench(
    src: Annotated[Path | None, typer.Argument(help="Folder of complexes; made-up ones by default.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Complexes to read and annotate.")] = 100,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes of the last part.")] = 2,
    pictures: Annotated[int, typer.Option("--pictures", min=1, help="Pictures of each line of the last part.")] = 1200,
) -> None:
    """Times of reading, hydrogen bonds, pictures, and the whole line.

    Example: misi bench complexes/ --limit 200
    """
    if src is not None:
        _all(src, limit, workers, pictures)
        return
    from misi.structures.synthetic import write_complexes

    with tempfile.TemporaryDirectory() as folder:
        write_complexes(Path(folder), min(limit, 8), seed=0)
        _all(Path(folder), limit, workers, pictures)


def _all(src: Path, limit: int, workers: int, pictures: int) -> None:
    from rich.table import Table

    from misi.dataset.config import BuildConfig

    kinds: tuple[tuple[Quality, int], ...] = (("fast", 0), ("exact", 0), ("exact", BuildConfig.levels))
    table = Table(title=f"Medians, CPU milliseconds (user + system); {src}", title_justify="left")
    table.add_column("what")
    table.add_column("figure", justify="right")
    complexes = _facts(src, limit, table)
    if not complexes:
        raise MisiError(f"{src}: no complex here can be read")
    model = min(complexes, key=lambda c: abs(int(c.heavy.sum()) - _HEAVY_ATOMS))
    _pictures(model, table)
    # The pictures of all lines are deleted together at the end: a file system that reuses what was deleted a moment
    # ago is slow at making files.
    with tempfile.TemporaryDirectory() as folder:
        for size in ((512, 512), (768, 576)):
            for quality, levels in kinds:
                place = Path(folder) / f"{size[0]}-{quality}-{levels}"
                rate, cpu = pictures_per_second(Stretch(model, size, quality, levels, place), workers, pictures)
                kind = f"{quality}, {levels} levels" if levels else quality
                what = f"end to end, {size[0]}x{size[1]} {kind}, {workers} workers"
                table.add_row(what, f"{rate:.0f} pictures/s, {cpu:.2f} ms")
    wide().print(table)
    out.print("End to end: compose, draw (every second picture labelled), encode, write; wall time, and CPU of each.")


def _facts(src: Path, limit: int, table: Any) -> "list[Complex]":
    """Reading and annotating, a complex at a time; returns the complexes."""
    from misi.annotate.hbonds import annotate
    from misi.structures.complex import Rejection
    from misi.structures.sources import find_sources, load

    sources = [source for source in find_sources(src) if not isinstance(source, Rejection)][:limit]
    complexes = []
    for source in sources:
        found = load(source)
        if not isinstance(found, Rejection):
            complexes.append(found)
    if not complexes:
        return []
    reading = [cpu_ms(lambda source=source: load(source), 3) for source in sources]  # type: ignore[misc]
    typing = [cpu_ms(lambda one=one: annotate(_fresh(one)), 3) for one in complexes]  # type: ignore[misc]
    table.add_row(f"read pocket and ligand, {len(reading)} complexes", f"{statistics.median(reading):.2f}")
    table.add_row(f"atom types and hydrogen bonds, {len(typing)} complexes", f"{statistics.median(typing):.2f}")
    return complexes


def _fresh(structure: "Complex") -> "Complex":
    """The same complex without what it has cached, so that every annotation starts from the files' content."""
    from dataclasses import replace

    return replace(structure)


def _pictures(model: "Complex", table: Any) -> None:
    import numpy as np

    from misi.commands.other_engines import ENGINES, measure
    from misi.render import render
    from misi.render.encode import png
    from misi.render.text import draw_labels
    from misi.scene.picture import LABELS, Picture
    from misi.scene.scene import compose

    settle()  # as in the workers of a build
    heavy = int(model.heavy.sum())
    none = np.zeros((0, 0), dtype=np.uint8)
    for size in ((512, 512), (768, 576)):
        at = f"{size[0]}x{size[1]}"
        plain = compose(model, Picture(labels="none"), *size)
        for quality in _QUALITIES:
            table.add_row(f"scene {at} {quality}, {model.id} ({heavy} heavy atoms)", _ms(render, plain, quality))
        rgb = render(plain).rgb
        labels = compose(model, Picture(show="pocket", labels="atoms"), *size).labels  # all of the pocket's
        each = cpu_ms(partial(draw_labels, labels, (0, 0, 0), rgb, none), seconds=_SECONDS) / max(1, len(labels))
        table.add_row(f"{_LABELS} labels {at} (from {len(labels)})", f"{each * _LABELS:.2f}")
        rgb = render(compose(model, Picture(), *size)).rgb
        table.add_row(f"PNG {at}, residues named", _ms(png, rgb))
        few = _ms(png, rgb, reduced_to=(0, 0, 0))
        table.add_row(f"PNG {at}, residues named, reduced to 256 colours", few)
        for labelling in LABELS:
            picture = Picture(view="top", labels=labelling)
            table.add_row(f"compose {at}, labels {labelling}", _ms(compose, model, picture, *size))
        if size == (512, 512):
            for name in ENGINES:
                table.add_row(f"{name} {at}, the same sticks", measure(name, plain))


def _ms(work: Callable[..., object], *arguments: object, **options: object) -> str:
    return f"{cpu_ms(partial(work, *arguments, **options), seconds=_SECONDS):.2f}"


@dataclass(frozen=True)
class Stretch:
    """What a process draws in the last part, and where to."""

    model: "Complex"
    size: tuple[int, int]
    quality: "Quality"
    levels: int
    folder: Path


_stretch: Stretch | None = None
_CHUNK = 20  # pictures given to a process at a time


def _ready(stretch: Stretch, start: "Barrier") -> None:
    """Start of a worker: everything imported, compiled and cached, then wait until all are so far."""
    global _stretch
    _stretch = stretch
    try:
        _draw_some(0)
        settle()
    except BaseException:
        start.abort()  # else the parent would wait for this process
        raise
    start.wait()


def _draw_some(first: int) -> float:
    """Worker: `_CHUNK` pictures, every second labelled; all views, all angles of rotation about one axis.

    Returns the CPU seconds they took.
    """
    from misi.render import render_png
    from misi.scene.motion import SIX_VIEWS, Operation
    from misi.scene.picture import Picture
    from misi.scene.scene import compose

    assert _stretch is not None
    began = time.process_time()
    for k in range(first, first + _CHUNK):
        turn = (Operation("roll", "y", 15 * (k % 12) - 90),) if k % 12 != 6 else ()
        picture = Picture(SIX_VIEWS[k % 6], turn, labels="residues" if k % 2 else "none")
        scene = compose(_stretch.model, picture, *_stretch.size)
        (_stretch.folder / f"{k}.png").write_bytes(render_png(scene, _stretch.quality, _stretch.levels))
    return time.process_time() - began


def pictures_per_second(stretch: Stretch, workers: int, pictures: int) -> tuple[float, float]:
    """Pictures made and written in a second of wall time by processes that are already warm, and CPU ms of each."""
    context = get_context("spawn")
    start = context.Barrier(workers + 1)
    chunks = -(-pictures // _CHUNK)
    stretch.folder.mkdir()
    with ProcessPoolExecutor(workers, context, _ready, (stretch, start)) as pool:
        done = [pool.submit(_draw_some, _CHUNK * k) for k in range(chunks)]
        try:
            start.wait(timeout=600)
        except BrokenBarrierError:
            raise MisiError("a process of the last part did not get ready") from None
        began = time.perf_counter()
        cpu = sum(one.result() for one in done)
        return chunks * _CHUNK / (time.perf_counter() - began), 1000 * cpu / (chunks * _CHUNK)


def add_to(app: typer.Typer) -> None:
    app.command()(bench)
