"""Agreement between raters: Krippendorff's alpha for any number of raters, missing answers and any difference.

alpha = 1 - D_o / D_e, with the observed disagreement within units and the disagreement expected when values are
drawn from all units together (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011, section B:
nominal data with missing values; section D: other differences put in place of 0 and 1).
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import TypeVar

Value = TypeVar("Value", bound=Hashable)


def nominal(first: object, second: object) -> float:
    """0 for equal values, else 1."""
    return float(first != second)


def jaccard(first: Collection[Hashable], second: Collection[Hashable]) -> float:
    """1 - |intersection| / |union| of two sets; 0 for two empty ones (Jaccard's distance, a metric)."""
    one, other = set(first), set(second)
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def alpha(units: Iterable[Sequence[Value]], difference: Callable[[Value, Value], float] = nominal) -> float | None:
    """Krippendorff's alpha.

    Parameters
    ----------
    units : iterable of sequences
        For each unit (question) the values that raters gave it; units with fewer than two say nothing.
    difference : callable
        Squared difference of two values: symmetric, 0 for equal ones.

    Returns
    -------
    float or None
        1 for perfect agreement, 0 for what chance gives; None where all values are alike or none can be paired.
    """
    paired = [list(unit) for unit in units if len(unit) > 1]
    totals = Counter(value for unit in paired for value in unit)
    n = sum(totals.values())
    if n < 2:
        return None
    observed = sum(_within(Counter(unit), difference) / (len(unit) - 1) for unit in paired) / n
    expected = _within(totals, difference) / (n * (n - 1))
    return None if expected == 0 else 1 - observed / expected


def _within(counts: Counter[Value], difference: Callable[[Value, Value], float]) -> float:
    """Sum of differences over ordered pairs of the counted values."""
    if difference is nominal:
        n = sum(counts.values())
        return float(n * n - sum(count * count for count in counts.values()))
    values = list(counts.items())
    return 2 * sum(
        count * other_count * difference(value, other)
        for i, (value, count) in enumerate(values)
        for other, other_count in values[:i]
    )
