"""What a rater's browser receives does not depend on what is right.

Two datasets that differ only in the truth of their test questions are served to the same rater with the same random
tokens: every byte that is sent before the end must be the same.
"""

import shutil
from collections.abc import Iterator
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
from misi.web.study import create_study, invite
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


def _everything_sent(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, bytes]]:
    """Walk a rater through consent, practice and the whole test; yield all that comes back."""
    count = iter(range(10_000))
    monkeypatch.setattr("secrets.token_urlsafe", lambda n=32: f"token-{next(count):028d}")
    monkeypatch.setattr(clock, "now", lambda: 1.7e9)
    folder.mkdir()
    settings = Settings(root, f"sqlite:///{folder / 'site.sqlite'}", digest_of("x" * 20))
    database = connect(settings.db)
    migrate(database)
    index_dataset(database, root)
    study = create_study(database, root, "A study", seed=1, practice=1)
    ((_, token),) = invite(database, study, ["R1"])
    browser = TestClient(create_app(settings), base_url="http://127.0.0.1")

    def note(response: Any) -> Any:
        kept = {k: v for k, v in response.headers.items() if k not in ("date", "last-modified", "etag")}
        headers = "\n".join(f"{k}: {v}" for k, v in kept.items())
        sent.append((str(response.url), headers.encode() + b"\n" + response.content))
        return response

    sent: list[tuple[str, bytes]] = []
    note(browser.get(f"/invite/{token}"))
    csrf = sign_up(browser, f"/invite/{token}")
    fields = {"csrf": csrf, "key": "k", "option": "A", "contacts": "none"}
    fields |= {"move_axis": "x", "move_value": "", "roll_axis": "x", "roll_value": "15"}
    for phase in ("practice", "question"):
        for place in range(1, 200):
            page = note(browser.get(f"/study/{phase}/{place}"))
            if page.status_code == 404:
                break
            for n in range(1, 12):
                note(browser.get(f"/study/picture/{'test' if phase == 'question' else phase}/{place}/{n}"))
            for value in ("3", "50"):  # one of them suits translation, zooming and docking
                answer = browser.post(f"/study/{phase}/{place}", data={**fields, "move_value": value})
                note(answer)
            quiet = {**fields, "move_value": "-2", "roll_value": "-45", "option": "C"}
            note(browser.post(f"/study/{phase}/{place}", data=quiet, headers={"Accept": "application/json"}))
        if phase == "practice":
            note(browser.get("/study/begin"))
            note(browser.post("/study/begin", data={"csrf": csrf}))
    for path in ("/study/overview", "/study/pause", "/study", "/study/done", "/", "/board", "/board.json", "/items"):
        note(browser.get(path))
    database.engine.dispose()
    browser.app.state.site.database.engine.dispose()  # type: ignore[attr-defined]
    yield from sent


def test_nothing_sent_depends_on_the_truth(
    dataset: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = list(_everything_sent(dataset, tmp_path / "a", monkeypatch))
    second = list(_everything_sent(other, tmp_path / "b", monkeypatch))
    assert len(first) == len(second) > 300
    for (address, one), (other_address, two) in zip(first, second, strict=True):
        assert address == other_address
        assert one == two, address


def test_names_of_questions_and_complexes_are_not_sent(
    dataset: Path, questions: dict[str, Question], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [(a, b) for a, b in _everything_sent(dataset, tmp_path / "a", monkeypatch) if "/study/" in a]
    names = {q.id for q in questions.values()} | {q.complex_id for q in questions.values()}
    names |= {"derivation", ".png", "images/", "option-"}
    for address, content in sent:
        if content.rstrip().endswith(b"\x82") or b"\x89PNG" in content:
            continue
        text = content.decode()
        assert not [name for name in names if name in text], address
