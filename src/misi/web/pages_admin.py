"""Pages of the admin: runs, studies, raters, exports."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from misi.errors import DatasetError
from misi.tasks import TASKS
from misi.web import study as studies
from misi.web.export import zip_study
from misi.web.forms import AdminForm, Fields, files_of, number_of, text_of, texts_of
from misi.web.guard import COOKIES, Forbidden, Visitor, check_origin, client_of, close_session, open_session, set_cookie
from misi.web.people import agreement, sittings
from misi.web.runs import FILES, load_run, remove_run
from misi.web.settings import digest_of
from misi.web.site import limit_requests, need_admin, site_of, to
from misi.web.study import PRACTICE, TEST, progress_of
from misi.web.tables import Rater, RunRow, Study, VerdictRow

router = APIRouter(prefix="/admin", dependencies=[Depends(limit_requests)])

Admin = Annotated[Visitor, Depends(need_admin)]


def _inside(path: str) -> str:
    """A page of this site, or the admin's first one: nobody is sent elsewhere after signing in."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/admin"


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "") -> Response:
    """The form for the token."""
    return site_of(request).page(request, "sign_in.html", next=_inside(next), problem="")


@router.post("/sign-in")
def sign_in(request: Request, fields: Fields) -> Response:
    """Check the token."""
    check_origin(request)
    site = site_of(request)
    if not site.sign_in.allow(f"admin {client_of(request)}"):
        raise Forbidden("Too many attempts. Wait a minute.", 429)
    following = _inside(fields.get("next", ""))
    # Digests are compared, so timing says nothing about the token itself.
    if digest_of(fields.get("token", "").strip()) != site.settings.admin_digest:
        return site.page(request, "sign_in.html", 403, next=following, problem="That is not the admin token.")
    response = RedirectResponse(following, 303)
    set_cookie(response, request, "admin", open_session(site.database, "admin", site.settings.admin_digest))
    return response


@router.post("/sign-out")
def sign_out(request: Request, form: AdminForm) -> Response:
    """End the admin's session."""
    close_session(site_of(request).database, request.cookies[COOKIES["admin"]])
    response = to("/")
    response.delete_cookie(COOKIES["admin"])
    return response


@router.get("")
def overview(request: Request, admin: Admin) -> Response:
    """Runs and studies."""
    site = site_of(request)
    with site.database.reading() as session:
        counts = dict(session.execute(select(VerdictRow.run_id, func.count()).group_by(VerdictRow.run_id)).all())
        runs = session.scalars(select(RunRow).order_by(RunRow.id)).all()
        known = session.scalars(select(Study).order_by(Study.id)).all()
        raters = dict(session.execute(select(Rater.study_id, func.count()).group_by(Rater.study_id)).all())
    return site.page(
        request,
        "admin.html",
        runs=runs,
        counts=counts,
        studies=known,
        raters=raters,
        tasks=list(TASKS),
        files=FILES,
        megabytes=site.settings.max_upload // 2**20,
        consent=studies.CONSENT,
        csrf=admin.csrf,
    )


@router.post("/runs")
async def upload(request: Request, form: AdminForm) -> Response:
    """Load the files of a run."""
    await run_in_threadpool(_load, request, form)
    return to("/admin")


def _load(request: Request, form: FormData) -> None:
    site = site_of(request)
    with tempfile.TemporaryDirectory(prefix="misi-upload-") as name:
        folder = Path(name) / "upload"
        folder.mkdir()
        for file in files_of(form, "files"):
            given = (file.filename or "").replace("\\", "/").rpartition("/")[2]
            if given not in FILES:
                raise Forbidden(f"{given[:60]!r} is none of {', '.join(FILES)}.", 415)
            with (folder / given).open("wb") as out:
                shutil.copyfileobj(file.file, out)
        try:
            load_run(site.database, site.dataset, folder)
        except DatasetError as error:
            raise Forbidden(f"The run was not loaded: {error}", 422) from None


@router.post("/runs/{run_id}/remove")
def remove(request: Request, run_id: int, form: AdminForm) -> Response:
    """Forget a run."""
    remove_run(site_of(request).database, run_id)
    return to("/admin")


@router.post("/studies")
def create(request: Request, form: AdminForm) -> Response:
    """Make a study."""
    site = site_of(request)
    chosen = [task for task in texts_of(form, "task") if task in TASKS]
    study_id = studies.create_study(
        site.database,
        site.dataset,
        text_of(form, "name"),
        seed=number_of(text_of(form, "seed"), 0, 0, 2**31 - 1),
        consent=text_of(form, "consent"),
        tasks=chosen,
        tiny=text_of(form, "scope") != "test",
        practice=number_of(text_of(form, "practice"), 1, 0, 10),
        show_scores=text_of(form, "show_scores") == "yes",
    )
    return to(f"/admin/studies/{study_id}")


def _study_page(
    request: Request, admin: Visitor, study_id: int, links: list[tuple[str, str]] | None = None
) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        study = session.get(Study, study_id)
        if study is None:
            raise DatasetError(f"There is no study {study_id}.")
        raters = session.scalars(select(Rater).where(Rater.study_id == study_id).order_by(Rater.label)).all()
        progress = {
            rater.id: (progress_of(session, rater.id, PRACTICE), progress_of(session, rater.id, TEST))
            for rater in raters
        }
        agreed = agreement(sittings(session, site.dataset, study))
    base = str(request.base_url).rstrip("/")
    return site.page(
        request,
        "study.html",
        study=study,
        raters=raters,
        progress=progress,
        agreed=agreed,
        links=[(label, f"{base}/invite/{token}") for label, token in links or []],
        tasks=list(TASKS),
        csrf=admin.csrf,
    )


@router.get("/studies/{study_id}")
def show(request: Request, study_id: int, admin: Admin) -> Response:
    """A study: raters, progress, agreement."""
    return _study_page(request, admin, study_id)


@router.post("/studies/{study_id}/invite")
def invite(request: Request, study_id: int, admin: Admin, form: AdminForm) -> Response:
    """Add raters; their links are shown this once."""
    labels = [line for line in text_of(form, "labels").splitlines() if line.strip()][:200]
    chosen = [task for task in texts_of(form, "task") if task in TASKS]
    made = studies.invite(site_of(request).database, study_id, labels, chosen)
    return _study_page(request, admin, study_id, made)


@router.post("/studies/{study_id}/close")
def close(request: Request, study_id: int, form: AdminForm) -> Response:
    """End a study, or open it again."""
    studies.close(site_of(request).database, study_id, closed=text_of(form, "closed") == "yes")
    return to(f"/admin/studies/{study_id}")


@router.post("/raters/{rater_id}/renew")
def renew(request: Request, rater_id: int, admin: Admin, form: AdminForm) -> Response:
    """A new link for a rater."""
    site = site_of(request)
    token = studies.renew_invite(site.database, rater_id)
    with site.database.reading() as session:
        rater = session.get_one(Rater, rater_id)
    return _study_page(request, admin, rater.study_id, [(rater.label, token)])


@router.post("/raters/{rater_id}/withdraw")
def withdraw(request: Request, rater_id: int, form: AdminForm) -> Response:
    """Delete a rater and their answers."""
    site = site_of(request)
    with site.database.reading() as session:
        rater = session.get(Rater, rater_id)
    if rater is not None:
        studies.withdraw(site.database, rater_id)
    return to(f"/admin/studies/{rater.study_id}" if rater else "/admin")


@router.get("/studies/{study_id}/export.zip")
def export(request: Request, study_id: int, admin: Admin) -> Response:
    """The study as files."""
    site = site_of(request)
    with site.database.reading() as session:
        study = session.get(Study, study_id)
        if study is None:
            raise DatasetError(f"There is no study {study_id}.")
        archive = zip_study(session, site.dataset, study)
    name = f"study-{study_id}.zip"
    return StreamingResponse(
        iter(lambda: archive.read(2**16), b""),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
