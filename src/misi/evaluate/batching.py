"""Vendors' batch services through inspect-ai, with what its version 0.3.285 leaves open closed.

Every request of a batch must come back: as a reply, or as a failure of its own. Left alone, inspect-ai

- loses a whole batch, paid replies too, when one line of OpenAI's result file says anything but success, when it
  lacks a field that the client's newest types name, or when a reply holds a Unicode line separator;
- waits without end for a batch that expired, failed or was cancelled and left no file (OpenAI, Google), and for a
  request that the results do not mention;
- stops handling requests at all, while their callers wait, when one batch cannot be made, as none can be for Google
  with a picture in it (bytes are no JSON), or when one of the callers has given up;
- sends a request that expired once more, for another day; here that is left to the next `misi eval`;
- prints to standard output.

The classes below stand in for its own; `mend` puts them there.
"""

import base64
import contextlib
import importlib
import json
import logging
from typing import Any

import anyio
from inspect_ai.model._providers.util.batch import Batch, BatchCheckResult, Batcher, BatchRequest
from inspect_ai.model._providers.util.batch_log import set_batch_log_callback
from inspect_ai.model._providers.util.file_batcher import FileBatcher

from misi.errors import MisiError

#: Vendors whose batch services are reached this way.
SERVICES = ("openai", "anthropic", "google")
#: Seconds after which a request in a batch is given up: a day, the vendors' own limit, and an hour for the way.
WINDOW = 25 * 3600

_log = logging.getLogger(__name__)


class WholeBatcher(Batcher[Any, Any]):
    """A batcher that answers every request."""

    async def _process_intake_queue(self) -> bool:
        before = list(self._intake_queue)
        try:
            return await super()._process_intake_queue()
        except Exception as error:  # a batch that cannot be made must not end the worker that looks after the others
            kept = {id(one) for one in self._intake_queue}
            kept |= {id(one) for pending in self._next_batches.values() for one in pending.requests}
            for request in before:
                if id(request) not in kept:
                    _tell(request, error)  # those of the batch itself have been told already, and hear no second word
            return True

    async def _resolve_inflight_batch(self, batch: Batch[Any], results: dict[str, Any]) -> None:
        unknown = results.keys() - batch.requests.keys()
        if unknown:
            _log.warning("batch %s: %d results for requests that were not made", batch.id, len(unknown))
        missing = RuntimeError(f"batch {batch.id} ended without a result for this request")
        for name, request in batch.requests.items():
            request.submitted()
            _tell(request, results.get(name, missing))
        self._inflight_batches.pop(batch.id, None)

    async def _give_up(self, batch: Batch[Any], said: str) -> None:
        """Tell all requests of a batch that it failed."""
        error = RuntimeError(f"batch {batch.id}: {said}")
        await self._resolve_inflight_batch(batch, dict.fromkeys(batch.requests, error))


def _tell(request: BatchRequest[Any], result: Any) -> None:
    """Give a request its result, unless it has one or nobody waits for it any more."""
    stream: Any = request.result_stream
    with contextlib.suppress(anyio.WouldBlock, anyio.BrokenResourceError, anyio.ClosedResourceError):
        stream.send_nowait(result)


class WholeFileBatcher(WholeBatcher, FileBatcher[Any, Any]):
    """The same, for services that give their results as files of JSON lines."""

    async def _parse_result_file(self, file_uri: str) -> dict[str, Any]:
        results = {}
        text = (await self._download_result_file(file_uri)).decode("utf-8", "replace")
        for line in text.split("\n"):  # not splitlines: a reply may hold other line separators
            if not line.strip():
                continue
            try:
                name, result = self._parse_jsonl_line(json.loads(line))
            except Exception as error:  # that request is then told that it has no result
                _log.warning("%s: a line cannot be read (%r)", file_uri, error)
                continue
            results[name] = result
        return results


def mend(vendor: str) -> None:
    """Let inspect-ai's provider of this vendor use the batchers of this module.

    Raises
    ------
    MisiError
        The vendor has no batch service that is reached this way.
    """
    makers = {"openai": _mend_openai, "anthropic": _mend_anthropic, "google": _mend_google}
    if vendor not in makers:
        raise MisiError(f"--batch: there is no batch service behind {vendor}/...; only {', '.join(SERVICES)} have one")
    set_batch_log_callback(_log.info)
    makers[vendor]()


def _provider(vendor: str) -> Any:
    """The module in which inspect-ai looks for its batcher when the first request is made."""
    return importlib.import_module(f"inspect_ai.model._providers.{vendor}")


def _mend_openai() -> None:
    import httpx2
    from inspect_ai.model._providers._openai_batch import OpenAIBatcher
    from openai.types import Batch as Info
    from openai.types.batch import Errors

    class WholeOpenAIBatcher(WholeFileBatcher, OpenAIBatcher[Any]):
        def _parse_jsonl_line(self, line_data: dict[str, Any]) -> tuple[str, Any]:
            name = str(line_data["custom_id"])
            error, response = line_data.get("error"), line_data.get("response")
            if error or not response:
                said = error or {}
                return name, RuntimeError(f"{said.get('code', 'error')}: {said.get('message', 'no response')}")
            status, body = int(response["status_code"]), response["body"]
            if status == 200:
                # As the client itself reads a reply: a field that a server leaves out does no harm.
                return name, self._response_cls.construct(**body)
            # With its request, without which the client's error cannot be made; it then counts as if asked directly.
            failed = httpx2.Response(status, json=body, request=httpx2.Request("POST", self.endpoint))
            return name, self._openai_client._make_status_error_from_response(failed)

        def _adapt_batch_info(self, input: Info) -> Info:
            over = input.status in ("completed", "cancelled", "expired")
            if over and input.output_file_id is None and input.error_file_id is None:
                return input.model_copy(update={"status": "failed"})
            return input

        def _results_from_rejection(self, batch: Batch[Any], errors: Errors | None) -> dict[str, Any]:
            said = [f"{one.code}: {one.message}" for one in (errors.data or [])[:3]] if errors else []
            error = RuntimeError(f"batch {batch.id} gave no results ({'; '.join(said) or 'no reason given'})")
            return dict.fromkeys(batch.requests, error)

    _provider("openai").OpenAIBatcher = WholeOpenAIBatcher


def _mend_anthropic() -> None:
    from anthropic import APIConnectionError, APITimeoutError
    from inspect_ai.model._providers._anthropic_batch import AnthropicBatcher

    class WholeAnthropicBatcher(WholeBatcher, AnthropicBatcher):
        async def _handle_batch_result(self, batch: Batch[Any], completion_info: Any) -> dict[str, Any]:
            results = await super()._handle_batch_result(batch, completion_info)
            for name, result in results.items():
                # How inspect-ai writes expired and cancelled requests; both would be sent again at once.
                if isinstance(result, APIConnectionError):
                    said = "expired" if isinstance(result, APITimeoutError) else "was cancelled"
                    results[name] = RuntimeError(f"batch {batch.id}: the request {said}")
            return results

    _provider("anthropic").AnthropicBatcher = WholeAnthropicBatcher


#: Status by HTTP for those codes of google.rpc.Code that say: try again (googleapis/google/rpc/code.proto).
_RPC_STATUS = {8: 429, 13: 500, 14: 503}


def _mend_google() -> None:
    from google.genai.errors import ClientError, ServerError
    from inspect_ai.model._providers._google_batch import GoogleBatcher

    class WholeGoogleBatcher(WholeFileBatcher, GoogleBatcher):
        async def generate_for_request(self, request: dict[str, Any]) -> Any:
            return await super().generate_for_request(_in_letters(request))

        def _parse_jsonl_line(self, line_data: dict[str, Any]) -> tuple[str, Any]:
            if "error" not in line_data:
                return super()._parse_jsonl_line(line_data)
            said = line_data["error"]
            code = _RPC_STATUS.get(int(said.get("code", 0)), int(said.get("code", 0)))
            if code in (429, 500, 503):  # counts as if asked directly, so it is sent again
                return str(line_data["key"]), (ClientError if code == 429 else ServerError)(code, {"error": said})
            return str(line_data["key"]), RuntimeError(f"{said.get('message', 'no reason given')} (code {code})")

        async def _check_batch(self, batch: Batch[Any]) -> BatchCheckResult[Any]:
            checked = await super()._check_batch(batch)
            if checked.completion_info is None and checked.failed_count:
                await self._give_up(batch, "failed, expired or was cancelled")
            return checked

    _provider("google").GoogleBatcher = WholeGoogleBatcher


def _in_letters(value: Any) -> Any:
    """The same with bytes in base64, as JSON for Google has them."""
    if isinstance(value, dict):
        return {name: _in_letters(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_in_letters(entry) for entry in value]
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
