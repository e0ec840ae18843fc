"""Pages of the human study, as a rater sees them.

Nothing that these pages send before a rater has handed in says what is right: no id of a question or complex, no name
of a picture, no derivation, no truth. Practice questions are from the train split, and show theirs once answered.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from misi.errors import DatasetError, ParseFailure
from misi.evaluate.outcomes import Reply, judge
from misi.report.stats import summarise
from misi.seeds import content_id
from misi.tasks.question import Question
from misi.web import study
from misi.web.catalogue import read_question
from misi.web.forms import Fields
from misi.web.guard import (
    COOKIES,
    Forbidden,
    Visitor,
    check_origin,
    client_of,
    close_session,
    open_session,
    set_cookie,
    visitor_of,
)
from misi.web.pages_browse import send_picture
from misi.web.people import sitting
from misi.web.settings import digest_of
from misi.web.site import Site, checked, limit_requests, link, site_of, text_parts, to
from misi.web.study import PRACTICE, TEST, Given, Refused
from misi.web.tables import ItemRow, Rater, Slot, Study
from misi.web.widgets import Form, compose, filled_of, form_of

DEGREES = ("none of these", "Bachelor", "Master", "PhD candidate", "PhD", "other")
EXPERIENCE = ("none", "some (courses)", "regular (I work with structures)")

#: What raters read when what they typed is not understood.
_SAID = {
    "bad_pair": "One of the pairs is not written as the form writes it. Take it out and add it again.",
    "contradiction": "“No hydrogen bond” is chosen, and yet there are pairs. Keep one of the two.",
    "bad_number": "That value cannot be chosen here.",
}

router = APIRouter(dependencies=[Depends(limit_requests)])


class NoInvite(Forbidden):
    """No rater is signed in."""

    def __init__(self) -> None:
        super().__init__("Open the link of your invitation to take part.", 401)


def _rater(request: Request) -> Visitor:
    site = site_of(request)
    visitor = visitor_of(request, site.database, "rater")
    if visitor is None or visitor.rater_id is None:
        raise NoInvite
    return visitor


Me = Annotated[Visitor, Depends(_rater)]


@dataclass(frozen=True)
class Shown:
    """A question as a rater sees it.

    Attributes
    ----------
    phase, place, total
        Which question of which part.
    conventions : str
    asked : list of str
        Paragraphs after the pictures, without the answer format, which the form stands for.
    pictures : list of (label, address)
    form : Form
    filled : dict
        What stands in the form.
    """

    phase: str
    place: int
    total: int
    conventions: str
    asked: list[str]
    pictures: list[tuple[str, str]]
    form: Form
    filled: dict[str, str]


def _shown(rater: Rater, question: Question, phase: str, place: int, total: int, text: str | None) -> Shown:
    conventions, paragraphs = text_parts(question)
    listed = {f"{letter}. {text}" for letter, text in form_of(question).options if text}
    asked = [
        "\n".join(line for line in paragraph.split("\n") if line.strip() not in listed) for paragraph in paragraphs[:-1]
    ]
    # The address changes with rater and question, so a shared browser never shows one rater's picture to another.
    stamp = content_id(rater.invite, question.id)
    pictures = [
        (image.label, link(f"/study/picture/{phase}/{place}/{n}", {"v": stamp}))
        for n, image in enumerate(question.images, 1)
    ]
    form = form_of(question)
    return Shown(phase, place, total, conventions, asked, pictures, form, filled_of(question, text))


def _state(session: Session, visitor: Visitor) -> tuple[Rater, Study]:
    rater = session.get_one(Rater, visitor.rater_id)
    return rater, session.get_one(Study, rater.study_id)


def _question(session: Session, site: Site, rater_id: int, phase: str, place: int) -> Question:
    slot = session.get(Slot, (rater_id, phase, place)) if 0 < place < 2**31 else None
    if slot is None:
        raise DatasetError("There is no such question.")
    return read_question(site.dataset, session.get_one(ItemRow, slot.item_id))


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
        rater, _ = _state(session, me)
        return to(_next_page(session, rater))


def _next_page(session: Session, rater: Rater) -> str:
    if rater.consented_at is None:
        return "/study/consent"
    if rater.finished_at is not None:
        return "/study/done"
    if rater.begun_at is None:
        done = study.answers_of(session, rater.id, PRACTICE)
        left = [place for place in study.slots_of(session, rater.id, PRACTICE) if place not in done]
        return f"/study/practice/{left[0]}" if left else "/study/begin"
    given = study.answers_of(session, rater.id, TEST)
    places = list(study.slots_of(session, rater.id, TEST))
    last = max(given, default=0)
    open_ones = [place for place in places if given.get(place, Given()).text is None]
    ahead = [place for place in open_ones if place >= last]
    return f"/study/question/{(ahead or open_ones)[0]}" if open_ones else "/study/overview"


@router.get("/study/consent")
def consent(request: Request, me: Me) -> Response:
    """Consent and profile."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = _state(session, me)
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


@router.get("/study/practice/{place}")
def practice(request: Request, me: Me, place: int) -> Response:
    """A practice question; once answered, with what is right."""
    return _practice_page(request, me, place)


def _practice_page(request: Request, me: Visitor, place: int, problem: str = "", filled: Any = None) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = _state(session, me)
        question = _question(session, site, rater.id, PRACTICE, place)
        total = len(study.slots_of(session, rater.id, PRACTICE))
        text = study.answers_of(session, rater.id, PRACTICE).get(place, Given()).text
    shown = _shown(rater, question, PRACTICE, place, total, text)
    feedback = None
    if text is not None:
        verdict = judge(question, Reply(question.id, text))
        feedback = {
            "given": verdict.answer,
            "right": question.answer,
            "exact": verdict.exact,
            "weighted": verdict.weighted,
        }
    return site.bare_page(
        "practice.html",
        422 if problem else 200,
        shown=shown,
        filled=filled or shown.filled,
        study=mine.name,
        feedback=feedback,
        problem=problem,
        csrf=me.csrf,
        key=secrets.token_urlsafe(12),
    )


@router.post("/study/practice/{place}")
def try_practice(request: Request, me: Me, place: int, fields: Fields) -> Response:
    """Answer a practice question."""
    checked(request, me, fields.get("csrf", ""))
    site = site_of(request)
    assert me.rater_id is not None
    with site.database.reading() as session:
        question = _question(session, site, me.rater_id, PRACTICE, place)
    try:
        text = compose(question, fields)
    except ParseFailure as failure:
        return _practice_page(request, me, place, _problem(failure), fields)
    if text is None:
        return _practice_page(request, me, place, "Please answer the question first.", fields)
    study.save_answer(
        site.database,
        me.rater_id,
        PRACTICE,
        place,
        text,
        flagged=False,
        seconds=_seconds(fields),
        key=_key(fields, text),
    )
    return to(f"/study/practice/{place}")


@router.get("/study/begin")
def ready(request: Request, me: Me) -> Response:
    """Between practice and test."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = _state(session, me)
        questions = len(study.slots_of(session, rater.id, TEST))
    return site.bare_page("begin.html", study=mine.name, questions=questions, csrf=me.csrf)


@router.post("/study/begin")
def begin(request: Request, me: Me, fields: Fields) -> Response:
    """Begin the test."""
    checked(request, me, fields.get("csrf", ""))
    assert me.rater_id is not None
    study.begin_test(site_of(request).database, me.rater_id)
    return to("/study")


@router.get("/study/question/{place}")
def question_page(request: Request, me: Me, place: int) -> Response:
    """A question of the test."""
    return _question_page(request, me, place)


def _question_page(request: Request, me: Visitor, place: int, problem: str = "", filled: Any = None) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = _state(session, me)
        if rater.begun_at is None or rater.finished_at is not None:
            return to(_next_page(session, rater))
        question = _question(session, site, rater.id, TEST, place)
        answers = study.answers_of(session, rater.id, TEST)
        progress = study.progress_of(session, rater.id, TEST, answers)
        given = answers.get(place, Given())
    shown = _shown(rater, question, TEST, place, progress.total, given.text)
    return site.bare_page(
        "question.html",
        422 if problem else 200,
        shown=shown,
        filled=filled or shown.filled,
        flagged=given.flagged,
        answered=given.text is not None,
        progress=progress,
        study=mine.name,
        problem=problem,
        csrf=me.csrf,
        key=secrets.token_urlsafe(12),
    )


@router.post("/study/question/{place}")
def answer(request: Request, me: Me, place: int, fields: Fields) -> Response:
    """Save an answer; with ``Accept: application/json`` without leaving the page."""
    checked(request, me, fields.get("csrf", ""))
    site = site_of(request)
    assert me.rater_id is not None
    quiet = "application/json" in request.headers.get("accept", "")
    with site.database.reading() as session:
        question = _question(session, site, me.rater_id, TEST, place)
    try:
        text = compose(question, fields)
    except ParseFailure as failure:
        if quiet:
            return JSONResponse({"error": _problem(failure)}, 422)
        return _question_page(request, me, place, _problem(failure), fields)
    flagged = fields.get("flagged") == "yes"
    progress = study.save_answer(
        site.database,
        me.rater_id,
        TEST,
        place,
        text,
        flagged=flagged,
        seconds=_seconds(fields),
        key=_key(fields, f"{text}|{flagged}"),
    )
    if quiet:
        return JSONResponse({"saved": True, "complete": text is not None, "answered": progress.answered})
    ways = {"back": place - 1, "next": place + 1}
    turn = ways.get(fields.get("go", "next"))
    if fields.get("go") in ("overview", "pause"):
        return to(f"/study/{fields['go']}")
    return to(f"/study/question/{turn}" if turn and 1 <= turn <= progress.total else "/study/overview")


def _problem(failure: ParseFailure) -> str:
    return _SAID.get(failure.reason, f"This answer is not understood ({failure}).")


def _seconds(fields: dict[str, str]) -> float:
    try:
        return float(fields.get("seconds") or 0.0)
    except ValueError:
        return 0.0


def _key(fields: dict[str, str], content: str) -> str:
    """A saving's name: the browser's, with what is saved, so that only true repetitions are left out."""
    return hashlib.sha256(f"{fields.get('key', '')}|{content}".encode()).hexdigest()[:40]


@router.get("/study/picture/{phase}/{place}/{n}")
def picture(request: Request, me: Me, phase: str, place: int, n: int) -> Response:
    """The n-th picture of a question."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, _ = _state(session, me)
        if phase == TEST and rater.begun_at is None:
            raise Refused("The test has not begun.")
        question = _question(session, site, rater.id, phase, place)
    if not 1 <= n <= len(question.images):
        raise DatasetError("There is no such picture.")
    return send_picture(site, question.images[n - 1].path)


@router.get("/study/overview")
def overview(request: Request, me: Me) -> Response:
    """All questions with what is answered, open and flagged."""
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = _state(session, me)
        if rater.begun_at is None or rater.finished_at is not None:
            return to(_next_page(session, rater))
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
        rater, mine = _state(session, me)
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
        rater, mine = _state(session, me)
        if rater.finished_at is None:
            return to(_next_page(session, rater))
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
