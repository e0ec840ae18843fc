"""`misi eval`, `score`, `report`, `demo`: asking, judging, showing."""

import os
from pathlib import Path
from typing import Annotated

import typer

from misi.commands.build import chosen_tasks
from misi.commands.console import out, passes

RunFolder = Annotated[Path, typer.Argument(help="Folder of a run.")]


def evaluate(
    dataset: Annotated[Path, typer.Argument(help="Folder of a finished dataset.")],
    model: Annotated[str, typer.Option("--model", help="oracle, chance or constant.")],
    run: Annotated[Path, typer.Option("--out", help="Folder of the run.")],
    tasks: Annotated[str, typer.Option("--tasks", help="Comma-separated names, or all.")] = "all",
    tiny: Annotated[bool, typer.Option("--tiny", help="The small subset: 50 questions a column.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most N questions a task.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the chance baseline.")] = 0,
) -> None:
    """Ask the test questions of a dataset and score the replies.

    Example: misi eval dataset/ --model chance --tiny --out runs/chance
    """
    from misi.evaluate.ask import ask_baseline
    from misi.evaluate.run import score_run

    names = None if tasks == "all" else chosen_tasks(tasks)
    ask_baseline(dataset, model, run, tasks=names, tiny=tiny, limit=limit, seed=seed)
    _show([score_run(run)])
    out.print(f"replies and scores -> {run}")


def score(
    run: RunFolder,
    dataset: Annotated[Path | None, typer.Option("--dataset", help="Where the dataset lies now.")] = None,
) -> None:
    """Score stored replies again; nobody is asked anything.

    Example: misi score runs/chance
    """
    from misi.evaluate.run import score_run

    _show([score_run(run, dataset)])
    out.print(f"scores -> {run / 'scores.jsonl'}")


def report(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs on one dataset.")],
    page: Annotated[Path, typer.Option("--out", help="Folder of the page.")],
    dataset: Annotated[Path | None, typer.Option("--dataset", help="Where the dataset lies now.")] = None,
) -> None:
    """Tables beside the paper's rows, and a page with one item of each task.

    Example: misi report runs/oracle runs/chance --out report/
    """
    from misi.evaluate.run import score_run
    from misi.report.build import write_report

    scored = [score_run(run, dataset) for run in runs]
    path = write_report(scored, page, dataset)
    _show(scored, paper=True)
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
    from misi.evaluate.baselines import BASELINES
    from misi.report.demo import run_demo

    with passes() as tick:
        done = run_demo(root, complexes=complexes, seed=seed, workers=workers or os.cpu_count() or 1, progress=tick)
    _show(done.runs, paper=True)
    out.print(f"{len(BASELINES)} baselines on {done.questions} test questions, {done.pictures} pictures")
    out.print(f"dataset -> {done.dataset}")
    out.print(f"page    -> {done.page}")


def _show(runs: list, paper: bool = False) -> None:  # type: ignore[type-arg]
    from rich.console import Console

    from misi.report.build import summaries_of
    from misi.report.tables import score_table

    # Tables need their full width also where output goes to a file.
    console = Console(width=max(out.width, 150), highlight=False)
    for mode, rows in summaries_of(runs).items():
        console.print(score_table(rows, mode, paper=paper))


def add_to(app: typer.Typer) -> None:
    app.command("eval")(evaluate)
    for command in (score, report, demo):
        app.command()(command)
