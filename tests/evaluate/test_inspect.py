"""Our tasks and providers inside inspect-ai itself, and each of its known traps."""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from misi.errors import DatasetError
from misi.evaluate.outcomes import NOT_ASKED
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.run import read_asked, score_run
from misi.report.stats import summarise
from misi.tasks.columns import COLUMNS

inspect_ai = pytest.importorskip("inspect_ai", reason="inspect-ai is not installed ([eval] extra)")

from inspect_ai.log import EvalLog, read_eval_log  # noqa: E402
from inspect_ai.model import ModelOutput, ModelUsage, get_model  # noqa: E402

from misi.evaluate import inspect_registry  # noqa: E402
from misi.evaluate.inspect_log import run_from_log  # noqa: E402
from misi.evaluate.inspect_tasks import CONFIG, columns  # noqa: E402

pytestmark = pytest.mark.usefixtures("keys")
Evaluate = Callable[..., EvalLog]


@pytest.fixture
def evaluate(dataset: Path, tmp_path: Path) -> Evaluate:
    def evaluate(task: str = "all_tasks", model: Any = "misi/oracle", **options: Any) -> EvalLog:
        settings = {"dataset": str(dataset), "shots": 1, "limit": 1, **options.pop("settings", {})}
        made = getattr(inspect_registry, task)(**settings)
        options = {"log_dir": str(tmp_path / "logs"), "display": "none", "log_images": False, **options}
        return inspect_ai.eval(made, model=model, **options)[0]

    return evaluate


def scripted(*texts: str, **output: Any) -> Any:
    """A model that says these in turn, with usage, so that nobody counts tokens with a downloaded tokenizer."""

    def outputs() -> Iterator[ModelOutput]:
        while True:
            for text in texts:
                made = ModelOutput.from_content("mockllm/model", text, **output)
                made.usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
                yield made

    return get_model("mockllm/model", custom_outputs=outputs(), memoize=False)


def test_the_entry_point_leads_to_the_registry() -> None:
    found = [point for point in entry_points(group="inspect_ai") if point.value == "misi.evaluate.inspect_registry"]
    if not found:
        pytest.skip("this installation is older than the entry point; install the package again")
    assert found[0].name == "misi"
    assert found[0].load() is inspect_registry


@pytest.mark.parametrize("name", [*(column for column in COLUMNS if not column.startswith("residue")), "all_tasks"])
def test_tasks_are_found_by_the_names_of_the_documentation(name: str) -> None:
    """Also in an editable installation, where inspect-ai puts no package name before a task's name."""
    from inspect_ai._util.registry import registry_lookup

    assert registry_lookup("task", f"misi/{name}") is not None


def test_providers_are_found_by_name() -> None:
    assert get_model("misi/chance", memoize=False).api.model_name == "chance"
    with pytest.raises(ValueError, match="no baseline"):
        get_model("misi/orakle", memoize=False)


def test_oracle_scores_in_full_through_inspect(evaluate: Evaluate) -> None:
    log = evaluate(settings={"limit": 6})
    assert log.status == "success"
    metrics = _metrics(log)
    assert metrics["weighted_average"] == metrics["exact_average"] == metrics["answered"] == 1.0
    assert {f"weighted_{column}" for column in COLUMNS} <= set(metrics)


def _metrics(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {name: metric.value for score in log.results.scores for name, metric in score.metrics.items()}


def test_a_log_becomes_a_run_with_the_same_scores(evaluate: Evaluate, dataset: Path, tmp_path: Path) -> None:
    log = evaluate(model="misi/chance", settings={"limit": 3})
    run_from_log(Path(log.location), tmp_path / "run")
    summary = summarise("chance", score_run(tmp_path / "run").verdicts, "weighted")
    metrics = _metrics(log)
    for column, cell in summary.columns.items():
        assert cell.mean == pytest.approx(100 * metrics[f"weighted_{column}"])
    plan = Plan(dataset, Settings(limit=3, shots=1))
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    assert manifest["prompt_sha256"] == plan.prompt_sha256
    assert {one.id: one.conversation for one in read_asked(tmp_path / "run")} == {
        row.id: row.conversation for row in plan.asked
    }


def test_trap_1_pictures_stay_out_of_the_log_and_their_names_in(evaluate: Evaluate, dataset: Path) -> None:
    log = evaluate("rotation", settings={"limit": 2})
    with zipfile.ZipFile(log.location) as archive:
        stored = b"".join(archive.read(name) for name in archive.namelist())
    assert b"data:image" not in stored
    assert b"iVBORw0KGgo" not in stored  # how every PNG begins in base 64
    plan = Plan(dataset, Settings(tasks=("rotation",), limit=2, shots=1))
    (sample, _) = read_eval_log(log.location).samples or []
    wanted = [plan.pictures.sent(image.path).as_json() for image in plan.request(plan.ids[0]).conversation.images]
    assert sample.metadata["images"] == wanted
    assert all(len(image["sha256"]) == 64 and image["size"] > 0 for image in wanted)


def test_trap_2_baselines_count_their_tokens_themselves(evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("something wanted the network")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    assert evaluate("zooming").status == "success"


def test_trap_3_one_metric_keeps_all_columns_apart(evaluate: Evaluate) -> None:
    log = evaluate(model=scripted("Answer: No"), settings={"limit": 6})
    metrics = _metrics(log)
    assert metrics["weighted_residue_ligand_negative"] == 1.0
    assert metrics["weighted_residue_ligand_positive"] == 0.0
    assert metrics["weighted_rotation"] == 0.0
    assert metrics["unparsed"] > 0
    assert sum(metrics[status] for status in ("answered", "unparsed", "refused", "truncated", "error")) == 1.0


def test_trap_3_the_metric_is_given_samples_not_bare_scores() -> None:
    import inspect

    hints = inspect.signature(columns()).parameters["scores"].annotation
    assert "SampleScore" in str(hints)


def test_trap_5_retries_and_time_are_bounded() -> None:
    assert CONFIG.max_retries == 5
    assert CONFIG.attempt_timeout == 600
    assert CONFIG.timeout == 3600


@pytest.mark.parametrize("limit", [{"token_limit": 12}, {"message_limit": 2}])
def test_trap_6_a_sample_that_ran_into_a_limit_is_truncated(
    limit: dict[str, int], evaluate: Evaluate, tmp_path: Path
) -> None:
    log = evaluate("zooming", model=scripted("Answer: move z 50"), settings={"shots": 0}, **limit)
    assert log.status == "success"
    assert _metrics(log)["truncated"] == 1.0
    run_from_log(Path(log.location), tmp_path / "run")
    (verdict,) = score_run(tmp_path / "run").verdicts
    assert verdict.status == "truncated"
    assert "limit" in verdict.reason


@pytest.mark.parametrize(
    ("reason", "status"), [("max_tokens", "truncated"), ("model_length", "truncated"), ("content_filter", "refused")]
)
def test_stop_reasons_reach_the_outcome(reason: Any, status: str, evaluate: Evaluate) -> None:
    log = evaluate("zooming", model=scripted("Answer: move z 50", stop_reason=reason))
    assert _metrics(log)[status] == 1.0


def test_trap_8_a_log_is_read_sample_by_sample(
    evaluate: Evaluate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = evaluate("rotation", settings={"limit": 2})
    headers: list[bool] = []
    whole = inspect_ai.log.read_eval_log

    def watched(*arguments: Any, **options: Any) -> EvalLog:
        headers.append(bool(options.get("header_only")))
        return whole(*arguments, **options)

    monkeypatch.setattr(inspect_ai.log, "read_eval_log", watched)
    run_from_log(Path(log.location), tmp_path / "run")
    assert headers == [True]


def test_epochs_come_through_a_log(evaluate: Evaluate, tmp_path: Path) -> None:
    log = evaluate("zooming", settings={"epochs": 2, "limit": 2}, model=scripted("Answer: move z 50"))
    run_from_log(Path(log.location), tmp_path / "run")
    verdicts = score_run(tmp_path / "run").verdicts
    assert sorted((verdict.epoch, verdict.id) for verdict in verdicts) == sorted(
        (epoch, one.id) for epoch in (1, 2) for one in read_asked(tmp_path / "run")
    )
    assert not any(verdict.reason == NOT_ASKED for verdict in verdicts)


def test_blind_tasks_hold_no_picture(evaluate: Evaluate) -> None:
    log = evaluate("rotation", settings={"blind": True})
    (sample,) = read_eval_log(log.location).samples or []
    assert sample.metadata["images"] == []
    assert "[picture withheld]" in json.dumps([message.model_dump() for message in sample.messages], default=str)


def test_a_foreign_log_is_refused(tmp_path: Path) -> None:
    from inspect_ai import Task
    from inspect_ai.dataset import Sample

    log = inspect_ai.eval(
        Task(dataset=[Sample(input="hello", target="hello")]),
        model=scripted("hello"),
        log_dir=str(tmp_path / "logs"),
        display="none",
    )[0]
    with pytest.raises(DatasetError, match="not the log of a misi task"):
        run_from_log(Path(log.location), tmp_path / "run")
    broken = tmp_path / "broken.eval"
    broken.write_bytes(gzip.compress(b"no log"))
    with pytest.raises(DatasetError, match="cannot be read"):
        run_from_log(broken, tmp_path / "run")
