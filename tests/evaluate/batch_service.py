"""Batch services on this machine: OpenAI's files and batches, Anthropic's message batches, Google's batch jobs."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, ClassVar

from .loopback import Anthropic, Call, Chat, Google, Responses, Script

#: What can become of a request in a batch, beside what a server does with it at once.
EXPIRED, CANCELLED, MISSING = "expired", "cancelled", "missing"
#: What can become of a batch.
DONE, REJECTED, EXPIRED_WHOLE, NOT_MADE = "done", "rejected", "expired_whole", "not_made"

#: google.rpc.Code by HTTP status.
_RPC_CODES = {400: 3, 429: 8, 500: 13}
_NO_FILE = {"output_file_id": None, "error_file_id": None}


@dataclass
class Service:
    """A running service.

    Attributes
    ----------
    url : str
    batches : list of list of Call
        Requests of each batch that was made, in order.
    """

    url: str = ""
    batches: list[list[Call]] = field(default_factory=list)


#: What becomes of the n-th batch.
Fate = Callable[[int], str]


@contextmanager
def serve_batches(script: Script, fate: Fate = lambda _: DONE) -> Iterator[Service]:
    """Run a service; a batch is under way at its first look-up and over at its second."""
    service = Service()
    desk = _Desk(script, fate, service)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(*desk.get(self.path))

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer(*desk.post(self.path, data))

        def _answer(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
            body = data if isinstance(data, bytes) else json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    service.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Desk:
    """Files and batches by id, and what is said of them in each dialect."""

    ENDPOINTS: ClassVar[dict[str, Any]] = {"/v1/chat/completions": Chat, "/v1/responses": Responses}

    def __init__(self, script: Script, fate: Fate, service: Service) -> None:
        self._script, self._fate, self._service = script, fate, service
        self._numbers = count()
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, dict[str, Any]] = {}
        self._looks: dict[str, int] = {}

    def post(self, path: str, data: bytes) -> tuple[Any, ...]:
        if path == "/v1/files":
            return 200, {
                "id": self._keep(_file_in(data)),
                "object": "file",
                "bytes": len(data),
                "created_at": 1,
                "filename": "batch.jsonl",
                "purpose": "batch",
                "status": "processed",
            }
        if re.match(r"/upload/v1(?:beta)?/files", path):
            address = f"{self._service.url}/uploads/1"
            return 200, {}, {"X-Goog-Upload-URL": address, "X-Goog-Upload-Status": "active"}
        if path == "/uploads/1":
            name = f"files/{self._keep(data)}"
            return 200, {"file": {"name": name, "uri": name}}, {"X-Goog-Upload-Status": "final"}
        body = json.loads(data)
        fate = self._fate(len(self._service.batches))
        if fate == NOT_MADE:
            self._service.batches.append([])
            message = "The batch cannot be made."
            if path == "/v1/messages/batches":
                return 400, {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
            return 400, {"error": {"message": message, "code": 400, "status": "INVALID_ARGUMENT"}}
        if path == "/v1/batches":
            return 200, self._openai(body, fate)
        if path == "/v1/messages/batches":
            return 200, self._anthropic(body, fate)
        if path.endswith(":batchGenerateContent"):
            return 200, self._google(path, body, fate)
        raise AssertionError(f"nobody speaks {path}")

    def get(self, path: str) -> tuple[Any, ...]:
        if found := re.match(r"/v1/files/(.+)/content", path):
            return 200, self._files[found[1]]
        if found := re.match(r"/results/(.+)", path):
            return 200, self._files[found[1]]
        if found := re.match(r"(?:/download)?/v1(?:beta)?/files/([^:?]+):download", path):
            return 200, self._files[found[1]]
        found = re.match(r"/v1(?:beta)?/(?:messages/)?batches/([^?]+)", path)
        assert found, path
        name = found[1]
        self._looks[name] = self._looks.get(name, 0) + 1
        kept = self._batches[name]
        return 200, kept["under_way"] if self._looks[name] == 1 else kept["over"]

    def _keep(self, data: bytes) -> str:
        name = f"file-{next(self._numbers)}"
        self._files[name] = data
        return name

    def _calls(self, dialect: Any, path: str, bodies: dict[str, Any]) -> dict[str, tuple[str, str]]:
        """What the script does with each request of a batch."""
        calls = {name: dialect.read(path, body) for name, body in bodies.items()}
        self._service.batches.append(list(calls.values()))
        return {name: self._script(n, call) for n, (name, call) in enumerate(calls.items())}

    def _openai(self, body: dict[str, Any], fate: str) -> dict[str, Any]:
        lines = [json.loads(line) for line in self._files[body["input_file_id"]].splitlines()]
        assert {line["url"] for line in lines} == {body["endpoint"]}
        dialect = self.ENDPOINTS[body["endpoint"]]
        bodies = {line["custom_id"]: line["body"] for line in lines}
        good, bad = [], []
        for name, (kind, text) in self._calls(dialect, body["endpoint"], bodies).items():
            if kind == MISSING:
                continue
            row: dict[str, Any] = {"id": f"batch_req_{name}", "custom_id": name, "response": None, "error": None}
            if kind == EXPIRED:
                row["error"] = {"code": "batch_expired", "message": "This request could not be executed in time."}
            else:
                status, reply = dialect.reply(kind, text, bodies[name])
                row["response"] = {"status_code": status, "request_id": "r", "body": reply}
            (good if row["response"] and row["response"]["status_code"] == 200 else bad).append(row)
        name = f"batch_{next(self._numbers)}"
        info = {
            "id": name,
            "object": "batch",
            "endpoint": body["endpoint"],
            "input_file_id": body["input_file_id"],
            "completion_window": "24h",
            "created_at": 1,
            "request_counts": {"total": len(lines), "completed": len(good), "failed": len(bad)},
        }
        files = {"output_file_id": self._rows(good), "error_file_id": self._rows(bad)}
        over: dict[str, Any] = {"status": "expired" if any(row["error"] for row in bad) else "completed", **files}
        if fate == EXPIRED_WHOLE:
            over = {"status": "expired", **_NO_FILE}
        if fate == REJECTED:
            errors = {
                "object": "list",
                "data": [{"code": "invalid_json_line", "message": "Line 1 is no JSON", "line": 1}],
            }
            over = {"status": "failed", "errors": errors, **_NO_FILE}
        self._batches[name] = {"under_way": {**info, "status": "in_progress"}, "over": {**info, **over}}
        return {**info, "status": "validating"}

    def _rows(self, rows: list[Any]) -> str | None:
        """A file of JSON lines, letters as they are; None without rows."""
        return self._keep("\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()) if rows else None

    def _anthropic(self, body: dict[str, Any], fate: str) -> dict[str, Any]:
        bodies = {request["custom_id"]: request["params"] for request in body["requests"]}
        rows = []
        for name, (kind, text) in self._calls(Anthropic, "/v1/messages", bodies).items():
            if kind == MISSING:
                continue
            if kind in (EXPIRED, CANCELLED) or fate == EXPIRED_WHOLE:
                result: dict[str, Any] = {"type": "canceled" if kind == CANCELLED else "expired"}
            else:
                status, reply = Anthropic.reply(kind, text, bodies[name])
                result = {"type": "succeeded", "message": reply}
                if status != 200:
                    result = {"type": "errored", "error": reply}
            rows.append({"custom_id": name, "result": result})
        name = f"msgbatch_{next(self._numbers)}"
        counts = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
        info = {
            "id": name,
            "type": "message_batch",
            "processing_status": "in_progress",
            "request_counts": counts,
            "created_at": "2026-01-01T00:00:00Z",
            "expires_at": "2026-01-02T00:00:00Z",
            "ended_at": None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": None,
        }
        results = self._keep("\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode())
        over = {**info, "processing_status": "ended", "results_url": f"{self._service.url}/results/{results}"}
        self._batches[name] = {"under_way": info, "over": over}
        return info

    def _google(self, path: str, body: dict[str, Any], fate: str) -> dict[str, Any]:
        source = body["batch"]["inputConfig"]["fileName"].removeprefix("files/")
        lines = [json.loads(line) for line in self._files[source].splitlines()]
        bodies = {line["key"]: _camel(line["request"]) for line in lines}
        rows: list[dict[str, Any]] = []
        for name, (kind, text) in self._calls(Google, path, bodies).items():
            if kind == MISSING:
                continue
            if kind == EXPIRED:
                rows.append({"key": name, "error": {"code": 4, "message": "Deadline expired"}})
                continue
            status, reply = Google.reply(kind, text, bodies[name])
            error = {"code": _RPC_CODES.get(status), "message": reply.get("error", {}).get("message")}
            rows.append({"key": name, "response": reply} if status == 200 else {"key": name, "error": error})
        name = f"{next(self._numbers)}"
        info = {"name": f"batches/{name}", "metadata": {"state": "BATCH_STATE_RUNNING", "model": "models/m"}}
        results = self._keep("\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode())
        output = {"responsesFile": f"files/{results}"}
        states = {REJECTED: "BATCH_STATE_FAILED", EXPIRED_WHOLE: "BATCH_STATE_EXPIRED", DONE: "BATCH_STATE_SUCCEEDED"}
        over = {**info, "metadata": {**info["metadata"], "state": states[fate]}, "done": True}
        if fate == DONE:
            over["metadata"]["output"] = output
            over["response"] = output
        self._batches[name] = {"under_way": info, "over": over}
        return info


def _file_in(data: bytes) -> bytes:
    """The file of a form with one file."""
    boundary = data[: data.index(b"\r\n")]
    for part in data.split(boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if b"filename=" in head:
            return content.removesuffix(b"\r\n")
    raise AssertionError("no file in the form")


def _camel(value: Any) -> Any:
    """Google takes both ways of writing names; the rest of these tests reads one."""
    if isinstance(value, dict):
        return {re.sub(r"_([a-z])", lambda m: m[1].upper(), name): _camel(entry) for name, entry in value.items()}
    return [_camel(entry) for entry in value] if isinstance(value, list) else value
