import json
from dataclasses import replace
from pathlib import Path

from misi.dataset.build import build
from misi.dataset.diff import diff, settings_changed
from misi.dataset.layout import dumps, questions_path, read_questions
from misi.structures.synthetic import write_complexes
from tests.dataset.conftest import CONFIG


def test_equal_datasets_do_not_differ(built: Path) -> None:
    assert list(diff(built, built)) == []
    assert settings_changed(built, built) == []


def test_a_changed_answer_is_named(built: Path, dataset: Path) -> None:
    path = questions_path(dataset, "rotation", "test")
    first, *rest = path.read_text().splitlines(keepends=True)
    data = json.loads(first)
    data["answer"] = "roll x 30" if data["answer"] != "roll x 30" else "roll x 15"
    path.write_text(dumps(data) + "\n" + "".join(rest))
    (change,) = diff(built, dataset)
    assert (change.id, change.kind, change.why) == (data["id"], "changed", "answer")


def test_items_keep_their_ids_and_content_when_complexes_are_added(tmp_path: Path) -> None:
    config = replace(CONFIG, tasks=("translation", "docking"), train=None, test=None, seed=1)
    write_complexes(tmp_path / "four", 4, seed=3)
    write_complexes(tmp_path / "five", 5, seed=3)
    split = (("syn0001", "syn0002"), ("syn0003", "syn0004"))
    build(tmp_path / "four", tmp_path / "a", replace(config, split="file", split_ids=split))
    more = (("syn0001", "syn0002", "syn0005"), split[1])
    build(tmp_path / "five", tmp_path / "b", replace(config, split="file", split_ids=more))
    changes = list(diff(tmp_path / "a", tmp_path / "b"))
    assert {change.kind for change in changes} == {"added"}
    assert {change.id for change in changes} == {
        q.id for q in read_questions(tmp_path / "b") if q.complex_id == "syn0005"
    }
    assert any("split_ids" in line for line in settings_changed(tmp_path / "a", tmp_path / "b"))
