"""Two-way resampling, for scores that several people gave: other complexes and other raters might have been drawn.

Answers to one complex are not independent, nor are the answers of one rater. Both are resampled with replacement,
each on its own, and an answer of rater r to a question on complex c counts as often as r and c were drawn together:
the pigeonhole bootstrap (A. B. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1 (2007) 386-411; the
idea is P. McCullagh's, "Resampling and exchangeable arrays", Bernoulli 6 (2000) 285-301). It errs on the wide side;
but the spread between R raters is seen as (R - 1) / R of what it is, so with two or three of them it still says too
little.

In one resample, with w_r the number of times that rater r was drawn, v_c the same for complex c, and R(q) the raters
of question q:

    x_q  = sum over r in R(q) of w_r y_qr  /  sum over r in R(q) of w_r
    mean = sum over q of v_c(q) x_q  /  sum over q of v_c(q),    over the q with any w_r > 0

which for equal weights is the mean over questions of the mean over their raters, as tables show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from misi.report.bootstrap import DRAWS, Sample, draws, resampled, sample_of

#: The stream of draws of raters, independent of that of complexes.
RATERS = "bootstrap-raters"


@dataclass(frozen=True)
class CrossedSample(Sample):
    """Values of one column that several raters gave.

    Attributes
    ----------
    drawn_sums : (DRAWS, k) float64
        Sum over the questions of each complex of x_q, for each resample of raters.
    drawn_counts : (DRAWS, k) int64
        Questions of each complex with an answer of a drawn rater.
    """

    drawn_sums: np.ndarray
    drawn_counts: np.ndarray

    def means(self) -> np.ndarray:
        """(DRAWS,) means with complexes and raters resampled; NaN where nothing is drawn."""
        return resampled(self.drawn_sums, self.drawn_counts)


def crossed_sample(
    values: Mapping[str, Sequence[Mapping[str, float]]], clusters: Sequence[str], raters: Sequence[str]
) -> CrossedSample:
    """A column's values by complex.

    Parameters
    ----------
    values : mapping
        Complex -> its questions, each as value by rater; a rater who did not answer is not in it.
    clusters, raters : sequence of str
        All complexes and all raters of the run, sorted.
    """
    plain = sample_of(
        {name: [sum(one.values()) / len(one) for one in questions] for name, questions in values.items()}, clusters
    )
    weights = draws(len(raters), RATERS)
    place = {name: i for i, name in enumerate(raters)}
    sums = np.zeros((DRAWS, len(clusters)))
    counts = np.zeros((DRAWS, len(clusters)), dtype=np.int64)
    for k, name in enumerate(clusters):
        for question in values.get(name, ()):
            drawn = np.zeros(DRAWS, dtype=np.int64)
            total = np.zeros(DRAWS)
            for rater, value in question.items():
                drawn += weights[:, place[rater]]
                total += weights[:, place[rater]] * value
            seen = drawn > 0
            sums[seen, k] += total[seen] / drawn[seen]
            counts[:, k] += seen
    return CrossedSample(plain.clusters, plain.sums, plain.counts, sums, counts)
