"""The paper's table with our runs beside its rows, for a terminal."""

from collections.abc import Sequence

from rich.table import Table

from misi.report.reference import Mode, paper_rows
from misi.report.stats import Summary
from misi.tasks.columns import COLUMNS

#: Heads of the ten columns, as short as the paper's.
SHORT = dict(
    zip(
        COLUMNS,
        ("Transl", "Rotat", "Zoom", "ResLig+", "ResLig-", "TrRot", "RotRot", "Dock", "InterLoc", "PocLig"),
        strict=True,
    )
)

_TITLES = {"weighted": "Weighted score, percent", "exact": "Exact match, percent"}


def score_table(summaries: Sequence[Summary], mode: Mode, *, paper: bool = True) -> Table:
    """Ten columns, average and rank; our rows first, ranked among the paper's models by recomputed average."""
    table = Table(title=_TITLES[mode], title_justify="left")
    table.add_column("model", no_wrap=True)
    table.add_column("rank", justify="right")
    table.add_column("avg", justify="right")
    for name in COLUMNS:
        table.add_column(SHORT[name], justify="right")
    rows = [row for row in paper_rows(mode) if paper]
    others = [row.average for row in rows if not row.model.startswith("Human")]
    for summary in summaries:
        table.add_row(
            summary.model,
            _rank(summary.average, others),
            _cell(summary.average),
            *(_cell(summary.columns[name].mean) if name in summary.columns else "-" for name in COLUMNS),
            style="bold",
        )
    if rows:
        table.add_section()
    for row in rows:
        human = row.model.startswith("Human")
        table.add_row(
            f"{row.model} (paper)" + (" *" if row.note else ""),
            "-" if human else str(1 + sum(value > row.average for value in others)),
            _cell(row.average),
            *(_cell(row.scores[name]) for name in COLUMNS),
            style="dim",
        )
    if any(row.note for row in rows):
        table.caption = "* " + "; ".join(f"{row.model}: {row.note}" for row in rows if row.note)
        table.caption_justify = "left"
    return table


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _rank(value: float | None, others: Sequence[float]) -> str:
    return "-" if value is None or not others else str(1 + sum(other > value for other in others))
