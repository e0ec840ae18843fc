"""`misi fetch`: the input of a build from public sources."""

from pathlib import Path
from typing import Annotated

import typer

from misi.commands.console import out, passes


def fetch(
    ids: Annotated[str, typer.Argument(help="'refined' (the paper's source list), a file of ids, or ids with commas.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder of complexes; finished ones are kept.")],
    base_url: Annotated[str, typer.Option("--base-url", help="Server with RCSB's paths.")] = "https://files.rcsb.org",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=16, help="Threads.")] = 4,
    rate: Annotated[float, typer.Option("--rate", min=0.01, help="Requests a second, at most.")] = 5.0,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds a request may take.")] = 30.0,
) -> None:
    """Entries and ligands from RCSB, pockets cut at 10 A; run again to resume.

    Example: misi fetch 1abc,2xyz:LIG --out complexes/
    """
    from misi.structures.fetch import fetch as run
    from misi.structures.fetch_list import read_wanted

    wanted = read_wanted(ids)[:limit]
    with passes() as tick:
        done = run(
            wanted,
            folder,
            base_url=base_url,
            workers=workers,
            rate=rate,
            timeout=timeout,
            progress=lambda n, total, _: tick("fetching", n, total),
        )
    out.print(f"{len(wanted) - len(done.rejections)} complexes, {len(done.rejections)} rejected -> {folder}")
    for rejection in done.rejections[:10]:
        out.print(f"{rejection.id}: {rejection.detail} [{rejection.reason}]", markup=False)
    if len(done.rejections) > 10:
        out.print(f"... all in {folder / 'rejections.jsonl'}")


def add_to(app: typer.Typer) -> None:
    app.command()(fetch)
