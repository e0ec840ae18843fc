"""The paper's two result tables (arXiv 2512.10867, tables 1 and 2), with recomputed averages and known misprints."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from misi.tasks.columns import COLUMNS, average, ranks

Mode = Literal["weighted", "exact"]
MODES: tuple[Mode, Mode] = ("weighted", "exact")

#: Two rounded decimals can differ by 0.01 from the mean of rounded columns; more is a misprint.
_ROUNDING = 0.02


@dataclass(frozen=True)
class PaperRow:
    """One row of the paper; scores in percent.

    Attributes
    ----------
    model : str
    printed_average : float
    average : float
        Recomputed from the row's columns.
    printed_rank, rank : int or None
        As printed, and by the recomputed averages; None for people.
    scores : dict
        Percent by column.
    note : str
        Where the print contradicts itself.
    """

    model: str
    printed_average: float
    average: float
    printed_rank: int | None
    rank: int | None
    scores: dict[str, float]
    note: str

    @property
    def human(self) -> bool:
        return self.printed_rank is None


@cache
def _tables() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("misi.report").joinpath("data/paper_tables.json").read_text("utf-8"))
    return data


@cache
def paper_rows(mode: Mode) -> tuple[PaperRow, ...]:
    """The rows in the paper's order."""
    weighted = {row["model"]: row for row in _tables()["weighted"]}
    table = _tables()["exact_match" if mode == "exact" else mode]
    means = [average({column: float(row[column]) for column in COLUMNS}) or 0.0 for row in table]
    placed = iter(ranks([mean for row, mean in zip(table, means, strict=True) if row["rank"] is not None]))
    rows = []
    for row, mean in zip(table, means, strict=True):
        scores = {column: float(row[column]) for column in COLUMNS}
        rank = next(placed) if row["rank"] is not None else None
        notes = []
        if abs(mean - row["average"]) > _ROUNDING - 1e-9:
            notes.append(f"printed average {row['average']:.2f}")
        if rank != row["rank"]:
            notes.append(f"printed rank {row['rank']}")
        if mode == "exact" and row["translation"] == weighted[row["model"]]["translation"] and row["translation"] < 90:
            notes.append("exact translation repeats the weighted value")
        rows.append(PaperRow(row["model"], float(row["average"]), mean, row["rank"], rank, scores, "; ".join(notes)))
    return tuple(rows)


def rank_among_paper(mean: float | None, mode: Mode) -> int | None:
    """The rank that an average (percent) would have among the paper's models."""
    if mean is None:
        return None
    return 1 + sum(row.average > mean for row in paper_rows(mode) if not row.human)
