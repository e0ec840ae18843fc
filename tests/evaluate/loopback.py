"""Servers on this machine that speak as the vendors do, and misbehave on demand."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, NamedTuple

#: What a server can do with a request.
ANSWER, RATE_LIMIT, FAILURE, REFUSAL, CUT_OFF, EMPTY, WRONG_IMAGES, NO_CHOICE = (
    "answer",
    "rate_limit",
    "failure",
    "refusal",
    "cut_off",
    "empty",
    "wrong_images",
    "no_choice",
)
USAGE = (1200, 34)  # input and output tokens that every reply claims
DECLINED = "I can't help with that."
IMAGES_MESSAGE = "At most 1 image(s) may be provided in one request."


class Vendor(NamedTuple):
    """A model's name, the path of its base address, and arguments of its client."""

    model: str
    base: str
    arguments: dict[str, Any]


VENDORS = {
    "openai-responses": Vendor("openai/gpt-5-mini", "/v1", {"responses_api": True}),
    "openai-chat": Vendor("openai/gpt-4.1", "/v1", {}),
    "anthropic": Vendor("anthropic/claude-sonnet-5-5", "", {}),
    "google": Vendor("google/gemini-2.5-pro", "", {}),
    "openai-compatible": Vendor("openai-api/home/qwen3-vl", "/v1", {}),
    "ollama": Vendor("ollama/llava", "/v1", {}),
    "vllm": Vendor("vllm/some-vlm", "/v1", {}),
}


@dataclass
class Call:
    """A request as the server understood it: who says what, pictures as ``sha256:...``."""

    path: str
    system: str
    turns: list[tuple[str, list[str]]]
    body: dict[str, Any]

    @property
    def images(self) -> list[str]:
        return [part for _, parts in self.turns for part in parts if part.startswith("sha256:")]


@dataclass
class Server:
    """A running server."""

    url: str
    calls: list[Call] = field(default_factory=list)


Script = Callable[[int, Call], tuple[str, str]]


def always(text: str) -> Script:
    return lambda _, __: (ANSWER, text)


def first(*kinds: str, then: str) -> Script:
    """These kinds in turn, then an answer for ever."""
    return lambda n, _: (kinds[n], "") if n < len(kinds) else (ANSWER, then)


def every(kind: str) -> Script:
    return lambda _, __: (kind, "half an ans" if kind == CUT_OFF else "")


@contextmanager
def serve(script: Script, *, keep: bool = True) -> Iterator[Server]:
    """Run a server of all dialects at once; its url has no path. Calls are kept for the test unless told not to."""
    lock = threading.Lock()
    numbers = count()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            dialect = dialect_of(self.path)
            call = dialect.read(self.path, body)
            with lock:
                number = next(numbers)
                if keep:
                    server.calls.append(call)
            status, reply = dialect.reply(*script(number, call), body)
            streamed = status == 200 and body.get("stream")
            data = as_events(reply) if streamed else json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
            self.send_header("Content-Length", str(len(data)))
            if status == 429:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def picture(uri: str) -> str:
    head, _, data = uri.partition(",")
    assert head == "data:image/png;base64"
    return digest(data)


def digest(data: str) -> str:
    return "sha256:" + hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest()


class Responses:
    """OpenAI's Responses API."""

    @staticmethod
    def read(path: str, body: dict[str, Any]) -> Call:
        system, turns = "", []
        for item in body["input"]:
            content = item["content"]
            parts = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
            texts = [picture(part["image_url"]) if part["type"] == "input_image" else part["text"] for part in parts]
            if item["role"] in ("system", "developer"):
                system = "".join(texts)
            else:
                turns.append((item["role"], texts))
        return Call(path, system, turns, body)

    @staticmethod
    def reply(kind: str, text: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if kind in _OPENAI_ERRORS:
            return _OPENAI_ERRORS[kind]
        part = {"type": "output_text", "text": text, "annotations": []}
        if kind == REFUSAL:
            part = {"type": "refusal", "refusal": DECLINED}
        message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
        return 200, {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "model": body["model"],
            "status": "incomplete" if kind == CUT_OFF else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if kind == CUT_OFF else None,
            "error": None,
            "output": [message],
            "parallel_tool_calls": False,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": USAGE[0],
                "output_tokens": USAGE[1],
                "total_tokens": sum(USAGE),
                "input_tokens_details": {"cached_tokens": 200},
                "output_tokens_details": {"reasoning_tokens": 20},
            },
        }


class Chat:
    """OpenAI's chat completions, which vLLM, Ollama and many others speak too."""

    @staticmethod
    def read(path: str, body: dict[str, Any]) -> Call:
        system, turns = "", []
        for message in body["messages"]:
            content = message["content"]
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
            texts = [
                picture(part["image_url"]["url"]) if part["type"] == "image_url" else part["text"] for part in parts
            ]
            if message["role"] in ("system", "developer"):
                system = "".join(texts)
            else:
                turns.append((message["role"], texts))
        return Call(path, system, turns, body)

    @staticmethod
    def reply(kind: str, text: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if kind in _OPENAI_ERRORS:
            return _OPENAI_ERRORS[kind]
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if kind == REFUSAL:
            message = {"role": "assistant", "content": None, "refusal": DECLINED}
        choice = {"index": 0, "message": message, "finish_reason": "length" if kind == CUT_OFF else "stop"}
        return 200, {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [] if kind == NO_CHOICE else [choice],
            "usage": {
                "prompt_tokens": USAGE[0],
                "completion_tokens": USAGE[1],
                "total_tokens": sum(USAGE),
                "prompt_tokens_details": {"cached_tokens": 200},
            },
        }


def _openai_error(status: int, kind: str, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": message, "type": kind, "param": None, "code": None}}


_OPENAI_ERRORS = {
    RATE_LIMIT: _openai_error(429, "rate_limit_error", "Rate limit reached"),
    FAILURE: _openai_error(500, "server_error", "The server had an error"),
    WRONG_IMAGES: _openai_error(400, "BadRequestError", IMAGES_MESSAGE),
}


class Anthropic:
    """Anthropic's messages."""

    @staticmethod
    def read(path: str, body: dict[str, Any]) -> Call:
        system = body.get("system", "")
        if not isinstance(system, str):
            system = "".join(part["text"] for part in system)
        turns = []
        for message in body["messages"]:
            content = message["content"]
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
            texts = [digest(part["source"]["data"]) if part["type"] == "image" else part["text"] for part in parts]
            turns.append((message["role"], texts))
        return Call(path, system, turns, body)

    @staticmethod
    def reply(kind: str, text: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        errors = {
            RATE_LIMIT: (429, "rate_limit_error", "This request would exceed your rate limit"),
            FAILURE: (500, "api_error", "Internal server error"),
            WRONG_IMAGES: (400, "invalid_request_error", IMAGES_MESSAGE),
        }
        if kind in errors:
            status, name, message = errors[kind]
            return status, {"type": "error", "error": {"type": name, "message": message}}
        content = [{"type": "text", "text": text}] if text else []
        reason = {REFUSAL: "refusal", CUT_OFF: "max_tokens"}.get(kind, "end_turn")
        return 200, {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": content,
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": {"input_tokens": USAGE[0] - 200, "cache_read_input_tokens": 200, "output_tokens": USAGE[1]},
        }


def as_events(message: dict[str, Any]) -> bytes:
    """A message of Anthropic's as the events of a stream."""
    head = {**message, "content": [], "stop_reason": None}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": head}]
    for i, block in enumerate(message["content"]):
        events.append({"type": "content_block_start", "index": i, "content_block": {"type": "text", "text": ""}})
        delta = {"type": "text_delta", "text": block["text"]}
        events.append({"type": "content_block_delta", "index": i, "delta": delta})
        events.append({"type": "content_block_stop", "index": i})
    end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    events.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": USAGE[1]}})
    events.append({"type": "message_stop"})
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode()


class Google:
    """Google's generateContent."""

    @staticmethod
    def read(path: str, body: dict[str, Any]) -> Call:
        instruction = body.get("systemInstruction", {})
        system = "".join(part.get("text", "") for part in instruction.get("parts", []))
        turns = []
        for content in body["contents"]:
            texts = [
                digest(_standard(part["inlineData"]["data"])) if "inlineData" in part else part["text"]
                for part in content["parts"]
            ]
            turns.append(("assistant" if content.get("role") == "model" else "user", texts))
        return Call(path, system, turns, body)

    @staticmethod
    def reply(kind: str, text: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        errors = {
            RATE_LIMIT: (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted"),
            FAILURE: (500, "INTERNAL", "An internal error has occurred"),
            WRONG_IMAGES: (400, "INVALID_ARGUMENT", IMAGES_MESSAGE),
        }
        if kind in errors:
            status, name, message = errors[kind]
            return status, {"error": {"code": status, "message": message, "status": name}}
        usage = {
            "promptTokenCount": USAGE[0],
            "cachedContentTokenCount": 200,
            "candidatesTokenCount": USAGE[1],
            "totalTokenCount": sum(USAGE),
        }
        if kind == NO_CHOICE:
            return 200, {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": usage}
        reason = {REFUSAL: "SAFETY", CUT_OFF: "MAX_TOKENS"}.get(kind, "STOP")
        parts = [{"text": text}] if text else []
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": reason, "index": 0}
        return 200, {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-2.5-pro"}


def _standard(data: str) -> str:
    """Google's client writes the URL-safe alphabet."""
    return data.replace("-", "+").replace("_", "/")


def dialect_of(path: str) -> Any:
    if path.endswith("/responses"):
        return Responses
    if path.endswith("/chat/completions"):
        return Chat
    if re.search(r"/messages(?:\?|$)", path):
        return Anthropic
    if ":generateContent" in path:
        return Google
    raise AssertionError(f"nobody speaks {path}")
