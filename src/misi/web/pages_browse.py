"""Pages for looking at items: the list, an item, its pictures and its complex in 3D."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from misi.dataset.layout import SPLITS, dumps, image_path
from misi.errors import DatasetError
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS
from misi.web.catalogue import OUTCOMES, Filter, beside, find, measures, read_question
from misi.web.poses import poses_of, scene_json
from misi.web.runs import verdict_from_text
from misi.web.site import Site, limit_requests, need_browsing, site_of, text_parts
from misi.web.tables import Difficulty, ItemRow, RunRow, VerdictRow

PAGE_SIZE = 50

router = APIRouter(dependencies=[Depends(limit_requests), Depends(need_browsing)])


def _number(text: str) -> float | None:
    """A bound of a filter; whatever is no number bounds nothing."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


def wanted(
    task: Annotated[str, Query(max_length=40)] = "",
    split: Annotated[str, Query(max_length=8)] = "",
    complex_id: Annotated[str, Query(alias="complex", max_length=200)] = "",
    measure: Annotated[str, Query(max_length=40)] = "",
    low: Annotated[str, Query(max_length=20)] = "",
    high: Annotated[str, Query(max_length=20)] = "",
    run: Annotated[str, Query(max_length=10)] = "",
    outcome: Annotated[str, Query(max_length=12)] = "",
) -> Filter:
    """The filter of an address; what is not known is left out."""
    return Filter(
        task=task if task in TASKS else "",
        split=split if split in SPLITS else "",
        complex_id=complex_id.strip(),
        measure=measure,
        low=_number(low),
        high=_number(high),
        run=int(run) if run.isascii() and run.isdigit() else None,
        outcome=outcome if outcome in OUTCOMES else "",
    )


Wanted = Annotated[Filter, Depends(wanted)]


@router.get("/items")
def items(request: Request, wanted: Wanted, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """The list of items."""
    site = site_of(request)
    with site.database.reading() as session:
        rows, total = find(session, wanted, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        names = measures(session)
        runs = session.scalars(select(RunRow).order_by(RunRow.model)).all()
        ids = [row.id for row in rows]
        values = _values(session, wanted.measure, ids) if wanted.measure else {}
        replies = _outcomes(session, wanted.run, ids) if wanted.run is not None else {}
        complexes = session.scalars(select(ItemRow.complex_id).distinct().order_by(ItemRow.complex_id)).all()
    return site.page(
        request,
        "items.html",
        wanted=wanted,
        rows=rows,
        values=values,
        outcomes_of=replies,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        tasks=list(TASKS),
        splits=SPLITS,
        measures=names,
        runs=runs,
        outcomes=OUTCOMES,
        complexes=complexes[:5000],
        columns=COLUMNS,
    )


def _values(session: Session, measure: str, ids: Sequence[str]) -> dict[str, float]:
    query = select(Difficulty.item_id, Difficulty.value).where(Difficulty.name == measure, Difficulty.item_id.in_(ids))
    return dict(session.execute(query).all())


def _outcomes(session: Session, run: int, ids: Sequence[str]) -> dict[str, VerdictRow]:
    query = select(VerdictRow).where(VerdictRow.run_id == run, VerdictRow.item_id.in_(ids)).order_by(VerdictRow.id)
    return {row.item_id: row for row in session.scalars(query)}


def item_row(session: Session, item_id: str) -> ItemRow:
    """The index row of an item.

    Raises
    ------
    DatasetError
        There is none.
    """
    row = session.get(ItemRow, item_id) if "\x00" not in item_id else None
    if row is None:
        raise DatasetError(f"There is no item {item_id[:80]!r}.")
    return row


@router.get("/items/{item_id}")
def item(request: Request, item_id: str, wanted: Wanted, truth: bool = False) -> Response:
    """One item. The right answer and the replies are only in the page when they are asked for."""
    site = site_of(request)
    with site.database.reading() as session:
        row = item_row(session, item_id)
        before, after = beside(session, wanted, row)
        question = read_question(site.dataset, row)
        replies = _replies(session, item_id) if truth else []
    conventions, asked = text_parts(question)
    return site.page(
        request,
        "item.html",
        question=question,
        conventions=conventions,
        asked=asked,
        column=row.column,
        difficulty=question.derivation.get("difficulty", {}),
        poses=poses_of(question),
        truth=truth,
        derivation=_told(question.derivation) if truth else [],
        replies=replies,
        wanted=wanted,
        before=before,
        after=after,
    )


def _told(derivation: dict[str, Any]) -> list[tuple[str, str]]:
    """A derivation as lines of a table."""
    return [(name, value if isinstance(value, str) else dumps(value)) for name, value in derivation.items()]


def _replies(session: Session, item_id: str) -> list[dict[str, Any]]:
    query = (
        select(RunRow.model, VerdictRow)
        .join(RunRow, RunRow.id == VerdictRow.run_id)
        .where(VerdictRow.item_id == item_id)
        .order_by(RunRow.model, VerdictRow.id)
    )
    return [
        {"model": model, "text": row.text, "detail": row.detail, "verdict": verdict_from_text(row.verdict)}
        for model, row in session.execute(query)
    ]


@router.get("/items/{item_id}/poses")
def poses(request: Request, item_id: str) -> Response:
    """The poses of an item, for the 3D view."""
    site = site_of(request)
    with site.database.reading() as session:
        question = read_question(site.dataset, item_row(session, item_id))
    return JSONResponse(
        [
            {"name": p.name, "label": p.label, "complex": p.complex_id, "scene": p.scene, "ligand": p.ligand}
            for p in poses_of(question)
        ]
    )


@router.get("/complexes/{complex_id}")
def scene(request: Request, complex_id: str) -> Response:
    """Coordinates, bonds and hydrogen bonds of a complex, for the 3D view."""
    return JSONResponse(scene_json(site_of(request).dataset, complex_id))


@router.get("/images/{complex_id}/{name}")
def picture(request: Request, complex_id: str, name: str) -> Response:
    """A picture of the dataset."""
    return send_picture(site_of(request), f"images/{complex_id}/{name}")


def send_picture(site: Site, path: str) -> Response:
    """A picture by its path in the dataset, which is checked before it is opened.

    Raises
    ------
    DatasetError
        The path is no picture's, or there is none.
    """
    file = image_path(site.dataset, path)
    if not file.is_file():
        raise DatasetError(f"There is no picture {path!r}.")
    return FileResponse(file, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})
