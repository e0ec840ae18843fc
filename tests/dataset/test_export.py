"""Round trips: what an export holds is what the dataset holds."""

import base64
import csv
import io
import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from misi.dataset.export import FORMATS, export
from misi.dataset.export.chat import read_chat
from misi.dataset.export.items import Selection
from misi.dataset.layout import image_path, read_questions
from misi.dataset.tokens import image_tokens, item_tokens
from misi.errors import DatasetError
from misi.tasks.question import IMAGE_MARK


@pytest.mark.parametrize("name", ["trl", "swift", "llamafactory"])
def test_chat_forms_keep_text_answers_and_pictures(built: Path, tmp_path: Path, name: str) -> None:
    done = export(Selection(built), name, tmp_path / "out")
    questions = {question.id: question for question in read_questions(built)}
    assert done.questions == len(questions)
    files = [
        p for p in (tmp_path / "out").iterdir() if p.suffix in (".json", ".jsonl") and p.name != "dataset_info.json"
    ]
    seen = set()
    for path in files:
        for number, asked, said, images in read_chat(path):
            question = questions[number]
            assert asked == question.question
            assert said == f"Answer: {question.answer}"
            assert images == [image.path for image in question.images]
            assert asked.count(IMAGE_MARK) == len(images)
            for image in images:
                assert (tmp_path / "out" / image).read_bytes() == image_path(built, image).read_bytes()
            seen.add(number)
    assert seen == set(questions)


def test_no_mark_stays_in_the_text_for_trl(built: Path, tmp_path: Path) -> None:
    export(Selection(built, split="test"), "trl", tmp_path / "out")
    for line in (tmp_path / "out" / "test.jsonl").read_text().splitlines():
        for message in json.loads(line)["prompt"]:
            assert all("<image>" not in part.get("text", "") for part in message["content"])


def test_parquet_loads_with_datasets_offline(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    from misi.dataset.export.parquet import question_of_row

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    export(Selection(built), "hf", tmp_path / "out")
    assert set(datasets.get_dataset_config_names(str(tmp_path / "out"))) == {q.task for q in read_questions(built)}
    for task in ("rotation", "rotation_rotation", "pocket_ligand"):
        loaded = datasets.load_dataset(str(tmp_path / "out"), task, cache_dir=str(tmp_path / "cache"))
        for split in ("train", "test"):
            expected = list(read_questions(built, [task], split))
            assert [question_of_row(row) for row in loaded[split]] == expected
            first = loaded[split][0]["images"][0]
            with Image.open(image_path(built, expected[0].images[0].path)) as original:
                assert first.convert("RGB").tobytes() == original.convert("RGB").tobytes()


def test_tsv_for_vlmevalkit_holds_pictures_and_options(built: Path, tmp_path: Path) -> None:
    export(Selection(built), "vlmevalkit", tmp_path / "out")
    csv.field_size_limit(sys.maxsize)
    with (tmp_path / "out" / "misi_interaction_location_test.tsv").open(newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    questions = list(read_questions(built, ["interaction_location"], "test"))
    assert [row["id"] for row in rows] == [question.id for question in questions]
    for row, question in zip(rows, questions, strict=True):
        assert [row[letter] for letter in "ABCD"] == list(question.options)
        assert row["answer"] == question.answer
        pictures = json.loads(row["image"])
        assert len(pictures) == len(question.images) == row["question"].count("[image ")
        Image.open(io.BytesIO(base64.b64decode(pictures[0]))).verify()


def test_lmms_task_functions_score_the_truth_fully(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    export(Selection(built, ("docking",), "test"), "lmms-eval", tmp_path / "out")
    monkeypatch.syspath_prepend(str(tmp_path / "out" / "tasks"))
    import misi_functions  # type: ignore[import-not-found]

    rows = datasets.load_dataset(
        str(tmp_path / "out" / "parquet"), "docking", split="test", cache_dir=str(tmp_path / "cache")
    )
    for row in rows:
        assert len(misi_functions.doc_to_visual(row)) == misi_functions.doc_to_text(row).count("<image>")
        assert misi_functions.process_results(row, [row["answer"]]) == {"weighted": 1.0, "exact": 1.0}
        assert misi_functions.process_results(row, ["no idea"])["exact"] == 0.0
    assert "group: misi" in (tmp_path / "out" / "tasks" / "misi.yaml").read_text()


def test_long_items_are_refused_by_name(built: Path, tmp_path: Path) -> None:
    questions = list(read_questions(built))
    lengths = sorted(item_tokens(question, 128, 96) for question in questions)
    limit = lengths[len(lengths) // 2]
    done = export(Selection(built, max_tokens=limit), "swift", tmp_path / "out")
    assert done.questions + len(done.refused) == len(questions)
    listed = [json.loads(line)["id"] for line in (tmp_path / "out" / "refused.jsonl").read_text().splitlines()]
    assert listed == [rejection.id for rejection in done.refused]
    assert {q.id for q in questions if item_tokens(q, 128, 96) > limit} == set(listed)


def test_token_estimate_agrees_with_the_known_sizes() -> None:
    # shared/spec/stack.md: 448 px square = 256 tokens, 640 = 529, 1024 = 1,369.
    assert [image_tokens(side, side) for side in (448, 640, 1024)] == [256, 529, 1369]


def test_small_subset_only(built: Path, tmp_path: Path) -> None:
    done = export(Selection(built, tiny=True), "swift", tmp_path / "out")
    assert done.questions == len((built / "tiny.txt").read_text().split())
    assert not (tmp_path / "out" / "train.jsonl").exists()


def test_folders_in_use_and_unknown_formats_are_refused(built: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(DatasetError, match="not empty"):
        export(Selection(built), "swift", tmp_path)
    with pytest.raises(DatasetError, match=", ".join(FORMATS)):
        export(Selection(built), "csv", tmp_path / "out")
