"""CPU time of calls."""

import statistics
import time
from collections.abc import Callable


def cpu_ms(work: Callable[[], object], repeats: int = 15) -> float:
    """Median user + system CPU time of a call, milliseconds; the first call is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)
