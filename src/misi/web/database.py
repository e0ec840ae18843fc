"""Connections: SQLite in WAL mode, or any other database by URL; and bringing the tables up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from misi.errors import DatasetError

#: Milliseconds a writer waits for another; SQLite allows one at a time.
_BUSY_MS = 30_000
_MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Database:
    """An engine with two kinds of sessions.

    `reading` sees one snapshot. `writing` takes SQLite's write lock at its start, since a transaction that read first
    could not wait for it; it commits at the end, or rolls back on an exception. With ``synchronous=FULL`` a commit
    has reached the disk when it returns, so what is acknowledged survives a killed worker and a power cut.
    """

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with (
            Session(self.engine.execution_options(misi_writes=True), expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session


def connect(url: str) -> Database:
    """Open the database.

    Raises
    ------
    DatasetError
        The URL is malformed, its driver is missing, or nothing answers there.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatasetError(f"--db: {error}") from None
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    try:
        with engine.connect():
            pass
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DatasetError(f"--db {parsed.render_as_string(hide_password=True)}: {reason}") from None
    return Database(engine)


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver guesses
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_MS}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("misi_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrate(database: Database) -> None:
    """Bring the tables to the newest revision; called once, before any worker starts.

    Raises
    ------
    DatasetError
        The database was made by a newer version, or refuses.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        with database.engine.execution_options(misi_writes=True).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise DatasetError(f"--db: {str(error).splitlines()[0]}") from None
    except Exception as error:  # alembic's CommandError: an unknown revision
        raise DatasetError(f"--db: the tables cannot be brought up to date ({error})") from None
