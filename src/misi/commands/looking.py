"""`misi annotate`, `coords`, `view`: what is in a structure, without building anything."""

import json
from pathlib import Path
from typing import Annotated

import typer

from misi.commands.console import one_of, out, parse_size, passes, wide
from misi.paths import write_bytes, write_text

Src = Annotated[Path, typer.Argument(help="Folder of complexes, folder of pairs, or a structure file.")]
Id = Annotated[str, typer.Option("--id", help="Which complex of SRC.")]
Out = Annotated[Path, typer.Option("--out", help="File to write.")]
Do = Annotated[str, typer.Option("--do", help='Operations, e.g. "move x 3, roll y 45".')]


def annotate(
    src: Src,
    out_path: Out,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 1,
) -> None:
    """Hydrogen bonds and atom types, one JSON line a complex.

    Example: misi annotate complexes/ --out facts.jsonl
    """
    from misi.dataset.facts import annotate_all

    with passes() as tick:
        counts = annotate_all(src, out_path, workers=workers, progress=lambda n, total: tick("annotating", n, total))
    out.print(f"{counts.complexes} complexes, {counts.bonds} hydrogen bonds, {counts.rejected} rejected -> {out_path}")


def coords(
    src: Src,
    complex_id: Id,
    out_path: Out,
    size: Annotated[str, typer.Option("--size", help="Window, WxH pixels.")] = "768x576",
    do: Do = "",
) -> None:
    """Camera-frame coordinates and pixels of every heavy atom, as JSON.

    Example: misi coords complexes/ --id 1abc --do "roll y 45" --out coords.json
    """
    from misi.scene.motion import parse_operations
    from misi.scene.scene import coordinates
    from misi.structures.sources import load_by_id

    width, height = parse_size(size)
    data = coordinates(load_by_id(src, complex_id), width, height, parse_operations(do))
    write_text(out_path, json.dumps(data) + "\n")
    out.print(f"{len(data['atoms'])} atoms -> {out_path}")


def view(
    src: Src,
    complex_id: Id,
    out_path: Out,
    view_name: Annotated[str, typer.Option("--view", help="front, top, left, right, bottom or back.")] = "front",
    do: Do = "",
    size: Annotated[str, typer.Option("--size", help="Picture, WxH pixels.")] = "768x576",
    labels: Annotated[str, typer.Option("--labels", help="none, residues or atoms.")] = "residues",
    colors: Annotated[str, typer.Option("--colors", help="paper, element or colorblind.")] = "paper",
    quality: Annotated[str, typer.Option("--quality", help="exact or fast.")] = "exact",
) -> None:
    """One picture as PNG.

    Example: misi view complexes/ --id 1abc --view top --labels atoms --out top.png
    """
    from misi.dataset.config import QUALITIES
    from misi.render import render_png
    from misi.scene.motion import VIEWS, parse_operations
    from misi.scene.picture import Labels, Palette, Picture
    from misi.scene.scene import compose
    from misi.structures.sources import load_by_id

    width, height = parse_size(size)
    known_labels: tuple[Labels, ...] = ("none", "residues", "atoms")
    palettes: tuple[Palette, ...] = ("paper", "element", "colorblind")
    picture = Picture(
        one_of("--view", view_name, tuple(VIEWS)),
        parse_operations(do),
        labels=one_of("--labels", labels, known_labels),
        palette=one_of("--colors", colors, palettes),
    )
    sampling = one_of("--quality", quality, QUALITIES)
    scene = compose(load_by_id(src, complex_id), picture, width, height)
    write_bytes(out_path, render_png(scene, quality=sampling))
    out.print(f"{width}x{height} -> {out_path}")


def agreement(
    src: Src,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N complexes.")] = None,
) -> None:
    """How far a second, independent criterion (ProLIF) finds the same hydrogen bonds. Needs the extra [opinion].

    Example: misi agreement complexes/ --limit 100
    """
    from rich.table import Table

    from misi.annotate.agreement import agreement as compare

    table = Table(title=f"Hydrogen bonds here and by ProLIF, {src}", title_justify="left", show_header=False)
    for name, value in compare(src, limit).rows():
        table.add_row(name, value)
    wide().print(table)


def add_to(app: typer.Typer) -> None:
    for command in (annotate, agreement, coords, view):
        app.command()(command)
