"""Pages of single questions of the human study: practice and test, their answers and pictures.

Practice questions are from the train split, and show what is right once answered; no other page of these does
(`misi.web.rater`).
"""

import hashlib
import secrets
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from misi.errors import DatasetError, ParseFailure
from misi.evaluate.outcomes import Reply, judge
from misi.web import study
from misi.web.forms import Fields
from misi.web.guard import Visitor
from misi.web.pages_browse import send_picture
from misi.web.rater import Me, Shown, next_page, question_at, shown_to, state_of
from misi.web.site import checked, limit_requests, site_of, to
from misi.web.study import PRACTICE, TEST, Given, Refused
from misi.web.widgets import compose

#: What raters read when what they typed is not understood.
_SAID = {
    "bad_pair": "One of the pairs is not written as the form writes it. Take it out and add it again.",
    "contradiction": "“No hydrogen bond” is chosen, and yet there are pairs. Keep one of the two.",
    "bad_number": "That value cannot be chosen here.",
}

router = APIRouter(dependencies=[Depends(limit_requests)])


@router.get("/study/practice/{place}")
def practice(request: Request, me: Me, place: int) -> Response:
    """A practice question; once answered, with what is right."""
    return _practice_page(request, me, place)


def _practice_page(
    request: Request, me: Visitor, place: int, problem: str = "", filled: dict[str, str] | None = None
) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = state_of(session, me)
        question = question_at(session, site, rater.id, PRACTICE, place)
        total = len(study.slots_of(session, rater.id, PRACTICE))
        text = study.answers_of(session, rater.id, PRACTICE).get(place, Given()).text
    shown = shown_to(rater, question, PRACTICE, place, total, text)
    feedback = None
    if text is not None:
        verdict = judge(question, Reply(question.id, text))
        feedback = {
            "given": verdict.answer,
            "right": question.answer,
            "exact": verdict.exact,
            "weighted": verdict.weighted,
        }
    return _form_page(request, me, "practice.html", mine.name, shown, problem, filled, feedback=feedback)


def _form_page(
    request: Request,
    me: Visitor,
    template: str,
    study_name: str,
    shown: Shown,
    problem: str,
    filled: dict[str, str] | None,
    **more: Any,
) -> Response:
    """A question with its form, filled as it was sent if there is a `problem` with that."""
    return site_of(request).bare_page(
        template,
        422 if problem else 200,
        study=study_name,
        shown=shown,
        filled=filled or shown.filled,
        problem=problem,
        csrf=me.csrf,
        key=secrets.token_urlsafe(12),
        **more,
    )


@router.post("/study/practice/{place}")
def try_practice(request: Request, me: Me, place: int, fields: Fields) -> Response:
    """Answer a practice question."""
    checked(request, me, fields.get("csrf", ""))
    site = site_of(request)
    assert me.rater_id is not None
    with site.database.reading() as session:
        question = question_at(session, site, me.rater_id, PRACTICE, place)
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


@router.get("/study/question/{place}")
def question_page(request: Request, me: Me, place: int) -> Response:
    """A question of the test."""
    return _question_page(request, me, place)


def _question_page(
    request: Request, me: Visitor, place: int, problem: str = "", filled: dict[str, str] | None = None
) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        rater, mine = state_of(session, me)
        if rater.begun_at is None or rater.finished_at is not None:
            return to(next_page(session, rater))
        question = question_at(session, site, rater.id, TEST, place)
        answers = study.answers_of(session, rater.id, TEST)
        progress = study.progress_of(session, rater.id, TEST, answers)
        given = answers.get(place, Given())
    shown = shown_to(rater, question, TEST, place, progress.total, given.text)
    answered = given.text is not None
    return _form_page(
        request, me, "question.html", mine.name, shown, problem, filled,
        flagged=given.flagged, answered=answered, progress=progress,
    )  # fmt: skip


@router.post("/study/question/{place}")
def answer(request: Request, me: Me, place: int, fields: Fields) -> Response:
    """Save an answer; with ``Accept: application/json`` without leaving the page."""
    checked(request, me, fields.get("csrf", ""))
    site = site_of(request)
    assert me.rater_id is not None
    quiet = "application/json" in request.headers.get("accept", "")
    with site.database.reading() as session:
        question = question_at(session, site, me.rater_id, TEST, place)
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
        rater, _ = state_of(session, me)
        if phase == TEST and rater.begun_at is None:
            raise Refused("The test has not begun.")
        question = question_at(session, site, rater.id, phase, place)
    if not 1 <= n <= len(question.images):
        raise DatasetError("There is no such picture.")
    return send_picture(site, question.images[n - 1].path)
