"""CPU time of calls."""

import statistics
import time
from collections.abc import Callable


def cpu_ms(work: Callable[[], object], repeats: int = 15, seconds: float = 0.0) -> float:
    """Median user + system CPU time of a call, milliseconds; the first call is not counted.

    Calls are repeated for at least `seconds`, so that a moment in which the machine is slow does not decide.
    """
    work()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < repeats or time.perf_counter() < end:
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)
