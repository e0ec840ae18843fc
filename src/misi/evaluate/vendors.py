"""Models of vendors and servers, through inspect-ai's clients: one request in, one `Reply` out, never an exception.

What inspect-ai does by default and this module does not:

- retries without end: here always bounded, and the vendors' own clients do not retry below that;
- a call of its own before the first one, to see whether OpenAI gives summaries of reasoning;
- the Responses API for ``openai/...`` at any address: another server is spoken to in chat completions;
- a transcript with every request in it, pictures too: here each call has its own, dropped when the call is over;
- one cached reply for all epochs: the epoch is part of the cache's key, as it is inside an evaluation of its own.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from misi.errors import MisiError
from misi.evaluate.estimate import EXPECTED_OUTPUT, tokens_of
from misi.evaluate.messages import messages_of, reply_of
from misi.evaluate.outcomes import Reply
from misi.evaluate.pictures import Pictures
from misi.evaluate.plan import Request
from misi.evaluate.prices import Price

#: What is said of a failure is cut after so many characters: some servers send the request back.
_LONGEST_DETAIL = 300
#: A reply of a reasoning model without a length limit may cost so many times the expected one.
_LONG_REPLY = 8


@dataclass(frozen=True)
class Decoding:
    """How a model is to write; part of a run's identity. None leaves a setting to the vendor.

    Attributes
    ----------
    temperature, top_p : float or None
    max_tokens : int or None
        Of a reply, reasoning included; None for the model's own limit, so that nothing is cut off early.
    reasoning_effort : str or None
        ``none``, ``minimal``, ``low``, ``medium``, ``high`` or ``xhigh``, where the vendor has it.
    reasoning_tokens : int or None
        Budget of thinking, where the vendor has it.
    seed : int or None
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    reasoning_effort: str | None = None
    reasoning_tokens: int | None = None
    seed: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Transport:
    """How requests travel; free to change when a run is resumed.

    Attributes
    ----------
    base_url : str or None
        Another server than the vendor's own.
    connections : int
        Calls at once.
    max_retries : int
        Further tries of one call after rate limits, server errors and time-outs.
    attempt_timeout, timeout : int
        Seconds for one try, and for a call with all its tries.
    batch : int or None
        Send through the vendor's batch service, so many requests in one batch (`misi.evaluate.batching`).
    cache : bool
        Keep replies in inspect-ai's cache, and take them from there.
    model_args : mapping
        Further arguments of inspect-ai's client, as its ``-M``.
    """

    base_url: str | None = None
    connections: int = 20
    max_retries: int = 5
    attempt_timeout: int = 600
    timeout: int = 3600
    batch: int | None = None
    cache: bool = False
    model_args: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "model_args": {name: str(value) for name, value in self.model_args.items()}}


class VendorModel:
    """An `Asker` for any model that inspect-ai can reach, local ones too.

    Parameters
    ----------
    name : str
        As inspect-ai writes it: ``openai/gpt-5-mini``, ``anthropic/...``, ``google/...``, ``openai-api/<service>/...``,
        ``vllm/...``, ``ollama/...``, ``misi-local/...``.
    decoding : Decoding
    transport : Transport
    pictures : Pictures
        Of the dataset.
    price : Price
    size : tuple of int
        Pictures as they are sent, (width, height), pixels; for the expected cost.

    Raises
    ------
    MisiError
        inspect-ai or the vendor's client is not installed, a key is missing, or there is no such model.
    """

    def __init__(
        self,
        name: str,
        decoding: Decoding,
        transport: Transport,
        pictures: Pictures,
        price: Price,
        size: tuple[int, int],
    ) -> None:
        self._model, self._config = _open(name, decoding, transport)
        self._cache = transport.cache
        self._pictures = pictures
        self._price = price
        self._size = size
        self._longest = decoding.max_tokens or _LONG_REPLY * EXPECTED_OUTPUT

    def expected_cost(self, request: Request) -> float:
        tokens = tokens_of(request.conversation, self._price.image, self._size)
        return self._price.cost(tokens.input, self._longest) or 0.0

    async def ask(self, request: Request) -> Reply:
        from inspect_ai.log._transcript import Transcript, init_transcript, transcript
        from inspect_ai.model._cache import epoch

        messages = messages_of(request, self._pictures)
        init_transcript(Transcript(log_model_api=False))
        epoch.set(request.epoch)
        try:
            output = await self._model.generate(messages, config=self._config, cache=self._cache)
        except Exception as error:  # whatever a vendor's client may raise, one call's failure is that call's
            return Reply(request.question.id, "", "error", detail_of(error))
        from_cache = any(getattr(event, "cache", None) == "read" for event in transcript().events)
        return reply_of(request.question.id, output, None if from_cache else self._price)

    async def close(self) -> None:
        """Close the client's connections."""
        await self._model.api.aclose()


def _open(name: str, decoding: Decoding, transport: Transport) -> tuple[Any, Any]:
    try:
        from inspect_ai._util.error import PrerequisiteError
        from inspect_ai.model import BatchConfig, GenerateConfig, get_model

        import misi.evaluate.inspect_registry  # noqa: F401  (our own providers)
    except ImportError as error:
        raise MisiError(
            f"asking a model needs inspect-ai: pip install 'misi-bench[eval]' ({error}); "
            "baselines (oracle, chance, constant ...) need nothing"
        ) from None
    arguments = {**client_arguments(name, transport), **transport.model_args}
    attempt, timeout = transport.attempt_timeout, transport.timeout
    batch: BatchConfig | bool = False
    if transport.batch is not None:
        from misi.evaluate.batching import WINDOW, mend

        try:
            mend(name.split("/")[0])
        except ImportError as error:
            raise MisiError(f"{name}: {error}") from None
        attempt, timeout = WINDOW, WINDOW * (transport.max_retries + 1)
        batch = BatchConfig(size=transport.batch, max_size=transport.batch)
    config = GenerateConfig(
        **decoding.as_json(),
        max_connections=transport.connections,
        max_retries=transport.max_retries,
        timeout=timeout,
        attempt_timeout=attempt,
        batch=batch,
        # Left open, inspect-ai finds out by a call of its own whether summaries of reasoning are to be had.
        reasoning_summary="none",
    )
    try:
        model = get_model(name, config=config, base_url=transport.base_url, memoize=False, **arguments)
    except PrerequisiteError as error:
        raise MisiError(f"{name}: {' '.join(str(error.message).split())}") from None
    except (ValueError, TypeError, ImportError, OSError) as error:
        raise MisiError(f"{name}: {error}") from None
    client: Any = getattr(model.api, "client", None)
    if isinstance(getattr(client, "max_retries", None), int):
        client.max_retries = 0  # for providers that take no such argument (vllm, ollama)
    return model, config


def client_arguments(name: str, transport: Transport) -> dict[str, Any]:
    """Arguments of a vendor's client that inspect-ai's own defaults would get wrong here."""
    vendor, *rest = name.split("/")
    arguments: dict[str, Any] = {}
    if vendor in ("openai", "openai-api", "anthropic"):
        # The vendors' clients retry twice by themselves, which would multiply our bound.
        arguments["max_retries"] = 0
    if vendor == "openai" and (transport.base_url or os.environ.get("OPENAI_BASE_URL")):
        arguments["responses_api"] = False
    if vendor == "vllm" and (transport.base_url or os.environ.get("VLLM_BASE_URL")):
        arguments["lazy_init"] = False  # so that the client is there to be bounded
    if vendor == "openai-api" and transport.base_url and rest:
        key = f"{rest[0].upper().replace('-', '_')}_API_KEY"
        arguments["api_key"] = os.environ.get(key) or "none"  # servers at home ask for no key
    return arguments


def detail_of(error: BaseException) -> str:
    """One line about a failure: what the vendor said, without the request and without keys."""
    attempt = getattr(error, "last_attempt", None)
    if attempt is not None and attempt.failed:  # tenacity's report that all tries failed
        error = attempt.exception() or error
    said = getattr(error, "provider_message", None) or str(error) or repr(error)
    kind = type(error.__cause__ if getattr(error, "provider_message", None) and error.__cause__ else error).__name__
    line = f"{kind}: {' '.join(said.split())}"
    for name, value in os.environ.items():
        if name.endswith(("_KEY", "_TOKEN")) and len(value) >= 8:
            line = line.replace(value, f"<{name}>")
    return line if len(line) <= _LONGEST_DETAIL else line[:_LONGEST_DETAIL] + " ..."
