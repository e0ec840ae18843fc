"""What every command shares: output, progress, and turning errors into one line and an exit code."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from misi.errors import MisiError

Choice = TypeVar("Choice", bound=str)

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def guarded(function: Callable[[], object]) -> int:
    """Run a command; returns its exit code. Bad input and broken disks end in one line, never in a traceback."""
    try:
        function()
    except MisiError as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        complain("interrupted")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    except OSError as error:
        complain(f"{error.filename or 'input/output'}: {error.strerror or error}")
        return 1
    return 0


def wide() -> Console:
    """A console for tables, which need their width also where output goes to a file."""
    return Console(width=max(out.width, 150), highlight=False)


def complain(message: str) -> None:
    """One line to stderr, without markup."""
    err.print("misi: " + " ".join(message.split()), markup=False, style="red")


def parse_size(text: str) -> tuple[int, int]:
    """``768x576`` -> (768, 576).

    Raises
    ------
    MisiError
        Not WxH, or a side outside 16..8192 pixels.
    """
    width, _, height = text.lower().partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise MisiError(f"--size {text!r}: write it like 768x576")
    if not all(16 <= int(side) <= 8192 for side in (width, height)):
        raise MisiError(f"--size {text!r}: sides must lie in 16..8192 pixels")
    return int(width), int(height)


def one_of(option: str, value: str, allowed: Sequence[Choice]) -> Choice:
    """The value of an option, as one of the few that are allowed.

    Raises
    ------
    MisiError
        It is not.
    """
    for choice in allowed:
        if choice == value:
            return choice
    raise MisiError(f"{option} {value!r}: choose among {', '.join(allowed)}")


@contextmanager
def passes() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for work in named passes; yields ``tick(pass, done, total)``."""
    bar = Progress(
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=False,
    )
    rows: dict[str, int] = {}
    with bar:

        def tick(name: str, done: int, total: int) -> None:
            if name not in rows:
                rows[name] = int(bar.add_task(name, total=total))
            bar.update(rows[name], completed=done, total=total)  # type: ignore[arg-type]

        yield tick
