"""Round trips: what an export holds is what the dataset holds."""

import ast
import base64
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    seen = set()
    for path in (tmp_path / "out").glob("*.jsonl"):
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


def test_two_exports_in_folders_of_one_name_share_no_cache(built: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    questions = list(read_questions(built, ["residue_ligand"], "train"))
    shortest = min(item_tokens(question, 128, 96) for question in questions)
    few = {question.id for question in questions if item_tokens(question, 128, 96) == shortest}
    assert len(few) < len(questions)
    for version, limit, expected in (("1.0", None, {q.id for q in questions}), ("1.1", shortest, few)):
        folder = tmp_path / version / "misi"
        export(Selection(built, ("residue_ligand",), max_tokens=limit), "hf", folder)
        # One cache for both, as the user's own is.
        loaded = datasets.load_dataset(str(folder), "residue_ligand", split="train", cache_dir=str(tmp_path / "cache"))
        assert {row["id"] for row in loaded} == expected


def test_llamafactory_describes_its_files(built: Path, tmp_path: Path) -> None:
    export(Selection(built), "llamafactory", tmp_path / "out")
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text())
    assert set(info) == {"misi_train", "misi_test"}
    for entry in info.values():
        row = json.loads((tmp_path / "out" / entry["file_name"]).read_text().splitlines()[0])
        tags, columns = entry["tags"], entry["columns"]
        roles = [message[tags["role_tag"]] for message in row[columns["messages"]]]
        assert roles == [tags["system_tag"], tags["user_tag"], tags["assistant_tag"]]
        # It counts placeholders over all messages, so none may stand in the system text or the answer.
        marks = sum(message[tags["content_tag"]].count("<image>") for message in row[columns["messages"]])
        assert marks == len(row[columns["images"]])
        assert all((tmp_path / "out" / path).is_file() for path in row["images"])  # its media_dir is this folder


def _as_vlmevalkit_reads(path: Path) -> list[dict[str, Any]]:
    """Rows as `ImageBaseDataset` sees them: pandas' defaults, lists evaluated, a list of one made its only element."""
    pandas = pytest.importorskip("pandas")
    rows = pandas.read_csv(path, sep="\t").to_dict("records")
    for row in rows:
        for column in ("image", "image_path"):
            assert len(row[column]) > 64 or column != "image"  # shorter ones are taken for the index of another row
            row[column] = [str(one) for one in ast.literal_eval(row[column])]
    return list(rows)


def test_vlmevalkit_unpacks_every_picture_under_its_own_name(built: Path, tmp_path: Path) -> None:
    done = export(Selection(built), "vlmevalkit", tmp_path / "out")
    questions = {question.id: question for question in read_questions(built, split="test")}
    tables = sorted((tmp_path / "out").glob("*.tsv"))
    contents: dict[str, bytes] = {}
    for table in tables:
        for row in _as_vlmevalkit_reads(table):
            question = questions.pop(row["id"])
            assert row["category"] == question.task
            assert len(row["image"]) == len(row["image_path"]) == len(question.images)
            for encoded, name, image in zip(row["image"], row["image_path"], question.images, strict=True):
                assert "/" not in name
                data = base64.b64decode(encoded)
                assert contents.setdefault(name, data) == data == image_path(built, image.path).read_bytes()
            parts = re.split(r"\[image \d+\]", row["question"])
            assert "<image>".join(parts) == question.question
    assert not questions
    assert done.questions == sum(len(_as_vlmevalkit_reads(table)) for table in tables)


def test_vlmevalkit_takes_options_for_choices_and_names_for_free_text(built: Path, tmp_path: Path) -> None:
    export(Selection(built), "vlmevalkit", tmp_path / "out")
    for table in (tmp_path / "out").glob("*.tsv"):
        rows = _as_vlmevalkit_reads(table)
        choice = "A" in rows[0]
        assert choice is not table.stem.endswith("openended")
        if choice:
            assert all(
                row["answer"] in "ABCD" and all(isinstance(row[letter], str) for letter in "ABCD") for row in rows
            )
    assert {path.stem for path in (tmp_path / "out").glob("*_test.tsv")} == {
        "misi_translation_rotation_test",
        "misi_rotation_rotation_test",
        "misi_interaction_location_test",
    }


def test_replies_of_vlmevalkit_are_scored_beside_the_tables(built: Path, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    export(Selection(built, ("rotation", "residue_ligand")), "vlmevalkit", tmp_path / "out")
    names = []
    for table in (tmp_path / "out").glob("*.tsv"):
        rows = pandas.read_csv(table, sep="\t").drop(columns="image")
        rows["prediction"] = "First this.\n\nAnswer: " + rows["answer"]
        rows.loc[rows["category"] == "rotation", "prediction"] = None  # the harness got no reply
        names.append(str(tmp_path / f"MODEL_{table.name}"))
        rows.to_csv(names[-1], sep="\t", index=False)
    run = subprocess.run(
        [sys.executable, str(tmp_path / "out" / "misi_score.py"), *names], capture_output=True, text=True, check=True
    )
    rows = {line.split()[0]: line.split()[1:] for line in run.stdout.splitlines()}
    n = len(list(read_questions(built, ["rotation"], "test")))
    assert rows["rotation"] == [str(n), "0", "0.00", "0.00"]
    assert rows["residue_ligand_positive"][2:] == rows["residue_ligand_negative"][2:] == ["100.00", "100.00"]
    assert rows["docking"] == ["0", "0", "-", "-"]
    assert rows["average"][-2:] == ["-", "-"]  # of an incomplete table there is none


@pytest.fixture
def lmms(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Any]:
    """The folder for lmms-eval, and the functions that its YAML files name."""
    pytest.importorskip("datasets")
    export(Selection(built), "lmms-eval", tmp_path / "out")
    monkeypatch.syspath_prepend(str(tmp_path / "out" / "tasks"))
    monkeypatch.delitem(sys.modules, "misi_functions", raising=False)
    return tmp_path / "out", importlib.import_module("misi_functions")


def _rows(folder: Path, task: str) -> Any:
    import datasets

    return datasets.load_dataset(str(folder / "parquet"), task, split="test", cache_dir=str(folder / "cache"))


def test_lmms_functions_score_the_truth_fully(lmms: tuple[Path, Any]) -> None:
    folder, functions = lmms
    for task in ("docking", "pocket_ligand"):
        for row in _rows(folder, task):
            full = functions.process_results(row, [f"So it is.\n\nAnswer: {row['answer']}"])
            assert set(full.values()) == {1.0}
            # The paper leaves pockets without a bond out of exact match.
            assert ("exact" in full) is (row["answer"] != "None")
            assert set(functions.process_results(row, ["no idea"]).values()) == {0.0}
    sides = {row["answer"] == "No": functions.process_results(row, ["?"]) for row in _rows(folder, "residue_ligand")}
    assert set(sides[True]) == {"weighted", "exact", "weighted_negative", "exact_negative"}
    assert set(sides[False]) == {"weighted", "exact", "weighted_positive", "exact_positive"}


def test_lmms_adapters_get_every_picture_at_its_place(lmms: tuple[Path, Any]) -> None:
    folder, functions = lmms
    for row in _rows(folder, "rotation_rotation"):
        pictures = functions.doc_to_visual(row)
        assert {picture.mode for picture in pictures} == {"RGB"}
        numbers = re.findall(r"<image (\d+)>", functions.doc_to_text(row))
        assert [int(number) for number in numbers] == list(range(1, len(pictures) + 1))
        bare = functions.doc_to_text(row, {"image_mark": "<image>"})
        assert bare == row["question"]
        system, user = functions.doc_to_messages(row)
        assert (system["role"], user["role"]) == ("system", "user")
        kinds = [part["type"] for part in user["content"]]
        assert kinds.count("image") == len(pictures)
        labels = [user["content"][at - 1]["text"] for at, kind in enumerate(kinds) if kind == "image"]
        assert all(text.endswith(f"{label}:") for text, label in zip(labels, row["image_labels"], strict=True))


def test_lmms_task_files_say_what_the_harness_needs(lmms: tuple[Path, Any]) -> None:
    yaml = pytest.importorskip("yaml")
    folder, functions = lmms

    class Loader(yaml.SafeLoader):  # type: ignore[misc, name-defined]
        """Reads `!function` as the name that it carries."""

    Loader.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))
    group = yaml.load((folder / "tasks" / "misi.yaml").read_text(), Loader)
    assert group["group"] == "misi"
    assert len(group["task"]) == 9
    for name in group["task"]:
        task = yaml.load((folder / "tasks" / f"{name}.yaml").read_text(), Loader)
        assert task["task"] == name
        assert Path(task["dataset_path"]) == (folder / "parquet").resolve()
        assert list((folder / "parquet" / task["dataset_name"]).glob(f"{task['test_split']}-*.parquet"))
        # Left to its default, lmms-eval ends a reply at the first blank line.
        assert task["generation_kwargs"]["until"] == []
        for key in ("doc_to_visual", "doc_to_text", "doc_to_messages", "process_results"):
            assert callable(getattr(functions, task[key].removeprefix("misi_functions.")))
        metrics = {metric["metric"] for metric in task["metric_list"]}
        assert set(functions.process_results(_rows(folder, task["dataset_name"])[0], [""])) <= metrics


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
