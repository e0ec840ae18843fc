"""Means by column with intervals that respect complexes as clusters."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from misi.evaluate.outcomes import Verdict
from misi.report.reference import Mode
from misi.seeds import rng_for
from misi.tasks.columns import COLUMNS, average

_DRAWS = 1000


@dataclass(frozen=True)
class Column:
    """One cell of a table, in percent.

    Attributes
    ----------
    mean : float
    low, high : float
        95 % percentile interval of a bootstrap over complexes.
    n : int
        Questions.
    """

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Summary:
    """One row of a table.

    Attributes
    ----------
    model : str
    columns : dict
        Column by name; only those with questions.
    average : float or None
        Unweighted mean of the columns without the two transformation composites; None if any of them is empty.
    outcomes : dict
        Number of replies by status.
    """

    model: str
    columns: dict[str, Column]
    average: float | None
    outcomes: dict[str, int]


def summarise(model: str, verdicts: Iterable[Verdict], mode: Mode) -> Summary:
    """Means of a run; exact match leaves out the verdicts that do not count there."""
    by_column: dict[str, list[Verdict]] = defaultdict(list)
    outcomes: Counter[str] = Counter()
    for verdict in verdicts:
        outcomes[verdict.status] += 1
        if mode == "exact" and not verdict.counts_exact:
            continue
        by_column[verdict.column].append(verdict)
    columns = {}
    for name in COLUMNS:
        if rows := by_column.get(name):
            values = [row.exact if mode == "exact" else row.weighted for row in rows]
            low, high = clustered_interval(values, [row.complex_id for row in rows], rng_for(0, "bootstrap", name))
            columns[name] = Column(100 * sum(values) / len(values), 100 * low, 100 * high, len(values))
    return Summary(model, columns, average({name: cell.mean for name, cell in columns.items()}), dict(outcomes))


def clustered_interval(
    values: Sequence[float], clusters: Sequence[str], rng: random.Random, draws: int = _DRAWS
) -> tuple[float, float]:
    """95 % percentile interval of the mean, drawing whole clusters with replacement."""
    sums: dict[str, float] = defaultdict(float)
    sizes: Counter[str] = Counter()
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] += value
        sizes[cluster] += 1
    pairs = [(sums[name], sizes[name]) for name in sorted(sums)]
    means = []
    for _ in range(draws):
        drawn = rng.choices(pairs, k=len(pairs))
        means.append(sum(total for total, _ in drawn) / sum(size for _, size in drawn))
    means.sort()
    return means[int(0.025 * (draws - 1))], means[int(0.975 * (draws - 1) + 0.5)]
