import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from misi.dataset.build import build
from misi.dataset.layout import read_lines, read_manifest, read_questions, read_tiny
from misi.dataset.shards import merge
from misi.errors import DatasetError
from misi.tasks import TASKS
from tests.dataset.conftest import CONFIG, tree

PER_COMPLEX = {  # shared/spec/tasks.md section 2: train, test
    "translation": (4, 2),
    "rotation": (6, 3),
    "zooming": (4, 2),
    "translation_rotation": (6, 3),
    "rotation_rotation": (6, 3),
    "docking": (6, 3),
    "pocket_ligand": (1, 1),
}


def test_every_task_has_the_papers_number_of_items(built: Path) -> None:
    counts = read_manifest(built)["counts"]
    assert counts["complexes"] == {"train": 3, "test": 2}
    for task, (train, test) in PER_COMPLEX.items():
        assert counts["questions"][task] == {"train": 3 * train, "test": 2 * test}, task
    assert set(counts["questions"]) == set(TASKS)
    assert counts["questions"]["residue_ligand"]["train"] > 0
    assert counts["questions"]["interaction_location"]["test"] > 0


def test_what_cannot_be_read_is_listed_with_a_reason(built: Path) -> None:
    rejected = {data["id"]: data for data in read_lines(built / "rejections.jsonl")}
    assert "broken_pocket.pdb" in rejected["broken"]["detail"] or "broken_ligand.sdf" in rejected["broken"]["detail"]
    assert rejected["broken"]["reason"]


def test_pictures_are_made_once_and_their_names_tell_no_answer(built: Path) -> None:
    used = {image.path for question in read_questions(built) for image in question.images}
    made = {path.relative_to(built).as_posix() for path in (built / "images").rglob("*.png")}
    assert used <= made
    assert {path.split("/")[-1] for path in made - used} <= {"front.png", "top.png", "left.png"}
    for question in read_questions(built, ["rotation", "translation"]):
        axis, amount = question.answer.split()[1:]
        for image in question.images:
            assert f"{axis}{amount}" not in image.path
            assert f"-{axis}-" not in image.path


def test_any_number_of_workers_gives_the_same_bytes(built: Path, structures: Path, tmp_path: Path) -> None:
    build(structures, tmp_path / "two", CONFIG, workers=2)
    assert tree(tmp_path / "two") == tree(built)


def test_a_killed_build_resumes_to_the_same_bytes(built: Path, structures: Path, tmp_path: Path) -> None:
    root = tmp_path / "killed"
    code = (
        "import sys; from pathlib import Path; from misi.dataset.build import build;"
        "from tests.dataset.conftest import CONFIG;"
        "build(Path(sys.argv[1]), Path(sys.argv[2]), CONFIG, workers=2)"
    )
    command = [sys.executable, "-c", "if True:\n if __name__ == '__main__':\n  " + code, str(structures), str(root)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    deadline = time.monotonic() + 120
    while not list((root / ".work" / "units").glob("*.json")) and time.monotonic() < deadline:
        assert process.poll() is None, "the build ended before it could be killed"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (root / "dataset.json").exists()
    with pytest.raises(DatasetError, match="--resume"):
        build(structures, root, CONFIG)
    with pytest.raises(DatasetError, match="other settings"):
        build(structures, root, replace(CONFIG, seed=6), resume=True)
    build(structures, root, CONFIG, resume=True)
    assert tree(root) == tree(built)


@pytest.mark.parametrize("shared", [True, False])
def test_shards_merge_to_the_same_bytes(built: Path, structures: Path, tmp_path: Path, shared: bool) -> None:
    folders = [tmp_path / "one", tmp_path / "one" if shared else tmp_path / "two"]
    for part, folder in enumerate(folders, 1):
        assert build(structures, folder, CONFIG, shard=(part, 2)).counts is None
    target = folders[0] if shared else tmp_path / "joined"
    merge(folders, target)
    assert tree(target) == tree(built)


def test_merging_names_a_missing_shard(structures: Path, tmp_path: Path) -> None:
    build(structures, tmp_path / "one", CONFIG, shard=(1, 2))
    with pytest.raises(DatasetError, match="was made in none"):
        merge([tmp_path / "one"], tmp_path / "joined")


def test_items_do_not_change_when_other_tasks_are_left_out(built: Path, structures: Path, tmp_path: Path) -> None:
    build(structures, tmp_path / "few", replace(CONFIG, tasks=("rotation", "docking")))
    for task in ("rotation", "docking"):
        assert list(read_questions(tmp_path / "few", [task])) == list(read_questions(built, [task]))


def test_limit_counts_usable_complexes(structures: Path, tmp_path: Path) -> None:
    config = replace(CONFIG, tasks=("translation",), limit=2, train=1, test=1)
    counts = build(structures, tmp_path / "d", config).counts
    assert counts is not None
    assert counts["complexes"] == {"train": 1, "test": 1}


def test_too_few_complexes_end_in_one_line(structures: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="only 5 complexes are usable, 30 \\+ 10"):
        build(structures, tmp_path / "d", replace(CONFIG, train=30, test=10))


def test_a_source_without_a_usable_complex_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "src" / "empty"
    source.mkdir(parents=True)
    (source / "empty_pocket.pdb").write_text("")
    (source / "empty_ligand.sdf").write_text("")
    with pytest.raises(DatasetError, match=r"1 rejected: empty_\w+\.\w+"):
        build(tmp_path / "src", tmp_path / "out", CONFIG)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_is_left_alone(structures: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DatasetError, match="not empty"):
        build(structures, tmp_path, CONFIG)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_finished_dataset_is_not_built_over(built: Path, structures: Path) -> None:
    before = tree(built)
    with pytest.raises(DatasetError, match="finished"):
        build(structures, built, CONFIG)
    assert build(structures, built, CONFIG, resume=True).pictures == 0
    assert tree(built) == before


def test_the_small_subset_is_from_test_and_without_doubles(built: Path) -> None:
    tiny = read_tiny(built)
    assert len(tiny) == len(set(tiny)) == read_manifest(built)["counts"]["tiny"]
    assert set(tiny) <= {question.id for question in read_questions(built, split="test")}


def test_the_manifest_says_nothing_that_differs_between_builds(built: Path) -> None:
    text = json.dumps(read_manifest(built))
    assert str(built.parent) not in text
    assert "seconds" not in text
