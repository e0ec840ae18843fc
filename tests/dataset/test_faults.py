"""A disk that fills up, a folder that cannot be written, a worker that is killed."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from misi.commands.console import guarded
from misi.dataset.build import build
from misi.dataset.verify import verify
from tests.dataset.conftest import CONFIG, tree


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_ends_in_one_line_and_resumes(
    built: Path, structures: Path, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small_disk / "dataset"
    assert guarded(lambda: build(structures, root, CONFIG)) == 1
    error = capsys.readouterr().err
    assert "No space left" in error
    assert error.count("\n") == 1
    assert not (root / "dataset.json").exists()
    subprocess.run(["mount", "-o", "remount,size=80m", str(small_disk)], check=True)
    build(structures, root, CONFIG, resume=True)
    assert tree(root) == tree(built)


def test_a_folder_that_cannot_be_written_ends_in_one_line(
    structures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert guarded(lambda: build(structures, tmp_path / "file" / "dataset", CONFIG)) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_killed_worker_changes_nothing(built: Path, structures: Path, tmp_path: Path) -> None:
    root = tmp_path / "dataset"
    killed: list[int] = []

    def kill_one() -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not killed:
            if list((root / ".work").glob("unit.*")):  # a worker is in the middle of a complex
                listed = subprocess.run(
                    ["pgrep", "-P", str(os.getpid()), "-f", "spawn_main"], capture_output=True, text=True
                )
                for pid in map(int, listed.stdout.split()[:1]):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            time.sleep(0.01)

    watcher = threading.Thread(target=kill_one)
    watcher.start()
    build(structures, root, CONFIG, workers=2)
    watcher.join()
    if not killed:
        pytest.skip("no worker was found to kill (pgrep is missing)")
    assert tree(root) == tree(built)
    assert list(verify(root)) == []
