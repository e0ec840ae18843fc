"""The provider for local models, on small random models of the Qwen2.5-VL and Qwen3-VL classes built here."""

import asyncio
import base64
import io
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from misi.errors import MisiError
from misi.evaluate.ask import ask
from misi.evaluate.plan import Settings
from misi.evaluate.run import score_run
from misi.evaluate.vendors import Decoding, Transport

for package, extra in (("inspect_ai", "eval"), ("torch", "train"), ("transformers", "train"), ("peft", "train")):
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed ([{extra}] extra)", allow_module_level=True)

# isort: off
# misi.train.tiny mends torchvision, so it comes before transformers and peft.
from misi.train.tiny import TinyShape, build_tiny  # noqa: E402
import peft  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

# isort: on
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText, GenerateConfig  # noqa: E402

from misi.evaluate.local_loading import load, turns_of  # noqa: E402
from misi.evaluate.local_model import LocalModelAPI  # noqa: E402

SHAPE = TinyShape(hidden=64, layers=2, vision_hidden=32, vision_depth=1)
#: Pixels along a cell of the picture that makes one token.
CELLS = {"qwen2.5-vl": 28, "qwen3-vl": 32}


@pytest.fixture(scope="module", params=list(CELLS))
def family(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "qwen3-vl" and not hasattr(transformers, "Qwen3VLForConditionalGeneration"):
        pytest.skip("this transformers has no Qwen3-VL")
    return name


@pytest.fixture(scope="module")
def model(family: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    if family == "qwen2.5-vl":
        return build_tiny(folder, SHAPE)
    from .tiny_qwen3 import build_tiny_qwen3

    return build_tiny_qwen3(folder)


@pytest.fixture(scope="module")
def adapter(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter that changes every token."""
    base = transformers.AutoModelForImageTextToText.from_pretrained(model)
    config = peft.LoraConfig(
        r=4, target_modules=r".*language_model.*(q_proj|v_proj|down_proj)", init_lora_weights=False
    )
    torch.manual_seed(3)
    tuned = peft.get_peft_model(base, config)
    with torch.no_grad():
        for name, weight in tuned.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=2.0)
    folder = tmp_path_factory.mktemp("model") / "adapter"
    tuned.save_pretrained(folder)
    return folder


def question(text: str, *colors: str) -> list[Any]:
    parts: list[Any] = []
    for i, color in enumerate(colors):
        buffer = io.BytesIO()
        Image.new("RGB", (84, 56), color).save(buffer, "PNG")
        uri = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
        parts += [ContentText(text=f"Picture {i}:"), ContentImage(image=uri)]
    return [ChatMessageUser(content=[*parts, ContentText(text=text)])]


def answers(api: LocalModelAPI, *requests: list[Any], **config: Any) -> list[Any]:
    settings = GenerateConfig(max_tokens=8, **config)

    async def run() -> list[Any]:
        return await asyncio.gather(*(api.generate(request, [], "auto", settings) for request in requests))

    return asyncio.run(run())


REQUESTS = (
    question("Which?", "red"),
    question("Which of these is it, and by how much was it turned?", "blue", "green", "black"),
    question("No picture here."),
)


@pytest.mark.parametrize("tuned", [False, True], ids=["plain", "adapter"])
def test_a_batch_says_what_each_request_would_be_told_alone(tuned: bool, model: Path, adapter: Path) -> None:
    chosen = str(adapter) if tuned else None
    together = answers(LocalModelAPI(str(model), adapter=chosen, batch_size=3), *REQUESTS[:2])
    api = LocalModelAPI(str(model), adapter=chosen, batch_size=1)
    alone = [answers(api, request)[0] for request in REQUESTS[:2]]
    assert [output.completion for output in together] == [output.completion for output in alone]
    assert [output.usage for output in together] == [output.usage for output in alone]


def test_pictures_are_seen_and_counted(model: Path) -> None:
    api = LocalModelAPI(str(model), batch_size=2)
    one, three = answers(api, *REQUESTS[:2])
    (none,) = answers(api, REQUESTS[2])
    # 84 x 56 pixels are 3 x 2 cells, each a token: exactly of 28 pixels, nearly of 32.
    assert one.usage.input_tokens > 6
    assert three.usage.input_tokens - one.usage.input_tokens > 12
    assert none.usage.input_tokens < one.usage.input_tokens
    inputs = [api._processor.apply_chat_template(turns_of(r)[0], tokenize=False) for r in REQUESTS]
    assert [text.count("<|image_pad|>") for text in inputs] == [1, 3, 0]


def test_requests_share_batches_up_to_the_size(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = LocalModelAPI(str(model), batch_size=2)
    sizes: list[int] = []
    answer = api._answer

    def watched(batch: Any) -> Any:
        sizes.append(len(batch))
        return answer(batch)

    monkeypatch.setattr(api, "_answer", watched)
    answers(api, *(question(f"{n}?", "red") for n in range(5)))
    assert sizes == [2, 2, 1]


def test_greedy_is_repeatable_and_sampling_follows_its_seed(model: Path) -> None:
    api = LocalModelAPI(str(model), batch_size=1)
    assert answers(api, REQUESTS[0])[0].completion == answers(api, REQUESTS[0])[0].completion
    said = [answers(api, REQUESTS[0], temperature=1.5, seed=seed)[0].completion for seed in (1, 1, 2)]
    assert said[0] == said[1]
    assert said[0] != said[2]


def test_a_reply_that_reached_its_limit_is_cut_off(model: Path) -> None:
    (output,) = answers(LocalModelAPI(str(model)), REQUESTS[0])
    assert (output.stop_reason, output.usage.output_tokens) == ("max_tokens", 8)


def test_a_reply_ends_at_the_end_token(model: Path) -> None:
    api = LocalModelAPI(str(model))
    end = api._processor.tokenizer.eos_token_id
    output = api._output([40, 41, end, 42, 43], 10, 8)
    assert (output.stop_reason, output.usage.output_tokens) == ("stop", 3)
    assert output.completion == api._processor.tokenizer.decode([40, 41])


def test_an_adapter_changes_the_replies(model: Path, adapter: Path) -> None:
    plain = answers(LocalModelAPI(str(model)), *REQUESTS[:2])
    tuned = answers(LocalModelAPI(str(model), adapter=str(adapter)), *REQUESTS[:2])
    assert [output.completion for output in plain] != [output.completion for output in tuned]


def test_marks_in_a_text_are_not_taken_for_pictures(model: Path) -> None:
    api = LocalModelAPI(str(model))
    (output,) = answers(api, question("What is <|image_pad|> and <|im_end|>?", "red"))
    assert output.usage.output_tokens == 8


def test_a_request_that_is_too_long_is_refused_by_its_length(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = LocalModelAPI(str(model))
    monkeypatch.setattr(api, "_room", lambda: 12)
    (output,) = answers(api, REQUESTS[1])
    assert output.stop_reason == "model_length"
    assert "tokens" in output.completion


def test_a_failure_is_told_to_everybody_and_the_next_batch_goes_on(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = LocalModelAPI(str(model), batch_size=2)
    answer, failed = api._answer, []

    def once(batch: Any) -> Any:
        if not failed:
            failed.append(len(batch))
            raise RuntimeError("out of memory")
        return answer(batch)

    monkeypatch.setattr(api, "_answer", once)

    async def run() -> list[Any]:
        asked = (
            api.generate(request, [], "auto", GenerateConfig(max_tokens=4)) for request in (*REQUESTS[:2], REQUESTS[0])
        )
        return await asyncio.gather(*asked, return_exceptions=True)

    first, second, third = asyncio.run(run())
    assert "out of memory" in str(first)
    assert "out of memory" in str(second)
    assert third.usage.output_tokens == 4


def test_pixels_are_bounded_on_demand(model: Path, family: str) -> None:
    wide = answers(LocalModelAPI(str(model)), REQUESTS[0])[0].usage.input_tokens
    small = answers(LocalModelAPI(str(model), max_pixels=CELLS[family] ** 2), REQUESTS[0])[0].usage.input_tokens
    assert wide - small == 5  # six cells become one


def test_a_model_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(MisiError, match="cannot be loaded") as failure:
        load(str(tmp_path / "nothing"), None, "cpu", "auto", None)
    assert "\n" not in str(failure.value)


@pytest.mark.usefixtures("keys")
def test_a_run_of_a_local_model_with_an_adapter(dataset: Path, model: Path, adapter: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    arguments = {"batch_size": 4, "adapter": str(adapter), "device": "cpu"}
    settings = Settings(tasks=("translation", "rotation_rotation"), limit=1, shots=1)
    transport = Transport(connections=8, model_args=arguments)
    finished = ask(dataset, f"misi-local/{model}", run, settings, decoding=Decoding(max_tokens=6), transport=transport)
    assert (finished.asked, finished.errors) == (2, 0)
    verdicts = score_run(run).verdicts
    assert {verdict.status for verdict in verdicts} <= {"truncated", "unparsed", "answered"}
    lines = [json.loads(line) for line in (run / "replies.jsonl").read_text().splitlines()]
    assert all(line["input_tokens"] > 200 and line["output_tokens"] <= 6 and line["cost"] == 0 for line in lines)
