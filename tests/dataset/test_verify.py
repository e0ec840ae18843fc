import json
from collections.abc import Callable
from pathlib import Path

import pytest

from misi.dataset.layout import dumps, questions_path
from misi.dataset.verify import verify
from misi.errors import DatasetError


def change(root: Path, task: str, edit: Callable[[dict], None]) -> str:  # type: ignore[type-arg]
    """Edit the first test question of a task; returns its id."""
    path = questions_path(root, task, "test")
    first, *rest = path.read_text().splitlines(keepends=True)
    data = json.loads(first)
    edit(data)
    path.write_text(dumps(data) + "\n" + "".join(rest))
    return str(data["id"])


def test_a_fresh_dataset_is_sound(built: Path) -> None:
    assert list(verify(built)) == []


def test_one_changed_answer_names_the_item(dataset: Path) -> None:
    name = change(
        dataset, "rotation", lambda q: q.update(answer="roll x 30" if q["answer"] != "roll x 30" else "roll y 15")
    )
    faults = list(verify(dataset))
    assert any(fault.startswith(f"{name}: the answer") for fault in faults)
    assert any("rotation.test.jsonl: was changed" in fault for fault in faults)


def test_one_changed_word_of_a_question_names_the_item(dataset: Path) -> None:
    name = change(dataset, "zooming", lambda q: q.update(question=q["question"].replace("front", "rear", 1)))
    assert any(fault.startswith(f"{name}: the line was changed") for fault in verify(dataset))


def test_one_changed_byte_of_a_picture_names_picture_and_item(dataset: Path) -> None:
    picture = next((dataset / "images").rglob("docking-0-undocked.png"))
    data = bytearray(picture.read_bytes())
    data[len(data) // 2] ^= 1
    picture.write_bytes(data)
    (fault,) = verify(dataset)
    assert picture.relative_to(dataset).as_posix() in fault
    assert f"docking-{picture.parent.name}-0" in fault


@pytest.mark.parametrize(
    "task", ["translation", "docking", "pocket_ligand", "interaction_location", "rotation_rotation"]
)
def test_a_damaged_derivation_is_a_fault_and_no_crash(dataset: Path, task: str) -> None:
    name = change(dataset, task, lambda q: q.update(derivation={"seed": "x"}))
    assert any(fault.startswith(f"{name}:") and "deriv" in fault for fault in verify(dataset))


def test_a_removed_line_is_found(dataset: Path) -> None:
    path = questions_path(dataset, "translation", "test")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[1:]))
    name = json.loads(lines[0])["id"]
    assert any(name in fault for fault in verify(dataset))


def test_missing_and_stray_files_are_found(dataset: Path) -> None:
    gone = next((dataset / "images").rglob("front.png"))
    gone.unlink()
    (dataset / "images" / "stray.txt").write_text("?")
    faults = list(verify(dataset))
    assert any(gone.relative_to(dataset).as_posix() in fault and "missing" in fault for fault in faults)
    assert any("stray.txt" in fault for fault in faults)


def test_garbage_in_a_list_is_a_fault_with_its_line(dataset: Path) -> None:
    path = questions_path(dataset, "rotation", "test")
    path.write_text(path.read_text() + "{not json\n")
    assert any("line" in fault and "rotation.test.jsonl" in fault for fault in verify(dataset))


def test_a_path_out_of_the_dataset_is_a_fault(dataset: Path) -> None:
    def escape(question: dict) -> None:  # type: ignore[type-arg]
        question["images"][0]["path"] = "images/../../../etc/passwd.png"

    name = change(dataset, "rotation", escape)
    assert any(fault.startswith(name) for fault in verify(dataset))


def test_no_dataset_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no dataset\.json here"):
        list(verify(tmp_path))
