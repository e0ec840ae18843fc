"""The site as it is run: `misi serve` with two workers, one of them killed while raters answer."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from misi.commands.serve import serve
from misi.errors import MisiError
from misi.web.settings import ADMIN_VARIABLE

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "web_load.py"


def _load(dataset: Path, *options: str) -> str:
    command = [sys.executable, str(BENCHMARK), "--dataset", str(dataset), "--raters", "4", "--answers", "10", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find the workers")
def test_a_killed_worker_loses_no_answer(dataset: Path) -> None:
    printed = _load(dataset)
    assert re.search(r"worker \d+ killed after \d+ answers", printed)
    assert "answers sent 40, stored 40" in printed


@pytest.mark.parametrize(
    ("options", "token", "message"),
    [
        ({"browse": "everybody"}, "", "--browse 'everybody'"),
        ({}, "short", "at least 16 characters"),
        ({"db": "nonsense"}, "", "--db"),
        ({"runs": [Path("/no/such/run")]}, "", "no run.json here"),
    ],
)
def test_wrong_options_are_named(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], token: str, message: str
) -> None:
    monkeypatch.setenv(ADMIN_VARIABLE, token)
    with pytest.raises(MisiError, match=message):
        serve(dataset, **{"db": f"sqlite:///{tmp_path / 'site.sqlite'}", **options})


def test_a_folder_that_is_no_dataset_leaves_no_database(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(MisiError, match=r"no dataset.json here"):
        serve(folder)
    assert list(tmp_path.iterdir()) == [folder]
