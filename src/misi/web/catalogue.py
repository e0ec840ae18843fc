"""The dataset as the site sees it: an index in the database, the questions themselves read from the dataset's files."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, select
from sqlalchemy.orm import Session

from misi.dataset.layout import MANIFEST, SPLITS, questions_path, read_manifest, sha256_of
from misi.errors import DatasetError
from misi.tasks.columns import column_of
from misi.tasks.question import Question
from misi.web.database import Database
from misi.web.tables import Difficulty, ItemRow, Meta, VerdictRow

_DATASET = "dataset_sha256"
_BATCH = 5_000

#: What can be asked of a run's reply to an item.
OUTCOMES = ("right", "partial", "wrong", "unparsed", "refused", "truncated", "error")


@dataclass(frozen=True)
class Filter:
    """Which items are wanted; blank fields ask for nothing.

    Attributes
    ----------
    task, split, complex_id : str
    measure : str
        Name of a stored difficulty; `low` and `high` bound it, both ends in.
    low, high : float or None
    run : int or None
    outcome : str
        One of `OUTCOMES`, of the reply of `run`.
    """

    task: str = ""
    split: str = ""
    complex_id: str = ""
    measure: str = ""
    low: float | None = None
    high: float | None = None
    run: int | None = None
    outcome: str = ""

    def query(self) -> dict[str, str]:
        """What a link needs to carry it."""
        values = {
            "task": self.task,
            "split": self.split,
            "complex": self.complex_id,
            "measure": self.measure,
            "low": "" if self.low is None else f"{self.low:g}",
            "high": "" if self.high is None else f"{self.high:g}",
            "run": "" if self.run is None else str(self.run),
            "outcome": self.outcome,
        }
        return {key: value for key, value in values.items() if value}


def index_dataset(database: Database, dataset: Path) -> None:
    """Fill the index, once for a database; a database serves one dataset for good.

    Raises
    ------
    DatasetError
        The dataset cannot be read, or the database belongs to another one.
    """
    manifest = read_manifest(dataset)
    digest = sha256_of(dataset / MANIFEST)
    with database.writing() as session:
        known = session.get(Meta, _DATASET)
        if known is not None:
            if known.value != digest:
                raise DatasetError(
                    f"the database belongs to another dataset than {dataset}; give another one with --db"
                )
            return
        session.add(Meta(key=_DATASET, value=digest))
        session.flush()
        items: list[dict[str, Any]] = []
        measures: list[dict[str, Any]] = []
        for place, (question, start, size) in enumerate(_located(dataset, manifest)):
            items.append(
                {
                    "id": question.id,
                    "place": place,
                    "task": question.task,
                    "split": question.split,
                    "complex_id": question.complex_id,
                    "column": column_of(question),
                    "start": start,
                    "size": size,
                }
            )
            measures += [
                {"item_id": question.id, "name": name, "value": float(value)}
                for name, value in question.derivation.get("difficulty", {}).items()
                if isinstance(value, int | float) and not isinstance(value, bool)
            ]
            if len(items) >= _BATCH:
                _store(session, items, measures)
        _store(session, items, measures)


def _store(session: Session, items: list[dict[str, Any]], measures: list[dict[str, Any]]) -> None:
    for table, rows in ((ItemRow, items), (Difficulty, measures)):
        if rows:
            session.execute(insert(table), rows)
        rows.clear()


def _located(dataset: Path, manifest: dict[str, Any]) -> Iterator[tuple[Question, int, int]]:
    """Every question with its first byte and its length in its file."""
    for task in manifest["counts"]["questions"]:
        for split in SPLITS:
            path = questions_path(dataset, task, split)
            if not path.exists():
                continue
            start = 0
            with path.open("rb") as handle:
                for number, line in enumerate(handle, 1):
                    try:
                        yield Question.from_json(json.loads(line)), start, len(line)
                    except (ValueError, KeyError, TypeError) as error:
                        raise DatasetError(f"{path}: line {number} is not a question ({error!r})") from None
                    start += len(line)


def read_question(dataset: Path, row: ItemRow) -> Question:
    """The question of an index row.

    Raises
    ------
    DatasetError
        The file has changed since it was indexed.
    """
    path = questions_path(dataset, row.task, row.split)
    try:
        with path.open("rb") as handle:
            handle.seek(row.start)
            question = Question.from_json(json.loads(handle.read(row.size)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: {row.id} cannot be read ({error!r})") from None
    if question.id != row.id:
        raise DatasetError(f"{path}: {row.id} is not where it was; the dataset has changed")
    return question


def find(session: Session, wanted: Filter, *, limit: int, offset: int = 0) -> tuple[Sequence[ItemRow], int]:
    """A page of items in the dataset's order, and how many there are in all."""
    total = session.scalar(_filtered(select(func.count()).select_from(ItemRow), wanted)) or 0
    rows = session.scalars(_filtered(select(ItemRow), wanted).order_by(ItemRow.place).offset(offset).limit(limit))
    return rows.all(), total


def beside(session: Session, wanted: Filter, row: ItemRow) -> tuple[str | None, str | None]:
    """Ids of the items before and after this one, among the wanted."""
    ids = select(ItemRow.id)
    before = _filtered(ids, wanted).where(ItemRow.place < row.place).order_by(ItemRow.place.desc()).limit(1)
    after = _filtered(ids, wanted).where(ItemRow.place > row.place).order_by(ItemRow.place).limit(1)
    return session.scalar(before), session.scalar(after)


def measures(session: Session) -> Sequence[str]:
    """Names of the stored difficulties."""
    return session.scalars(select(Difficulty.name).distinct().order_by(Difficulty.name)).all()


def _filtered(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.task:
        query = query.where(ItemRow.task == wanted.task)
    if wanted.split:
        query = query.where(ItemRow.split == wanted.split)
    if wanted.complex_id:
        query = query.where(ItemRow.complex_id == wanted.complex_id)
    if wanted.measure:
        bounds = [Difficulty.item_id == ItemRow.id, Difficulty.name == wanted.measure]
        if wanted.low is not None:
            bounds.append(Difficulty.value >= wanted.low)
        if wanted.high is not None:
            bounds.append(Difficulty.value <= wanted.high)
        query = query.where(exists().where(*bounds))
    if wanted.run is not None:
        replied: list[ColumnElement[bool]] = [VerdictRow.item_id == ItemRow.id, VerdictRow.run_id == wanted.run]
        if wanted.outcome:
            replied += _outcome(wanted.outcome)
        query = query.where(exists().where(*replied))
    return query


def _outcome(name: str) -> list[ColumnElement[bool]]:
    if name not in ("right", "partial", "wrong"):
        return [VerdictRow.status == name]
    answered = VerdictRow.status == "answered"
    if name == "right":
        return [answered, VerdictRow.exact == 1]
    if name == "partial":
        return [answered, VerdictRow.exact < 1, VerdictRow.weighted > 0]
    return [answered, VerdictRow.weighted == 0]
