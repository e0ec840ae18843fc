"""Raters for tests: one, or many at once."""

import threading

from sqlalchemy import select

from misi.web.database import Database
from misi.web.settings import digest_of
from misi.web.study import TEST, answers_of, begin_test, invite, save_answer, start
from misi.web.tables import Rater


def new_rater(database: Database, study: int, label: str, tasks: tuple[str, ...] = (), *, begin: bool = True) -> int:
    """An invited rater who has consented, and begun the test if asked for."""
    ((_, token),) = invite(database, study, [label], tasks)
    with database.reading() as session:
        rater = session.scalars(select(Rater).where(Rater.invite == digest_of(token))).one()
    start(database, rater.id, "chemistry", "PhD", "none")
    if begin:
        begin_test(database, rater.id)
    return rater.id


def save_at_once(database: Database, study: int, raters: int, answers: int) -> None:
    """Threads of raters save at the same time; whatever was acknowledged is there."""
    ids = [new_rater(database, study, f"R{n}") for n in range(raters)]
    acknowledged: list[tuple[int, int, str]] = []
    failures: list[BaseException] = []

    def sit(rater: int) -> None:
        try:
            for place in range(1, answers + 1):
                text = f"move x {rater}{place}"
                save_answer(database, rater, TEST, place, text, flagged=False, seconds=1, key=f"{place}")
                acknowledged.append((rater, place, text))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=sit, args=(rater,)) for rater in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(acknowledged) == raters * answers
    with database.reading() as session:
        stored = {rater: answers_of(session, rater, TEST) for rater in ids}
    assert all(stored[rater][place].text == text for rater, place, text in acknowledged)
