"""Runs on the site: loaded from folders or uploads, judged by the one scorer, kept in the database."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from misi.dataset.layout import dumps
from misi.errors import DatasetError
from misi.evaluate.contact_scores import ContactScores
from misi.evaluate.outcomes import NOT_ASKED, Reply, Verdict
from misi.evaluate.replies import REPLIES, latest_replies
from misi.evaluate.run import REQUESTS, RUN, score_run
from misi.web.clock import now
from misi.web.database import Database
from misi.web.tables import RunRow, VerdictRow

#: The files of a run's folder that are read; others are of no use here.
FILES = (RUN, REQUESTS, REPLIES)
_BATCH = 2_000
_LONGEST_NAME = 200


def load_run(database: Database, dataset: Path, folder: Path) -> int:
    """Judge and store a run; returns its number. Loading the same files again changes nothing.

    Raises
    ------
    DatasetError
        The folder holds no run, or one on another dataset.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise DatasetError(f"{folder.name}: no {missing[0]} here")
    digest = _digest_of(folder)
    with tempfile.TemporaryDirectory(prefix="misi-run-") as name:
        copy = Path(name)  # scoring writes into the folder, which may be read-only
        for file in FILES:
            shutil.copyfile(folder / file, copy / file)
        try:
            run = score_run(copy, dataset)
            replies = latest_replies(copy)
        except DatasetError as error:
            raise DatasetError(str(error).replace(name, folder.name)) from None
        except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
            # An uploaded file may hold anything; what the reader did not foresee is still no run.
            raise DatasetError(f"{folder.name}: no run that can be read ({type(error).__name__})") from None
    with database.writing() as session:
        known = session.scalar(select(RunRow.id).where(RunRow.digest == digest))
        if known is not None:
            return known
        row = RunRow(
            model=clean(run.model)[:_LONGEST_NAME] or "(no name)",
            digest=digest,
            manifest=clean(dumps(run.manifest)),
            added_at=now(),
        )
        session.add(row)
        session.flush()
        batch: list[dict[str, Any]] = []
        for verdict in run.verdicts:
            none = Reply(verdict.id, "", "error", NOT_ASKED)
            batch.append(_row(row.id, verdict, replies.get((verdict.id, verdict.epoch), none)))
            if len(batch) >= _BATCH:
                session.execute(insert(VerdictRow), batch)
                batch.clear()
        if batch:
            session.execute(insert(VerdictRow), batch)
        return row.id


def _digest_of(folder: Path) -> str:
    total = hashlib.sha256()
    for name in FILES:
        with (folder / name).open("rb") as handle:
            total.update(hashlib.file_digest(handle, "sha256").digest())
    return total.hexdigest()


def _row(run_id: int, verdict: Verdict, reply: Reply) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "item_id": verdict.id,
        "status": verdict.status,
        "weighted": verdict.weighted,
        "exact": verdict.exact,
        "verdict": clean(dumps(verdict.as_json())),
        "text": clean(reply.text),
        "ending": reply.ending,
        "detail": clean(reply.detail),
    }


def clean(text: str) -> str:
    """Text that every database stores: PostgreSQL refuses NUL, and nothing can encode half a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def remove_run(database: Database, run_id: int) -> None:
    """Forget a run and its replies."""
    with database.writing() as session:
        session.execute(delete(VerdictRow).where(VerdictRow.run_id == run_id))
        session.execute(delete(RunRow).where(RunRow.id == run_id))


def verdicts_of(session: Session, run_id: int) -> Iterator[Verdict]:
    """The stored verdicts of a run.

    Raises
    ------
    DatasetError
        They were stored by a version that kept less.
    """
    query = select(VerdictRow.verdict).where(VerdictRow.run_id == run_id).order_by(VerdictRow.id)
    for text in session.scalars(query):
        yield verdict_from_text(text)


def verdict_from_text(text: str) -> Verdict:
    """Inverse of the stored form of a verdict.

    Raises
    ------
    DatasetError
        A version that kept less wrote it.
    """
    data = json.loads(text)
    names = {field.name for field in fields(Verdict)}
    try:
        kept = {name: value for name, value in data.items() if name in names}
        if kept.get("contacts"):
            kept["contacts"] = ContactScores(**kept["contacts"])
        return Verdict(**kept)
    except TypeError as error:
        raise DatasetError(f"a stored run is of an older version ({error}); remove it and load it again") from None
