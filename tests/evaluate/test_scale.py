"""A few hundred questions over many connections: stopped at half, taken up again, and nothing piles up on the way.

`benchmarks/evaluate_scale.py` does the same at the size of the paper, with a kill in place of Ctrl-C.
"""

import gc
import os
import signal
import threading
import time
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from benchmarks.evaluate_scale import enlarge

from misi.evaluate.ask import ask
from misi.evaluate.asking import INTERRUPTED
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.replies import REPLIES, read_replies
from misi.evaluate.run import score_run
from misi.evaluate.vendors import Transport

from .loopback import ANSWER, Call, serve

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed ([eval] extra)")
pytestmark = pytest.mark.usefixtures("keys")

QUESTIONS, CONNECTIONS, LATENCY = 240, 40, 0.02
SETTINGS = Settings(shots=2)
#: Bytes of the run's folder for one question; the paper's 12,917 are to take 50 MB at most.
LOG_PER_QUESTION = 50e6 / 12_917


class Slow:
    """A server's script: waits, counts, says the same to all, and does one thing at one call."""

    def __init__(self) -> None:
        self.shown: Counter[str] = Counter()
        self.sent = 0
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def __call__(self, n: int, call: Call) -> tuple[str, str]:
        with self._lock:
            self.shown["\n".join(call.turns[-1][1])] += 1
            self.sent += sum(len(str(message)) for message in call.body["messages"])
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.watch(sum(self.shown.values()))
        time.sleep(LATENCY)
        with self._lock:
            self.at_once -= 1
        return ANSWER, "I look. " * 40 + "\nAnswer: A"

    def watch(self, calls: int) -> None:
        return


class Interrupting(Slow):
    """Presses Ctrl-C at one call."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def watch(self, calls: int) -> None:
        if calls == self._at:
            os.kill(os.getpid(), signal.SIGINT)


class Weighing(Slow):
    """Notes, between two calls, what memory is newly held and what was received."""

    def __init__(self, begin: int, end: int) -> None:
        super().__init__()
        self._begin, self._end = begin, end
        self.held = self.received = 0

    def watch(self, calls: int) -> None:
        if calls == self._begin:
            self.received = -self.sent
            tracemalloc.start()
        elif calls == self._end:
            gc.collect()
            self.received += self.sent
            self.held = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()


@pytest.fixture(scope="module")
def large(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scale") / "dataset"
    enlarge(dataset, root, QUESTIONS)
    return root


def test_interrupted_at_half_and_resumed_makes_exactly_the_missing_calls(large: Path, tmp_path: Path) -> None:
    ids, run = Plan(large, SETTINGS).ids, tmp_path / "run"
    first, second = Interrupting(len(ids) // 2), Slow()
    with serve(first, keep=False) as server:
        transport = Transport(base_url=f"{server.url}/v1", connections=CONNECTIONS)
        finished = ask(large, "openai/gpt-4.1", run, SETTINGS, transport=transport)
    assert finished.stopped_by == INTERRUPTED
    done = sum(first.shown.values())
    # Calls under way are paid for, so they come back; no new ones are made.
    assert len(ids) // 2 <= done <= len(ids) // 2 + CONNECTIONS
    stored = [reply.id for reply in read_replies(run / REPLIES)]
    assert len(stored) == len(set(stored)) == done == len(ids) - finished.missing
    with serve(second, keep=False) as server:
        transport = Transport(base_url=f"{server.url}/v1", connections=CONNECTIONS)
        finished = ask(large, "openai/gpt-4.1", run, SETTINGS, transport=transport)
    assert (finished.asked, finished.missing, finished.stopped_by) == (len(ids) - done, 0, "")
    assert sum(second.shown.values()) == len(ids) - done
    assert Counter(reply.id for reply in read_replies(run / REPLIES)) == Counter(ids)
    assert second.most_at_once <= CONNECTIONS
    verdicts = score_run(run).verdicts
    size = sum(path.stat().st_size for path in run.rglob("*") if path.is_file())
    assert len(verdicts) >= QUESTIONS - 9
    assert size / len(verdicts) < LOG_PER_QUESTION


def test_memory_does_not_grow_with_what_is_sent(large: Path, tmp_path: Path) -> None:
    ids = Plan(large, SETTINGS).ids
    script = Weighing(len(ids) * 6 // 10, len(ids) * 9 // 10)
    try:
        with serve(script, keep=False) as server:
            transport = Transport(base_url=f"{server.url}/v1", connections=4)
            ask(large, "openai/gpt-4.1", tmp_path / "run", SETTINGS, transport=transport)
    finally:
        tracemalloc.stop()
    assert script.received > 3e6
    assert script.held < 0.5 * script.received, (script.held, script.received)
