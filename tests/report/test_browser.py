"""The report in Debian's chromium, opened as files: the list of cases and its filters."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from misi.evaluate.outcomes import Verdict
from misi.evaluate.run import Run
from misi.report.build import names_of, write_report
from misi.report.cases import KINDS, kind_of
from misi.tasks.columns import COLUMNS

pytest.importorskip("jinja2", reason="jinja2 is not installed ([report] extra)")
pytest.importorskip("matplotlib", reason="matplotlib is not installed ([report] extra)")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60_000  # milliseconds; the machine may be busy

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


@pytest.fixture(scope="module")
def folder(runs: list[Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("browser") / "report"
    write_report(runs, out, per_kind=None)
    return out


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A window; at the end nothing may have gone wrong in it, and nothing may have been asked of another host."""
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
    yield page
    page.close()
    assert faults == []


def listed(page: Any) -> list[str]:
    """Ids of the rows that are seen."""
    seen: list[str] = page.eval_on_selector_all(
        "#cases tbody tr",
        "rows => rows.filter(row => row.offsetHeight > 0).map(row => row.querySelector('th').textContent.trim())",
    )
    return seen


def by_id(runs: list[Run]) -> dict[str, list[Verdict]]:
    """The verdict of each run on each question."""
    found: dict[str, list[Verdict]] = {}
    for run in runs:
        for verdict in run.verdicts:
            found.setdefault(verdict.id, []).append(verdict)
    return found


def test_filters_leave_exactly_the_cases_that_match(folder: Path, runs: list[Run], page: Any) -> None:
    verdicts = by_id(runs)
    page.goto((folder / "cases.html").as_uri())

    def check(task: str, outcome: str, model: int | None = None) -> int:
        page.select_option("[name=task]", task)
        page.select_option("[name=outcome]", outcome)
        page.select_option("[name=model]", "" if model is None else str(model))
        wanted = {
            name
            for name, judged in verdicts.items()
            if (not task or judged[0].column == task)
            and (not outcome or outcome in [kind_of(one) for one in (judged if model is None else [judged[model]])])
        }
        seen = listed(page)
        assert len(seen) == len(set(seen))
        assert set(seen) == wanted, (task, outcome, model)
        assert page.inner_text("#count") == f"{len(wanted)} of {len(verdicts)}"
        return len(wanted)

    assert check("", "") == len(verdicts)
    assert all(0 < check(task, "") < len(verdicts) for task in COLUMNS)
    found = {outcome: check("", outcome) for outcome in KINDS}
    assert found["right"] > 0 < found["unparsed"]
    assert found["refused"] == found["truncated"] == found["error"] == 0
    chance = names_of(runs).index("chance")
    for task in ("rotation", "residue_ligand_positive"):
        for outcome in ("right", "partly", "wrong"):
            check(task, outcome)
            check(task, outcome, chance)
    assert check("zooming", "right", names_of(runs).index("always-no")) == 0
    assert check("", "") == len(verdicts)


def test_text_narrows_the_list_and_a_filtered_list_can_be_bookmarked(folder: Path, runs: list[Run], page: Any) -> None:
    names = [verdict.id for verdict in runs[0].verdicts if verdict.task == "docking"]
    address = (folder / "cases.html").as_uri()
    page.goto(f"{address}#task=docking&outcome=right&text={names[0]}")
    assert listed(page) == [names[0]]
    page.fill("[name=text]", "no such thing")
    assert listed(page) == []
    assert page.inner_text("#count").startswith("0 of ")
    page.fill("[name=text]", "")
    assert listed(page) == names
    page.goto(f"{address}#rotation")
    page.reload()
    assert {name.split("-")[0] for name in listed(page)} == {"rotation"}


def test_a_case_opens_with_all_its_pictures(folder: Path, page: Any) -> None:
    page.goto((folder / "cases.html").as_uri() + "#task=zooming")
    name = listed(page)[0]
    page.click(f"text={name}")
    page.wait_for_load_state("networkidle")
    assert page.inner_text("h1") == name
    page.evaluate("document.querySelectorAll('img').forEach(one => one.scrollIntoView())")
    page.wait_for_function("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert page.locator("img").count() == 4 + 3  # the question's, and the scene before and at both depths
