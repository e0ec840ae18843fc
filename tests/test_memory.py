"""What a process frees, it can have again without asking the system."""

import subprocess
import sys

import pytest

from misi import memory

ROUNDS = """
import resource, sys
import numpy as np
from misi.memory import keep_freed_memory

possible = keep_freed_memory() if sys.argv[1] == "kept" else True
def work():
    blocks = [np.ones(20 << 20, dtype=np.uint8) for _ in range(3)]
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before if possible else -1)
"""


def faults(way: str) -> int:
    done = subprocess.run([sys.executable, "-c", ROUNDS, way], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_freed_blocks_are_used_again() -> None:
    kept = faults("kept")
    if kept < 0:
        pytest.skip("not the GNU C library")
    assert kept < 100 < faults("not kept")


def test_a_settled_process_leaves_its_imports_out_of_the_search_for_garbage() -> None:
    code = "import gc; from misi.memory import settle; settle(); print(gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 1000


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert not memory.keep_freed_memory()
    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: object())  # another C library
    assert not memory.keep_freed_memory()
