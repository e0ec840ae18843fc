"""What a run took: calls, tokens, money, time."""

from dataclasses import dataclass

from misi.evaluate.replies import REPLIES, read_replies
from misi.evaluate.run import Run


@dataclass(frozen=True)
class Usage:
    """Sums over all calls of a run, failed and repeated ones too.

    Attributes
    ----------
    calls : int
    input_tokens, output_tokens, reasoning_tokens : int
    cost : float or None
        US dollars by the price table at the time of asking; None if no call had a price.
    seconds : float or None
        Median time of a call.
    """

    calls: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost: float | None
    seconds: float | None


def usage_of(run: Run) -> Usage:
    """Read a run's replies once."""
    calls = read = written = thought = 0
    costs: list[float] = []
    times: list[float] = []
    for reply in read_replies(run.root / REPLIES):
        calls += 1
        read += reply.input_tokens or 0
        written += reply.output_tokens or 0
        thought += reply.reasoning_tokens or 0
        costs += [reply.cost] if reply.cost is not None else []
        times += [reply.seconds] if reply.seconds is not None else []
    times.sort()
    median = times[len(times) // 2] if times else None
    return Usage(calls, read, written, thought, sum(costs) if costs else None, median)
