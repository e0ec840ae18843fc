"""The rater whose page it is, and what a rater sees of a question.

Nothing that the study's pages send before a rater has handed in says what is right: no id of a question or complex, no
name of a picture, no derivation, no truth.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import Request

from misi.errors import DatasetError
from misi.seeds import content_id
from misi.tasks.question import Question
from misi.web import study
from misi.web.catalogue import read_question
from misi.web.guard import Forbidden, Visitor, visitor_of
from misi.web.site import Site, link, site_of, text_parts
from misi.web.study import PRACTICE, TEST, Given
from misi.web.tables import ItemRow, Rater, Slot, Study
from misi.web.widgets import Form, filled_of, form_of


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


def shown_to(rater: Rater, question: Question, phase: str, place: int, total: int, text: str | None) -> Shown:
    """A question as this rater sees it, `text` being the answer given so far."""
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


def state_of(session: Session, visitor: Visitor) -> tuple[Rater, Study]:
    """The rater who is signed in, and the study it sits."""
    rater = session.get_one(Rater, visitor.rater_id)
    return rater, session.get_one(Study, rater.study_id)


def question_at(session: Session, site: Site, rater_id: int, phase: str, place: int) -> Question:
    """A rater's question, places counted from 1.

    Raises
    ------
    DatasetError
        There is none at that place.
    """
    slot = session.get(Slot, (rater_id, phase, place)) if 0 < place < 2**31 else None
    if slot is None:
        raise DatasetError("There is no such question.")
    return read_question(site.dataset, session.get_one(ItemRow, slot.item_id))


def next_page(session: Session, rater: Rater) -> str:
    """Address of the page where the rater left off."""
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
