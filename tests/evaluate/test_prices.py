"""Prices, tokens of pictures, and what a dry run says."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from misi.errors import MisiError
from misi.evaluate.estimate import estimate, quotes
from misi.evaluate.pictures import scaled_size
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.prices import image_tokens, parse_price, price_of, text_tokens


@pytest.mark.parametrize(
    ("rule", "size", "tokens"),
    [
        # Worked examples of the vendors' documentation.
        (("tiles", 85, 170), (1024, 1024), 765),
        (("tiles", 85, 170), (2048, 4096), 1105),
        (("patches", 1.0), (1024, 1024), 1024),
        (("area", 750), (1000, 1000), 1334),
        (("area", 750), (200, 200), 54),
        (("crops", 258), (384, 384), 258),
        (("crops", 258), (960, 540), 6 * 258),
        # The default size of our pictures.
        (("tiles", 70, 140), (768, 576), 70 + 4 * 140),
        (("patches", 1.62), (768, 576), 700),
        (("area", 750), (768, 576), 590),
        (("crops", 258), (768, 576), 4 * 258),
    ],
)
def test_tokens_of_a_picture(rule: tuple[object, ...], size: tuple[int, int], tokens: int) -> None:
    assert image_tokens(rule, *size) == tokens


def test_a_price_is_that_of_the_longest_name_that_fits() -> None:
    assert price_of("openai/gpt-5-mini-2025-08-07").input == 0.25
    assert price_of("openai/gpt-5").input == 1.25
    assert price_of("anthropic/claude-opus-4-5-20251101").output == 25
    assert price_of("anthropic/claude-opus-4-20250514").output == 75


@pytest.mark.parametrize("model", ["openai/gpt-5-pro", "openai/gpt-5.9", "openai/o3-pro", "nobody/gpt-5", "gpt-5"])
def test_a_wrong_price_is_worse_than_none(model: str) -> None:
    price = price_of(model)
    assert not price.known
    assert price.cost(1000, 1000) is None


def test_cached_input_batches_own_hardware_and_own_prices() -> None:
    price = price_of("openai/gpt-5-mini")
    assert price.cost(1_000_000, 1_000_000, 400_000) == pytest.approx(0.6 * 0.25 + 0.4 * 0.025 + 2.0)
    assert price_of("openai/gpt-5-mini", batch=True).cost(1_000_000, 0) == pytest.approx(0.125)
    assert price_of("misi-local/some/path").cost(10**6, 10**6) == 0
    assert price_of("openai-api/home/x", override=(1.0, 3.0)).cost(10**6, 10**6) == pytest.approx(4.0)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "-1,2", "nan,1", "inf,1"])
def test_a_price_that_is_none(text: str) -> None:
    with pytest.raises(MisiError, match="--price"):
        parse_price(text)


def test_a_price_is_read() -> None:
    assert parse_price("0.25,2") == (0.25, 2.0)


def test_an_estimate_counts_what_is_sent(dataset: Path) -> None:
    plan = Plan(dataset, Settings(tasks=("translation", "docking"), limit=2, shots=1, epochs=3))
    rule = ("area", 100)
    total = estimate(plan, (160, 120), rule, 1000)
    requests = [plan.request(name) for name in plan.ids]
    assert total.requests == 3 * len(requests) == 12
    assert total.images == 3 * sum(len(request.conversation.images) for request in requests) == 3 * 2 * 2 * (4 + 7)
    assert total.image_tokens == total.images * 192
    assert total.output_tokens == 12_000
    files = [dataset / image.path for request in requests for image in request.conversation.images]
    assert total.image_bytes == 3 * sum(file.stat().st_size for file in files)
    said = sum(
        len(part)
        for request in requests
        for turn in request.conversation.turns
        for part in turn.parts
        if isinstance(part, str)
    )
    assert total.text_tokens >= 3 * said / 4


def test_quotes_agree_with_the_estimate(dataset: Path) -> None:
    plan = Plan(dataset, Settings(limit=1, shots=1))
    price = price_of("google/gemini-2.5-pro")
    total = estimate(plan, (160, 120), price.image, 500)
    (quote,) = quotes(plan, (160, 120), 500, ["google/gemini-2.5-pro"])
    assert quote.input_tokens == total.text_tokens + total.image_tokens
    assert quote.cost == pytest.approx(total.cost(price))


@pytest.mark.parametrize("most", [1, 100, 4800, 19_199, 19_200, 10**6])
def test_scaling_never_goes_over_and_never_up(most: int) -> None:
    width, height = scaled_size(160, 120, most)
    assert width * height <= max(most, 1)
    assert width <= 160
    assert height <= 120


def test_text_tokens_round_up() -> None:
    assert text_tokens("") == 0
    assert text_tokens("a") == 1


def test_every_price_names_its_page_and_day() -> None:
    table = json.loads(files("misi.evaluate").joinpath("data/prices.json").read_text("utf-8"))
    assert {row["vendor"] for row in table["models"]} == set(table["sources"]) == set(table["batch_factor"])
    names = [(row["vendor"], row["prefix"]) for row in table["models"]]
    assert len(names) == len(set(names))
    for row in table["models"]:
        price = price_of(f"{row['vendor']}/{row['prefix']}")
        if row["input"] is None:
            assert (row["output"], price.source, price.cost(10, 10)) == (None, "no price known", None)
            continue
        page, _, day = price.source.partition(", read ")
        assert page.startswith("https://")
        assert date.fromisoformat(day) <= date.today()
        assert 0 < row["input"] < row["output"]
        assert row["cached"] is None or 0 < row["cached"] <= row["input"]


def test_a_newer_model_is_not_priced_as_its_elder() -> None:
    assert price_of("anthropic/claude-opus-5-5").output == 20
    assert price_of("anthropic/claude-opus-5-20260724").output == 25
    assert not price_of("anthropic/claude-opus-6").known
