"""Figure 8: one scene at two depths, on the first page and with each zooming item."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.run import Run
from misi.report.build import write_report
from misi.report.depths import depths_of, nearest_pair
from misi.tasks.question import ImageRef, Question


def zoom(complex_id: str, k: int, answer: str, **derivation: object) -> Question:
    images = (ImageRef("Front view", f"{complex_id}/front.png"), ImageRef("after", f"{complex_id}/{k}.png"))
    return Question(f"zooming-{complex_id}-{k}", "zooming", "test", complex_id, "", images, (), answer, derivation)


def test_depths_stand_in_order_and_one_depth_is_none() -> None:
    found = depths_of(
        [
            zoom("b", 0, "move z 57", resolution_px=3.5, atoms_on_screen=9),
            zoom("b", 1, "move z 41", resolution_px="much"),
            zoom("c", 0, "move z 50"),
            zoom("d", 0, "fly"),
        ]
    )
    assert list(found) == ["b"]
    assert [(view.depth, view.resolution, view.on_screen) for view in found["b"].views] == [
        (41, None, None),
        (57, 3.5, 9),
    ]
    assert [image.path for image in found["b"].images] == ["b/front.png", "b/1.png", "b/0.png"]


def test_the_figure_shows_the_two_nearest_depths() -> None:
    found = depths_of(
        [zoom("a", k, f"move z {z}") for k, z in enumerate((40, 50, 53))]
        + [zoom("b", k, f"move z {z}") for k, z in enumerate((45, 60))]
    )
    pair = nearest_pair(found)
    assert pair is not None
    assert (pair.complex_id, [view.depth for view in pair.views]) == ("a", [50, 53])
    assert nearest_pair({}) is None


def test_pages_show_the_depths_of_their_scene(runs: list[Run], tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed ([report] extra)")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed ([report] extra)")
    write_report(runs, tmp_path / "report", per_kind=None)
    index = QuestionIndex(runs[0].dataset, "test")
    zooming = [index[name] for name in index.by_task["zooming"]]
    for question in zooming:
        page = (tmp_path / "report" / "cases" / f"{question.id}.html").read_text()
        _, _, below = page.partition('id="depths"')
        own = [one for one in zooming if one.complex_id == question.complex_id]
        assert re.findall(r"<strong>(\d+) Å</strong>", below) == sorted(one.answer.split()[-1] for one in own)
        assert below.count('class="best"') == 1
    first = (tmp_path / "report" / "index.html").read_text()
    assert first.count('id="figure-8-depths"') == 1
    others = [name for name in index if index[name].task != "zooming"]
    assert not any('id="depths"' in (tmp_path / "report" / "cases" / f"{name}.html").read_text() for name in others)


def test_without_zooming_items_there_is_no_such_figure(runs: list[Run], tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed ([report] extra)")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed ([report] extra)")
    kept = tuple(verdict for verdict in runs[0].verdicts if verdict.task == "rotation")
    write_report([replace(runs[0], verdicts=kept)], tmp_path / "report", per_kind=1)
    assert "figure-8-depths" not in (tmp_path / "report" / "index.html").read_text()
