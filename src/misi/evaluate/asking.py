"""Asking many questions at once, never twice, and losing nothing on the way.

The order of things that can go wrong decides the design: a crash keeps every reply that has come (they are appended as
they come), a second start asks only what is missing, a cap on money is checked before a call and not after it, and a
source that fails at every call is left alone after a few.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from misi.evaluate.outcomes import Reply
from misi.evaluate.plan import Plan, Request
from misi.evaluate.replies import ReplyLog

#: Calls that may fail one after another, beyond those in flight, before a run gives up.
PATIENCE = 20
#: How a run says that Ctrl-C ended it.
INTERRUPTED = "interrupted"


class Asker(Protocol):
    """A source of replies."""

    async def ask(self, request: Request) -> Reply:
        """The reply to one request; a failure is a reply with the ending ``error``, not an exception."""

    def expected_cost(self, request: Request) -> float:
        """US dollars that the call will cost at most, as far as can be told before; 0 without a price."""

    async def close(self) -> None:
        """Give connections back."""


@dataclass
class Purse:
    """Money spent and promised, US dollars.

    Attributes
    ----------
    cap : float or None
    spent : float
        By all calls of the run, earlier sessions too.
    promised : float
        What the calls under way may cost at most.
    """

    cap: float | None = None
    spent: float = 0.0
    promised: float = 0.0

    def allows(self, cost: float) -> bool:
        """Whether a call of this cost may start."""
        return self.cap is None or self.spent + self.promised + cost <= self.cap


@dataclass(frozen=True)
class Finished:
    """How a session of asking ended.

    Attributes
    ----------
    asked : int
        Calls made in this session.
    missing : int
        Questions (times epochs) still without a reply.
    errors : int
        Calls of this session that failed.
    spent : float
        US dollars, all sessions.
    stopped_by : str
        Empty if everything was asked; ``max_cost``, ``interrupted``, or the error that came again and again.
    """

    asked: int
    missing: int
    errors: int
    spent: float
    stopped_by: str = ""


async def ask_all(
    plan: Plan,
    todo: Iterable[tuple[str, int]],
    asker: Asker,
    log: ReplyLog,
    *,
    connections: int,
    purse: Purse,
    note: Callable[[Request], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
) -> Finished:
    """Ask everything in `todo` with at most `connections` calls at once; replies go to `log` as they come.

    Parameters
    ----------
    note : callable
        Told of each request before it is sent.
    progress : callable
        Told how many calls have come back.

    Raises
    ------
    DatasetError
        A question, an example or a picture cannot be read.
    """
    wish = stop_on_interrupt()
    waiting = list(todo)
    turns: Iterator[tuple[str, int]] = iter(waiting)
    asked = errors = in_a_row = 0
    stopped_by = ""
    settled = asyncio.Event()

    async def work() -> None:
        nonlocal asked, errors, in_a_row, stopped_by
        for name, epoch in turns:
            if wish.is_set():
                stopped_by = stopped_by or INTERRUPTED
            if stopped_by:
                return
            request = plan.request(name, epoch)
            cost = asker.expected_cost(request)
            while not purse.allows(cost):
                if not purse.promised:
                    stopped_by = "max_cost"
                    return
                settled.clear()  # calls under way may come out cheaper than promised
                await settled.wait()
            if stopped_by:
                return
            note(request)
            purse.promised += cost
            try:
                reply = await asker.ask(request)
                purse.spent += reply.cost or 0.0
            finally:
                purse.promised = max(0.0, purse.promised - cost)
                settled.set()
            log.add(replace(reply, id=name, epoch=epoch))
            asked += 1
            failed = reply.ending == "error"
            errors += failed
            in_a_row = in_a_row + 1 if failed else 0
            if in_a_row >= PATIENCE + connections:
                stopped_by = f"{in_a_row} calls failed one after another, the last with: {reply.detail}"
            progress(asked)

    await _together([work() for _ in range(max(1, min(connections, len(waiting))))])
    return Finished(asked, len(waiting) - asked + errors, errors, purse.spent, stopped_by)


def stop_on_interrupt() -> asyncio.Event:
    """An event that the first Ctrl-C sets, so that calls under way, which are paid for, may come back; the second one
    interrupts as usual. Where signals cannot be caught, the first one does."""
    wish = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        wish.set()

    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # another system, or not the main thread
        loop.add_signal_handler(signal.SIGINT, asked)
    return wish


async def _together(jobs: list[Coroutine[None, None, None]]) -> None:
    """Run jobs to the end; the first failure cancels the others and is raised."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
