"""Pages of the human study around its questions: invitation, consent, begin, overview, pause, end."""

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from misi.errors import DatasetError
from misi.report.stats import summarise
from misi.web import study
from misi.web.forms import Fields
from misi.web.guard import COOKIES, Forbidden, check_origin, client_of, close_session, open_session, set_cookie
from misi.web.people import sitting
from misi.web.rater import Me, next_page, state_of
from misi.web.settings import digest_of
from misi.web.site import checked, limit_requests, site_of, to
from misi.web.study import TEST, Given, Refused
from misi.web.tables import Rater, Study

DEGREES = ("none of these", "Bachelor", "Master", "PhD candidate", "PhD", "other")
EXPERIENCE = ("none", "some (courses)", "regular (I work with structures)")

router = APIRouter(dependencies=[Depends(limit_requests)])


@router.get("/invite/{token}")
def invitation(request: Request, token: str) -> Response:
    """Where a link leads. Nothing is begun yet: programs that look at links in messages must not sign in."""
    site = site_of(request)
    with site.database.reading() as session:
        rater = _invited(request, session, token)
        name = session.get_one(Study, rater.study_id).name
    return site.bare_page("invite.html", study=name, token=token, again=rater.consented_at is not None)


def _invited(request: Request, session: Session, token: str) -> Rater:
    if not site_of(request).sign_in.allow(client_of(request)):
        raise Forbidden("Too many attempts. Wait a minute.", 429)
    rater = session.scalar(select(Rater).where(Rater.invite == digest_of(token)))
    if rater is None:
        raise DatasetError("This link is not valid (any more). Ask for a new one.")
    return rater


@router.post("/invite/{token}")
def accept(request: Request, token: str) -> Response:
    """Sign the rater in."""
    check_origin(request)
    site = site_of(request)
    with site.database.reading() as session:
        rater = _invited(request, session, token)
    response = to("/study")
    set_cookie(response, request, "rater", open_session(site.database, "rater", rater.invite, rater.id))
    return response


@router.get("/study")
def where(request: Request, me: Me) -> Response:
    """Wherever the rater left off."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, _ = state_of(session, me)
        return to(next_page(session, rater))


@router.get("/study/consent")
def consent(request: Request, me: Me) -> Response:
    """Consent and profile."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = state_of(session, me)
        questions = len(mine.chosen)
    return site.bare_page(
        "consent.html",
        study=mine,
        rater=rater,
        csrf=me.csrf,
        questions=questions,
        degrees=DEGREES,
        levels=EXPERIENCE,
    )


@router.post("/study/consent")
def agree(request: Request, me: Me, fields: Fields) -> Response:
    """Note consent and profile."""
    checked(request, me, fields.get("csrf", ""))
    if fields.get("agree") != "yes":
        raise Refused("Without your consent the study cannot begin.")
    assert me.rater_id is not None
    degree, experience = fields.get("degree", ""), fields.get("experience", "")
    if degree not in DEGREES or experience not in EXPERIENCE or not fields.get("field", "").strip():
        raise Refused("Please fill in field, degree and experience.")
    study.start(site_of(request).database, me.rater_id, fields["field"], degree, experience)
    return to("/study")


@router.get("/study/begin")
def ready(request: Request, me: Me) -> Response:
    """Between practice and test."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = state_of(session, me)
        questions = len(study.slots_of(session, rater.id, TEST))
    return site.bare_page("begin.html", study=mine.name, questions=questions, csrf=me.csrf)


@router.post("/study/begin")
def begin(request: Request, me: Me, fields: Fields) -> Response:
    """Begin the test."""
    checked(request, me, fields.get("csrf", ""))
    assert me.rater_id is not None
    study.begin_test(site_of(request).database, me.rater_id)
    return to("/study")


@router.get("/study/overview")
def overview(request: Request, me: Me) -> Response:
    """All questions with what is answered, open and flagged."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = state_of(session, me)
        if rater.begun_at is None or rater.finished_at is not None:
            return to(next_page(session, rater))
        given = study.answers_of(session, rater.id, TEST)
        places = list(study.slots_of(session, rater.id, TEST))
        progress = study.progress_of(session, rater.id, TEST, given)
    marks = [(place, given.get(place, Given())) for place in places]
    return site.bare_page("overview.html", marks=marks, progress=progress, study=mine.name, csrf=me.csrf)


@router.get("/study/pause")
def pause(request: Request, me: Me) -> Response:
    """No clock runs here."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = state_of(session, me)
        progress = study.progress_of(session, rater.id, TEST)
    return site.bare_page("pause.html", progress=progress, study=mine.name, csrf=me.csrf)


@router.post("/study/finish")
def hand_in(request: Request, me: Me, fields: Fields) -> Response:
    """The end of the test."""
    checked(request, me, fields.get("csrf", ""))
    assert me.rater_id is not None
    study.finish(site_of(request).database, me.rater_id)
    return to("/study/done")


@router.get("/study/done")
def done(request: Request, me: Me) -> Response:
    """Thanks, and the rater's scores where the study shows them."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = state_of(session, me)
        if rater.finished_at is None:
            return to(next_page(session, rater))
        sat = sitting(session, site.dataset, rater)
        progress = study.progress_of(session, rater.id, TEST)
    summary = summarise("you", sat.verdicts(unanswered=True), "weighted") if mine.show_scores else None
    return site.bare_page("done.html", study=mine.name, progress=progress, summary=summary, csrf=me.csrf)


@router.post("/study/leave")
def leave(request: Request, me: Me, fields: Fields) -> Response:
    """Sign out, for shared computers."""
    checked(request, me, fields.get("csrf", ""))
    close_session(site_of(request).database, request.cookies[COOKIES["rater"]])
    response = to("/")
    response.delete_cookie(COOKIES["rater"])
    return response
