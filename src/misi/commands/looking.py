"""`misi annotate`, `agreement`, `coords`, `view`: what is in a structure, without building anything."""

import json
from typing import Annotated

import typer

from misi.commands.console import out, parse_size, passes, wide
from misi.commands.viewing import Do, Id, Out, Src, view
from misi.paths import write_text


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
