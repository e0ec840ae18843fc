"""What a run will ask for, before anything is sent: requests, pictures, tokens and money."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from misi.evaluate.conversation import Conversation
from misi.evaluate.plan import Plan, Request
from misi.evaluate.prices import Price, image_tokens, price_of, text_tokens

#: Tokens that a reply is taken to have where nothing better is known: a page of reasoning and the answer. Reasoning
#: models write several times as much; give `--expected-output`.
EXPECTED_OUTPUT = 1_500
_PER_MESSAGE = 8  # tokens of a message's frame; vendors add a few


class Tokens(NamedTuple):
    """Estimated tokens of one request."""

    text: int
    images: int

    @property
    def input(self) -> int:
        return self.text + self.images


@dataclass(frozen=True)
class Estimate:
    """Sums over a run.

    Attributes
    ----------
    requests, images : int
    image_bytes : int
        Of the files, before encoding for transport.
    text_tokens, image_tokens : int
        Of the input.
    output_tokens : int
        At the expected length of a reply.
    """

    requests: int
    images: int
    image_bytes: int
    text_tokens: int
    image_tokens: int
    output_tokens: int

    def cost(self, price: Price) -> float | None:
        """US dollars; None without a price."""
        return price.cost(self.text_tokens + self.image_tokens, self.output_tokens)


def tokens_of(conversation: Conversation, rule: tuple[object, ...], size: tuple[int, int]) -> Tokens:
    """Tokens of one conversation whose pictures have this size (width, height), pixels."""
    text = text_tokens(conversation.system) + _PER_MESSAGE
    for turn in conversation.turns:
        text += _PER_MESSAGE + sum(text_tokens(part) for part in turn.parts if isinstance(part, str))
    return Tokens(text, len(conversation.images) * image_tokens(rule, *size))


def estimate(plan: Plan, size: tuple[int, int], rule: tuple[object, ...], expected_output: int) -> Estimate:
    """Sums over everything that a plan asks.

    Parameters
    ----------
    size : tuple of int
        Pictures as they are sent, (width, height), pixels.
    rule : tuple
        The vendor's rule for picture tokens.
    expected_output : int
        Tokens of a reply.
    """
    requests = images = text = drawn = bytes_ = 0
    sizes: dict[str, int] = {}
    for request in each_once(plan):
        tokens = tokens_of(request.conversation, rule, size)
        requests += 1
        text += tokens.text
        drawn += tokens.images
        for image in request.conversation.images:
            images += 1
            if image.path not in sizes:
                sizes[image.path] = plan.pictures.sent(image.path).size
            bytes_ += sizes[image.path]
    n = plan.settings.epochs
    return Estimate(n * requests, n * images, n * bytes_, n * text, n * drawn, n * requests * expected_output)


def each_once(plan: Plan) -> Iterable[Request]:
    """Every request of the first epoch."""
    return (plan.request(name) for name in plan.ids)


#: What `--dry-run` shows beside the model asked for: one of each vendor, those of the paper first.
VENDOR_EXAMPLES = (
    "openai/gpt-5-mini",
    "openai/o4-mini",
    "openai/o3",
    "openai/gpt-4.1",
    "google/gemini-2.5-pro",
    "google/gemini-2.5-flash-lite",
    "anthropic/claude-opus-4",
    "anthropic/claude-opus-5-5",
)


class Quote(NamedTuple):
    """Estimated input tokens and cost of a run with one model."""

    model: str
    input_tokens: int
    cost: float | None
    source: str


def quotes(
    plan: Plan, size: tuple[int, int], expected_output: int, models: Iterable[str], *, batch: bool = False
) -> list[Quote]:
    """What the run would take with each of these models, reading no pictures."""
    prices = {model: price_of(model, batch=batch) for model in models}
    text = images = requests = 0
    for request in each_once(plan):
        tokens = tokens_of(request.conversation, ("area", 750), size)
        text, images, requests = text + tokens.text, images + len(request.conversation.images), requests + 1
    n = plan.settings.epochs
    found = []
    for model, price in prices.items():
        tokens_in = n * (text + images * image_tokens(price.image, *size))
        found.append(Quote(model, tokens_in, price.cost(tokens_in, n * requests * expected_output), price.source))
    return found
