"""Cards: metadata that a YAML parser and a hub accept, and sentences that hold the manifest's figures."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from misi.dataset.card import Config, card_text, size_category
from misi.dataset.export import export
from misi.dataset.export.items import Selection
from misi.dataset.layout import CARD, read_manifest

yaml = pytest.importorskip("yaml")

#: What the hub's validator requires of an identifier of a licence, task or size: one of its own words.
HUB_TASKS = {"visual-question-answering", "image-text-to-text"}


def metadata(text: str) -> dict[str, Any]:
    """The block between the first two lines of three dashes."""
    assert text.startswith("---\n")
    head, body = text.removeprefix("---\n").split("\n---\n", 1)
    assert body.strip()
    data = yaml.safe_load(head)
    assert isinstance(data, dict)
    return data


@pytest.fixture
def manifest(built: Path) -> dict[str, Any]:
    return copy.deepcopy(read_manifest(built))


def test_metadata_of_a_built_dataset_parses(built: Path) -> None:
    data = metadata((built / CARD).read_text(encoding="utf-8"))
    assert data["license"] == "other"
    assert isinstance(data["license_name"], str)  # the hub asks for a name where the licence is "other"
    assert set(data["task_categories"]) <= HUB_TASKS
    assert data["language"] == ["en"]
    assert data["size_categories"] == ["n<1K"]
    assert data["pretty_name"] == "misi (5 complexes)"
    assert "configs" not in data  # these belong to exports, whose parquet they name


def test_card_tells_counts_split_leakage_and_rejections(built: Path, manifest: dict[str, Any]) -> None:
    text = (built / CARD).read_text(encoding="utf-8")
    for task, by_split in manifest["counts"]["questions"].items():
        assert f"| `{task}` | {by_split.get('train', 0)} | {by_split.get('test', 0)} |" in text
    for reason, n in manifest["counts"]["rejections"].items():
        assert f"| `{reason}` | {n} |" in text
    near = manifest["leakage"]
    assert f"{near['either']} ({100 * near['either'] / near['n_test']:.1f} %)" in text
    for heading in ("How to load it", "Split and leakage", "What was left out", "Limits", "Terms", "Citation"):
        assert f"\n## {heading}\n" in text


def test_notes_and_settings_of_the_split_are_told(manifest: dict[str, Any]) -> None:
    manifest["split"] = {
        "method": "clustered",
        "settings": {"seed": "7", "clusters": "4"},
        "notes": ["test has 1 of 2"],
    }
    text = card_text(manifest)
    assert "Settings: seed 7, clusters 4." in text
    assert "Test has 1 of 2." in text


def test_an_empty_side_leaks_nothing(manifest: dict[str, Any]) -> None:
    manifest["leakage"]["n_train"] = 0
    assert "nothing can leak" in card_text(manifest)


def test_how_to_load_a_folder_is_true(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(built)
    code = (built / CARD).read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    exec(compile(code, CARD, "exec"), {})
    assert "Answer" in capsys.readouterr().out


def test_export_names_its_configs_and_licence(built: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    export(Selection(built, split="test", license="cc0-1.0"), "hf", tmp_path / "out")
    data = metadata((tmp_path / "out" / CARD).read_text(encoding="utf-8"))
    assert data["license"] == "cc0-1.0"
    assert "license_name" not in data
    assert [config["config_name"] for config in data["configs"] if config.get("default")] == ["translation"]
    for config in data["configs"]:
        for files in config["data_files"]:
            assert files["split"] == "test"
            assert list((tmp_path / "out").glob(files["path"]))


def test_strange_names_stay_one_string(manifest: dict[str, Any]) -> None:
    configs = [Config('odd: "name" # no', {"test": "a*.parquet"})]
    data = metadata(card_text(manifest, configs=configs, exported=1, license="no: licence"))
    assert data["configs"][0]["config_name"] == 'odd: "name" # no'
    assert data["license"] == "no: licence"


def test_hub_library_accepts_the_card(built: Path, tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    export(Selection(built), "hf", tmp_path / "out")
    for folder in (built, tmp_path / "out"):
        data = hub.DatasetCard.load(folder / CARD).data.to_dict()
        assert json.loads(json.dumps(data))["license"] == "other"


def test_sizes_have_the_names_of_the_hub() -> None:
    sizes = [1, 999, 1_000, 9_999, 10_000, 163_514, 1_000_000]
    names = ["n<1K", "n<1K", "1K<n<10K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M"]
    assert [size_category(n) for n in sizes] == names
