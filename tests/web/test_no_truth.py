"""What a rater's browser receives does not depend on what is right.

Two datasets that differ only in the truth of their test questions are served to the same rater with the same random
tokens: every byte that is sent before the end must be the same.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from misi.dataset.layout import dumps, questions_path
from misi.seeds import rng_for
from misi.tasks import TASKS
from misi.tasks.question import Question
from misi.web import clock
from misi.web.app import create_app
from misi.web.catalogue import index_dataset
from misi.web.database import connect, migrate
from misi.web.settings import Settings, digest_of
from misi.web.study import TEST, create_study, invite, slots_of
from misi.web.tables import Study
from misi.web.widgets import filled_of
from tests.web.test_pages import sign_up

#: What a form needs of a derivation: atoms that the pictures name.
KEPT = ("residue", "residue_atoms", "ligand_atoms")


def _with_other_truth(question: Question) -> dict[str, Any]:
    """The same question with another answer and nothing in its derivation that says either."""
    task = TASKS[question.task]
    rng = rng_for(1, "other truth", question.id)
    answer = question.answer
    for _ in range(200):
        answer = task.format(task.parse(task.chance(question, rng), question))
        if answer != question.answer:
            break
    assert answer != question.answer
    derivation = {name: question.derivation[name] for name in KEPT if name in question.derivation}
    return {**question.as_json(), "answer": answer, "derivation": derivation}


@pytest.fixture
def other(dataset: Path, questions: dict[str, Question], tmp_path: Path) -> Path:
    root = tmp_path / "other"
    shutil.copytree(dataset, root, ignore=shutil.ignore_patterns("questions", "complexes"))
    (root / "questions").mkdir()
    for task in TASKS:
        for split in ("train", "test"):
            mine = [q for q in questions.values() if (q.task, q.split) == (task, split)]
            lines = [q.as_json() if split == "train" else _with_other_truth(q) for q in mine]
            questions_path(root, task, split).write_text("".join(dumps(line) + "\n" for line in lines))
    return root


def _everything_sent(
    root: Path, truths: dict[str, dict[str, str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, bytes]]:
    """Walk a rater through consent, practice and a test of all tasks; all that comes back, by address.

    `truths` are forms by question id that are sent too: what is right in one of the datasets.
    """
    count = iter(range(10_000))
    monkeypatch.setattr("secrets.token_urlsafe", lambda n=32: f"token-{next(count):028d}")
    monkeypatch.setattr(clock, "now", lambda: 1.7e9)
    folder.mkdir()
    settings = Settings(root, f"sqlite:///{folder / 'site.sqlite'}", digest_of("x" * 20))
    database = connect(settings.db)
    migrate(database)
    index_dataset(database, root)
    study = create_study(database, root, "A study", seed=1, practice=1, tiny=False)
    with database.writing() as session:
        chosen = session.get_one(Study, study).chosen
        by_task = [[id_ for id_ in chosen if id_.startswith(f"{task}-")] for task in TASKS]
        session.get_one(Study, study).chosen = [id_ for ids in by_task for id_ in (ids[0], ids[-1])]
    ((_, token),) = invite(database, study, ["R1"])
    app = create_app(settings)
    sent: list[tuple[str, bytes]] = []

    def note(response: Any) -> int:
        kept = {k: v for k, v in response.headers.items() if k not in ("date", "last-modified", "etag")}
        headers = "\n".join(f"{k}: {v}" for k, v in kept.items())
        sent.append((str(response.url), headers.encode() + b"\n" + response.content))
        return int(response.status_code)

    with TestClient(app, base_url="http://127.0.0.1") as browser:
        note(browser.get(f"/invite/{token}"))
        csrf = sign_up(browser, f"/invite/{token}")
        fields = {"csrf": csrf, "key": "k", "option": "A", "contacts": "none", "move_axis": "x"}
        fields |= {"roll_axis": "x", "roll_value": "15"}
        with database.reading() as session:
            asked = slots_of(session, 1, TEST)
        for phase, name in (("practice", "practice"), ("question", "test")):
            for place in range(1, 30):
                if note(browser.get(f"/study/{phase}/{place}")) == 404:
                    break
                for n in range(1, 13):
                    note(browser.get(f"/study/picture/{name}/{place}/{n}"))
                for value in ("3", "50"):  # one of them suits translation, zooming and docking
                    note(browser.post(f"/study/{phase}/{place}", data={**fields, "move_value": value}))
                for form in ({"move_value": "-2", "option": "C"}, truths.get(asked.get(place, ""), {})):
                    quiet = {**fields, **form}
                    note(browser.post(f"/study/{phase}/{place}", data=quiet, headers={"Accept": "application/json"}))
            if phase == "practice":
                note(browser.get("/study/begin"))
                note(browser.post("/study/begin", data={"csrf": csrf}))
        for path in (
            "/study/overview",
            "/study/pause",
            "/study",
            "/study/done",
            "/",
            "/board",
            "/board.json",
            "/items",
        ):
            note(browser.get(path))
    database.engine.dispose()
    app.state.site.database.engine.dispose()
    return sent


def test_nothing_sent_depends_on_the_truth(
    dataset: Path, other: Path, questions: dict[str, Question], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truths = {q.id: filled_of(q, q.answer) for q in questions.values() if q.split == "test"}
    first = _everything_sent(dataset, truths, tmp_path / "a", monkeypatch)
    second = _everything_sent(other, truths, tmp_path / "b", monkeypatch)
    assert len(first) == len(second) > 300
    for (address, one), (other_address, two) in zip(first, second, strict=True):
        assert address == other_address
        assert one == two, address
    names = {q.id for q in questions.values()} | {q.complex_id for q in questions.values()}
    names |= {"derivation", ".png", "images/", "option-"}
    for address, content in first:
        if "/study/" in address and b"image/png" not in content:
            text = content.decode()
            assert not [name for name in names if name in text], address
