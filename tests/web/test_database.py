"""Migrations and both kinds of databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from misi.errors import DatasetError
from misi.web.catalogue import Filter, find, index_dataset
from misi.web.database import Database, connect, migrate
from misi.web.runs import load_run, verdicts_of
from misi.web.study import create_study
from misi.web.tables import Base
from tests.web.crowd import save_at_once


def _differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def test_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'new.sqlite'}")
    migrate(database)
    migrate(database)  # up to date: nothing to do
    assert _differences(database) == []
    with database.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2  # FULL: a commit is on disk when it returns
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from the future'"))
    with pytest.raises(DatasetError, match="up to date"):
        migrate(database)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "nosuchdatabase://x/y",
        "sqlite:////no/such/folder/x.sqlite",
        "postgresql://nobody:secret@127.0.0.1:1/none",
    ],
)
def test_wrong_urls_end_in_one_line_without_the_password(url: str) -> None:
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    with pytest.raises(DatasetError) as caught:
        connect(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_failed_writer_leaves_nothing(database: Database, dataset: Path) -> None:
    with pytest.raises(DatasetError):
        create_study(database, dataset, "None", tasks=["no such task"])
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM studies")) == 0


def test_postgresql_does_all_of_it(postgresql: str, dataset: Path, runs: dict[str, Path]) -> None:
    database = connect(postgresql)
    migrate(database)
    migrate(database)
    assert _differences(database) == []
    index_dataset(database, dataset)
    run = load_run(database, dataset, runs["chance"])
    with database.reading() as session:
        _, all_of_it = find(session, Filter(run=run), limit=1)
        _, right = find(session, Filter(run=run, outcome="right", measure="amount", low=0), limit=1)
        assert len(list(verdicts_of(session, run))) == all_of_it > right
    study = create_study(database, dataset, "On PostgreSQL", practice=0)
    save_at_once(database, study, raters=8, answers=12)
    database.engine.dispose()
