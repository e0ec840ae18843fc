"""The report as a folder: whole, offline, safe against what a model may write, the same every time."""

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from misi.dataset.layout import dumps
from misi.errors import DatasetError
from misi.evaluate.replies import REPLIES
from misi.evaluate.run import Run, score_run
from misi.report.build import differing, names_of, summaries_of, warnings_of, write_report
from misi.report.cases import kind_of, prose_of, visible
from misi.report.factors import FACTORS, bin_of
from misi.report.tables import csv_text, latex, markdown, rows_of
from misi.tasks.columns import COLUMNS

pytest.importorskip("jinja2", reason="jinja2 is not installed ([report] extra)")
pytest.importorskip("matplotlib", reason="matplotlib is not installed ([report] extra)")


class Links(HTMLParser):
    """Tags, and everything that a page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refers: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.refers += [value for name, value in attrs if name in ("href", "src", "srcset") and value]


@pytest.fixture(scope="module")
def report(runs: list[Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "report"
    write_report(runs, out, per_kind=1)
    return out


def test_every_link_leads_to_a_file_inside(report: Path) -> None:
    pages = list(report.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        for link in Links(page.read_text()).refers:
            target = link.partition("#")[0]
            assert not re.match(r"[a-z]+:|/", target), f"{page.name} leaves the folder: {link}"
            assert not target or (page.parent / target).resolve().is_relative_to(report.resolve())
            assert not target or (page.parent / target).exists(), f"{page.name}: {link}"


def test_the_first_page_shows_runs_paper_figures_and_manifest(report: Path) -> None:
    text = (report / "index.html").read_text()
    for said in (
        "oracle",
        "Claude Opus4",
        "figure 3",
        "figure 4a",
        "figure 4b",
        "figure 7",
        "prompt sha256",
        "Misprints",
    ):
        assert said in text
    figures = {path.name for path in (report / "figures").iterdir()}
    for name in (
        "figure-3-counts",
        "figure-4a-bonds",
        "figure-4b-depth",
        "ligand-size",
        "occlusion",
        "angle",
        "margin",
    ):
        assert {f"{name}-light.svg", f"{name}-dark.svg"} <= figures


def test_a_case_page_shows_each_picture_under_its_label_and_each_reply(report: Path, runs: list[Run]) -> None:
    page = next(path for path in sorted((report / "cases").iterdir()) if path.name.startswith("rotation_rotation"))
    text = page.read_text()
    assert Links(text).tags.count("figure") == 11
    assert "<figcaption>Complex 1, front view</figcaption>" in text
    assert text.count('class="reply ') == len(runs)
    assert text.count('<figure class="best">') == 1


def test_cases_carry_what_the_filters_need(report: Path, runs: list[Run]) -> None:
    text = (report / "cases.html").read_text()
    rows = re.findall(r'<tr data-task="([^"]+)" data-kinds="([^"]+)">', text)
    assert len(rows) == len(list((report / "cases").iterdir()))
    assert {task for task, _ in rows} == set(COLUMNS)
    assert all(len(kinds.split()) == len(runs) for _, kinds in rows)
    assert all(kinds.split()[0] == "right" for _, kinds in rows)


def test_the_same_runs_give_the_same_bytes(report: Path, runs: list[Run], tmp_path: Path) -> None:
    write_report(runs, tmp_path / "again", per_kind=1)
    for path in report.rglob("*"):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(report)).read_bytes() == path.read_bytes(), path.name


EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}{% raw %}"
    "\u202egnp.exe\x00\x1b[31m</pre></details>\nAnswer: <b>B</b>"
)


def test_nothing_that_a_model_writes_becomes_markup(runs: list[Run], tmp_path: Path) -> None:
    root = tmp_path / "evil"
    shutil.copytree(runs[1].root, root)
    lines = [json.loads(line) for line in (root / REPLIES).read_text().splitlines()]
    (root / REPLIES).write_text("".join(dumps({**line, "text": EVIL}) + "\n" for line in lines))
    manifest = json.loads((root / "run.json").read_text())
    (root / "run.json").write_text(json.dumps({**manifest, "model": "<script>alert(3)</script>"}))
    write_report([score_run(root)], tmp_path / "out", per_kind=1)
    for page in (tmp_path / "out").rglob("*.html"):
        text = page.read_text()
        parsed = Links(text)
        assert parsed.tags.count("script") == (1 if page.name == "cases.html" else 0)
        assert not any(name.startswith("on") for name in parsed.attributes)
        for raw in ("<script>alert", "<img src=x", "<b>B"):
            assert raw not in text
        assert "\u202e" not in text
        assert "\x1b" not in text
    case = next((tmp_path / "out" / "cases").iterdir()).read_text()
    assert "{{ 7*7 }}" in case
    assert "⟨U+202E⟩" in case


def test_pages_forbid_themselves_anything_from_elsewhere(report: Path) -> None:
    for page in report.rglob("*.html"):
        assert "default-src 'none'" in page.read_text()


def test_hidden_signs_are_written_out_and_long_replies_keep_their_end() -> None:
    assert visible("a\u200bb\x07c\td\ne") == "a⟨U+200B⟩b⟨U+0007⟩c\td\ne"
    assert visible("x" * 50 + "end", longest=10).endswith("xend")
    assert visible("x" * 50 + "end", longest=10).startswith("[43 characters left out]")
    assert "16 line ends" in visible("\n" * 16)


def test_tables_as_files_agree_with_the_scores(report: Path, runs: list[Run]) -> None:
    rows = list(csv.DictReader(io.StringIO((report / "tables" / "weighted.csv").read_text())))
    (ours,) = [row for row in rows if row["model"] == "chance" and row["column"] == "rotation"]
    cell = summaries_of(runs)["weighted"][1].columns["rotation"]
    assert float(ours["mean"]) == pytest.approx(cell.mean, abs=1e-4)
    assert int(ours["questions"]) == cell.n
    (paper,) = [row for row in rows if row["model"] == "O3" and row["column"] == "translation"]
    assert (paper["source"], float(paper["mean"])) == ("paper", 52.29)


def test_names_of_models_cannot_break_a_table(runs: list[Run]) -> None:
    summaries = [replace(summaries_of(runs)["weighted"][0], model="=cmd|a&b_c%\\n\n|x")]
    rows = rows_of(summaries, "weighted")
    line = next(line for line in markdown(rows, "weighted").splitlines() if "cmd" in line)
    assert len(re.findall(r"(?<!\\)\|", line)) == 14
    tex = next(line for line in latex(rows, "weighted").splitlines() if "cmd" in line)
    assert len(re.findall(r"(?<!\\)&", tex)) == 12
    assert csv_text(rows).splitlines()[1].lstrip('"').startswith("'=cmd")


def test_latex_has_as_many_cells_in_every_row(runs: list[Run]) -> None:
    text = latex(rows_of(summaries_of(runs)["exact"], "exact"), "exact")
    body = [line for line in text.splitlines() if line.endswith("\\\\")]
    assert len(body) == 1 + len(runs) + 12
    assert {len(re.findall(r"(?<!\\)&", line)) for line in body} == {12}


def test_warnings_name_what_spoils_a_number(runs: list[Run]) -> None:
    summaries = summaries_of(runs)["weighted"]
    lines = warnings_of(runs, names_of(runs), summaries)
    assert any(line.startswith("always-no") and "unparsed" in line for line in lines)
    assert not any(line.startswith(("oracle", "chance")) for line in lines)


def test_runs_that_were_asked_differently_say_so(runs: list[Run]) -> None:
    manifest = runs[0].manifest
    other = {**manifest, "settings": {**manifest["settings"], "shots": 7}, "prompt_sha256": "x"}
    assert differing([manifest, other]) == ["settings.shots", "prompt_sha256"]


def test_runs_of_one_model_are_told_apart(runs: list[Run]) -> None:
    names = names_of([runs[0], runs[0], runs[1]])
    assert len(set(names)) == 3


def test_runs_on_different_datasets_are_not_put_in_one_table(runs: list[Run], tmp_path: Path) -> None:
    other = replace(runs[1], manifest={**runs[1].manifest, "dataset_sha256": "other"})
    with pytest.raises(DatasetError, match="different datasets"):
        write_report([runs[0], other], tmp_path / "out")


def test_kinds_and_prose(runs: list[Run]) -> None:
    assert {kind_of(verdict) for verdict in runs[0].verdicts} == {"right"}
    assert "unparsed" in {kind_of(verdict) for verdict in runs[2].verdicts}
    from misi.evaluate.question_index import QuestionIndex

    index = QuestionIndex(runs[0].dataset, "test")
    for name in index:
        before, after = prose_of(index[name])
        assert before
        assert "Answer" in after
        assert "<image>" not in before + after


def test_bins_of_factors_do_not_overlap_and_have_names() -> None:
    for factor in FACTORS:
        assert len(factor.labels) == len(factor.edges) - 1
        assert list(factor.edges) == sorted(factor.edges)
    assert [bin_of(value, (0, 1, 2)) for value in (-1, 0, 0.5, 1, 2)] == [None, 0, 0, 1, None]
