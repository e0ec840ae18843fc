"""The human study: who is asked what, and what they answered."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from misi.dataset.layout import read_tiny
from misi.errors import DatasetError
from misi.seeds import rank_of
from misi.tasks import TASKS
from misi.web.clock import now
from misi.web.database import Database
from misi.web.runs import clean
from misi.web.settings import digest_of
from misi.web.tables import AnswerRow, ItemRow, Rater, SessionRow, Slot, Study

PRACTICE, TEST = "practice", "test"
#: Seconds that one saving can add: whoever left the page open over lunch was not looking at it.
_LONGEST_LOOK = 900.0
_LONGEST_LABEL = 60

CONSENT = """\
You are invited to take part in a study of how people read pictures of molecular structures. You will answer questions
about pictures, first a few for practice, then the test. You may pause and come back with the same link, and you may
stop at any time.

What is stored: your answers, the time you spend on each question, and the field and degree that you state. Your name,
your address and your e-mail are not asked for. The answers are used for research and may be published without the
label under which you were invited.

If you want your answers to be deleted, tell the person who invited you."""
CONSENT = "\n\n".join(" ".join(paragraph.split()) for paragraph in CONSENT.split("\n\n"))


class Refused(Exception):
    """Something that a rater cannot do now; the message is for them."""


@dataclass(frozen=True)
class Progress:
    """How far a rater is: number of questions, answered, flagged; seconds spent."""

    total: int
    answered: int
    flagged: int
    seconds: float


@dataclass(frozen=True)
class Given:
    """What a rater has said at one place.

    Attributes
    ----------
    text : str or None
        Canonical answer; None while there is none.
    flagged : bool
    seconds : float
        Over all visits.
    """

    text: str | None = None
    flagged: bool = False
    seconds: float = 0.0


def create_study(
    database: Database,
    dataset: Path,
    name: str,
    *,
    seed: int = 0,
    consent: str = CONSENT,
    tasks: Sequence[str] = (),
    tiny: bool = True,
    practice: int = 1,
    show_scores: bool = True,
) -> int:
    """Make a study; returns its id.

    Parameters
    ----------
    tasks : sequence of str
        Tasks that are asked at all; all when empty.
    tiny : bool
        The small subset instead of the whole test split.
    practice : int
        Practice questions a task, from the train split.

    Raises
    ------
    DatasetError
        Nothing would be asked.
    """
    names = [task for task in TASKS if not tasks or task in tasks]
    small = set(read_tiny(dataset)) if tiny else set()
    with database.writing() as session:
        query = select(ItemRow).where(ItemRow.split == "test", ItemRow.task.in_(names)).order_by(ItemRow.place)
        chosen = [row.id for row in session.scalars(query) if not tiny or row.id in small]
        if not chosen:
            raise DatasetError("no test question is left to ask")
        exercises: list[str] = []
        for task in names:
            train = session.scalars(select(ItemRow.id).where(ItemRow.split == "train", ItemRow.task == task))
            exercises += sorted(train, key=lambda id_: rank_of("practice", seed, id_))[:practice]
        study = Study(
            name=clean(name.strip())[:200] or "Study",
            seed=seed,
            consent=clean(consent.strip()) or CONSENT,
            chosen=chosen,
            practice=exercises,
            show_scores=show_scores,
            opened_at=now(),
        )
        session.add(study)
        session.flush()
        return study.id


def invite(
    database: Database, study_id: int, labels: Sequence[str], tasks: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Add raters; returns (label, token). A token is shown this once, the database keeps its digest alone.

    Raises
    ------
    DatasetError
        No such study, a label that is blank, too long or taken, or tasks that leave nothing to ask.
    """
    made: list[tuple[str, str]] = []
    with database.writing() as session:
        study = session.get(Study, study_id)
        if study is None:
            raise DatasetError(f"there is no study {study_id}")
        if tasks and not any(row.task in tasks for row in _items(session, study.chosen)):
            raise DatasetError("the study has no question of these tasks")
        taken = set(session.scalars(select(Rater.label).where(Rater.study_id == study_id)))
        for label in (clean(label.strip()) for label in labels):
            if not label or len(label) > _LONGEST_LABEL or not label.isprintable():
                raise DatasetError(f"a label must have 1 to {_LONGEST_LABEL} printable characters, not {label[:80]!r}")
            if label in taken:
                raise DatasetError(f"the label {label!r} is taken")
            taken.add(label)
            token = secrets.token_urlsafe(24)
            session.add(
                Rater(study_id=study_id, label=label, invite=digest_of(token), tasks=list(tasks), created_at=now())
            )
            made.append((label, token))
    return made


def renew_invite(database: Database, rater_id: int) -> str:
    """A new link for a rater who lost theirs; the old one and browsers signed in through it are refused from now on."""
    token = secrets.token_urlsafe(24)
    with database.writing() as session:
        _rater(session, rater_id).invite = digest_of(token)
        for row in session.scalars(select(SessionRow).where(SessionRow.rater_id == rater_id)):
            session.delete(row)
    return token


def withdraw(database: Database, rater_id: int) -> None:
    """Delete a rater and everything they answered."""
    with database.writing() as session:
        rater = _rater(session, rater_id)
        for table in (AnswerRow, Slot, SessionRow):
            for row in session.scalars(select(table).where(table.rater_id == rater_id)):
                session.delete(row)
        session.flush()
        session.delete(rater)


def close(database: Database, study_id: int, *, closed: bool) -> None:
    """End a study, or open it again."""
    with database.writing() as session:
        study = session.get(Study, study_id)
        if study is None:
            raise DatasetError(f"there is no study {study_id}")
        study.closed_at = now() if closed else None


def start(database: Database, rater_id: int, field: str, degree: str, experience: str) -> None:
    """Note consent and profile, and draw the order of questions; a second time changes only the profile."""
    with database.writing() as session:
        rater = _rater(session, rater_id)
        rater.field, rater.degree, rater.experience = (clean(text.strip())[:60] for text in (field, degree, experience))
        if rater.consented_at is not None:
            return
        rater.consented_at = now()
        study = session.get_one(Study, rater.study_id)
        for phase, ids in ((PRACTICE, study.practice), (TEST, study.chosen)):
            mine = [row.id for row in _items(session, ids) if not rater.tasks or row.task in rater.tasks]
            if phase == TEST:
                mine.sort(key=lambda id_: rank_of("order", study.seed, rater.label, id_))
            for place, id_ in enumerate(mine, 1):
                session.add(Slot(rater_id=rater_id, phase=phase, place=place, item_id=id_))


def begin_test(database: Database, rater_id: int) -> None:
    """Practice is over.

    Raises
    ------
    Refused
        It is not.
    """
    with database.writing() as session:
        rater = _rater(session, rater_id)
        given = answers_of(session, rater_id, PRACTICE)
        if any(place not in given for place in slots_of(session, rater_id, PRACTICE)):
            raise Refused("Please answer all practice questions first.")
        rater.begun_at = rater.begun_at or now()


def finish(database: Database, rater_id: int) -> None:
    """The rater hands in; answers stay as they are."""
    with database.writing() as session:
        rater = _rater(session, rater_id)
        if rater.begun_at is None:
            raise Refused("The test has not begun.")
        rater.finished_at = rater.finished_at or now()


def save_answer(
    database: Database,
    rater_id: int,
    phase: str,
    place: int,
    text: str | None,
    *,
    flagged: bool,
    seconds: float,
    key: str,
) -> Progress:
    """Store an answer for good; when this returns, it is on disk.

    Parameters
    ----------
    text : str or None
        Canonical text.
    key : str
        The browser's name for this saving. The same key again at the same place stores nothing, so a request may be
        repeated when its reply was lost.

    Raises
    ------
    Refused
        The place does not exist, or its part of the study is over or has not begun.
    """
    try:
        with database.writing() as session:
            rater = session.get_one(Rater, rater_id, with_for_update=True)
            if session.get_one(Study, rater.study_id).closed_at is not None:
                raise Refused("The study is closed.")
            if session.get(Slot, (rater_id, phase, place)) is None:
                raise Refused("There is no such question.")
            if phase == TEST and rater.begun_at is None:
                raise Refused("The test has not begun.")
            if rater.finished_at is not None:
                raise Refused("You have handed in; answers cannot be changed any more.")
            if phase == PRACTICE and answers_of(session, rater_id, PRACTICE).get(place, Given()).text is not None:
                raise Refused("This practice question is answered.")
            look = min(max(seconds, 0.0), _LONGEST_LOOK) if seconds == seconds else 0.0
            session.add(
                AnswerRow(
                    rater_id=rater_id,
                    phase=phase,
                    place=place,
                    text=text,
                    flagged=flagged,
                    seconds=look,
                    at=now(),
                    key=key,
                )
            )
    except IntegrityError:
        pass  # the same key: it was stored before
    with database.reading() as session:
        return progress_of(session, rater_id, phase)


def answers_of(session: Session, rater_id: int, phase: str) -> dict[int, Given]:
    """The last answer of each place that has any."""
    columns = select(AnswerRow.place, AnswerRow.text, AnswerRow.flagged, AnswerRow.seconds)
    mine = columns.where(AnswerRow.rater_id == rater_id, AnswerRow.phase == phase).order_by(AnswerRow.id)
    given: dict[int, Given] = {}
    for place, text, flagged, seconds in session.execute(mine):
        before = given.get(place)
        given[place] = Given(text, flagged, seconds + (before.seconds if before else 0.0))
    return given


def slots_of(session: Session, rater_id: int, phase: str) -> dict[int, str]:
    """Item ids by place, in order."""
    query = select(Slot).where(Slot.rater_id == rater_id, Slot.phase == phase).order_by(Slot.place)
    return {slot.place: slot.item_id for slot in session.scalars(query)}


def progress_of(session: Session, rater_id: int, phase: str, given: dict[int, Given] | None = None) -> Progress:
    """Counts over one part of the study; `given` are its answers, if they are read already."""
    mine = select(func.count()).select_from(Slot).where(Slot.rater_id == rater_id, Slot.phase == phase)
    said = (answers_of(session, rater_id, phase) if given is None else given).values()
    return Progress(
        int(session.scalar(mine) or 0),
        sum(one.text is not None for one in said),
        sum(one.flagged for one in said),
        sum(one.seconds for one in said),
    )


def _rater(session: Session, rater_id: int) -> Rater:
    rater = session.get(Rater, rater_id)
    if rater is None:
        raise DatasetError(f"there is no rater {rater_id}")
    return rater


def _items(session: Session, ids: Sequence[str]) -> list[ItemRow]:
    """Index rows in the order of `ids`."""
    found: dict[str, ItemRow] = {}
    for start_at in range(0, len(ids), 500):  # databases bound the number of parameters
        query = select(ItemRow).where(ItemRow.id.in_(ids[start_at : start_at + 500]))
        found |= {row.id: row for row in session.scalars(query)}
    return [found[id_] for id_ in ids if id_ in found]
