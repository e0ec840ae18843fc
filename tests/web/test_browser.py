"""The pages in Debian's chromium: with scripts, by keyboard, offline, on a phone, and for a screen reader."""

import re
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import select

from misi.tasks.question import Question
from misi.web.app import create_app
from misi.web.database import Database
from misi.web.runs import load_run
from misi.web.settings import Settings
from misi.web.study import TEST, answers_of, create_study, invite
from misi.web.tables import Rater
from tests.web.conftest import ADMIN
from tests.web.crowd import new_rater

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PATIENCE = 60_000  # milliseconds; 3D is drawn by the processor here, and the machine may be busy

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    """The site on a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    app.state.site.database.engine.dispose()


@dataclass
class Visit:
    """A page with everything that went wrong in it."""

    page: Any
    faults: list[str] = field(default_factory=list)


@pytest.fixture
def visits(chromium: Any, address: str) -> Iterator[Any]:
    """Opens windows; at the end none may have met an error, a blocked inline thing or another host."""
    opened: list[Visit] = []

    def new(**options: Any) -> Visit:
        context = chromium.new_context(base_url=address, **{"viewport": WIDE, **options})
        context.set_default_timeout(PATIENCE)
        visit = Visit(context.new_page())
        opened.append(visit)

        def request_seen(request: Any) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                visit.faults.append(f"asked for {request.url}")

        context.on("request", request_seen)
        visit.page.on("console", lambda message: message.type == "error" and visit.faults.append(message.text))
        visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
        return visit

    yield new
    for visit in opened:
        visit.page.context.close()
    assert not [fault for visit in opened for fault in visit.faults]


def expect(locator: Any) -> Any:
    """Wait until something holds of an element."""
    playwright.expect.set_options(timeout=PATIENCE)
    return playwright.expect(locator)


def tab_to(page: Any, selector: str, most: int = 60) -> None:
    """Press Tab until the focus is on what is meant."""
    for _ in range(most):
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def answer_by_keys(page: Any, turn: int) -> None:
    """Fill whatever form is there, with keys alone."""
    groups = page.evaluate(
        "() => [...new Set([...document.querySelector('[data-answer]').elements]"
        ".filter(e => ['radio', 'number'].includes(e.type)).map(e => e.name))]"
    )
    for name in groups:
        if name == "contacts":
            lists = (page.locator(f"#{side}-atoms option").nth(turn % 2) for side in ("residue", "ligand"))
            residue, ligand = (entry.get_attribute("value") for entry in lists)
            tab_to(page, "[data-residue]")
            page.keyboard.type(residue)
            page.keyboard.press("Enter")
            page.keyboard.type(ligand)
            page.keyboard.press("Enter")
            continue
        tab_to(page, f"[name={name}]")
        if page.evaluate("() => document.activeElement.type") == "number":
            page.keyboard.type(page.evaluate("() => document.activeElement.min"))
        else:
            page.keyboard.press("Space")
            for _ in range(turn % 3):
                page.keyboard.press("ArrowRight")


def test_browse_to_an_item_and_its_3d_view(visits: Any, questions: dict[str, Question]) -> None:
    page = visits(viewport={"width": 520, "height": 760}).page  # small: the processor draws
    page.goto("/")
    page.get_by_role("link", name="Browse").click()
    page.get_by_label("Task").select_option("translation_rotation")
    page.get_by_label("Split").select_option("test")
    page.get_by_role("button", name="Show").click()
    page.locator("tbody th a").first.click()
    page.wait_for_url(re.compile("/items/translation_rotation-"))
    question = questions[page.url.rpartition("/")[2].partition("?")[0]]
    assert page.locator("[data-picture] img").count() == len(question.images)
    expect(page.get_by_text("Right answer:")).to_have_count(0)

    page.keyboard.press("3")
    view = page.locator("[data-view]")
    expect(view).to_have_attribute("data-ready", "yes")
    front = view.screenshot()
    bonds = page.locator("[data-bonds] li")
    assert bonds.count() > 0
    page.get_by_label("Option B").check()
    expect(view).to_have_attribute("data-pose", "option-b")
    assert page.url.endswith("#3d-option-b")
    other = view.screenshot()
    assert other != front
    page.get_by_label("Hydrogen bonds").uncheck()
    assert view.screenshot() != other
    view.focus()
    turned = view.screenshot()
    page.keyboard.press("ArrowLeft")
    assert view.screenshot() != turned

    page.goto(f"/items/{question.id}?truth=true#3d-top")  # a deep link
    page.reload()
    expect(view).to_have_attribute("data-pose", "top")
    assert page.get_by_label("After the operations").count() == 1
    expect(page.get_by_text("Right answer:")).to_have_count(1)


def test_pictures_zoom_by_keys(visits: Any, questions: dict[str, Question]) -> None:
    page = visits().page
    page.goto(f"/items/{next(iter(questions))}")
    tab_to(page, "[data-picture]")
    page.keyboard.press("Enter")
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator("[data-zoom]")).to_have_text("1 : 1")
    for _ in range(2):
        page.keyboard.press("+")
    expect(viewer.locator("[data-zoom]")).to_have_text("3 : 1")
    image = viewer.locator("[data-image]")
    assert image.evaluate("(i) => [i.width, i.naturalWidth]") == [576, 192]
    assert image.evaluate("(i) => getComputedStyle(i).imageRendering") == "pixelated"
    page.keyboard.press("n")
    expect(viewer.locator("[data-title]")).to_contain_text("2. ")
    page.keyboard.press("Escape")
    expect(viewer).not_to_be_visible()
    expect(page.locator("[data-picture='2']")).to_be_focused()  # a moment later: the browser tells that it has closed


def test_a_rater_by_keyboard_alone(visits: Any, database: Database, dataset: Path) -> None:
    """From the invitation through practice to ten answers, with the browser closed in the middle."""
    study = create_study(database, dataset, "By keyboard", seed=2, practice=1)
    ((_, token),) = invite(database, study, ["R1"])
    page = visits().page
    page.goto(f"/invite/{token}")
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/study/consent")
    tab_to(page, "[name=agree]")
    page.keyboard.press("Space")
    for text in ("chemistry", "PhD c", "some"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for turn in range(1, 10):
        page.wait_for_url(f"**/study/practice/{turn}")
        answer_by_keys(page, turn)
        tab_to(page, "form button:not([type=button])")
        page.keyboard.press("Enter")
        expect(page.locator(".feedback dt")).to_have_count(3)
        expect(page.locator(".panel .button")).to_be_focused()
        page.keyboard.press("Enter")
    page.wait_for_url("**/study/begin")
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    for turn in range(1, 7):
        page.wait_for_url(f"**/study/question/{turn}")
        answer_by_keys(page, turn)
        expect(page.locator("[data-saved]")).to_have_text("Saved.")
        if turn < 6:
            tab_to(page, "button[value=next]")
            page.keyboard.press("Enter")
    page.context.close()  # question 6 is answered and "next" was never pressed

    page = visits().page
    page.goto(f"/invite/{token}")
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    for turn in range(7, 11):
        page.wait_for_url(f"**/study/question/{turn}")
        answer_by_keys(page, turn)
        if turn == 7:
            tab_to(page, "[name=flagged]")
            page.keyboard.press("Space")
        tab_to(page, "button[value=next]")
        page.keyboard.press("Enter")
    page.wait_for_url("**/study/question/11")
    tab_to(page, "button[value=back]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/study/question/10")
    tab_to(page, "button[value=pause]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/study/pause")
    with database.reading() as session:
        given = answers_of(session, session.scalars(select(Rater.id)).one(), TEST)
    assert [place for place, one in given.items() if one.text] == list(range(1, 11))
    assert [place for place, one in given.items() if one.flagged] == [7]
    assert all(0 < one.seconds < 300 for place, one in given.items() if place < 10)


def test_answers_wait_for_the_connection(visits: Any, database: Database, dataset: Path) -> None:
    study = create_study(database, dataset, "Offline", practice=0, tasks=["rotation"])
    ((_, token),) = invite(database, study, ["R1"])
    visit = visits()
    page = visit.page
    page.goto(f"/invite/{token}")
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox").check()
    page.get_by_label("Your field").fill("x")
    page.get_by_label("Highest degree").select_option("PhD")
    page.get_by_label("Experience").select_option("none")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/study/question/1")
    page.context.set_offline(True)
    page.locator("[name=roll_axis]").first.check()
    page.locator("[name=roll_value]").first.check()
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet")
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("Saved.")
    with database.reading() as session:
        (given,) = answers_of(session, session.scalars(select(Rater.id)).one(), TEST).values()
    assert given.text == "roll x -90"
    visit.faults.clear()  # the browser notes the failed requests


def _sound(page: Any, name: str) -> list[str]:
    """Serious faults that axe-core finds, in light and dark; and whether anything sticks out at either width."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        for fault in result["violations"]:
            if fault["impact"] in ("serious", "critical"):
                found.append(f"{name} {scheme}: {fault['id']} {fault['nodes'][0]['html'][:120]}")
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        width = page.evaluate("() => document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"{name}: {width} pixels wide at {size['width']}")
    return found


def test_every_page_is_accessible_and_fits(
    visits: Any, database: Database, dataset: Path, runs: dict[str, Path], questions: dict[str, Question]
) -> None:
    load_run(database, dataset, runs["chance"])
    study = create_study(database, dataset, "Pages", seed=3, practice=1)
    ((_, token),) = invite(database, study, ["R1"])
    admin = visits().page
    admin.goto("/admin/sign-in")
    faults = _sound(admin, "sign-in")
    admin.get_by_label("Admin token").fill(ADMIN)
    admin.keyboard.press("Enter")
    admin.wait_for_url("**/admin")
    first = {question.task: id_ for id_, question in questions.items() if question.split == "test"}
    paths = ["/", "/items?run=1", f"/items/{first['docking']}?truth=true", f"/items/{first['pocket_ligand']}"]
    for path in [*paths, "/board", "/board/docking", "/admin", f"/admin/studies/{study}"]:
        admin.goto(path)
        faults += _sound(admin, path)
    rater = visits().page
    rater.goto(f"/invite/{token}")
    faults += _sound(rater, "invite")
    rater.keyboard.press("Enter")
    rater.wait_for_url("**/consent")
    faults += _sound(rater, "consent")
    rater_id = new_rater(database, study, "R2", ("docking", "pocket_ligand", "rotation_rotation"), begin=False)
    assert rater_id
    rater.get_by_role("checkbox").check()
    rater.get_by_label("Your field").fill("x")
    rater.get_by_label("Highest degree").select_option("PhD")
    rater.get_by_label("Experience").select_option("none")
    rater.get_by_role("button", name="Go on").click()
    for turn in range(1, 10):
        rater.wait_for_url(f"**/study/practice/{turn}")
        if turn in (1, 3, 4, 5, 7):
            faults += _sound(rater, f"practice {turn}")
        answer_by_keys(rater, turn)
        rater.get_by_role("button", name="Check").click()
        if turn == 1:
            faults += _sound(rater, "feedback")
        rater.locator(".panel .button").click()
    faults += _sound(rater, "begin")
    rater.get_by_role("button", name="Begin").click()
    rater.wait_for_url("**/study/question/1")
    faults += _sound(rater, "question")
    for path in ("/study/overview", "/study/pause"):
        rater.goto(path)
        faults += _sound(rater, path)
    rater.goto("/study/overview")
    rater.get_by_role("checkbox").check()
    rater.get_by_role("button", name="Hand in").click()
    rater.wait_for_url("**/done")
    faults += _sound(rater, "done")
    assert not faults


def test_the_export_goes_into_the_report(
    visits: Any,
    database: Database,
    dataset: Path,
    runs: dict[str, Path],
    questions: dict[str, Question],
    tmp_path: Path,
) -> None:
    """admin: export -> misi report: the human row is there, with its interval."""
    from misi.seeds import rng_for
    from misi.tasks import TASKS
    from misi.web.study import begin_test, finish, save_answer, slots_of

    study = create_study(database, dataset, "For the report", practice=0)
    for label in ("R1", "R2"):
        rater = new_rater(database, study, label)
        with database.reading() as session:
            slots = slots_of(session, rater, TEST)
        for place, id_ in slots.items():
            text = TASKS[questions[id_].task].chance(questions[id_], rng_for(9, label, id_))
            save_answer(database, rater, TEST, place, text, flagged=False, seconds=3, key="k")
        begin_test(database, rater)
        finish(database, rater)
    page = visits().page
    page.goto("/admin")
    page.get_by_label("Admin token").fill(ADMIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin")
    page.get_by_role("link", name="For the report").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    download.value.save_as(tmp_path / "study.zip")
    zipfile.ZipFile(tmp_path / "study.zip").extractall(tmp_path)
    command = [
        sys.executable,
        "-m",
        "misi.cli",
        "report",
        str(tmp_path / f"study-{study}" / "human"),
        str(runs["oracle"]),
    ]
    done = subprocess.run([*command, "--out", str(tmp_path / "report")], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Human (2 raters)" in done.stdout
    report = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "Human (2 raters)" in report
