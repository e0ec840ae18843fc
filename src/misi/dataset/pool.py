"""Units of work over processes: in order of completion, with a bar, surviving killed workers."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Unit = TypeVar("Unit")
Result = TypeVar("Result")

_MOST_DEATHS = 3  # a unit that was in flight so often when a worker died is given up


def run_units(
    function: Callable[[Unit], Result],
    units: Sequence[Unit],
    *,
    workers: int,
    initializer: Callable[..., None] | None = None,
    initargs: Iterable[Any] = (),
    on_death: Callable[[Unit], Result],
) -> Iterator[Result]:
    """Yield `function(unit)` for each unit, as they finish.

    With one worker everything happens in this process. With more, a worker that dies (killed, out of memory)
    costs only the units in flight: the pool is made anew and they are tried again, alone, one at a time; a unit
    that was in flight at three deaths yields `on_death(unit)`.
    """
    initargs = tuple(initargs)
    if workers <= 1:
        if initializer:
            initializer(*initargs)
        yield from map(function, units)
        return
    waiting = list(reversed(units))
    suspects: list[Unit] = []
    deaths: dict[int, int] = {}
    while waiting or suspects:
        # After a death the suspects run one by one, so that the guilty unit is told from its neighbours.
        breadth = 1 if suspects else workers
        queue = suspects if suspects else waiting
        with ProcessPoolExecutor(
            breadth, mp_context=multiprocessing.get_context("spawn"), initializer=initializer, initargs=initargs
        ) as pool:
            flight: dict[Future[Result], Unit] = {}
            try:
                while queue or flight:
                    while queue and len(flight) < 2 * breadth - (breadth == 1):
                        unit = queue.pop()
                        try:
                            flight[pool.submit(function, unit)] = unit
                        except BrokenProcessPool:
                            queue.append(unit)
                            raise
                    for future in wait(flight, return_when=FIRST_COMPLETED).done:
                        result = future.result()
                        del flight[future]
                        yield result
            except BrokenProcessPool:
                hit = list(flight.values())
            else:
                continue
        for future, unit in flight.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                hit.remove(unit)
                yield future.result()
        for unit in hit:
            deaths[id(unit)] = deaths.get(id(unit), 0) + 1
            if deaths[id(unit)] >= _MOST_DEATHS:
                yield on_death(unit)
            else:
                suspects.append(unit)
