"""`misi export`: datasets in the forms of other tools."""

from pathlib import Path
from typing import Annotated

import typer

from misi.commands.build import Dataset, chosen_tasks
from misi.commands.console import one_of, out


def export(
    dataset: Dataset,
    folder: Annotated[Path, typer.Option("--out", help="New folder.")],
    name: Annotated[str, typer.Option("--format", help="hf, trl, swift, llamafactory, vlmevalkit or lmms-eval.")],
    tasks: Annotated[str, typer.Option("--tasks", help="Comma-separated names, or all.")] = "all",
    split: Annotated[str, typer.Option("--split", help="train, test or both.")] = "both",
    tiny: Annotated[bool, typer.Option("--tiny", help="Only the small subset.")] = False,
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", min=1, help="Refuse questions estimated longer than this.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--license", help="For the card of hf, as the hub names it, e.g. cc0-1.0.")
    ] = None,
) -> None:
    """A dataset for other trainers and harnesses.

    Example: misi export dataset/ --format hf --out parquet/
    """
    from misi.dataset.export import export as run
    from misi.dataset.export.items import Selection

    wanted = None if tasks == "all" else chosen_tasks(tasks)
    side = one_of("--split", split, ("train", "test", "both"))
    done = run(Selection(dataset, wanted, None if side == "both" else side, tiny, max_tokens, licence), name, folder)
    out.print(f"{done.questions} questions -> {folder}")
    if done.refused:
        out.print(f"{len(done.refused)} refused as too long, named in {folder / 'refused.jsonl'}")


def add_to(app: typer.Typer) -> None:
    app.command()(export)
