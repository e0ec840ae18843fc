"""The paper's table with our runs beside its rows: one model of rows, written to terminals, Markdown, LaTeX and CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from misi.evaluate.outcomes import STATUSES
from misi.report.compare import Difference
from misi.report.reference import Mode, PaperRow, paper_rows, rank_among_paper
from misi.report.stats import Cell, Summary
from misi.tasks.columns import COLUMNS

#: Heads of the ten columns, as short as the paper's.
SHORT = dict(
    zip(
        COLUMNS,
        ("Transl", "Rotat", "Zoom", "ResLig+", "ResLig-", "TrRot", "RotRot", "Dock", "InterLoc", "PocLig"),
        strict=True,
    )
)
TITLES: dict[Mode, str] = {"weighted": "Weighted score, percent", "exact": "Exact match, percent"}


@dataclass(frozen=True)
class Row:
    """One model in a table.

    Attributes
    ----------
    model : str
    ours : bool
        False for rows of the paper.
    rank : str
        Among the paper's models; for ours with the range that the interval of the average allows.
    average : Cell or None
    cells : dict
        Cell by column; rows of the paper have no intervals.
    note : str
    """

    model: str
    ours: bool
    rank: str
    average: Cell | None
    cells: dict[str, Cell]
    note: str = ""


def rows_of(summaries: Sequence[Summary], mode: Mode, *, paper: bool = True) -> list[Row]:
    """Our runs, then the paper's rows in its order."""
    rows = [Row(one.model, True, _rank(one, mode) if paper else "-", one.overall, one.columns) for one in summaries]
    return rows + [_paper_row(row) for row in paper_rows(mode) if paper]


def _paper_row(row: PaperRow) -> Row:
    cells = {name: Cell(value, None, None, 0, 0) for name, value in row.scores.items()}
    rank = "-" if row.rank is None else str(row.rank)
    return Row(row.model, False, rank, Cell(row.average, None, None, 0, 0), cells, row.note)


def _rank(summary: Summary, mode: Mode) -> str:
    cell = summary.overall
    if cell is None:
        return "-"
    rank = rank_among_paper(cell.mean, mode)
    if cell.low is None or cell.high is None:
        return str(rank)
    best, worst = rank_among_paper(cell.high, mode), rank_among_paper(cell.low, mode)
    return f"{rank}" if best == worst else f"{rank} ({best}-{worst})"


def notes_of(rows: Sequence[Row]) -> list[str]:
    """What is wrong in print, one line a model."""
    return [f"{row.model}: {row.note}" for row in rows if row.note]


def score_table(summaries: Sequence[Summary], mode: Mode, *, paper: bool = True) -> Table:
    """Ten columns, average and rank, for a terminal."""
    table = Table(title=TITLES[mode], title_justify="left")
    table.add_column("model", no_wrap=True)
    table.add_column("rank", justify="right")
    table.add_column("avg", justify="right")
    for name in COLUMNS:
        table.add_column(SHORT[name], justify="right")
    rows = rows_of(summaries, mode, paper=paper)
    for before, row in zip([None, *rows], rows, strict=False):
        if before is not None and before.ours and not row.ours:
            table.add_section()
        name = row.model if row.ours else f"{row.model} (paper)" + (" *" if row.note else "")
        cells = [_two(row.cells.get(column)) for column in COLUMNS]
        table.add_row(name, row.rank, _two(row.average), *cells, style="bold" if row.ours else "dim")
    if notes := notes_of(rows):
        table.caption = "* " + "; ".join(notes)
        table.caption_justify = "left"
    return table


def outcome_table(summaries: Sequence[Summary]) -> Table:
    """Counts of outcomes by model, and the columns where replies were not answers, for a terminal."""
    table = Table(title="Outcomes, questions", title_justify="left")
    table.add_column("model", no_wrap=True)
    for status in STATUSES:
        table.add_column(status, justify="right")
    table.add_column("not answered, by column")
    for one in summaries:
        missing = {name: sum(counts.values()) - counts["answered"] for name, counts in one.by_column.items() if counts}
        listed = ", ".join(f"{SHORT[name]} {missing[name]}" for name in COLUMNS if missing.get(name))
        table.add_row(one.model, *(str(one.outcomes[status]) for status in STATUSES), listed or "-")
    return table


def difference_table(rows: Sequence[Difference], mode: Mode, a: str, b: str) -> Table:
    """Differences of two runs, for a terminal."""
    table = Table(title=f"{TITLES[mode]}: B = {b} against A = {a}", title_justify="left")
    table.add_column("column", no_wrap=True)
    for name in ("A", "B", "B - A", "95 %", "p", "detectable", "questions", "complexes"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        interval = "-" if row.low is None or row.high is None else f"{row.low:+.2f} .. {row.high:+.2f}"
        table.add_row(
            row.column,
            f"{row.a:.2f}",
            f"{row.b:.2f}",
            f"{row.difference:+.2f}",
            interval,
            "-" if row.p is None else f"{row.p:.3f}",
            "-" if row.detectable is None else f"{row.detectable:.2f}",
            str(row.n),
            str(row.clusters),
            style="bold" if row.clear else None,
        )
    table.caption = (
        "Bold: the interval leaves out 0. detectable: the smallest true difference that these questions show with "
        "80 % power. p is not corrected for the number of columns."
    )
    table.caption_justify = "left"
    return table


def markdown(rows: Sequence[Row], mode: Mode) -> str:
    """A Markdown table, intervals in brackets, misprints below."""
    head = ["model", "rank", "average", *(SHORT[name] for name in COLUMNS)]
    lines = [f"**{TITLES[mode]}**", "", _pipes(head), "|" + "---|" * len(head)]
    for row in rows:
        name = _escaped(row.model, "\\`*_|[]<>") + ("" if row.ours else " (paper)") + (" \\*" if row.note else "")
        cells = [_with_interval(row.average), *(_with_interval(row.cells.get(column)) for column in COLUMNS)]
        lines.append(_pipes([f"**{name}**" if row.ours else name, row.rank, *cells]))
    lines += ["", *(f"\\* {note}" for note in notes_of(rows))]
    return "\n".join(lines).rstrip() + "\n"


def latex(rows: Sequence[Row], mode: Mode) -> str:
    """A tabular for booktabs; the best value of each column among all models but people in bold."""
    best = {
        name: max((row.cells[name].mean for row in _models(rows) if name in row.cells), default=None)
        for name in COLUMNS
    }
    top = max((row.average.mean for row in _models(rows) if row.average), default=None)
    lines = [
        f"% {TITLES[mode]}; needs \\usepackage{{booktabs}}",
        "\\begin{tabular}{lr" + "r" * (len(COLUMNS) + 1) + "}",
        "\\toprule",
        " & ".join(["Model", "Rank", "Avg.", *(SHORT[name] for name in COLUMNS)]) + " \\\\",
        "\\midrule",
    ]
    for before, row in zip([None, *rows], rows, strict=False):
        if before is not None and before.ours and not row.ours:
            lines.append("\\midrule")
        mark = "$^{*}$" if row.note else ""
        cells = [_tex_cell(row.average, top)] + [_tex_cell(row.cells.get(name), best[name]) for name in COLUMNS]
        rank = row.rank.replace("-", "--") if row.rank != "-" else "--"
        lines.append(" & ".join([_tex(row.model) + mark, rank, *cells]) + " \\\\")
    lines += ["\\bottomrule", "\\end{tabular}", *(f"% * {_tex(note)}" for note in notes_of(rows))]
    return "\n".join(lines) + "\n"


def csv_text(rows: Sequence[Row]) -> str:
    """One line a model and column: mean, interval, questions, complexes, smallest detectable difference."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(
        ["model", "source", "column", "mean", "low", "high", "questions", "complexes", "detectable", "note"]
    )
    for row in rows:
        cells = {"average": row.average, **{name: row.cells.get(name) for name in COLUMNS}}
        source = "run" if row.ours else "paper"
        for column, cell in cells.items():
            if cell is not None:
                figures = [_plain(value) for value in (cell.mean, cell.low, cell.high)]
                counts = [cell.n or "", cell.clusters or "", _plain(cell.detectable)]
                writer.writerow([_unformula(row.model), source, column, *figures, *counts, row.note])
    return buffer.getvalue()


def _models(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row.model.startswith("Human")]


def _two(cell: Cell | None) -> str:
    return "-" if cell is None else f"{cell.mean:.2f}"


def _with_interval(cell: Cell | None) -> str:
    if cell is None or cell.low is None or cell.high is None:
        return _two(cell)
    return f"{cell.mean:.2f} [{cell.low:.0f}, {cell.high:.0f}]"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _pipes(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(text: str, signs: str) -> str:
    return "".join(f"\\{sign}" if sign in signs else sign for sign in " ".join(text.split()))


def _tex(text: str) -> str:
    special = {"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"}
    return "".join(special.get(sign, f"\\{sign}" if sign in "&%$#_{}" else sign) for sign in " ".join(text.split()))


def _tex_cell(cell: Cell | None, best: float | None) -> str:
    if cell is None:
        return "--"
    text = f"{cell.mean:.2f}"
    return f"\\textbf{{{text}}}" if cell.mean == best else text


def _unformula(text: str) -> str:
    """A name that a spreadsheet would run as a formula is written as text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
