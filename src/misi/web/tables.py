"""The tables of the site's database. Times are seconds since 1970 (UTC), so that every database keeps them alike."""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Double()}


class Meta(Base):
    """Single facts about the database, e.g. which dataset it belongs to."""

    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class ItemRow(Base):
    """Where a question stands in the dataset, and what it can be filtered by. The text stays in the dataset."""

    __tablename__ = "items"
    id: Mapped[str] = mapped_column(String(300), primary_key=True)
    place: Mapped[int] = mapped_column(index=True)  # in the dataset's own order
    task: Mapped[str] = mapped_column(String(40))
    split: Mapped[str] = mapped_column(String(8))
    complex_id: Mapped[str] = mapped_column(String(200), index=True)
    column: Mapped[str] = mapped_column("score_column", String(40))
    start: Mapped[int] = mapped_column("start_byte", BigInteger)
    size: Mapped[int]  # bytes
    __table_args__ = (Index("items_by_task", "task", "split", "place"),)


class Difficulty(Base):
    """A stored measure of an item's difficulty, e.g. ``amount`` or ``bonds``."""

    __tablename__ = "difficulties"
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[float]
    __table_args__ = (Index("difficulties_by_value", "name", "value"),)


class RunRow(Base):
    """A loaded run."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    manifest: Mapped[str] = mapped_column(Text)
    added_at: Mapped[float]


class VerdictRow(Base):
    """A judged reply of a run. A question may be answered more than once (epochs)."""

    __tablename__ = "verdicts"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"))
    status: Mapped[str] = mapped_column(String(16))
    weighted: Mapped[float]
    exact: Mapped[float]
    verdict: Mapped[str] = mapped_column(Text)  # the whole verdict as JSON; the columns above are for filters
    text: Mapped[str] = mapped_column(Text)  # the reply: untrusted
    ending: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("verdicts_by_run", "run_id", "item_id"), Index("verdicts_by_item", "item_id"))


class Study(Base):
    """A human study on part of the dataset.

    `chosen` holds item ids: the test part, in the dataset's order; `practice` those of the practice part.
    """

    __tablename__ = "studies"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    seed: Mapped[int]
    consent: Mapped[str] = mapped_column(Text)
    chosen: Mapped[list[str]] = mapped_column(JSON)
    practice: Mapped[list[str]] = mapped_column(JSON)
    show_scores: Mapped[bool]
    opened_at: Mapped[float]
    closed_at: Mapped[float | None]


class Rater(Base):
    """A person who sits a study, known by a label alone."""

    __tablename__ = "raters"
    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id"))
    label: Mapped[str] = mapped_column(String(60))
    invite: Mapped[str] = mapped_column(String(64), unique=True)  # digest of the token in the link
    tasks: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[float]
    consented_at: Mapped[float | None]
    field: Mapped[str | None] = mapped_column(String(200))
    degree: Mapped[str | None] = mapped_column(String(60))
    experience: Mapped[str | None] = mapped_column(String(60))
    begun_at: Mapped[float | None]  # the test part, after practice
    finished_at: Mapped[float | None]
    __table_args__ = (UniqueConstraint("study_id", "label", name="raters_label"),)


class Slot(Base):
    """Which question stands at which place for which rater; drawn once, so that it stays."""

    __tablename__ = "slots"
    rater_id: Mapped[int] = mapped_column(ForeignKey("raters.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(10), primary_key=True)  # practice or test
    place: Mapped[int] = mapped_column(primary_key=True)  # from 1
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"))


class AnswerRow(Base):
    """One saving of an answer. Rows are only added; the last one of a place counts, `seconds` add up."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("raters.id"))
    phase: Mapped[str] = mapped_column(String(10))
    place: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)  # canonical; None while the form is incomplete
    flagged: Mapped[bool]
    seconds: Mapped[float]  # looked at since the saving before
    at: Mapped[float]
    key: Mapped[str] = mapped_column(String(64))  # made by the browser: a repeated request adds nothing
    __table_args__ = (UniqueConstraint("rater_id", "phase", "place", "key", name="answers_once"),)


class SessionRow(Base):
    """A signed-in browser."""

    __tablename__ = "sessions"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the cookie's token
    kind: Mapped[str] = mapped_column(String(8))  # admin or rater
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("raters.id", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float]
    proof: Mapped[str] = mapped_column(String(64))  # what it was opened with; a new admin token or link ends it
