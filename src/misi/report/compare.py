"""Two runs on the same questions, question by question: what one gains on the other, and what could have been seen."""

from dataclasses import dataclass

import numpy as np

from misi.errors import DatasetError
from misi.evaluate.run import Run
from misi.report.bootstrap import DETECTABLE, Sample, interval_of, share_beyond_zero, standard_error
from misi.report.reference import Mode
from misi.report.stats import MEASURES, question_values, rater_values, samples_by_column
from misi.tasks.columns import COLUMNS, NOT_AVERAGED


@dataclass(frozen=True)
class Difference:
    """B minus A in one column, percentage points.

    Attributes
    ----------
    column : str
        A column's name, or ``average``.
    a, b : float
        Means of the two runs over the questions that both were asked, percent.
    difference : float
    low, high : float or None
        95 % interval of the difference, complexes resampled, and raters where there are several; None with fewer than
        two complexes.
    p : float or None
        Two-sided bootstrap p-value; not corrected for the number of columns.
    detectable : float or None
        Smallest true difference that such a comparison finds with 80 % power.
    n, clusters : int
        Questions and complexes.
    """

    column: str
    a: float
    b: float
    difference: float
    low: float | None
    high: float | None
    p: float | None
    detectable: float | None
    n: int
    clusters: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def compare(first: Run, second: Run, mode: Mode) -> list[Difference]:
    """Differences in every column, and in the average, over the questions that both runs were asked.

    Pairing question by question takes out what makes questions hard for both, so much smaller differences can be seen
    than between two intervals.

    Raises
    ------
    DatasetError
        The runs were asked on different datasets, or have no question in common.
    """
    if first.manifest["dataset_sha256"] != second.manifest["dataset_sha256"]:
        raise DatasetError(f"{first.root} and {second.root} were asked on different datasets")
    a, b = (question_values(run.verdicts, MEASURES[mode]) for run in (first, second))
    common = [name for name in a if name in b]
    if not common:
        raise DatasetError(f"{first.root} and {second.root} have no question in common")
    clusters = sorted({a[name][0].complex_id for name in common})
    samples_a, samples_b = (
        samples_by_column(
            {name: values[name] for name in common},
            {name: by for name, by in rater_values(run.verdicts, MEASURES[mode]).items() if name in b and name in a},
            clusters,
        )
        for run, values in ((first, a), (second, b))
    )
    rows = []
    kept: list[tuple[Sample, Sample]] = []
    for column, sample in samples_a.items():
        pair = (sample, samples_b[column])
        rows.append(_difference(column, pair[0].mean, pair[1].mean, pair[1].means() - pair[0].means(), pair[0]))
        if column not in NOT_AVERAGED:
            kept.append(pair)
    if len(kept) == len(COLUMNS) - len(NOT_AVERAGED):
        mean_a, mean_b = (sum(pair[side].mean for pair in kept) / len(kept) for side in (0, 1))
        moved = np.mean([one.means() - other.means() for other, one in kept], axis=0)
        counts = np.sum([pair[0].counts for pair in kept], axis=0)
        rows.append(_difference("average", mean_a, mean_b, moved, Sample(tuple(clusters), counts * 0.0, counts)))
    return rows


def _difference(column: str, a: float, b: float, moved: np.ndarray, sample: Sample) -> Difference:
    known = sample.n_clusters > 1 and not np.isnan(moved).all()
    low, high = (100 * edge for edge in interval_of(moved)) if known else (None, None)
    p = share_beyond_zero(moved) if known else None
    error = standard_error(moved) if known else 0.0
    detectable = 100 * DETECTABLE * error if error > 0 else None
    return Difference(column, 100 * a, 100 * b, 100 * (b - a), low, high, p, detectable, sample.n, sample.n_clusters)
