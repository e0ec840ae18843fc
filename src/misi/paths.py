"""Ids to paths, through one guarded function; and writing without leaving half a file behind."""

import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from misi.errors import DatasetError

_MAX_NAME_BYTES = 200  # file systems allow 255; suffixes such as ".json.tmp" need room


def safe_name(name: str) -> str:
    """Return `name` if it may be used as one path component, else raise.

    Refused: empty text, separators, dots, control and format characters, leading or trailing blanks, and more
    than 200 bytes. Letters of any script and inner blanks are allowed.

    Raises
    ------
    DatasetError
        The name cannot become a path.
    """
    bad = (
        not name
        or name != name.strip()
        or any(ch in '/\\.:*?"<>|' for ch in name)
        or any(unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for ch in name)
        or len(name.encode("utf-8", "surrogatepass")) > _MAX_NAME_BYTES
    )
    if bad:
        raise DatasetError(f"the name {name!r} cannot be used as a file name")
    return name


def child(root: Path, *names: str, suffix: str = "") -> Path:
    """`root/name/.../name + suffix` with every name checked by `safe_name`."""
    path = root.joinpath(*(safe_name(name) for name in names))
    return path.with_name(path.name + suffix) if suffix else path


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it is renamed onto `path`, on failure removed.

    An OSError about the temporary file names `path`, which is what the user knows.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        error.filename = str(path)
        raise
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        umask = os.umask(0)
        os.umask(umask)
        aside.chmod(0o666 & ~umask)  # mkstemp makes private files; released ones follow the user's umask
        os.replace(aside, path)
    except OSError as error:
        if str(error.filename) == name:
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        aside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text aside, then rename."""
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes aside, then rename."""
    with written_aside(path) as aside:
        aside.write_bytes(data)
