"""Resampling of complexes: how far a mean over questions would move, had other complexes been drawn.

Questions of one complex share its pictures and its shape, so they are not independent; complexes are. The bootstrap
draws complexes with replacement (Efron & Tibshirani 1993, chapter 8.6 on clusters), and the same draws serve every
column and both sides of a comparison.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from misi.seeds import rng_for

DRAWS = 2000
LEVEL = 0.95

#: (1.96 + 0.84): a difference so many standard errors wide is found with 80 % power at the two-sided 5 % level.
DETECTABLE = 2.8


@dataclass(frozen=True)
class Sample:
    """Values of questions, summed by complex.

    Attributes
    ----------
    clusters : tuple of str
        All complexes of the run, sorted; the same for every column.
    sums : (k,) float64
        Sum of the values of each complex.
    counts : (k,) int64
        Number of values of each complex.
    """

    clusters: tuple[str, ...]
    sums: np.ndarray
    counts: np.ndarray

    @property
    def mean(self) -> float:
        return float(self.sums.sum() / self.counts.sum())

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    @property
    def n_clusters(self) -> int:
        return int((self.counts > 0).sum())

    def means(self) -> np.ndarray:
        """(DRAWS,) means of the resamples; NaN where a resample has no value of this column."""
        return resampled(self.sums, self.counts)


def resampled(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """(DRAWS,) means with complexes resampled; NaN where nothing is drawn.

    Parameters
    ----------
    sums, counts : (k,) or (DRAWS, k)
        Of each complex's values, the same in every resample or one row for each.
    """
    weights = draws(sums.shape[-1])
    # Element-wise, not a matrix product: the result must not depend on the machine's linear algebra.
    totals, sizes = (weights * sums).sum(axis=1), (weights * counts).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(sizes > 0, totals / sizes, np.nan))


def sample_of(values: Mapping[str, Sequence[float]], clusters: Sequence[str]) -> Sample:
    """Values by complex, as sums and counts over `clusters`."""
    sums = np.array([math.fsum(values.get(name, ())) for name in clusters], dtype=np.float64)
    counts = np.array([len(values.get(name, ())) for name in clusters], dtype=np.int64)
    return Sample(tuple(clusters), sums, counts)


@lru_cache(maxsize=8)
def draws(k: int, stream: str = "bootstrap") -> np.ndarray:
    """(DRAWS, k) int64: how often each of `k` complexes is in each resample; the same in every process.

    Resamples of another `stream` (raters) are independent of these.
    """
    rng = rng_for(0, stream, str(k))
    picked = np.array(rng.choices(range(k), k=DRAWS * k), dtype=np.int64).reshape(DRAWS, k)
    flat = picked + k * np.arange(DRAWS, dtype=np.int64)[:, None]
    counts = np.bincount(flat.ravel(), minlength=DRAWS * k).reshape(DRAWS, k)
    counts.setflags(write=False)
    return counts


def interval_of(means: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Percentile interval of resampled means, NaN left out."""
    kept = np.sort(means[~np.isnan(means)])
    tail = (1 - level) / 2
    return float(kept[math.floor(tail * (len(kept) - 1))]), float(kept[math.ceil((1 - tail) * (len(kept) - 1))])


def mean_interval(sample: Sample) -> tuple[float, float] | None:
    """95 % interval of a mean of values in 0..1; None with fewer than two complexes.

    Where all values are 0, or all are 1, every resample is the same and the bootstrap knows no doubt; the exact
    binomial bound (Clopper & Pearson 1934) over complexes stands in: with 50 of 50 right, 92.9 to 100 %.
    """
    k = sample.n_clusters
    if k < 2:
        return None
    least = ((1 - LEVEL) / 2) ** (1 / k)
    total = float(sample.sums.sum())
    if total == 0:
        return 0.0, 1 - least
    if total == sample.n:
        return least, 1.0
    return interval_of(sample.means())


def standard_error(means: np.ndarray) -> float:
    """Standard deviation of resampled means, NaN left out."""
    kept = means[~np.isnan(means)]
    return float(kept.std(ddof=1)) if len(kept) > 1 else math.nan


def share_beyond_zero(differences: np.ndarray) -> float:
    """Two-sided share of resampled differences on the far side of zero: a bootstrap p-value, at least 1 / DRAWS."""
    kept = differences[~np.isnan(differences)]
    if not len(kept):
        return math.nan
    below, above = float((kept <= 0).mean()), float((kept >= 0).mean())
    return min(1.0, max(2 * min(below, above), 1 / len(kept)))
