"""Each door that a hostile visitor would try."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from misi.evaluate.replies import REPLIES
from misi.evaluate.run import REQUESTS, RUN
from misi.tasks.question import Question
from misi.web.app import create_app
from misi.web.database import Database
from misi.web.guard import Limiter
from misi.web.settings import Settings
from tests.web.conftest import ADMIN
from tests.web.test_pages import csrf_of, new_study, sign_up, upload

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}"


@pytest.mark.parametrize(
    "path", ["/", "/items", "/board", "/admin/sign-in", "/nope", "/static/site.css", "/study", "/health"]
)
def test_every_answer_carries_the_headers(visitor: TestClient, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in headers


def test_no_page_has_anything_inline(
    admin: TestClient, browsers: Callable[[], TestClient], questions: dict[str, Question]
) -> None:
    """The policy would block it; better that there is nothing to block."""
    (link,) = new_study(admin, "R1")
    rater = browsers()
    pages = [admin.get(path).text for path in ("/", "/items", "/board", "/board/docking", "/admin", "/admin/studies/1")]
    pages += [admin.get(f"/items/{next(iter(questions))}?truth=true").text, rater.get(link).text]
    sign_up(rater, link)
    pages += [rater.get(path).text for path in ("/study", "/study/pause", "/study/consent")]
    for page in pages:
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)


@pytest.mark.parametrize(
    "path",
    [
        "/images/../dataset.json",
        "/images/%2e%2e/dataset.json",
        "/images/..%2f..%2fetc/passwd.png",
        "/images/x/..%2f..%2fdataset.json",
        "/images/x/%2e%2e%5cfront.png",
        "/images/syn0000/front.png%00.png",
        "/images/syn0000/../../../../etc/passwd",
        "/images//etc/passwd.png",
        "/images/syn0000/front.jpg",
        "/images/CON/front.png",
        "/complexes/..%2fdataset",
        "/complexes/%2e%2e%2fdataset",
        "/complexes/../dataset.json",
        "/complexes/x%00",
        "/items/..%2f..%2fetc%2fpasswd",
        "/items/%00",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/templates/base.html",
        "/static/vendor/../../app.py",
    ],
)
def test_paths_do_not_lead_outside(visitor: TestClient, path: str) -> None:
    answer = visitor.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert b"root:" not in answer.content
    assert b"format" not in answer.content
    assert b"import" not in answer.content


@pytest.mark.parametrize(
    "path", ["/static/", "/static", "/static/vendor/", "/images/", "/images/syn0000/", "/complexes/"]
)
def test_folders_are_not_listed(visitor: TestClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "3Dmol" not in answer.text
    assert "front.png" not in answer.text


def test_a_link_in_the_dataset_is_no_way_in(settings: Settings, questions: dict[str, Question], tmp_path: Path) -> None:
    """A question whose image path climbs out is refused where the path becomes a file."""
    from misi.dataset.layout import image_path
    from misi.errors import DatasetError

    for path in ("images/../../x.png", "images/a/b/c.png", "/etc/passwd", "images/a/..png", "images/a/\x00.png"):
        with pytest.raises(DatasetError):
            image_path(settings.dataset, path)


FORMS = [
    "/admin/runs",
    "/admin/runs/1/remove",
    "/admin/studies",
    "/admin/studies/1/invite",
    "/admin/studies/1/close",
    "/admin/raters/1/renew",
    "/admin/raters/1/withdraw",
    "/admin/sign-out",
]
RATER_FORMS = [
    "/study/consent",
    "/study/practice/1",
    "/study/begin",
    "/study/question/1",
    "/study/finish",
    "/study/leave",
]


def _state(database: Database) -> list[Any]:
    tables = ("runs", "studies", "raters", "answers", "slots")
    with database.engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in tables]


@pytest.mark.parametrize("token", ["", "wrong", "\u00e9\x00", "x" * 5000])
def test_forms_without_their_token_do_nothing(
    admin: TestClient, browsers: Callable[[], TestClient], database: Database, token: str
) -> None:
    (link,) = new_study(admin, "R1")
    rater = browsers()
    sign_up(rater, link)
    before = _state(database)
    for client, paths in ((admin, FORMS), (rater, RATER_FORMS)):
        for path in paths:
            assert client.post(path, data={"csrf": token, "agree": "yes"}).status_code == 403, path
    assert _state(database) == before


def test_the_token_of_another_session_does_not_fit(admin: TestClient, browsers: Callable[[], TestClient]) -> None:
    links = new_study(admin, "R1\nR2")
    first, second = browsers(), browsers()
    token = sign_up(first, links[0])
    sign_up(second, links[1])
    assert second.post("/study/begin", data={"csrf": token}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1.evil.example"},
    ],
)
def test_forms_of_other_sites_are_refused(
    admin: TestClient, browsers: Callable[[], TestClient], headers: dict[str, str]
) -> None:
    (link,) = new_study(admin, "R1")
    token = csrf_of(admin.get("/admin").text)
    assert admin.post("/admin/sign-out", data={"csrf": token}, headers=headers).status_code == 403
    stranger = browsers()
    assert stranger.post("/admin/sign-in", data={"token": ADMIN}, headers=headers).status_code == 403
    assert stranger.post(link, headers=headers).status_code == 403
    assert not stranger.cookies


def test_pages_of_the_admin_are_the_admins(browsers: Callable[[], TestClient], admin: TestClient) -> None:
    (link,) = new_study(admin, "R1")
    rater = browsers()
    token = sign_up(rater, link)
    for client in (browsers(), rater):
        for path in ("/admin", "/admin/studies/1", "/admin/studies/1/export.zip"):
            assert client.get(path).url.path == "/admin/sign-in", path
        for path in FORMS:
            client.post(path, data={"csrf": token})
    assert admin.get("/admin/studies/1").text.count("R1") >= 1
    assert rater.get("/study").status_code == 200


def test_cookies_of_one_kind_are_not_of_another(browsers: Callable[[], TestClient], admin: TestClient) -> None:
    (link,) = new_study(admin, "R1")
    rater = browsers()
    sign_up(rater, link)
    forged = browsers()
    forged.cookies.set("misi_admin", rater.cookies["misi_rater"])
    assert forged.get("/admin").url.path == "/admin/sign-in"
    forged.cookies.set("misi_admin", "0" * 43)
    assert forged.get("/admin").url.path == "/admin/sign-in"


def test_cookies_are_out_of_reach(browsers: Callable[[], TestClient]) -> None:
    answer = browsers().post("/admin/sign-in", data={"token": ADMIN}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # plain http on a loopback address
    tls = TestClient(browsers().app, base_url="https://127.0.0.1")
    answer = tls.post("/admin/sign-in", data={"token": ADMIN}, follow_redirects=False)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"]
)
def test_signing_in_leads_nowhere_else(browsers: Callable[[], TestClient], target: str) -> None:
    answer = browsers().post("/admin/sign-in", data={"token": ADMIN, "next": target}, follow_redirects=False)
    assert answer.headers["location"] == "/admin"


def test_no_token_is_kept_in_the_clear(
    admin: TestClient, settings: Settings, browsers: Callable[[], TestClient]
) -> None:
    (link,) = new_study(admin, "R1")
    rater = browsers()
    sign_up(rater, link)
    path = Path(settings.db.removeprefix("sqlite:///"))
    content = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    for secret in (ADMIN, link.rpartition("/")[2], rater.cookies["misi_rater"], admin.cookies["misi_admin"]):
        assert secret.encode() not in content


def test_guessing_is_slowed_down(browsers: Callable[[], TestClient]) -> None:
    stranger = browsers()
    statuses = [stranger.post("/admin/sign-in", data={"token": f"guess {n}"}).status_code for n in range(30)]
    assert set(statuses) == {403, 429}
    assert statuses[-1] == 429
    assert stranger.post("/admin/sign-in", data={"token": ADMIN}).status_code == 429
    invites = [stranger.get(f"/invite/guess{n}").status_code for n in range(30)]
    assert set(invites) == {404, 429}


def test_buckets_fill_again_and_stay_few() -> None:
    limiter = Limiter(rate=60, burst=2)
    assert [limiter.allow("a", 0.0) for _ in range(3)] == [True, True, False]
    assert limiter.allow("b", 0.0)
    assert limiter.allow("a", 1.0)
    assert not limiter.allow("a", 1.0)
    for n in range(30_000):
        limiter.allow(f"key {n}", 2.0)
    assert len(limiter._buckets) <= limiter._MOST_KEYS


def test_everything_else_is_limited_too(settings: Settings) -> None:
    app = create_app(settings)
    object.__setattr__(app.state.site, "any_request", Limiter(rate=1, burst=5))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert [client.get("/board.csv").status_code for _ in range(7)] == [200] * 5 + [429] * 2


def test_large_requests_are_refused(admin: TestClient, visitor: TestClient, database: Database) -> None:
    token = csrf_of(admin.get("/admin").text)
    files = [("files", (RUN, b"{" + b" " * 2**20))]
    assert admin.post("/admin/runs", data={"csrf": token}, files=files).status_code == 413
    assert visitor.post("/admin/sign-in", data={"token": "x" * 100_000}).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a=" + b"x" * 1000 + b"&"

    streamed = visitor.post(
        "/admin/sign-in", content=chunks(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert streamed.status_code == 413
    lying = visitor.post("/admin/sign-in", content=b"token=x", headers={"Content-Length": "-5"})
    assert lying.status_code in (400, 413)
    assert _state(database)[0] == []


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("run.exe", b"MZ", 415),
        ("../run.json", b"{}", 422),  # the folder is cut off, the rest is a run without its other files
        ("archive.zip", b"PK\x03\x04", 415),
        (RUN, b"not json", 422),
        (RUN, b"[]", 422),
        (RUN, b"\xff\xfe", 422),
        (RUN, b"[" * 100_000, 422),
        (REPLIES, b"\x00\x01\x02\n", 422),
    ],
)
def test_uploads_that_are_no_runs(
    admin: TestClient, runs: dict[str, Path], database: Database, name: str, content: bytes, status: int
) -> None:
    token = csrf_of(admin.get("/admin").text)
    good = {file: (runs["chance"] / file).read_bytes() for file in (RUN, REQUESTS, REPLIES)}
    given = {**good, name: content} if name in good else {name: content}
    files = [("files", (file, data)) for file, data in given.items()]
    answer = admin.post("/admin/runs", data={"csrf": token}, files=files)
    assert answer.status_code == status
    assert "/tmp" not in answer.text
    assert _state(database)[0] == []


def test_uploads_of_strangers_are_not_read(visitor: TestClient) -> None:
    answer = visitor.post("/admin/runs", files=[("files", (RUN, b"{}"))], follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/admin/sign-in")


def test_text_of_models_is_shown_as_text(admin: TestClient, runs: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "evil"
    shutil.copytree(runs["chance"], folder)
    manifest = json.loads((folder / RUN).read_text())
    (folder / RUN).write_text(json.dumps({**manifest, "model": EVIL}))
    lines = [json.loads(line) for line in (folder / REPLIES).read_text().splitlines()]
    for line in lines:
        line["text"] = EVIL + "\nAnswer: A"
    (folder / REPLIES).write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert upload(admin, folder) == 200
    paths = ["/admin", "/board", "/board/docking", "/items?run=1", f"/items/{lines[0]['id']}?truth=true"]
    for path in paths:
        page = admin.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "49" not in page.partition("onerror=alert(2)&gt;")[2][:20], path
        assert "&lt;script&gt;alert(1)" in page, path


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@sum"])
def test_tables_do_not_run_in_a_spreadsheet(
    admin: TestClient, runs: dict[str, Path], tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "formula"
    shutil.copytree(runs["chance"], folder)
    manifest = json.loads((folder / RUN).read_text())
    (folder / RUN).write_text(json.dumps({**manifest, "model": name}))
    upload(admin, folder)
    assert f"\n'{name}," in admin.get("/board.csv").text


@pytest.mark.parametrize(
    "query",
    [
        "task=' OR 1=1 --",
        "complex=x' UNION SELECT * FROM sessions --",
        "measure=amount'; DROP TABLE items --&low=1",
        "low=nan&measure=amount",
        "low=1e999&measure=amount",
        "run=99999999&outcome=right",
        "run=abc",
        "outcome=' OR ''='",
        "complex=%00",
        "page=1",
    ],
)
def test_filters_are_only_filters(visitor: TestClient, query: str) -> None:
    assert visitor.get(f"/items?{query}").status_code == 200
    assert visitor.get("/items").text.count("/items/") > 10


@pytest.mark.parametrize("path", ["/items?page=0", "/items?page=x", f"/items?complex={'x' * 300}", "/board?mode=x"])
def test_values_without_sense_end_in_one_line(visitor: TestClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 422
    assert "makes no sense" in answer.text
    assert "Traceback" not in answer.text


def test_raters_reach_their_own_questions_only(admin: TestClient, browsers: Callable[[], TestClient]) -> None:
    links = new_study(admin, "R1\nR2", practice="0")
    rater = browsers()
    token = sign_up(rater, links[0])
    assert rater.get("/study/picture/test/1/1").status_code == 409  # before the test
    rater.post("/study/begin", data={"csrf": token})
    assert rater.get("/study/picture/test/1/1").status_code == 200
    for path in (
        "picture/test/1/0",
        "picture/test/1/99",
        "picture/test/0/1",
        "picture/test/99999999999/1",
        "picture/x/1/1",
    ):
        assert rater.get(f"/study/{path}").status_code in (404, 422), path
    for path in ("question/0", "question/-1", "question/99999", "practice/1"):
        assert rater.get(f"/study/{path}").status_code in (404, 422), path
    assert browsers().get("/study/picture/test/1/1").status_code == 401


def test_hosts_that_are_not_ours(settings: Settings) -> None:
    """A page elsewhere that gets its own name to point at this address learns nothing."""
    from dataclasses import replace

    app = create_app(replace(settings, hosts=("127.0.0.1", "localhost")))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/").status_code == 200
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_settings_survive_the_way_to_a_worker(settings: Settings) -> None:
    assert Settings.from_text(settings.as_text()) == settings
    assert ADMIN not in settings.as_text()
