"""The paper's two result tables (arXiv 2512.10867, tables 1 and 2), with recomputed averages and known misprints."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from misi.tasks.columns import COLUMNS, average

Mode = Literal["weighted", "exact"]


@dataclass(frozen=True)
class PaperRow:
    """One row of the paper; scores in percent.

    Attributes
    ----------
    model : str
    printed_average : float
    average : float
        Recomputed from the row's columns.
    scores : dict
        Percent by column.
    note : str
        Where the print contradicts itself.
    """

    model: str
    printed_average: float
    average: float
    scores: dict[str, float]
    note: str


@cache
def _tables() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("misi.report").joinpath("data/paper_tables.json").read_text("utf-8"))
    return data


@cache
def paper_rows(mode: Mode) -> tuple[PaperRow, ...]:
    """The rows in the paper's order."""
    weighted = {row["model"]: row for row in _tables()["weighted"]}
    rows = []
    for row in _tables()["exact_match" if mode == "exact" else mode]:
        scores = {column: float(row[column]) for column in COLUMNS}
        mean = average(scores)
        notes = []
        if mean is not None and abs(mean - row["average"]) > 0.02:  # two rounded decimals can differ by 0.01
            notes.append(f"printed average {row['average']:.2f}")
        if mode == "exact" and row["translation"] == weighted[row["model"]]["translation"] and row["translation"] < 100:
            notes.append("exact translation repeats the weighted value")
        rows.append(PaperRow(row["model"], float(row["average"]), mean or 0.0, scores, "; ".join(notes)))
    return tuple(rows)
