"""`misi`: thin commands. Each parses its arguments, calls one function of the library and prints what it made."""

import sys

import typer

from misi.commands import bench, build, export, fetch, looking, scoring, serve, train
from misi.commands.console import guarded

app = typer.Typer(
    name="misi",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Molecular structures into spatial-reasoning questions: build, ask, score, explain.",
)
for group in (fetch, looking, build, export, scoring, train, serve, bench):
    group.add_to(app)


def main() -> None:
    """Entry point of the `misi` script."""
    sys.exit(guarded(app))


if __name__ == "__main__":
    main()
