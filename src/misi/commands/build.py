"""`misi build`, `verify`: datasets on disk."""

import os
from pathlib import Path
from typing import Annotated

import typer

from misi.commands.console import err, out, parse_size, passes
from misi.errors import DatasetError, MisiError

Dataset = Annotated[Path, typer.Argument(help="Folder of a finished dataset.")]


def build(
    src: Annotated[Path, typer.Argument(help="Folder of complexes, folder of pairs, or whole entries.")],
    root: Annotated[Path, typer.Option("--out", help="Folder to build in.")],
    tasks: Annotated[str, typer.Option("--tasks", help="Comma-separated names, or all.")] = "all",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Stop after N usable complexes.")] = None,
    train: Annotated[int | None, typer.Option("--train", min=0, help="Complexes to train on.")] = None,
    test: Annotated[int | None, typer.Option("--test", min=0, help="Complexes to test on.")] = None,
    split_file: Annotated[
        Path | None, typer.Option("--split-file", help='JSON {"train": [...], "test": [...]} or lines "id split".')
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of every draw.")] = 0,
    size: Annotated[str, typer.Option("--size", help="Pictures, WxH pixels.")] = "768x576",
    quality: Annotated[str, typer.Option("--quality", help="exact or fast.")] = "exact",
    levels: Annotated[int, typer.Option("--levels", min=0, max=256, help="Shading levels; 0 keeps all.")] = 32,
    negatives: Annotated[str, typer.Option("--negatives", help="random or near (residue_ligand).")] = "random",
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; all cores by default.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished build.")] = False,
) -> None:
    """Questions and pictures from structures.

    Example: misi build complexes/ --limit 40 --train 30 --test 10 --seed 7 --out dataset/
    """
    from misi.dataset.build import build as run
    from misi.dataset.config import BuildConfig
    from misi.structures.split import read_split

    if quality not in ("exact", "fast"):
        raise MisiError(f"--quality {quality!r}: choose among exact, fast")
    if negatives not in ("random", "near"):
        raise MisiError(f"--negatives {negatives!r}: choose among random, near")
    width, height = parse_size(size)
    ids = None
    if split_file is not None:
        split = read_split(split_file)
        ids = (tuple(sorted(split.train)), tuple(sorted(split.test)))
    config = BuildConfig(
        tasks=chosen_tasks(tasks),
        seed=seed,
        limit=limit,
        train=train,
        test=test,
        split="file" if ids else "random",
        split_ids=ids,
        width=width,
        height=height,
        quality=quality,
        levels=levels,
        negatives=negatives,
    )
    with passes() as tick:
        made = run(src, root, config, workers=workers or os.cpu_count() or 1, resume=resume, progress=tick)
    counts = made.counts
    questions = sum(sum(by.values()) for by in counts["questions"].values())
    rate = f", {made.pictures_made / made.seconds:.0f} pictures/s" if made.pictures_made else ""
    out.print(
        f"{counts['complexes']['train']} + {counts['complexes']['test']} complexes, {questions} questions, "
        f"{counts['pictures']} pictures in {made.seconds:.0f} s{rate} -> {root}"
    )
    if counts["rejections"]:
        listed = ", ".join(f"{reason} {n}" for reason, n in counts["rejections"].items())
        out.print(f"left out (rejections.jsonl): {listed}")


def verify(dataset: Dataset) -> None:
    """Check every file, question and answer of a dataset.

    Example: misi verify dataset/
    """
    from misi.dataset.layout import read_manifest
    from misi.dataset.verify import verify as faults_of

    shown = total = 0
    with passes() as tick:
        for fault in faults_of(dataset, lambda done, n: tick("verifying", done, n)):
            total += 1
            if shown < 50:
                shown += 1
                err.print(fault, markup=False)
    if total:
        raise DatasetError(f"{dataset}: {total} faults" + (f", the first {shown} are shown" if total > shown else ""))
    counts = read_manifest(dataset)["counts"]
    questions = sum(sum(by.values()) for by in counts["questions"].values())
    out.print(f"sound: {questions} questions, {counts['pictures']} pictures in {dataset}")


def chosen_tasks(text: str) -> tuple[str, ...]:
    """Names of tasks in the order of the paper.

    Raises
    ------
    MisiError
        A name is unknown.
    """
    from misi.tasks import TASKS

    if text == "all":
        return tuple(TASKS)
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in TASKS]
    if unknown or not wanted:
        raise MisiError(f"--tasks: unknown {', '.join(map(repr, unknown)) or repr(text)}; there are {', '.join(TASKS)}")
    return tuple(name for name in TASKS if name in wanted)


def add_to(app: typer.Typer) -> None:
    for command in (build, verify):
        app.command()(command)
