"""`misi build`, `verify`: datasets on disk."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from misi.commands.console import err, one_of, out, parse_size, passes, wide
from misi.errors import DatasetError, MisiError

Dataset = Annotated[Path, typer.Argument(help="Folder of a finished dataset.")]


def build(
    src: Annotated[Path, typer.Argument(help="Folder of complexes, folder of pairs, or whole entries.")],
    root: Annotated[Path, typer.Option("--out", help="Folder to build in.")],
    tasks: Annotated[str, typer.Option("--tasks", help="Comma-separated names, or all.")] = "all",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Stop after N usable complexes.")] = None,
    train: Annotated[int | None, typer.Option("--train", min=0, help="Complexes to train on.")] = None,
    test: Annotated[int | None, typer.Option("--test", min=0, help="Complexes to test on.")] = None,
    split: Annotated[str, typer.Option("--split", help="random, clustered or fresh.")] = "random",
    split_file: Annotated[
        Path | None, typer.Option("--split-file", help='JSON {"train": [...], "test": [...]} or lines "id split".')
    ] = None,
    cutoff: Annotated[str | None, typer.Option("--cutoff", help="First release date of test, for fresh.")] = None,
    dates: Annotated[
        Path | None, typer.Option("--dates", help='Lines "id date", for fresh; default: years of the shipped list.')
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of every draw.")] = 0,
    size: Annotated[str, typer.Option("--size", help="Pictures, WxH pixels.")] = "768x576",
    quality: Annotated[str, typer.Option("--quality", help="exact or fast.")] = "exact",
    levels: Annotated[int, typer.Option("--levels", min=0, max=256, help="Shading levels; 0 keeps all.")] = 32,
    negatives: Annotated[str, typer.Option("--negatives", help="random or near (residue_ligand).")] = "random",
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; all cores by default.")] = None,
    engine: Annotated[str, typer.Option("--engine", help="local or ray.")] = "local",
    shard: Annotated[str | None, typer.Option("--shard", help="i/n: every n-th complex; then misi merge.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished build.")] = False,
) -> None:
    """Questions and pictures from structures.

    Example: misi build complexes/ --limit 40 --train 30 --test 10 --seed 7 --out dataset/
    """
    from misi.dataset.build import Engine
    from misi.dataset.build import build as run
    from misi.dataset.config import QUALITIES, BuildConfig
    from misi.structures.split_file import read_split

    engines: tuple[Engine, ...] = ("local", "ray")
    with_engine = one_of("--engine", engine, engines)
    width, height = parse_size(size)
    ids = None
    if split_file is not None:
        read = read_split(split_file)
        ids = (tuple(sorted(read.train)), tuple(sorted(read.test)))
    config = BuildConfig(
        tasks=chosen_tasks(tasks),
        seed=seed,
        limit=limit,
        train=train,
        test=test,
        split="file" if ids else one_of("--split", split, ("random", "clustered", "fresh")),
        split_ids=ids,
        cutoff=cutoff,
        dates=read_dates(dates) if dates else (known_dates() if split == "fresh" else ()),
        width=width,
        height=height,
        quality=one_of("--quality", quality, QUALITIES),
        levels=levels,
        negatives=one_of("--negatives", negatives, ("random", "near")),
    )
    part = parse_shard(shard) if shard else None
    with passes() as tick:
        made = run(
            src,
            root,
            config,
            workers=workers or os.cpu_count() or 1,
            engine=with_engine,
            shard=part,
            resume=resume,
            progress=tick,
        )
    if made.pictures:
        each = made.seconds / made.units
        out.print(
            f"{made.pictures} pictures of {made.units} complexes in {made.seconds:.0f} s: "
            f"{made.pictures / made.seconds:.0f} pictures/s, {each:.2f} s a complex; "
            f"the paper's 3,993 complexes would take {3993 * each / 3600:.1f} h; "
            f"peak memory of a process {made.peak_mb:.0f} MB"
        )
    if made.counts is None:
        out.print(f"shard {shard} -> {root}; when all are done: misi merge {root} --out {root}")
    else:
        show_counts(made.counts, root)


def merge(
    shards: Annotated[list[Path], typer.Argument(help="Folders that shards of one build made.")],
    root: Annotated[Path, typer.Option("--out", help="Folder of the dataset; may be one of them.")],
) -> None:
    """Join the shards of a build.

    Example: misi merge part1/ part2/ --out dataset/
    """
    from misi.dataset.shards import merge as join

    made = join(shards, root)
    assert made.counts is not None
    show_counts(made.counts, root)


def show_counts(counts: dict[str, Any], root: Path) -> None:
    """One line on what a dataset holds, one on what was left out."""
    questions = sum(sum(by.values()) for by in counts["questions"].values())
    out.print(
        f"{counts['complexes']['train']} + {counts['complexes']['test']} complexes, {questions} questions, "
        f"{counts['pictures']} pictures -> {root}"
    )
    if counts["rejections"]:
        listed = ", ".join(f"{reason} {n}" for reason, n in counts["rejections"].items())
        out.print(f"left out (rejections.jsonl): {listed}")


def parse_shard(text: str) -> tuple[int, int]:
    """``2/8`` -> (2, 8).

    Raises
    ------
    MisiError
        Not i/n with 1 <= i <= n.
    """
    first, _, second = text.partition("/")
    if not (first.isascii() and first.isdigit() and second.isascii() and second.isdigit()):
        raise MisiError(f"--shard {text!r}: write it like 2/8")
    part, parts = int(first), int(second)
    if not 1 <= part <= parts <= 100_000:
        raise MisiError(f"--shard {text!r}: the first number must lie in 1..{parts}")
    return part, parts


def known_dates() -> tuple[tuple[str, str], ...]:
    """Release years of the shipped list (PDBbind's refined set)."""
    from misi.structures.fetch_list import refined_set

    return tuple(sorted((one.id, str(one.year)) for one in refined_set() if one.year))


def read_dates(path: Path) -> tuple[tuple[str, str], ...]:
    """Lines "id date" of a file, sorted.

    Raises
    ------
    MisiError
        A line has not two words.
    """
    pairs = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if len(words) != 2:
            raise MisiError(f"{path}: line {number} is not 'id date'")
        pairs[words[0]] = words[1]
    return tuple(sorted(pairs.items()))


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


def audit(
    dataset: Dataset,
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write the findings here.")] = None,
) -> None:
    """Measure the quality of a dataset's items; fails where a release should.

    Example: misi audit dataset/
    """
    import json

    from rich.table import Table

    from misi.dataset.audit import audit as findings_of
    from misi.paths import write_text

    table = Table(title=f"Audit of {dataset}", title_justify="left")
    for head in ("task", "check", "figure", ""):
        table.add_column(head)
    findings = []
    for finding in findings_of(dataset):
        findings.append(finding)
        mark = {True: "ok", False: "FAILS", None: ""}[finding.passed]
        table.add_row(
            finding.task, finding.check, finding.figure, mark, style="red" if finding.passed is False else None
        )
    wide().print(table)
    if json_out:
        write_text(json_out, json.dumps([finding.as_json() for finding in findings], indent=2) + "\n")
    failed = [finding for finding in findings if finding.passed is False]
    if failed:
        named = "; ".join(f"{finding.task}: {finding.check}" for finding in failed)
        raise DatasetError(f"{dataset}: not fit for release ({named})")


def diff(
    old: Annotated[Path, typer.Argument(help="Folder of a finished dataset.")],
    new: Annotated[Path, typer.Argument(help="Folder of another one.")],
    show: Annotated[int, typer.Option("--show", min=0, help="Items to name.")] = 20,
) -> None:
    """Which items changed between two datasets, and why.

    Example: misi diff dataset-1.0/ dataset-1.1/
    """
    from collections import Counter

    from misi.dataset.diff import diff as changes_between
    from misi.dataset.diff import settings_changed

    for line in settings_changed(old, new):
        out.print(line, markup=False)
    kinds: Counter[str] = Counter()
    for change in changes_between(old, new):
        kinds[change.kind] += 1
        if sum(kinds.values()) <= show:
            out.print(f"{change.kind} {change.id}: {change.why}", markup=False)
    out.print(", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) or "no item differs")


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
    for command in (build, merge, verify, audit, diff):
        app.command()(command)
