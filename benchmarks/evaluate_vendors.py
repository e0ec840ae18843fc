"""The small subset of a dataset, asked of every baseline and in every vendor's dialect; scores against those expected.

    python benchmarks/evaluate_vendors.py DATASET [--shots 2] [--only anthropic,google]

Every vendor's real client is spoken to by a server on this machine, which answers each question from the truth in a
known way (tests/evaluate/mixture.py): right, nearly right, refused, cut off, empty, prose without an answer, failing
once, failing for good. Each run is a `misi eval DATASET --tiny` in a process of its own. Exit status 1 if any score,
outcome, picture or number of calls is not the expected one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the servers are those of the tests

from misi.evaluate.baselines import BASELINES, EXPLOITS, best_constant, constant, one_pair
from misi.evaluate.few_shot import choose_shots
from misi.evaluate.outcomes import STATUSES
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.run import score_run
from misi.report.stats import Summary, summarise
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS, column_of, counts_for_exact
from misi.tasks.question import Question
from misi.tasks.task import chance_expectation
from tests.evaluate.loopback import VENDORS, serve
from tests.evaluate.mixture import Truthful, expected_outcomes, expected_scores, mixture

MODES = ("weighted", "exact")
#: The chance baseline may be so many standard errors from its expectation.
_TOLERANCE = 4.0
Columns = Mapping[str, float]
Row = tuple[str, Mapping[str, Columns], str]


def evaluate(dataset: Path, model: str, run: Path, *options: str) -> dict[str, Summary]:
    """`misi eval DATASET --tiny` in a process of its own; rows of both tables."""
    keys = {f"{name}_API_KEY": "sk-none" for name in ("OPENAI", "ANTHROPIC", "GOOGLE", "HOME")}
    command = [sys.executable, "-m", "misi.cli", "eval", str(dataset), "--tiny", "--model", model, "--out", str(run)]
    environment = {**os.environ, **keys, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{model}: {done.stderr[-2000:]}")
    verdicts = score_run(run).verdicts
    return {mode: summarise(model, verdicts, mode) for mode in MODES}


def means(summaries: Mapping[str, Summary]) -> dict[str, dict[str, float]]:
    return {mode: {name: cell.mean for name, cell in row.columns.items()} for mode, row in summaries.items()}


def vendors(plan: Plan, folder: Path, only: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Rows of all dialects, the expected one first, and what was not as expected."""
    parts = mixture(plan)
    wanted, outcomes = expected_scores(plan, parts), expected_outcomes(parts)
    rows: list[Row] = [("expected", wanted, told(outcomes))]
    wrong = []
    for name, vendor in VENDORS.items():
        if only and name not in only:
            continue
        truthful = Truthful(plan, parts)
        begun = time.monotonic()
        with serve(truthful, keep=False) as server:
            options = [
                "--base-url",
                server.url + vendor.base,
                "--max-retries",
                "3",
                "--shots",
                str(plan.settings.shots),
            ]
            options += [
                part for key, value in vendor.arguments.items() for part in ("-M", f"{key}={str(value).lower()}")
            ]
            found = evaluate(plan.dataset, vendor.model, folder / name, *options)
        rows.append((name, means(found), told(found["weighted"].outcomes)))
        wrong += [f"{name}: {line}" for line in unlike(wanted, means(found), dict.fromkeys(COLUMNS, 1e-9))]
        if Counter(found["weighted"].outcomes) != outcomes:
            wrong.append(f"{name}: outcomes {told(found['weighted'].outcomes)}")
        if truthful.calls != {one: part.calls for one, part in parts.items()}:
            wrong.append(
                f"{name}: {truthful.calls.total()} calls, {sum(part.calls for part in parts.values())} expected"
            )
        wrong += [f"{name}: {one} came with other pictures" for one in truthful.wrong_pictures]
        print(f"{name}: {truthful.calls.total()} calls, {time.monotonic() - begun:.1f} s", file=sys.stderr)
    return rows, wrong


def baselines(plan: Plan, folder: Path) -> tuple[list[Row], list[str]]:
    """Two rows of each baseline, expected and found, and what was not as expected."""
    questions = [plan.questions[name] for name in plan.ids]
    train = QuestionIndex(plan.dataset, "train")
    rows: list[Row] = []
    wrong = []
    for name in BASELINES + EXPLOITS:
        found = evaluate(plan.dataset, name, folder / name)
        wanted, doubt = worth(name, questions, train)
        rows += [(f"{name}, expected", wanted, ""), (name, means(found), told(found["weighted"].outcomes))]
        wrong += [f"{name}: {line}" for line in unlike(wanted, means(found), doubt)]
    return rows, wrong


def worth(name: str, questions: Sequence[Question], train: QuestionIndex) -> tuple[dict[str, Columns], Columns]:
    """What a baseline must score by column, from typed answers alone, and how far off it may be, percent."""
    learnt = (train[one] for one in train)
    said = {"constant": lambda: constant(learnt), "best-constant": lambda: best_constant(learnt)}.get(name, one_pair)()
    found: dict[str, dict[str, list[float]]] = {mode: {} for mode in MODES}
    for question in questions:
        task, column = TASKS[question.task], column_of(question)
        scores = (0.0, 0.0)
        if name == "oracle":
            scores = (1.0, 1.0)
        elif name == "chance":
            scores = chance_expectation(task, question)
        elif name in ("constant", "best-constant", "one-pair"):
            scores = task.score(task.parse(said(question, ()), question), question)
        elif name == "echo-shot":
            scores = task.score(task.parse(choose_shots(question, train)[-1].answer, question), question)
        elif name == "always-no":
            scores = (float(question.answer in ("No", "None")),) * 2
        for mode, value in zip(MODES, scores, strict=True):
            if mode == "weighted" or counts_for_exact(question):
                found[mode].setdefault(column, []).append(value)
    doubt = {}
    for column, values in found["weighted"].items():
        # At most: values in 0..1 with this mean.
        mean = sum(values) / len(values)
        error = 100 * (mean * (1 - mean) / len(values)) ** 0.5
        doubt[column] = _TOLERANCE * error + 100 / len(values) if name == "chance" else 1e-9
    return {mode: {key: 100 * sum(v) / len(v) for key, v in columns.items()} for mode, columns in found.items()}, doubt


def unlike(wanted: Mapping[str, Columns], found: Mapping[str, Columns], doubt: Columns) -> list[str]:
    """Cells that are further apart than they may be."""
    return [
        f"{mode} {column}: {found[mode].get(column, float('nan')):.2f}, expected {value:.2f}"
        for mode, columns in wanted.items()
        for column, value in columns.items()
        if not abs(found[mode].get(column, float("nan")) - value) <= doubt[column]
    ]


def told(outcomes: Mapping[str, int]) -> str:
    return " ".join(str(outcomes.get(status, 0)) for status in STATUSES)


def show(title: str, rows: Sequence[Row]) -> None:
    """Both tables; the outcomes stand in the first."""
    for mode in MODES:
        table = Table(title=f"{title}, {mode}, percent", title_justify="left")
        table.add_column("model", no_wrap=True)
        for column in COLUMNS:
            table.add_column(column.replace("_", " "), justify="right")
        table.add_column(" / ".join(STATUSES))
        for name, scores, outcomes in rows:
            cells = [f"{scores[mode][column]:.2f}" if column in scores[mode] else "-" for column in COLUMNS]
            table.add_row(name, *cells, outcomes)
        Console(width=190).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--shots", type=int, default=2)
    parser.add_argument("--only", default="", help="names of dialects, comma-separated; baselines are left out then")
    given = parser.parse_args()
    only = [name for name in given.only.split(",") if name]
    plan = Plan(given.dataset, Settings(tiny=True, shots=given.shots))
    print(f"{len(plan.ids)} questions of the small subset, {given.shots} examples each")
    with tempfile.TemporaryDirectory() as folder:
        rows, wrong = vendors(plan, Path(folder), only)
        show("Servers", rows)
        if not only:
            rows, more = baselines(plan, Path(folder))
            show("Baselines", rows)
            wrong += more
    for line in wrong:
        print(f"not as expected: {line}")
    print("everything as expected" if not wrong else f"{len(wrong)} differences")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
