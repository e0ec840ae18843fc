"""The human study without its pages: order, saving, limits, and many raters at once."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from misi.errors import DatasetError
from misi.tasks.question import Question
from misi.web.database import Database
from misi.web.settings import digest_of
from misi.web.study import (
    PRACTICE,
    TEST,
    Refused,
    answers_of,
    begin_test,
    close,
    create_study,
    finish,
    invite,
    progress_of,
    renew_invite,
    save_answer,
    slots_of,
    withdraw,
)
from misi.web.tables import AnswerRow, Rater, Slot, Study
from tests.web.crowd import new_rater, save_at_once


def _slots(database: Database, rater: int, phase: str = TEST) -> dict[int, str]:
    with database.reading() as session:
        return slots_of(session, rater, phase)


@pytest.fixture
def study(database: Database, dataset: Path) -> int:
    return create_study(database, dataset, "A study", seed=5, practice=0)


def test_the_tiny_subset_is_asked(database: Database, dataset: Path, study: int) -> None:
    from misi.dataset.layout import read_tiny

    with database.reading() as session:
        chosen = session.get_one(Study, study).chosen
    assert sorted(chosen) == sorted(read_tiny(dataset))


def test_order_is_drawn_for_each_rater_and_stays(database: Database, dataset: Path, study: int) -> None:
    first, second = (_slots(database, new_rater(database, study, label)) for label in ("R1", "R2"))
    assert sorted(first.values()) == sorted(second.values())
    assert list(first.values()) != list(second.values())
    again = create_study(database, dataset, "The same seed", seed=5, practice=0)
    assert _slots(database, new_rater(database, again, "R1")) == first
    other = create_study(database, dataset, "Another seed", seed=6, practice=0)
    assert _slots(database, new_rater(database, other, "R1")) != first


def test_practice_is_from_the_train_split(database: Database, dataset: Path, questions: dict[str, Question]) -> None:
    study = create_study(database, dataset, "With practice", practice=2)
    rater = new_rater(database, study, "R1", begin=False)
    exercises = _slots(database, rater, PRACTICE)
    assert len(exercises) == 18
    assert {questions[id_].split for id_ in exercises.values()} == {"train"}
    with pytest.raises(Refused, match="practice"):
        begin_test(database, rater)
    for place in exercises:
        save_answer(database, rater, PRACTICE, place, "x", flagged=False, seconds=1, key=str(place))
    begin_test(database, rater)
    with pytest.raises(Refused, match="answered"):
        save_answer(database, rater, PRACTICE, 1, "y", flagged=False, seconds=1, key="again")


def test_raters_may_get_some_tasks_only(database: Database, study: int, questions: dict[str, Question]) -> None:
    rater = new_rater(database, study, "R1", ("docking", "pocket_ligand"))
    assert {questions[id_].task for id_ in _slots(database, rater).values()} == {"docking", "pocket_ligand"}


def test_the_last_answer_counts_and_time_adds_up(database: Database, study: int) -> None:
    rater = new_rater(database, study, "R1")
    for text, seconds, key in (("move x 1", 4.0, "a"), (None, 2.0, "b"), ("move x 2", 1.0, "c")):
        progress = save_answer(database, rater, TEST, 1, text, flagged=text is None, seconds=seconds, key=key)
        assert progress.answered == (text is not None)
    with database.reading() as session:
        (given,) = answers_of(session, rater, TEST).values()
    assert (given.text, given.flagged, given.seconds) == ("move x 2", False, 7.0)


def test_a_repeated_request_changes_nothing(database: Database, study: int) -> None:
    rater = new_rater(database, study, "R1")
    for _ in range(3):
        save_answer(database, rater, TEST, 1, "move x 1", flagged=False, seconds=5, key="the same")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnswerRow)) == 1
        assert progress_of(session, rater, TEST).seconds == 5


@pytest.mark.parametrize(("seconds", "kept"), [(-3.0, 0.0), (1e9, 900.0), (float("nan"), 0.0), (float("inf"), 900.0)])
def test_time_that_cannot_be_is_bounded(database: Database, study: int, seconds: float, kept: float) -> None:
    rater = new_rater(database, study, "R1")
    assert save_answer(database, rater, TEST, 1, "A", flagged=False, seconds=seconds, key="k").seconds == kept


def test_nothing_is_saved_where_nothing_may_be(database: Database, study: int) -> None:
    rater = new_rater(database, study, "R1", begin=False)

    def save(place: int = 1) -> None:
        save_answer(database, rater, TEST, place, "A", flagged=False, seconds=1, key=f"{place}")

    with pytest.raises(Refused, match="not begun"):
        save()
    begin_test(database, rater)
    with pytest.raises(Refused, match="no such question"):
        save(9999)
    close(database, study, closed=True)
    with pytest.raises(Refused, match="closed"):
        save()
    close(database, study, closed=False)
    finish(database, rater)
    with pytest.raises(Refused, match="handed in"):
        save()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnswerRow)) == 0


@pytest.mark.parametrize("label", ["", "   ", "x" * 61, "line\nbreak", "\x07"])
def test_labels_that_are_refused(database: Database, study: int, label: str) -> None:
    with pytest.raises(DatasetError):
        invite(database, study, [label])


def test_labels_are_given_once(database: Database, study: int) -> None:
    invite(database, study, ["R1"])
    with pytest.raises(DatasetError, match="taken"):
        invite(database, study, ["R2", "R1"])
    with database.reading() as session:
        assert session.scalars(select(Rater.label)).all() == ["R1"]  # all or none


def test_links_can_be_renewed_and_raters_withdrawn(database: Database, study: int) -> None:
    rater = new_rater(database, study, "R1")
    save_answer(database, rater, TEST, 1, "A", flagged=False, seconds=1, key="k")
    with database.reading() as session:
        before = session.get_one(Rater, rater).invite
    token = renew_invite(database, rater)
    with database.reading() as session:
        assert session.get_one(Rater, rater).invite == digest_of(token) != before
    withdraw(database, rater)
    with database.reading() as session:
        for table in (Rater, AnswerRow, Slot):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_many_raters_at_once_lose_nothing(database: Database, study: int) -> None:
    save_at_once(database, study, raters=8, answers=12)
