"""What a call costs: prices by model, read on one day, and each vendor's rule for the tokens of a picture.

Prices change; the table says when it was read (`data/prices.json`), and `--price IN,OUT` overrides it. A model whose
name only begins like a known one has a price only where the table says so: a wrong price is worse than none.
"""

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from misi.errors import MisiError

#: Characters of English a token: 4 is the vendors' rule of thumb; less keeps the estimate on the safe side.
CHARACTERS_PER_TOKEN = 3.6
#: Where no rule is known: about what the dearest known rule gives.
_UNKNOWN_IMAGE_RULE = ("area", 500)


@dataclass(frozen=True, slots=True)
class Price:
    """Price of a model.

    Attributes
    ----------
    input, cached, output : float or None
        US dollars per million tokens: read anew, read from the vendor's cache, written. None: not known.
    image : tuple
        Rule for picture tokens, see `image_tokens`.
    source : str
        Where the figures come from: the page and the day, the user, or why there are none.
    """

    input: float | None
    cached: float | None
    output: float | None
    image: tuple[Any, ...]
    source: str

    @property
    def known(self) -> bool:
        return self.input is not None and self.output is not None

    def cost(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float | None:
        """US dollars; None without a price. `cached_tokens` are among `input_tokens`."""
        if self.input is None or self.output is None:
            return None
        cached = self.input if self.cached is None else self.cached
        fresh = max(0, input_tokens - cached_tokens)
        return (fresh * self.input + cached_tokens * cached + output_tokens * self.output) / 1e6


@cache
def _table() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("misi.evaluate").joinpath("data/prices.json").read_text("utf-8"))
    return data


def price_of(model: str, *, override: tuple[float, float] | None = None, batch: bool = False) -> Price:
    """Price of a model by its full name, e.g. ``openai/gpt-5-mini``.

    Parameters
    ----------
    override : tuple of float, optional
        (input, output) in US dollars per million tokens, as the user gives them.
    batch : bool
        Requests are sent through the vendor's batch service.
    """
    vendor, _, name = model.partition("/")
    table = _table()
    rows = [row for row in table["models"] if row["vendor"] == vendor and _begins(name, row["prefix"])]
    best = max(rows, key=lambda row: len(row["prefix"]), default=None)
    price = Price(None, None, None, _UNKNOWN_IMAGE_RULE, "no price known")
    if best is not None:
        page = best.get("source") or table["sources"][vendor]
        source = f"{page.split()[0]}, read {best.get('read') or table['read']}"
        rule = tuple(best["image"]) if best["image"] else _UNKNOWN_IMAGE_RULE
        price = Price(best["input"], best["cached"], best["output"], rule, source)
        price = price if price.known else replace(price, source="no price known")
    if batch and price.input is not None and price.output is not None:
        factor = table["batch_factor"].get(vendor, 1.0)
        cached = None if price.cached is None else price.cached * factor
        price = replace(price, input=price.input * factor, cached=cached, output=price.output * factor)
    if override is not None:
        price = replace(price, input=override[0], cached=override[0], output=override[1], source="given by the user")
    if model.startswith(("misi-local/", "misi/", "ollama/", "vllm/")) and override is None:
        price = replace(price, input=0.0, cached=0.0, output=0.0, source="runs on own hardware")
    return price


def _begins(name: str, prefix: str) -> bool:
    """Whether a model's name is this one, perhaps with a date or a variant after a dash."""
    return name == prefix or name.startswith(prefix + "-")


def parse_price(text: str) -> tuple[float, float]:
    """``0.25,2`` -> (0.25, 2.0).

    Raises
    ------
    MisiError
        Not two non-negative numbers.
    """
    try:
        paid, earned = (float(part) for part in text.split(","))
    except ValueError:
        paid = earned = math.nan
    if not (0 <= paid < math.inf and 0 <= earned < math.inf):
        raise MisiError(f"--price {text!r}: write dollars per million tokens like 0.25,2 (input,output)")
    return paid, earned


def image_tokens(rule: tuple[Any, ...], width: int, height: int) -> int:
    """Tokens of one picture of this size, pixels.

    ============== =================================================================================================
    rule           tokens
    ============== =================================================================================================
    patches, f     32-pixel patches, at most 1536, times f (OpenAI, small models)
    tiles, b, t    b + t for each 512-pixel tile, after fitting into 2048 and the short side to 768 (OpenAI, others)
    area, n        width x height / n, after the long side to 1568 (Anthropic)
    crops, n       n up to 384 x 384; else n for each crop of side min(w, h) / 1.5, clamped to 256..768 (Google)
    ============== =================================================================================================
    """
    kind, *numbers = rule
    if kind == "patches":
        patches = min(1536, math.ceil(width / 32) * math.ceil(height / 32))
        return math.ceil(patches * float(numbers[0]))
    if kind == "tiles":
        base, each = numbers
        shrink = min(1.0, 2048 / max(width, height))
        w, h = width * shrink, height * shrink
        shrink = min(1.0, 768 / min(w, h))
        return int(base + each * math.ceil(w * shrink / 512) * math.ceil(h * shrink / 512))
    if kind == "area":
        shrink = min(1.0, 1568 / max(width, height))
        return math.ceil(width * shrink * height * shrink / float(numbers[0]))
    if kind == "crops":
        if max(width, height) <= 384:
            return int(numbers[0])
        unit = min(768, max(256, math.floor(min(width, height) / 1.5)))
        return int(numbers[0]) * math.ceil(width / unit) * math.ceil(height / unit)
    raise ValueError(f"no rule {kind!r} for picture tokens")


def text_tokens(text: str) -> int:
    """Estimated tokens of a text."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)
