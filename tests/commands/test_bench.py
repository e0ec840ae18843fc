"""The bench from end to end on made-up complexes; no figure is asserted, but every line must have one."""

import re

from typer.testing import CliRunner

from misi.cli import app
from misi.commands.other_engines import ENGINES


def test_every_line_has_a_figure() -> None:
    done = CliRunner().invoke(app, ["bench", "--limit", "1", "--workers", "1", "--pictures", "20"])
    assert done.exit_code == 0, done.output
    lines = [line for line in done.output.splitlines() if "│" in line]
    for part in ("read pocket", "atom types", "scene 512x512 fast", "scene 768x576 exact", "200 labels", "PNG 512x512"):
        found = [line for line in lines if part in line]
        assert found, part
        assert all(re.search(r"\d\.\d\d", line) for line in found), part
    assert sum("pictures/s" in line for line in lines) == 6
    for name in ENGINES:  # a figure, or the reason why there is none
        assert any(name in line for line in lines)
