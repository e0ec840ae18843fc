from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.errors import DatasetError
from misi.paths import child, safe_name, write_text, written_aside


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "../x", "a.b", "x\0y", " a", "a\n", "a" * 300, "a:b"])
def test_dangerous_names_are_refused(name: str) -> None:
    with pytest.raises(DatasetError):
        safe_name(name)


@pytest.mark.parametrize("name", ["1abc", "1ügx 配体", "syn_0001-a"])
def test_ordinary_names_pass(name: str, tmp_path: Path) -> None:
    assert safe_name(name) == name
    assert child(tmp_path, "a", name, suffix=".png").parent == tmp_path / "a"


@given(st.text())
def test_a_name_that_passes_stays_inside(name: str) -> None:
    root = Path("/somewhere/root")
    try:
        path = child(root, name, suffix=".json")
    except DatasetError:
        return
    assert path.resolve().parent == root
    assert path.name == name + ".json"


def test_an_error_names_the_file_that_was_wanted(tmp_path: Path) -> None:
    folder = tmp_path / "f.txt"
    folder.mkdir()
    with pytest.raises(OSError) as replaced:
        write_text(folder, "text")
    assert (replaced.value.filename, replaced.value.filename2) == (str(folder), None)
    assert list(tmp_path.iterdir()) == [folder]
    long = tmp_path / "sub" / ("x" * 300)
    with pytest.raises(OSError) as found:
        write_text(long, "text")
    assert found.value.filename == str(long)
    other = tmp_path / "other.txt"

    def read_missing() -> None:
        with written_aside(tmp_path / "g.txt"):
            other.read_text()

    with pytest.raises(OSError) as missing:
        read_missing()
    assert missing.value.filename == str(other)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "f.txt"
    write_text(target, "old")

    def write_half() -> None:
        with written_aside(target) as aside:
            aside.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
