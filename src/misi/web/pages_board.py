"""Pages of the leaderboard."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from misi.errors import DatasetError
from misi.evaluate.outcomes import STATUSES, Verdict
from misi.report.reference import Mode
from misi.report.stats import Summary, summarise
from misi.tasks.columns import COLUMNS
from misi.web.board import Row, as_csv, columns, rows_of
from misi.web.people import sittings, state_of
from misi.web.plots import Mark, interval_plot
from misi.web.runs import verdicts_of
from misi.web.site import Site, limit_requests, site_of
from misi.web.tables import RunRow, Study

router = APIRouter(dependencies=[Depends(limit_requests)])

MODES: tuple[Mode, ...] = get_args(Mode)
ModeQuery = Annotated[Mode, Query()]


def board_rows(site: Site, mode: Mode, *, admin: bool) -> list[Row]:
    """Loaded runs, people of studies, and the paper. Studies under way are the admin's alone."""
    found: list[tuple[str, int | None, Summary]] = []
    with site.database.reading() as session:
        for run in session.scalars(select(RunRow).order_by(RunRow.id)):
            found.append(("run", run.id, _summary(site, session, run, mode)))
        for study in session.scalars(select(Study).order_by(Study.id)):
            if study.closed_at is not None or admin:
                summary = _people(site, session, study, mode)
                if summary is not None:
                    found.append(("people", None, summary))
    return rows_of(found, mode)


def _summary(site: Site, session: Session, run: RunRow, mode: Mode) -> Summary:
    key = ("run", run.id, 0, mode)
    if key not in site.summaries:
        site.summaries[key] = summarise(run.model, list(verdicts_of(session, run.id)), mode)
    return site.summaries[key]


def _people(site: Site, session: Session, study: Study, mode: Mode) -> Summary | None:
    key = ("study", study.id, state_of(session, study), mode)
    if key not in site.summaries:
        sat = sittings(session, site.dataset, study, finished=study.closed_at is None)
        verdicts: list[Verdict] = [verdict for one in sat for verdict in one.verdicts(unanswered=False)]
        raters = sum(bool(one.given) for one in sat)
        name = f"Human, {study.name} ({raters} rater{'s' if raters != 1 else ''})"
        site.summaries[key] = summarise(name, verdicts, mode)
    summary = site.summaries[key]
    return summary if summary.columns else None


@router.get("/board")
def board(request: Request, mode: ModeQuery = "weighted") -> Response:
    """The table."""
    site = site_of(request)
    rows = board_rows(site, mode, admin=site.admin(request) is not None)
    plot = interval_plot([_mark(row, row.average, None, None) for row in rows], "Average")
    return site.page(
        request, "board.html", rows=rows, mode=mode, modes=MODES, columns=columns(), statuses=STATUSES, plot=plot
    )


@router.get("/board/{column}")
def one_column(request: Request, column: str, mode: ModeQuery = "weighted") -> Response:
    """One column of the table, with its plot."""
    if column not in COLUMNS:
        raise DatasetError(f"There is no column {column[:40]!r}.")
    site = site_of(request)
    rows = [row for row in board_rows(site, mode, admin=site.admin(request) is not None) if column in row.cells]
    rows.sort(key=lambda row: row.cells[column].mean, reverse=True)
    marks = [_mark(row, row.cells[column].mean, row.cells[column].low, row.cells[column].high) for row in rows]
    return site.page(
        request,
        "column.html",
        rows=rows,
        column=column,
        mode=mode,
        modes=MODES,
        columns=columns(),
        plot=interval_plot(marks, column.replace("_", " ")),
    )


def _mark(row: Row, value: float | None, low: float | None, high: float | None) -> Mark:
    return Mark(row.name, row.kind, value, low, high)


@router.get("/board.csv")
def csv_file(request: Request, mode: ModeQuery = "weighted") -> Response:
    """The table for a spreadsheet."""
    site = site_of(request)
    text = as_csv(board_rows(site, mode, admin=site.admin(request) is not None))
    return Response(text, media_type="text/csv; charset=utf-8", headers=_attachment(f"board-{mode}.csv"))


@router.get("/board.json")
def json_file(request: Request, mode: ModeQuery = "weighted") -> Response:
    """The table for programs."""
    site = site_of(request)
    rows: Sequence[Row] = board_rows(site, mode, admin=site.admin(request) is not None)
    return JSONResponse([asdict(row) for row in rows], headers=_attachment(f"board-{mode}.json"))


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
