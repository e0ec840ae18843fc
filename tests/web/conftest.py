"""A small dataset of made-up complexes, built once; sites on copies of its database; a throw-away PostgreSQL."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")
pytest.importorskip("sqlalchemy", reason="the extra 'web' is not installed")
pytest.importorskip("alembic", reason="the extra 'web' is not installed")

from fastapi.testclient import TestClient

from misi.dataset.build import build
from misi.dataset.config import BuildConfig
from misi.dataset.layout import read_questions
from misi.evaluate.outcomes import Reply
from misi.seeds import rng_for
from misi.structures.synthetic import write_complexes
from misi.tasks import TASKS
from misi.tasks.question import Question
from misi.web.app import create_app
from misi.web.catalogue import index_dataset
from misi.web.database import Database, connect, migrate
from misi.web.export import write_human_run
from misi.web.settings import Settings, digest_of

ADMIN = "an admin token of the tests"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One of several test processes at a time."""
    fcntl = pytest.importorskip("fcntl")
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2 + 2 complexes, all nine tasks, tiny pictures; shared by all test processes of a run."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "web-dataset"
    folder.mkdir(exist_ok=True)
    with _alone(folder):
        if not (folder / "ds" / "dataset.json").exists():
            shutil.rmtree(folder / "ds", ignore_errors=True)
            write_complexes(folder / "complexes", 4, 3)
            config = BuildConfig(tasks=tuple(TASKS), seed=1, train=2, test=2, width=192, height=144, quality="fast")
            build(folder / "complexes", folder / "ds", config, workers=1)
    return folder / "ds"


@pytest.fixture(scope="session")
def questions(dataset: Path) -> dict[str, Question]:
    """All questions by id."""
    return {question.id: question for question in read_questions(dataset)}


@pytest.fixture(scope="session")
def runs(dataset: Path, questions: dict[str, Question], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of two baselines' runs on the test split."""
    folder = tmp_path_factory.mktemp("runs")
    answers: dict[str, Callable[[Question], str]] = {
        "oracle": lambda q: TASKS[q.task].oracle(q),
        "chance": lambda q: TASKS[q.task].chance(q, rng_for(3, "chance", q.id)),
    }
    for name, answer in answers.items():
        replies = [Reply(q.id, f"I looked.\nAnswer: {answer(q)}") for q in questions.values() if q.split == "test"]
        write_human_run(folder / name, dataset, name, [replies], "none")
    return {name: folder / name for name in ("oracle", "chance")}


@pytest.fixture(scope="session")
def blank(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with tables and index, to be copied."""
    path = tmp_path_factory.mktemp("blank") / "site.sqlite"
    database = connect(f"sqlite:///{path}")
    migrate(database)
    index_dataset(database, dataset)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.engine.dispose()
    return path


@pytest.fixture
def settings(dataset: Path, blank: Path, tmp_path: Path) -> Settings:
    """A site of its own for each test."""
    shutil.copyfile(blank, tmp_path / "site.sqlite")
    return Settings(dataset, f"sqlite:///{tmp_path / 'site.sqlite'}", digest_of(ADMIN), max_upload=2**20)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = connect(settings.db)
    yield database
    database.engine.dispose()


@pytest.fixture
def browsers(settings: Settings) -> Iterator[Callable[[], TestClient]]:
    """Makes browsers of one site, each with cookies of its own."""
    app = create_app(settings)
    with ExitStack() as stack:  # entered clients keep one event loop; others make one for each request
        yield lambda: stack.enter_context(TestClient(app, base_url="http://127.0.0.1", follow_redirects=True))
    app.state.site.database.engine.dispose()


@pytest.fixture
def visitor(browsers: Callable[[], TestClient]) -> TestClient:
    return browsers()


@pytest.fixture
def admin(browsers: Callable[[], TestClient]) -> TestClient:
    """A browser that is signed in as admin."""
    client = browsers()
    assert client.post("/admin/sign-in", data={"token": ADMIN}).status_code == 200
    return client


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a throw-away PostgreSQL server on a socket in a temporary folder."""
    pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not homes:
        pytest.skip("no PostgreSQL server is installed")
    bin_folder = homes[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="misi-pg-"))
    as_owner: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        if shutil.which("runuser") is None or subprocess.run(["id", "postgres"], capture_output=True).returncode:
            pytest.skip("PostgreSQL cannot be started: running as root, and there is no user postgres")
        shutil.chown(folder, "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"

    def run(*command: str) -> None:
        done = subprocess.run([*as_owner, *command], cwd=folder, capture_output=True, text=True, timeout=120)
        if done.returncode:
            pytest.skip(f"PostgreSQL cannot be started: {done.stderr.strip().splitlines()[-1:]}")

    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)
    secret = ["-A", "scram-sha-256", "--pwfile", str(folder / "password")]
    run(str(bin_folder / "initdb"), "-D", str(data), "-U", "misi", *secret)
    control = [str(bin_folder / "pg_ctl"), "-D", str(data)]
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run(*control, "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql://misi:{password}@/postgres?host={folder}"
    finally:
        subprocess.run([*as_owner, *control, "-m", "immediate", "stop"], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
