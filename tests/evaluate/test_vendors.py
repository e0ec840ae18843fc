"""Every vendor's real client against a server on this machine that speaks and fails as the vendor's does."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from misi.dataset.layout import image_path
from misi.errors import MisiError
from misi.evaluate.ask import ask
from misi.evaluate.outcomes import Verdict
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.run import score_run
from misi.evaluate.vendors import Decoding, Transport, detail_of
from misi.tasks import TASKS
from misi.tasks.question import ImageRef

from .loopback import (
    CUT_OFF,
    DECLINED,
    EMPTY,
    FAILURE,
    IMAGES_MESSAGE,
    NO_CHOICE,
    RATE_LIMIT,
    REFUSAL,
    VENDORS,
    WRONG_IMAGES,
    Call,
    Script,
    Server,
    Vendor,
    always,
    every,
    first,
    serve,
)

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed ([eval] extra)")
pytestmark = pytest.mark.usefixtures("keys")


each_vendor = pytest.mark.parametrize("vendor", list(VENDORS.values()), ids=list(VENDORS))

Asked = tuple[Server, list[dict[str, Any]], tuple[Verdict, ...]]
Ask = Callable[..., Asked]


@pytest.fixture
def put(dataset: Path, tmp_path: Path) -> Ask:
    """Ask one question (or `settings`) of a server that follows a script."""

    def put(vendor: Vendor, script: Script, settings: Settings | None = None, **options: Any) -> Asked:
        run = tmp_path / "run"
        with serve(script) as server:
            transport = Transport(
                base_url=server.url + vendor.base,
                max_retries=2,
                model_args=vendor.arguments,
                **options.pop("transport", {}),
            )
            settings = settings or Settings(tasks=("translation",), limit=1, shots=1)
            ask(dataset, vendor.model, run, settings, transport=transport, **options)
        replies = [json.loads(line) for line in (run / "replies.jsonl").read_text().splitlines()]
        return server, replies, score_run(run).verdicts

    return put


@each_vendor
def test_every_picture_arrives_in_order_right_after_its_label(vendor: Vendor, dataset: Path, put: Ask) -> None:
    settings = Settings(tasks=("translation_rotation",), limit=1, shots=2)
    server, _, _ = put(vendor, always("Answer: B"), settings)
    (call,) = server.calls
    plan = Plan(dataset, settings)
    wanted = plan.request(plan.ids[0]).conversation
    assert len(wanted.images) == 33  # eleven pictures of the question and of each of two examples
    assert call.system == wanted.system
    assert [role for role, _ in call.turns] == ["user", "assistant", "user", "assistant", "user"]
    for (_, got), turn in zip(call.turns, wanted.turns, strict=True):
        assert _joined(got) == _joined([_shown(dataset, part) for part in turn.parts])
    for label, text, picture in _pictures_with_text_before(call):
        assert text.rstrip().endswith(f"{label}:"), picture


def _shown(dataset: Path, part: str | ImageRef) -> str:
    if isinstance(part, str):
        return part
    return "sha256:" + hashlib.sha256(image_path(dataset, part.path).read_bytes()).hexdigest()


def _joined(parts: list[str]) -> list[str]:
    """Texts that stand side by side are one text: how they are cut is the vendor's client's affair."""
    joined: list[str] = []
    for part in parts:
        if joined and not part.startswith("sha256:") and not joined[-1].startswith("sha256:"):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _pictures_with_text_before(call: Call) -> list[tuple[str, str, str]]:
    labels = ["Complex 1, front view", "Complex 1, top view", "Complex 1, left view"]
    labels += ["Complex 2, front view", "Complex 2, top view", "Complex 2, left view"]
    labels += ["Complex 1 after both operations, front view", *(f"Option {letter}" for letter in "ABCD")]
    found = []
    for role, parts in call.turns:
        places = [i for i, part in enumerate(parts) if part.startswith("sha256:")]
        if role == "user":
            found += [(label, parts[i - 1], parts[i]) for label, i in zip(labels, places, strict=True)]
    return found


@each_vendor
def test_an_answer_scores_and_its_tokens_are_counted(vendor: Vendor, dataset: Path, put: Ask) -> None:
    truth = Plan(dataset, Settings(tasks=("translation",), limit=1, shots=0))
    question = truth.questions[truth.ids[0]]
    reply = f"The picture moves.\n**Answer: {TASKS['translation'].oracle(question)}**"
    server, (line,), (verdict,) = put(vendor, always(reply))
    assert (verdict.status, verdict.weighted, verdict.exact) == ("answered", 1.0, 1.0)
    assert (line["input_tokens"], line["output_tokens"]) == (1200, 34)
    assert len(server.calls) == 1


@each_vendor
@pytest.mark.parametrize(
    ("kind", "status"),
    [(REFUSAL, "refused"), (CUT_OFF, "truncated"), (EMPTY, "unparsed"), (WRONG_IMAGES, "error"), (FAILURE, "error")],
)
def test_outcomes(vendor: Vendor, kind: str, status: str, put: Ask) -> None:
    server, (line,), (verdict,) = put(vendor, every(kind))
    assert (verdict.status, verdict.weighted) == (status, 0.0)
    if kind == WRONG_IMAGES:
        assert IMAGES_MESSAGE in verdict.reason
        assert len(server.calls) == 1  # asking again would not help
    if kind == FAILURE:
        assert len(server.calls) == 3  # one try and two more; the client's own retries do not multiply them
    if kind == REFUSAL and line["text"]:
        assert line["text"] == DECLINED


@each_vendor
def test_rate_limits_and_server_errors_are_waited_out(vendor: Vendor, put: Ask) -> None:
    server, (line,), (verdict,) = put(vendor, first(RATE_LIMIT, FAILURE, then="Answer: move x 1"))
    assert verdict.status == "answered"
    assert len(server.calls) == 3
    assert line["ending"] == "stop"


def test_a_reply_without_a_choice_is_an_error_not_an_answer(put: Ask) -> None:
    _, _, (verdict,) = put(VENDORS["openai-chat"], every(NO_CHOICE))
    assert verdict.status == "error"


def test_a_blocked_prompt_is_a_refusal(put: Ask) -> None:
    _, _, (verdict,) = put(VENDORS["google"], every(NO_CHOICE))
    assert verdict.status == "refused"


def test_openai_at_another_address_is_spoken_to_in_chat_completions(put: Ask) -> None:
    server, _, _ = put(Vendor("openai/gpt-5-mini", "/v1", {}), always("Answer: move x 1"))
    assert [call.path for call in server.calls] == ["/v1/chat/completions"]


def test_no_call_is_made_beside_the_questions(put: Ask) -> None:
    server, replies, _ = put(VENDORS["openai-responses"], always("Answer: move x 1"), Settings(limit=1, shots=0))
    assert len(server.calls) == len(replies) == 9
    assert all(call.images for call in server.calls)


def test_a_vllm_server_is_reached_and_its_failures_are_bounded(put: Ask) -> None:
    server, _, (verdict,) = put(Vendor("vllm/some-vlm", "/v1", {}), every(FAILURE))
    assert verdict.status == "error"
    assert len(server.calls) == 3


def test_pictures_are_scaled_down_on_demand(put: Ask, tmp_path: Path) -> None:
    settings = Settings(tasks=("translation",), limit=1, shots=0, max_pixels=80 * 60)
    server, _, _ = put(VENDORS["openai-chat"], always("Answer: move x 1"), settings)
    sent = [json.loads(line) for line in (tmp_path / "run" / "images.jsonl").read_text().splitlines()]
    assert {(row["width"], row["height"]) for row in sent} == {(80, 60)}
    assert [f"sha256:{row['sha256']}" for row in sent] == server.calls[0].images
    assert json.loads((tmp_path / "run" / "run.json").read_text())["image_size"] == [80, 60]


def test_blind_sends_no_picture_and_says_so(put: Ask) -> None:
    server, _, _ = put(VENDORS["anthropic"], always("Answer: move x 1"), Settings(limit=1, shots=1, blind=True))
    for call in server.calls:
        assert not call.images
        assert "[picture withheld]" in call.turns[-1][1][0]


def test_decoding_settings_are_sent(put: Ask) -> None:
    decoding = Decoding(temperature=0.25, max_tokens=77, seed=5)
    server, _, _ = put(VENDORS["openai-compatible"], always("Answer: move x 1"), decoding=decoding)
    body = server.calls[0].body
    assert (body["temperature"], body["max_tokens"], body["seed"]) == (0.25, 77, 5)


def test_a_cached_reply_is_not_asked_for_again_but_each_epoch_has_its_own(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tasks=("zooming",), limit=2, shots=0, epochs=2)
    texts = iter(f"Answer: move z {n}" for n in range(40, 60))
    with serve(lambda _, __: ("answer", next(texts))) as server:
        transport = Transport(base_url=f"{server.url}/v1", cache=True, connections=1)
        for run in ("first", "second"):
            ask(dataset, "openai/gpt-4.1", tmp_path / run, settings, transport=transport)
    assert len(server.calls) == 4  # two questions, twice; the second run found all of them
    first_run, second_run = (
        [json.loads(line) for line in (tmp_path / run / "replies.jsonl").read_text().splitlines()]
        for run in ("first", "second")
    )
    assert len({line["text"] for line in first_run}) == 4
    assert [line["text"] for line in second_run] == [line["text"] for line in first_run]
    assert all(line["cost"] > 0 for line in first_run)
    assert all(line["cost"] == 0 for line in second_run)


def test_errors_are_never_cached(dataset: Path, tmp_path: Path) -> None:
    settings = Settings(tasks=("zooming",), limit=1, shots=0)
    with serve(first(FAILURE, then="Answer: move z 50")) as server:
        transport = Transport(base_url=f"{server.url}/v1", cache=True, max_retries=0)
        for _ in range(2):
            ask(dataset, "openai/gpt-4.1", tmp_path / "run", settings, transport=transport)
    assert len(server.calls) == 2
    assert score_run(tmp_path / "run").verdicts[0].status == "answered"


@pytest.mark.parametrize(
    ("model", "said"),
    [("openai/gpt-5-mini", "OPENAI_API_KEY"), ("nobody/some-model", "not recognized"), ("gpt-5-mini", "format")],
)
def test_a_model_that_cannot_be_reached_is_one_clear_line(
    model: str, said: str, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(MisiError, match=said) as failure:
        ask(dataset, model, tmp_path / "run", Settings(limit=1, shots=0))
    assert "\n" not in str(failure.value)
    assert not (tmp_path / "run").exists()


def test_a_failure_is_told_without_key_or_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-secret-1234567890")
    said = detail_of(RuntimeError(f"bad key sk-secret-1234567890\n{base64.b64encode(bytes(5000)).decode()}"))
    assert "sk-secret" not in said
    assert "<SOME_API_KEY>" in said
    assert len(said) < 400
    assert "\n" not in said
