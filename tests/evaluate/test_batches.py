"""`--batch` through the vendors' real clients: every request comes back, whatever becomes of its batch."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from misi.errors import MisiError
from misi.evaluate.ask import ask
from misi.evaluate.outcomes import Verdict
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.run import score_run
from misi.evaluate.vendors import Transport

from .batch_service import CANCELLED, EXPIRED, EXPIRED_WHOLE, MISSING, NOT_MADE, REJECTED, Fate, serve_batches
from .loopback import ANSWER, VENDORS, Script, Vendor
from .mixture import Truthful, mixture

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed ([eval] extra)")
pytestmark = pytest.mark.usefixtures("keys", "no_waiting")

SERVICES = {name: VENDORS[name] for name in ("openai-chat", "openai-responses", "anthropic", "google")}
each_service = pytest.mark.parametrize("vendor", list(SERVICES.values()), ids=list(SERVICES))
FOUR = Settings(tasks=("translation",), shots=0)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at batches every few milliseconds instead of every quarter of a minute."""
    monkeypatch.setattr("inspect_ai.model._providers.util.batch.DEFAULT_BATCH_TICK", 0.02)
    monkeypatch.setattr("inspect_ai.model._providers.util.batch.DEFAULT_SEND_DELAY", 0.2)


class Asked:
    """What came of asking in batches."""

    def __init__(self, verdicts: tuple[Verdict, ...], replies: list[dict[str, Any]], sizes: list[int]) -> None:
        self.verdicts, self.replies, self.sizes = verdicts, replies, sizes

    @property
    def statuses(self) -> list[str]:
        return [verdict.status for verdict in self.verdicts]


def put(
    vendor: Vendor,
    dataset: Path,
    run: Path,
    script: Script,
    fate: Fate = lambda _: "done",
    *,
    settings: Settings = FOUR,
    size: int = 4,
    max_retries: int = 2,
) -> Asked:
    with serve_batches(script, fate) as service:
        transport = Transport(
            base_url=service.url + vendor.base,
            max_retries=max_retries,
            connections=64,
            batch=size,
            model_args=vendor.arguments,
        )
        ask(dataset, vendor.model, run, settings, transport=transport)
    replies = [json.loads(line) for line in (run / "replies.jsonl").read_bytes().split(b"\n") if line]
    return Asked(score_run(run).verdicts, replies, [len(batch) for batch in service.batches])


@each_service
def test_the_small_subset_comes_to_the_scores_expected(
    vendor: Vendor, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(tasks=("translation", "pocket_ligand", "residue_ligand"), tiny=True, shots=1)
    plan = Plan(dataset, settings)
    parts = mixture(plan)
    truthful = Truthful(plan, parts)
    asked = put(vendor, dataset, tmp_path / "run", truthful, settings=settings, size=8)
    found = {verdict.id: verdict for verdict in asked.verdicts}
    for name, part in parts.items():
        assert (found[name].status, found[name].exact) == (part.status, part.exact), (name, part, found[name])
        assert found[name].weighted == pytest.approx(part.weighted)
    assert truthful.wrong_pictures == []
    assert max(asked.sizes) == 8
    assert capsys.readouterr().out == ""
    prices = [reply["cost"] for reply in asked.replies if reply["ending"] == "stop"]
    assert all(0 < price < 0.01 for price in prices)
    assert truthful.calls == {name: part.calls for name, part in parts.items()}


@each_service
def test_one_request_that_expires_costs_no_other(vendor: Vendor, dataset: Path, tmp_path: Path) -> None:
    def script(n: int, _: object) -> tuple[str, str]:
        return (EXPIRED, "") if n == 1 else (ANSWER, f"Answer: move x {n + 1}")

    asked = put(vendor, dataset, tmp_path / "run", script)
    assert Counter(asked.statuses) == {"answered": 3, "error": 1}
    assert "expired" in next(verdict.reason for verdict in asked.verdicts if verdict.status == "error").lower()
    assert asked.sizes == [4]  # not sent again for another day
    again = put(vendor, dataset, tmp_path / "run", lambda *_: (ANSWER, "Answer: move x 1"))
    assert again.sizes == [1]
    assert set(again.statuses) == {"answered"}


@each_service
def test_a_request_without_a_result_is_not_waited_for(vendor: Vendor, dataset: Path, tmp_path: Path) -> None:
    asked = put(
        vendor, dataset, tmp_path / "run", lambda n, _: (MISSING, "") if n == 0 else (ANSWER, "Answer: move x 1")
    )
    assert Counter(asked.statuses) == {"answered": 3, "error": 1}
    assert "without a result" in next(verdict.reason for verdict in asked.verdicts if verdict.status == "error")


def test_a_cancelled_request_is_an_error(dataset: Path, tmp_path: Path) -> None:
    asked = put(VENDORS["anthropic"], dataset, tmp_path / "run", lambda *_: (CANCELLED, ""))
    assert {verdict.reason.rpartition(": ")[2] for verdict in asked.verdicts} == {"the request was cancelled"}
    assert asked.sizes == [4]


@each_service
@pytest.mark.parametrize("fate", [REJECTED, EXPIRED_WHOLE, NOT_MADE])
def test_a_batch_that_fails_as_a_whole_costs_no_other(vendor: Vendor, fate: str, dataset: Path, tmp_path: Path) -> None:
    if fate == REJECTED and vendor.model.startswith("anthropic"):
        pytest.skip("Anthropic's service refuses at once or judges each request for itself")
    asked = put(
        vendor,
        dataset,
        tmp_path / "run",
        lambda *_: (ANSWER, "Answer: move x 1"),
        lambda n: fate if n == 0 else "done",
        size=2,
    )
    assert Counter(asked.statuses) == {"answered": 2, "error": 2}
    assert len(asked.sizes) == 2


def test_a_reply_with_other_line_ends_loses_nothing(dataset: Path, tmp_path: Path) -> None:
    text = "I look.\u2028I look again.\x85\nAnswer: move x 1"
    asked = put(VENDORS["openai-chat"], dataset, tmp_path / "run", lambda *_: (ANSWER, text))
    assert asked.statuses == ["answered"] * 4
    assert {reply["text"] for reply in asked.replies} == {text}


@pytest.mark.parametrize("model", ["openai-api/home/qwen3-vl", "ollama/llava", "vllm/some-vlm", "misi-local/x"])
def test_a_server_without_a_batch_service_is_named(model: str, dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(MisiError, match="no batch service"):
        ask(dataset, model, tmp_path / "run", FOUR, transport=Transport(base_url="http://127.0.0.1:1/v1", batch=4))
    assert not (tmp_path / "run").exists()


def test_a_caller_who_gives_up_costs_no_other() -> None:
    from inspect_ai.model import BatchConfig, GenerateConfig
    from inspect_ai.model._providers.util.batch import BatchCheckResult
    from inspect_ai.model._retry import batch_admin_retry_config

    from misi.evaluate.batching import WholeBatcher

    class Slow(WholeBatcher):
        looks = 0

        async def _create_batch(self, batch: list[Any]) -> str:
            return "b"

        async def _check_batch(self, batch: Any) -> BatchCheckResult[Any]:
            self.looks += 1
            return BatchCheckResult(0, 0, 0, True if self.looks > 3 else None)

        async def _handle_batch_result(self, batch: Any, completion_info: Any) -> dict[str, Any]:
            return {name: request.request["said"] for name, request in batch.requests.items()}

    async def run() -> tuple[list[Any], int]:
        config = BatchConfig(size=2, max_size=2, tick=0.02)
        batcher = Slow(config, batch_admin_retry_config("m", GenerateConfig(max_retries=0), lambda _: False), 10, 10)
        first, second = (asyncio.create_task(batcher.generate_for_request({"said": n})) for n in (1, 2))
        await asyncio.sleep(0.03)
        first.cancel()
        answers = await asyncio.wait_for(asyncio.gather(first, second, return_exceptions=True), 30)
        later = [asyncio.create_task(batcher.generate_for_request({"said": n})) for n in (3, 4)]
        return answers[1:] + await asyncio.wait_for(asyncio.gather(*later), 30), len(batcher._inflight_batches)

    assert asyncio.run(run()) == ([2, 3, 4], 0)
