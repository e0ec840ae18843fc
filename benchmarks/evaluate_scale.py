"""A whole evaluation at the paper's scale against a slow server on this machine: time, memory, size of the log, resume.

    python benchmarks/evaluate_scale.py DATASET [--questions 12917] [--latency 2] [--connections 100] [--shots 0,2]

Once for each number of worked examples: with two of them, a request has up to 33 pictures. The test questions of a
small dataset are repeated under new ids until there are enough; the pictures stay the same files. `misi eval` runs in
a process of its own, is killed at half, and is started again.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from misi.dataset.layout import MANIFEST, dumps, questions_path, read_lines, read_manifest
from misi.evaluate.replies import REPLIES

#: Test questions of the paper by task (section 4).
PAPER = {
    "translation": 980,
    "rotation": 1470,
    "zooming": 980,
    "residue_ligand": 3102,
    "translation_rotation": 1470,
    "rotation_rotation": 1470,
    "docking": 1470,
    "interaction_location": 1485,
    "pocket_ligand": 490,
}
_REPLY = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "slow",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "I look. " * 40 + "\nAnswer: A"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 5000, "completion_tokens": 120, "total_tokens": 5120},
}


def enlarge(small: Path, root: Path, questions: int) -> int:
    """Make a dataset with about so many test questions in the paper's proportions; returns their number."""
    root.mkdir()
    for entry in small.iterdir():
        if entry.name not in ("questions", MANIFEST):
            (root / entry.name).symlink_to(entry.resolve())
    (root / "questions").mkdir()
    manifest = read_manifest(small)
    total = 0
    for task, counts in manifest["counts"]["questions"].items():
        train = questions_path(small, task, "train")
        if train.exists():
            shutil.copyfile(train, questions_path(root, task, "train"))
        rows = list(read_lines(questions_path(small, task, "test")))
        wanted = max(1, round(PAPER[task] * questions / sum(PAPER.values())))
        with questions_path(root, task, "test").open("w", encoding="utf-8") as handle:
            for n, row in enumerate(islice(cycle(rows), wanted)):
                handle.write(
                    dumps({**row, "id": f"{row['id']}-{n}", "complex_id": f"{row['complex_id']}-{n // 9}"}) + "\n"
                )
        counts["test"] = wanted
        total += wanted
    (root / MANIFEST).write_text(json.dumps(manifest))
    return total


def serve(latency: float, pipe: Connection) -> None:
    """A server of chat completions that answers everything the same after `latency` seconds; counts calls."""
    calls = received = 0
    body = json.dumps(_REPLY).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls, received
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
                )
                received += length
                while length:
                    chunk = await reader.read(min(length, 1 << 20))
                    if not chunk:  # the client was killed
                        return writer.close()
                    length -= len(chunk)
                calls += 1
                await asyncio.sleep(latency)
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20, backlog=1024)
        pipe.send(server.sockets[0].getsockname()[1])
        while True:
            await asyncio.sleep(0.05)
            if pipe.poll():
                pipe.recv()
                pipe.send((calls, received))

    asyncio.run(run())


def evaluate(command: list[str], run: Path, stop_at: int | None) -> tuple[float, float, float]:
    """(wall seconds, CPU seconds, peak MiB) of one session; killed once `stop_at` replies are stored."""
    begun = time.monotonic()
    environment = {**os.environ, "OPENAI_API_KEY": "sk-none", "NO_PROXY": "127.0.0.1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while stop_at is not None and process.poll() is None:
            if (run / REPLIES).exists() and stored(run) >= stop_at:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.2)
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0) if process.returncode is None else (0, 0, None)
        process.returncode = os.waitstatus_to_exitcode(status)
    if stop_at is None and process.returncode:
        sys.exit(errors.decode()[-2000:])
    usage = usage or resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def stored(run: Path) -> int:
    with (run / REPLIES).open("rb") as handle:
        return sum(line.endswith(b"\n") for line in handle)


def measure(dataset: Path, questions: int, latency: float, connections: int, shots: int) -> dict[str, Any]:
    """Run the benchmark; returns its figures."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(latency, theirs), daemon=True)
    server.start()
    port = ours.recv()

    def counted() -> tuple[int, int]:
        ours.send(None)
        return ours.recv()  # type: ignore[no-any-return]

    try:
        with tempfile.TemporaryDirectory() as folder:
            root, run = Path(folder) / "dataset", Path(folder) / "run"
            n = enlarge(dataset, root, questions)
            command = [sys.executable, "-m", "misi.cli", "eval", str(root), "--model", "openai/slow", "--out", str(run)]
            command += ["--base-url", f"http://127.0.0.1:{port}/v1", "--connections", str(connections)]
            command += ["--shots", str(shots)]
            half = evaluate(command, run, n // 2)
            kept, (before, _) = stored(run), counted()
            rest = evaluate(command, run, None)
            calls, received = counted()
            size = sum(path.stat().st_size for path in run.rglob("*") if path.is_file())
            return {
                "questions": n,
                "seconds": round(half[0] + rest[0], 1),
                "least_possible_seconds": round(n * latency / connections, 1),
                "cpu_seconds": round(half[1] + rest[1], 1),
                "peak_mib": round(max(half[2], rest[2])),
                "run_folder_mb": round(size / 1e6, 2),
                "sent_gb": round(received / 1e9, 2),
                "replies_when_killed": kept,
                "missing_then": n - kept,
                "calls_after": calls - before,
                "replies": stored(run),
            }
    finally:
        server.terminate()
        server.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--questions", type=int, default=sum(PAPER.values()))
    parser.add_argument("--latency", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--shots", default="0,2", help="numbers of worked examples, comma-separated")
    given = parser.parse_args()
    wrong = []
    for shots in map(int, given.shots.split(",")):
        figures = measure(given.dataset, given.questions, given.latency, given.connections, shots)
        print(f"{shots} examples before each question")
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):>24}  {value}", flush=True)
        if figures["calls_after"] != figures["missing_then"]:
            wrong.append(f"{shots} examples: resuming made other calls than the missing ones")
        if figures["peak_mib"] > 1024 or figures["run_folder_mb"] > 50:
            wrong.append(f"{shots} examples: over the limit of 1 GiB of memory or 50 MB of log")
    if wrong:
        sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
