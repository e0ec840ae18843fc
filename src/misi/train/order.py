"""Which question comes when: a list fixed by the seed before training starts.

A fixed list makes everything else simple: any rank and worker looks up its positions, and a resumed training goes on at
the next one, without reading what came before.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from misi.seeds import rank_of, rng_for
from misi.train.curriculum import eligible_share


@dataclass(frozen=True)
class Slot:
    """Question `index` of the task's list."""

    task: str
    index: int


def make_order(
    difficulties: Mapping[str, Sequence[float]],
    length: int,
    *,
    seed: int = 0,
    weights: Mapping[str, float] | None = None,
    start: float = 1.0,
    ramp: float = 0.0,
) -> list[Slot]:
    """Slots of a whole training.

    Parameters
    ----------
    difficulties : mapping
        For each task, the difficulty of each of its questions.
    length : int
        Positions to fill.
    weights : mapping, optional
        Share of positions of each task. None: every question once before any comes twice. With weights, the same holds
        within each task.
    start, ramp : float
        Curriculum (`eligible_share`).
    """
    easiest_first = {
        task: sorted(range(len(values)), key=lambda i, values=values: (values[i], i))  # type: ignore[misc]
        for task, values in difficulties.items()
        if len(values)
    }
    names = [task for task in easiest_first if weights is None or weights.get(task, 0) > 0]
    if not names:
        return []
    groups = [names] if weights is None else [[name] for name in names]
    shares = None if weights is None else [weights[name] for name in names]
    queues: list[list[Slot]] = [[] for _ in groups]
    rounds = [0] * len(groups)
    rng = rng_for(seed, "order", "group")
    order = []
    for position in range(length):
        chosen = 0 if shares is None else rng.choices(range(len(groups)), shares)[0]
        if not queues[chosen]:
            share = eligible_share(position / length, start, ramp)
            eligible = [
                Slot(task, index)
                for task in groups[chosen]
                for index in easiest_first[task][: math.ceil(share * len(easiest_first[task]))]
            ]
            turn = rounds[chosen]
            eligible.sort(key=lambda slot: rank_of("order", seed, turn, slot.task, slot.index), reverse=True)
            queues[chosen] = eligible
            rounds[chosen] += 1
        order.append(queues[chosen].pop())
    return order
