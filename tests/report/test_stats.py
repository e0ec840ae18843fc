import random

import pytest

from misi.report.stats import clustered_interval


def test_interval_holds_the_mean_and_widens_with_clustering() -> None:
    rng = random.Random(1)
    values = [float(rng.random() < 0.5) for _ in range(200)]
    alone = clustered_interval(values, [str(n) for n in range(200)], random.Random(2))
    assert alone[0] <= sum(values) / 200 <= alone[1]
    # The same values in 20 clusters of ten equal ones carry ten times less information.
    bunched = [value for value in values[:20] for _ in range(10)]
    wide = clustered_interval(bunched, [str(n // 10) for n in range(200)], random.Random(2))
    assert wide[1] - wide[0] > 2 * (alone[1] - alone[0])


def test_equal_values_have_a_point_for_an_interval() -> None:
    assert clustered_interval([1.0] * 5, list("abcde"), random.Random(0)) == (1.0, 1.0)


def test_values_and_clusters_must_match() -> None:
    with pytest.raises(ValueError, match="shorter"):
        clustered_interval([1.0, 0.0], ["a"], random.Random(0))
