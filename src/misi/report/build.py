"""From scored runs to tables, figures and pages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from misi.dataset.layout import SPLITS, complex_path, read_lines, read_manifest, read_questions
from misi.errors import DatasetError
from misi.evaluate.outcomes import NOT_ASKED
from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.run import Run
from misi.paths import write_text
from misi.report.cases import Case, cases_of
from misi.report.depths import depths_of, nearest_pair
from misi.report.factors import FACTORS, binned, tally
from misi.report.figures import Figure, counts_figure, depth_figure, factor_figure
from misi.report.pages import Content, write_pages
from misi.report.reference import MODES, Mode
from misi.report.stats import MEASURES, Summary, summarise
from misi.report.tables import csv_text, latex, markdown, rows_of
from misi.report.usage import Usage, usage_of
from misi.tasks.question import Question

#: Items shown of each column, run and kind of outcome.
CASES_PER_KIND = 2
#: More replies than this cut off, in percent, and a reader is warned.
MOST_TRUNCATED = 1.0
_TABLES = "tables"


def summaries_of(runs: Sequence[Run], names: Sequence[str] | None = None) -> dict[Mode, list[Summary]]:
    """Rows of both tables for scored runs."""
    names = names or names_of(runs)
    return {
        mode: [summarise(name, run.verdicts, mode) for name, run in zip(names, runs, strict=True)] for mode in MODES
    }


def names_of(runs: Sequence[Run]) -> list[str]:
    """What tables call the runs: the model, and the folder's name where two runs are of one model."""
    counts = Counter(run.model for run in runs)
    names = [run.model if counts[run.model] == 1 else f"{run.model} [{run.root.name}]" for run in runs]
    again = Counter(names)
    return [name if again[name] == 1 else f"{name} {i}" for i, name in enumerate(names, 1)]


def write_report(
    runs: Sequence[Run], out: Path, dataset: Path | None = None, *, per_kind: int | None = CASES_PER_KIND
) -> Path:
    """Write tables, figures and pages of runs on one dataset; returns the first page.

    Parameters
    ----------
    per_kind : int or None
        Cases shown of each column, run and kind of outcome; None for every question.

    Raises
    ------
    DatasetError
        The runs were asked on different datasets, or the dataset cannot be read.
    MisiError
        The libraries for pages or figures are not installed.
    """
    if not runs or len({run.manifest["dataset_sha256"] for run in runs}) != 1:
        raise DatasetError("the runs were asked on different datasets; report them one by one")
    root = dataset or runs[0].dataset
    names = names_of(runs)
    asked = {verdict.id for run in runs for verdict in run.verdicts}
    index = QuestionIndex(root, "test")
    questions = {name: index[name] for name in index if name in asked}
    summaries: dict[str, list[Summary]] = {str(mode): rows for mode, rows in summaries_of(runs, names).items()}
    for measure in MEASURES:
        if measure not in summaries:
            summaries[measure] = [summarise(name, run.verdicts, measure) for name, run in zip(names, runs, strict=True)]
    cases = cases_of(runs, names, questions, per_kind)
    depths = depths_of(questions.values())
    content = Content(
        dataset=read_manifest(root),
        tables={mode: rows_of(summaries[mode], mode) for mode in MODES},
        summaries=summaries,
        usage=[usage_of(run) for run in runs],
        manifests=[(name, run.manifest) for name, run in zip(names, runs, strict=True)],
        differing=differing([run.manifest for run in runs]),
        warnings=warnings_of(runs, names, summaries["weighted"]),
        figures=write_figures(runs, names, root, questions, out / "figures"),
        cases=cases,
        examples=examples_of(cases),
        downloads=write_tables(out / _TABLES, summaries),
        depths=depths,
        figure_8=nearest_pair(depths),
    )
    return write_pages(out, root, content)


def write_tables(folder: Path, summaries: Mapping[str, Sequence[Summary]]) -> list[str]:
    """Both tables as LaTeX, Markdown and CSV; returns their names inside the report."""
    written = []
    for mode in MODES:
        rows = rows_of(summaries[mode], mode)
        for suffix, text in (("tex", latex(rows, mode)), ("md", markdown(rows, mode)), ("csv", csv_text(rows))):
            write_text(folder / f"{mode}.{suffix}", text)
            written.append(f"{folder.name}/{mode}.{suffix}")
    return written


def write_figures(
    runs: Sequence[Run], names: Sequence[str], dataset: Path, questions: Mapping[str, Question], folder: Path
) -> list[Figure]:
    """Figures 3, 4a, 4b and 7 of the paper, and scores against further factors; those without data are left out."""
    counts: dict[str, dict[str, int]] = {}
    found: dict[str, list[float]] = {}
    for split in SPLITS:
        # One pass each: the train split may be far larger than memory.
        counts[split], found[split] = tally(read_questions(dataset, split=split))
    figures = [counts_figure(folder, counts["train"], counts["test"])]
    sizes = ligand_sizes(dataset, questions.values())
    for factor in FACTORS:
        panels = {}
        for column in factor.columns:
            bins = {
                name: binned(factor, column, questions, sizes, run.verdicts)
                for name, run in zip(names, runs, strict=True)
            }
            if any(bins.values()):
                panels[column] = bins
        if panels:
            figures.append(factor_figure(folder, factor, panels))
    # As in the paper, of the train split; of the test split where there is no other.
    reached = found["train"] or found["test"]
    if len(set(reached)) > 1:
        figures.append(depth_figure(folder, reached))
    return figures


def ligand_sizes(dataset: Path, questions: Any) -> dict[str, int]:
    """Heavy atoms of the ligand by complex, from the facts of each complex; complexes without facts are left out."""
    sizes = {}
    for name in sorted({question.complex_id for question in questions}):
        try:
            atoms = next(read_lines(complex_path(dataset, name)))["front"]["atoms"]
            sizes[name] = sum(atom["side"] == "ligand" for atom in atoms)
        except (DatasetError, KeyError, TypeError, StopIteration):
            continue
    return sizes


def examples_of(cases: Sequence[Case]) -> list[Case]:
    """The first case of each task; of the interaction tasks one with interactions, if there is one."""
    first: dict[str, Case] = {}
    for case in cases:
        task = case.question.task
        other = first.get(task)
        empty = case.question.answer in ("No", "None")
        if other is None or (other.question.answer in ("No", "None") and not empty):
            first[task] = case
    return list(first.values())


def differing(manifests: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of settings in which runs differ, so that nobody takes them for the same experiment."""
    watched = ("settings", "decoding", "prompt_sha256", "image_size", "versions")
    found = []
    for name in watched:
        values = [manifest.get(name) for manifest in manifests]
        if all(isinstance(value, dict) for value in values):
            keys = sorted({key for value in values for key in value})  # type: ignore[union-attr]
            found += [f"{name}.{key}" for key in keys if len({repr(value.get(key)) for value in values}) > 1]  # type: ignore[union-attr]
        elif len({repr(value) for value in values}) > 1:
            found.append(name)
    return found


def warnings_of(runs: Sequence[Run], names: Sequence[str], summaries: Sequence[Summary]) -> list[str]:
    """What a reader of the numbers must know first."""
    lines = []
    for run, name, summary in zip(runs, names, summaries, strict=True):
        total = sum(summary.outcomes.values()) or 1
        missing = sum(verdict.reason == NOT_ASKED for verdict in run.verdicts)
        if missing:
            lines.append(
                f"{name}: {missing} of {total} questions were never asked and count as wrong (unfinished run)."
            )
        truncated = 100 * summary.outcomes["truncated"] / total
        if truncated > MOST_TRUNCATED:
            lines.append(
                f"{name}: {truncated:.1f} % of the replies were cut off and count as wrong; ask again with more tokens."
            )
        for status in ("refused", "unparsed"):
            share = 100 * summary.outcomes[status] / total
            if share > 5:
                lines.append(f"{name}: {share:.1f} % of the replies are {status} and count as wrong.")
        failed = summary.outcomes["error"] - missing
        if failed > 0:
            lines.append(f"{name}: {failed} calls failed and count as wrong; run it again to ask them once more.")
    return lines


def total_cost(usage: Sequence[Usage]) -> float | None:
    """US dollars of all runs; None if none has a price."""
    costs = [one.cost for one in usage if one.cost is not None]
    return sum(costs) if costs else None
