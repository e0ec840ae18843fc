"""`misi score`, `compare`, `report`, `demo`: judging and showing; and `eval` beside them."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from misi.commands import asking
from misi.commands.console import out, passes
from misi.errors import MisiError

RunFolder = Annotated[Path, typer.Argument(help="Folder of a run.")]
Dataset = Annotated[Path | None, typer.Option("--dataset", help="Where the dataset lies now.")]


def score(
    run: Annotated[Path, typer.Argument(help="Folder of a run, or a log of inspect-ai (.eval).")],
    dataset: Dataset = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder of the run to make from a log of inspect-ai.")
    ] = None,
) -> None:
    """Score stored replies again; nobody is asked anything.

    Example: misi score runs/gpt-5-mini
    """
    from misi.evaluate.run import score_run

    if run.is_file():
        from misi.evaluate.inspect_log import run_from_log

        if folder is None:
            raise MisiError(f"{run}: is a file; give --out RUN to make a run of this log")
        run_from_log(run, folder, dataset)
        run = folder
    show([score_run(run, dataset)])
    out.print(f"scores -> {run / 'scores.jsonl'}")


def compare(
    first: Annotated[Path, typer.Argument(help="Folder of run A.")],
    second: Annotated[Path, typer.Argument(help="Folder of run B.")],
    dataset: Dataset = None,
) -> None:
    """Differences of two runs, question by question, with intervals and what could have been seen.

    Example: misi compare runs/zero-shot runs/two-shot
    """
    from misi.evaluate.run import score_run
    from misi.report.build import names_of
    from misi.report.compare import compare as differences
    from misi.report.reference import MODES
    from misi.report.tables import difference_table

    a, b = score_run(first, dataset), score_run(second, dataset)
    names = names_of([a, b])
    for mode in MODES:
        _wide().print(difference_table(differences(a, b, mode), mode, *names))


def report(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs on one dataset.")],
    page: Annotated[Path, typer.Option("--out", help="Folder of the pages.")],
    dataset: Dataset = None,
    cases: Annotated[str, typer.Option("--cases", help="Items shown of each column, run and outcome; or all.")] = "2",
) -> None:
    """Tables beside the paper's rows, figures, and a page for each of many items.

    Example: misi report runs/oracle runs/gpt-5-mini --out report/
    """
    from misi.evaluate.run import score_run
    from misi.report.build import write_report

    if cases != "all" and not (cases.isascii() and cases.isdigit() and int(cases) > 0):
        raise MisiError(f"--cases {cases!r}: a number from 1, or all")
    scored = [score_run(run, dataset) for run in runs]
    path = write_report(scored, page, dataset, per_kind=None if cases == "all" else int(cases))
    show(scored, paper=True)
    out.print(f"page -> {path}")


def demo(
    root: Annotated[Path, typer.Option("--out", help="Folder for everything.")] = Path("demo"),
    complexes: Annotated[int, typer.Option("--complexes", min=4, help="Synthetic complexes to make.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="Seed of every draw.")] = 0,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; all cores by default.")] = None,
) -> None:
    """The whole line on made-up complexes: structures, dataset, baselines, table, page.

    Example: misi demo --out demo/
    """
    from misi.report.demo import run_demo

    with passes() as tick:
        done = run_demo(root, complexes=complexes, seed=seed, workers=workers or os.cpu_count() or 1, progress=tick)
    show(done.runs, paper=True)
    out.print(f"{len(done.runs)} baselines on {done.questions} test questions, {done.pictures} pictures")
    out.print(f"dataset -> {done.dataset}")
    out.print(f"page    -> {done.page}")


def show(runs: list[Any], paper: bool = False) -> None:
    """Tables of scores and outcomes of scored runs."""
    from misi.report.build import summaries_of
    from misi.report.tables import outcome_table, score_table

    console = _wide()
    summaries = summaries_of(runs)
    for mode, rows in summaries.items():
        console.print(score_table(rows, mode, paper=paper))
    console.print(outcome_table(summaries["weighted"]))


def _wide() -> Any:
    """A console for tables, which need their full width also where output goes to a file."""
    from rich.console import Console

    return Console(width=max(out.width, 165), highlight=False, markup=False)


def add_to(app: typer.Typer) -> None:
    asking.add_to(app)
    for command in (score, compare, report, demo):
        app.command()(command)
