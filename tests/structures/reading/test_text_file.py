import gzip
from pathlib import Path

import pytest

from misi.errors import StructureError
from misi.structures.text_file import read_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfHEADER\r\nEND\r\n", "HEADER\nEND\n"),
        ("é\n".encode(), "é\n"),
        (b"caf\xe9\n", "café\n"),
        (b"a\rb\r", "a\nb\n"),
        (gzip.compress(b"END\n", mtime=0), "END\n"),
    ],
)
def test_encodings_and_line_ends(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "ä b.pdb"
    path.write_bytes(data)
    assert read_text(path) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b" \n\n", "empty_file"),
        (b"ATOM\0\0", "not_text"),
        (b"x" * 200, "file_too_large"),
        (gzip.compress(b"x" * 10_000, mtime=0), "file_too_large"),
        (gzip.compress(b"END\n" * 9, mtime=0)[:-9], "unreadable_file"),
    ],
)
def test_refusals(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "file.pdb"
    path.write_bytes(data)
    with pytest.raises(StructureError) as caught:
        read_text(path, max_bytes=100)
    assert caught.value.reason == reason
    assert "file.pdb" in caught.value.detail


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StructureError) as caught:
        read_text(tmp_path)
    assert caught.value.reason == "unreadable_file"
