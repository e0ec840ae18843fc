"""The commands: what they print, what they leave, how they fail."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from misi.cli import app
from misi.errors import MisiError

from .loopback import always, serve

Command = Callable[..., Result]


@pytest.fixture
def misi(monkeypatch: pytest.MonkeyPatch) -> Command:
    def misi(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return misi


def test_eval_score_compare_and_report_follow_each_other(misi: Command, dataset: Path, tmp_path: Path) -> None:
    for model in ("oracle", "chance"):
        assert misi("eval", dataset, "--model", model, "--limit", 2, "--out", tmp_path / model).exit_code == 0
    before = (tmp_path / "chance" / "scores.jsonl").read_bytes()
    assert misi("score", tmp_path / "chance").exit_code == 0
    assert (tmp_path / "chance" / "scores.jsonl").read_bytes() == before
    assert misi("compare", tmp_path / "oracle", tmp_path / "chance").exit_code == 0
    pytest.importorskip("matplotlib", reason="matplotlib is not installed ([report] extra)")
    done = misi("report", tmp_path / "oracle", tmp_path / "chance", "--out", tmp_path / "page", "--cases", 1)
    assert done.exit_code == 0
    assert (tmp_path / "page" / "index.html").exists()


def test_tiny_asks_the_small_subset(misi: Command, dataset: Path, tmp_path: Path) -> None:
    assert misi("eval", dataset, "--model", "oracle", "--tiny", "--out", tmp_path / "run").exit_code == 0
    asked = [json.loads(line)["id"] for line in (tmp_path / "run" / "requests.jsonl").read_text().splitlines()]
    assert sorted(asked) == sorted((dataset / "tiny.txt").read_text().split())


def test_a_dry_run_sends_nothing_and_needs_no_key(
    misi: Command, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with serve(always("Answer: A")) as server:
        done = misi("eval", dataset, "--model", "openai/gpt-5-mini", "--dry-run", "--base-url", server.url)
    assert done.exit_code == 0
    assert not server.calls
    assert "US dollars" in done.output
    assert "nothing was sent" in done.output


@pytest.mark.parametrize("model", ["openai-api/home/unheard-of", "openai/gpt-9", "anthropic/claude-haiku-5-5"])
def test_a_dry_run_says_that_a_price_is_unknown(model: str, misi: Command, dataset: Path) -> None:
    done = misi("eval", dataset, "--model", model, "--dry-run", "--limit", 1, "--shots", 0)
    assert done.exit_code == 0
    said = " ".join(done.output.split())
    assert "no price known, give --price IN,OUT" in said
    assert "0.00 US dollars" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--model", "oracle"], "--out"),
        (["--model", "oracle", "--tasks", "flying"], "unknown 'flying'"),
        (["--model", "oracle", "--price", "cheap", "--out", "RUN"], "--price"),
        (["--model", "oracle", "-M", "novalue", "--out", "RUN"], "name=value"),
        (["--model", "openai-api/home/x", "--max-cost", "1", "--out", "RUN"], "--max-cost cannot be kept"),
    ],
)
def test_a_wrong_option_is_one_clear_line(
    arguments: list[str], said: str, misi: Command, dataset: Path, tmp_path: Path
) -> None:
    given = [str(tmp_path / "run") if argument == "RUN" else argument for argument in arguments]
    done = misi("eval", dataset, *given)
    assert done.exit_code != 0
    assert isinstance(done.exception, MisiError)
    assert said in str(done.exception)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", ["score", "report"])
def test_a_folder_that_is_no_run_is_named(command: str, misi: Command, tmp_path: Path) -> None:
    more = ["--out", tmp_path / "page"] if command == "report" else []
    done = misi(command, tmp_path, *more)
    assert isinstance(done.exception, MisiError)
    assert "no run.json" in str(done.exception)
