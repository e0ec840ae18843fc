"""The leaderboard: rows of loaded runs, of the human study, and of the paper."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from misi.report.reference import Mode, paper_rows
from misi.report.stats import Summary
from misi.report.tables import SHORT
from misi.tasks.columns import COLUMNS, NOT_AVERAGED, ranks

KINDS = ("run", "people", "paper")


@dataclass(frozen=True)
class Cell:
    """A score in percent, with its interval and number of answers where they are known."""

    mean: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Row:
    """One line of the board.

    Attributes
    ----------
    name : str
        Untrusted: an uploaded run says how it is called.
    kind : str
        ``run``, ``people`` or ``paper``.
    average : float or None
        Of the columns without the two composites; None unless all are there.
    rank : int or None
        Among models; people are not ranked, as in the paper.
    cells : dict
        By column.
    outcomes : dict
        Number of replies by status; empty for the paper's rows.
    note : str
    run_id : int or None
    """

    name: str
    kind: str
    average: float | None
    rank: int | None
    cells: dict[str, Cell]
    outcomes: dict[str, int]
    note: str = ""
    run_id: int | None = None


def rows_of(summaries: Iterable[tuple[str, int | None, Summary]], mode: Mode, *, paper: bool = True) -> list[Row]:
    """Rows in order of rank: those of (kind, run id, summary), and the paper's."""
    rows = [
        Row(
            summary.model,
            kind,
            summary.average,
            None,
            {name: Cell(cell.mean, cell.low, cell.high, cell.n) for name, cell in summary.columns.items()},
            dict(summary.outcomes),
            run_id=run_id,
        )
        for kind, run_id, summary in summaries
    ]
    for entry in paper_rows(mode) if paper else ():
        kind = "people" if entry.model.startswith("Human") else "paper"
        cells = {name: Cell(score) for name, score in entry.scores.items()}
        rows.append(Row(f"{entry.model} (paper)", kind, entry.average, None, cells, {}, entry.note))
    models = [row for row in rows if row.kind != "people"]
    placed = dict(zip(map(id, models), ranks([row.average for row in models]), strict=True))
    ranked = [
        Row(row.name, row.kind, row.average, placed.get(id(row)), row.cells, row.outcomes, row.note, row.run_id)
        for row in rows
    ]
    return sorted(ranked, key=lambda row: -1.0 if row.average is None else row.average, reverse=True)


def as_csv(rows: Sequence[Row]) -> str:
    """The table for a spreadsheet: mean, low and high of each column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = [f"{name}{part}" for name in COLUMNS for part in ("", "_low", "_high", "_n")]
    writer.writerow(["model", "kind", "rank", "average", *head, "note"])
    for row in rows:
        cells = [row.cells.get(name) for name in COLUMNS]
        values = [_number(value) for cell in cells for value in _parts(cell)]
        writer.writerow(
            [harmless(row.name), row.kind, row.rank or "", _number(row.average), *values, harmless(row.note)]
        )
    return out.getvalue()


def _parts(cell: Cell | None) -> tuple[float | None, ...]:
    return (cell.mean, cell.low, cell.high, cell.n) if cell else (None,) * 4


def _number(value: float | None) -> str:
    return "" if value is None else str(value) if isinstance(value, int) else f"{value:.2f}"


def harmless(text: str) -> str:
    """Text that a spreadsheet does not run: one that begins like a formula gets a quote before it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def columns() -> list[tuple[str, str, bool]]:
    """(name, short head, whether it counts in the average) of the ten columns."""
    return [(name, SHORT[name], name not in NOT_AVERAGED) for name in COLUMNS]
