"""Pages as a browser without scripts sees them."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from misi.evaluate.run import score_run
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS
from misi.tasks.question import Question
from misi.web.runs import FILES


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def upload(admin: TestClient, folder: Path) -> int:
    """Load a run through the form; returns the status."""
    token = csrf_of(admin.get("/admin").text)
    files = [("files", (name, (folder / name).read_bytes())) for name in FILES]
    return admin.post("/admin/runs", data={"csrf": token}, files=files).status_code


def new_study(admin: TestClient, labels: str, **fields: str) -> list[str]:
    """Make a study through the forms; returns the paths of the links."""
    token = csrf_of(admin.get("/admin").text)
    page = admin.post("/admin/studies", data={"csrf": token, "name": "A study", **fields})
    assert page.status_code == 200
    page = admin.post(f"{page.url}/invite", data={"csrf": token, "labels": labels})
    return re.findall(r"<code>http://127\.0\.0\.1(/invite/[^<]+)</code>", page.text)


def sign_up(browser: TestClient, link: str) -> str:
    """Follow a link and consent; returns the CSRF token."""
    token = csrf_of(browser.post(link).text)
    data = {"csrf": token, "agree": "yes", "field": "chemistry", "degree": "PhD", "experience": "none"}
    assert browser.post("/study/consent", data=data).status_code == 200
    return token


@pytest.mark.parametrize(
    "path", ["/", "/items", "/items?task=docking&split=test&measure=angle&low=1&page=1", "/board", "/board?mode=exact"]
)
def test_open_pages(visitor: TestClient, path: str) -> None:
    page = visitor.get(path)
    assert page.status_code == 200
    assert "<h1>" in page.text


def test_the_list_pages_through_everything(visitor: TestClient, questions: dict[str, Question]) -> None:
    found: list[str] = []
    for number in range(1, 100):
        page = visitor.get(f"/items?page={number}").text
        here = re.findall(r'<th scope="row"><a href="/items/([^"]+)"', page)
        if not here:
            break
        found += here
    assert found == list(questions)


@pytest.mark.parametrize("task", list(TASKS))
def test_truth_and_derivation_come_when_asked(visitor: TestClient, questions: dict[str, Question], task: str) -> None:
    question = next(q for q in questions.values() if q.task == task)
    hidden, shown = (visitor.get(f"/items/{question.id}{query}").text for query in ("", "?truth=true"))
    assert "Derivation" not in hidden
    assert "Right answer" not in hidden
    assert "Right answer" in shown
    assert "camera distance" in shown
    for image in question.images:
        assert f'src="/{image.path}"' in hidden
        assert visitor.get(f"/{image.path}").content.startswith(b"\x89PNG")


def test_poses_of_an_item(visitor: TestClient, questions: dict[str, Question]) -> None:
    question = next(q for q in questions.values() if q.task == "rotation_rotation")
    poses = {pose["name"]: pose for pose in visitor.get(f"/items/{question.id}/poses").json()}
    assert set(poses) >= {"front", "top", "left", "right", "bottom", "back", "after", *(f"option-{x}" for x in "abcd")}
    assert poses["option-a"]["complex"] == question.derivation["partner"]
    assert poses["front"]["scene"] == [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
    assert poses["top"]["scene"] == [1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, 0]
    scene = visitor.get(f"/complexes/{question.complex_id}").json()
    assert len(scene["atoms"]) > 50
    assert all(len(bond) == 2 for bond in scene["bonds"])


def test_runs_show_on_board_and_items(admin: TestClient, runs: dict[str, Path], questions: dict[str, Question]) -> None:
    assert upload(admin, runs["oracle"]) == 200
    assert upload(admin, runs["chance"]) == 200
    rows = {row["name"]: row for row in admin.get("/board.json").json()}
    assert rows["oracle"]["average"] == pytest.approx(100)
    assert rows["oracle"]["rank"] == 1
    assert len([name for name in rows if name.endswith("(paper)")]) == 12
    table = admin.get("/board.csv").text.splitlines()
    assert table[0].startswith("model,kind,rank,average,translation,")
    assert len(table) == 1 + len(rows)
    for column in COLUMNS:
        page = admin.get(f"/board/{column}")
        assert page.status_code == 200
        assert "<svg" in page.text
    item = next(id_ for id_, q in questions.items() if q.split == "test")
    assert "I looked." in admin.get(f"/items/{item}?truth=true").text
    assert "I looked." not in admin.get(f"/items/{item}").text
    listed = admin.get("/items?run=1&outcome=right").text
    assert listed.count("answered") >= 5


def test_browsing_closes_when_people_are_tested(browsers: Callable[[], TestClient], admin: TestClient) -> None:
    visitor = browsers()
    assert visitor.get("/items").url.path == "/items"
    new_study(admin, "R1")
    for path in ("/items", "/items/x", "/items/x/poses", "/complexes/syn0000", "/images/syn0000/front.png"):
        assert visitor.get(path).url.path == "/admin/sign-in", path
    assert admin.get("/items").url.path == "/items"
    assert "Items are hidden" in visitor.get("/").text


def test_a_rater_without_scripts(
    browsers: Callable[[], TestClient], admin: TestClient, questions: dict[str, Question], dataset: Path, tmp_path: Path
) -> None:
    """Invite, practice, test, hand in, export, score: all by plain forms."""
    link, other = new_study(admin, "R1\nR2", show_scores="yes", practice="1")
    for path, share in ((link, 1), (other, 2)):
        rater = browsers()
        token = sign_up(rater, path)
        page = rater.get("/study")
        for number in range(1, 10):
            assert f"Practice question {number}" in page.text
            page = rater.post(page.url.path, data={"csrf": token, "key": "k", **_anything(page.text)})
            assert "Right is" in page.text, page.text
            page = rater.get("/study")
        assert "The test" in page.text
        page = rater.post("/study/begin", data={"csrf": token})
        total = int(re.findall(r"of (\d+)</small>", page.text)[0])
        for number in range(1, total // share + 1):
            data = {"csrf": token, "key": f"{number}", "go": "next", "seconds": "2", **_anything(page.text)}
            page = rater.post(f"/study/question/{number}", data=data)
            assert page.status_code == 200
        left_off = "/study/overview" if share == 1 else f"/study/question/{total // share + 1}"
        assert rater.get("/study").url.path == left_off
        page = rater.post("/study/finish", data={"csrf": token})
        assert "Thank you" in page.text
        assert rater.post("/study/question/1", data={"csrf": token, "key": "late"}).status_code == 409
    study_page = admin.get("/admin/studies/1").text
    assert study_page.count("handed in") == 2
    assert "alpha" in study_page
    archive = zipfile.ZipFile(io.BytesIO(admin.get("/admin/studies/1/export.zip").content))
    archive.extractall(tmp_path)
    run = score_run(tmp_path / "study-1" / "human", dataset)
    assert run.model == "Human (2 raters)"
    assert len(run.verdicts) == total + total // 2
    assert {verdict.status for verdict in run.verdicts} == {"answered"}
    lazy = score_run(next((tmp_path / "study-1" / "raters").glob("02-*")), dataset)
    assert sum(verdict.status == "error" for verdict in lazy.verdicts) == total - total // 2
    agreed = {row["group"]: row for row in json.loads((tmp_path / "study-1" / "agreement.json").read_text())}
    assert agreed["all"]["questions"] == total // 2
    assert "people" in {row["kind"] for row in admin.get("/board.json").json() if not row["name"].endswith("(paper)")}


def _anything(page: str) -> dict[str, str]:
    """Fill a form with the first thing it offers."""
    filled: dict[str, str] = {}
    for name, value in re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"', page):
        filled.setdefault(name, value)
    for name, low in re.findall(r'name="([^"]+)" type="number" step="1" min="([^"]+)"', page):
        filled[name] = low
    return filled


def test_answers_are_shown_again(browsers: Callable[[], TestClient], admin: TestClient) -> None:
    """Going back finds the form as it was left, for every task."""
    (link,) = new_study(admin, "R1", practice="0", scope="test")
    rater = browsers()
    token = sign_up(rater, link)
    page = rater.post("/study/begin", data={"csrf": token})
    total = int(re.findall(r"of (\d+)</small>", page.text)[0])
    for number in range(1, total + 1):
        page = rater.get(f"/study/question/{number}")
        filled = _anything(page.text)
        rater.post(f"/study/question/{number}", data={"csrf": token, "key": "k", **filled})
        again = rater.get(f"/study/question/{number}").text
        for name, value in filled.items():
            radio = f'name="{name}" value="{value}" checked' in again
            assert radio or re.search(rf'name="{name}" type="number"[^>]*value="{value}"', again), (number, name, value)


def test_withdrawing_and_new_links(browsers: Callable[[], TestClient], admin: TestClient) -> None:
    (link,) = new_study(admin, "R1", practice="0")
    rater = browsers()
    sign_up(rater, link)
    token = csrf_of(admin.get("/admin").text)
    page = admin.post("/admin/raters/1/renew", data={"csrf": token}).text
    (renewed,) = re.findall(r"<code>http://127\.0\.0\.1(/invite/[^<]+)</code>", page)
    assert rater.get("/study").status_code == 401  # the browser that came by the old link
    assert rater.get(link).status_code == 404
    assert rater.get(renewed).status_code == 200
    admin.post("/admin/raters/1/withdraw", data={"csrf": token})
    assert rater.get(renewed).status_code == 404
    assert "Nobody is invited" in admin.get("/admin/studies/1").text
