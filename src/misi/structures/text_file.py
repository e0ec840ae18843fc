"""Files to text, with limits: nothing binary, nothing endless, no surprises of encoding."""

import gzip
import zlib
from pathlib import Path

from misi.errors import StructureError

#: Largest file read, bytes after unpacking. The largest PDB-format entries are near 10 MB, mmCIF near 150 MB.
MAX_BYTES = 200_000_000

_GZIP_MAGIC = b"\x1f\x8b"


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file, gzipped or not, with "\\n" line ends and without a byte-order mark.

    Bytes that are not UTF-8 are read as Latin-1, so that columns keep their places.

    Raises
    ------
    StructureError
        `unreadable_file`, `empty_file`, `file_too_large` or `not_text`.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(max_bytes + 1)
        if data.startswith(_GZIP_MAGIC):
            with gzip.open(path, "rb") as packed:
                data = packed.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise StructureError("unreadable_file", f"{path.name} cannot be read: {error}") from error
    if len(data) > max_bytes:
        raise StructureError("file_too_large", f"{path.name} holds more than {max_bytes // 1_000_000} MB")
    if not data.strip():
        raise StructureError("empty_file", f"{path.name} is empty")
    if b"\0" in data:
        raise StructureError("not_text", f"{path.name} is not a text file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")
