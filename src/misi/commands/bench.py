"""`misi bench`: what reading, annotating and drawing cost on this machine, in one run."""

import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from misi.commands.console import out, wide

if TYPE_CHECKING:
    from misi.render import Quality
    from misi.structures.complex import Complex

_HEAVY_ATOMS = 600  # the size of pocket that figures are quoted for
_REPEATS = 15
_PICTURES = 240
_LABELS = 200


def cpu_ms(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """Median user + system CPU time of a call, milliseconds; the first call is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def bench(
    src: Annotated[Path | None, typer.Argument(help="Folder of complexes; made-up ones by default.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Complexes to read and annotate.")] = 100,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes of the last part.")] = 2,
) -> None:
    """Times of reading, hydrogen bonds, pictures, and the whole line.

    Example: misi bench complexes/ --limit 200
    """
    if src is not None:
        _all(src, limit, workers)
        return
    from misi.structures.synthetic import write_complexes

    with tempfile.TemporaryDirectory() as folder:
        write_complexes(Path(folder), min(limit, 8), seed=0)
        _all(Path(folder), limit, workers)


def _all(src: Path, limit: int, workers: int) -> None:
    from rich.table import Table

    table = Table(title=f"Medians, CPU milliseconds (user + system); {src}", title_justify="left")
    table.add_column("what")
    table.add_column("figure", justify="right")
    complexes = _facts(src, limit, table)
    model = min(complexes, key=lambda c: abs(int(c.heavy.sum()) - _HEAVY_ATOMS))
    _pictures(model, table)
    for size in ((512, 512), (768, 576)):
        for quality in ("fast", "exact"):
            rate = pictures_per_second(src, model.id, size, quality, workers)
            table.add_row(f"end to end, {size[0]}x{size[1]} {quality}, {workers} workers", f"{rate:.0f} pictures/s")
    wide().print(table)
    out.print("End to end: compose, draw (every second picture labelled), encode, write; wall time.")


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
    from misi.render import render, render_png
    from misi.scene.picture import Picture
    from misi.scene.scene import compose

    heavy = int(model.heavy.sum())
    qualities: tuple[Quality, ...] = ("fast", "exact")
    for size in ((512, 512), (768, 576)):
        plain = compose(model, Picture(labels="none"), *size)
        named = compose(model, Picture(labels="atoms"), *size)
        for quality in qualities:
            bare = cpu_ms(lambda q=quality, s=plain: render(s, q))  # type: ignore[misc]
            table.add_row(f"scene {size[0]}x{size[1]} {quality}, {model.id} ({heavy} heavy atoms)", f"{bare:.2f}")
        bare = cpu_ms(lambda s=plain: render(s, "fast"))  # type: ignore[misc]
        with_labels = cpu_ms(lambda s=named: render(s, "fast"))  # type: ignore[misc]
        n = len(named.labels)
        each = (with_labels - bare) / max(1, n) * _LABELS
        table.add_row(f"{_LABELS} labels {size[0]}x{size[1]} (from {n})", f"{each:.2f}")
        whole = cpu_ms(lambda s=plain: render_png(s, "fast"))  # type: ignore[misc]
        table.add_row(f"PNG {size[0]}x{size[1]}", f"{whole - bare:.2f}")
        composing = cpu_ms(lambda s=size: compose(model, Picture(view="top", labels="atoms"), *s))  # type: ignore[misc]
        table.add_row(f"compose with labels {size[0]}x{size[1]}", f"{composing:.2f}")


def _draw_many(job: tuple[Path, str, tuple[int, int], str, Path, int, int]) -> None:
    """Worker: every step-th of the pictures from `first`."""
    from misi.render import render_png
    from misi.scene.motion import SIX_VIEWS, Operation
    from misi.scene.picture import Picture
    from misi.scene.scene import compose
    from misi.structures.sources import load_by_id

    src, name, (width, height), quality, folder, first, count = job
    model = load_by_id(src, name)
    for k in range(first, first + count):
        turn = (Operation("roll", "y", 15 * (k % 12) - 90),) if k else ()
        picture = Picture(SIX_VIEWS[k % 6], turn, labels="residues" if k % 2 else "none")
        png = render_png(compose(model, picture, width, height), quality)  # type: ignore[arg-type]
        (folder / f"{k}.png").write_bytes(png)


def pictures_per_second(src: Path, name: str, size: tuple[int, int], quality: str, workers: int) -> float:
    """Pictures made and written in a second of wall time by processes that are already warm."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        warm = [(src, name, size, quality, Path(folder), 0, 2)] * workers
        list(pool.map(_draw_many, warm))
        share = _PICTURES // workers
        jobs = [(src, name, size, quality, Path(folder), k * share, share) for k in range(workers)]
        start = time.perf_counter()
        list(pool.map(_draw_many, jobs))
        return share * workers / (time.perf_counter() - start)


def add_to(app: typer.Typer) -> None:
    app.command()(bench)
