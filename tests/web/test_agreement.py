"""Krippendorff's alpha against its author's worked example, another program, and its own laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sqlalchemy", reason="the extra 'web' is not installed")

from misi.web.agreement import alpha, jaccard, nominal

#: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: four observers, twelve units.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = [[value for value in unit if value is not None] for unit in zip(*OBSERVERS, strict=True)]
ANSWERS = st.lists(st.lists(st.integers(0, 3), max_size=5), max_size=12)


def test_the_worked_example() -> None:
    assert alpha(UNITS) == pytest.approx(0.743, abs=5e-4)
    assert alpha(UNITS, lambda a, b: float((a - b) ** 2)) == pytest.approx(0.849, abs=5e-4)


def test_another_program_agrees() -> None:
    krippendorff = pytest.importorskip("krippendorff", reason="the package krippendorff is not installed")
    theirs = krippendorff.alpha(
        reliability_data=[[float("nan") if v is None else v for v in row] for row in OBSERVERS],
        level_of_measurement="nominal",
    )
    assert alpha(UNITS) == pytest.approx(theirs)


@given(ANSWERS)
def test_never_above_one_and_order_does_not_matter(units: list[list[int]]) -> None:
    value = alpha(units)
    assert value is None or value <= 1
    again = alpha([unit[::-1] for unit in reversed(units)])
    assert (value is None and again is None) or value == pytest.approx(again)


@given(ANSWERS)
def test_counting_is_comparing_each_pair(units: list[list[int]]) -> None:
    """The shortcut for nominal differences gives what the sum over pairs gives."""
    slow = alpha(units, lambda a, b: nominal(a, b))
    fast = alpha(units)
    assert (slow is None and fast is None) or slow == pytest.approx(fast)


def test_nothing_to_compare_is_no_number() -> None:
    assert alpha([[1], [2], []]) is None
    assert alpha([[1, 1], [1, 1]]) is None
    assert alpha([["a", "a"], ["b", "b"]]) == 1


def test_sets_of_pairs() -> None:
    assert jaccard(frozenset(), frozenset()) == 0
    assert jaccard({1, 2}, {2, 3}) == pytest.approx(2 / 3)
    near = alpha([[frozenset({1, 2}), frozenset({1, 2, 3})], [frozenset({7}), frozenset({7})]], jaccard)
    exact = alpha([[frozenset({1, 2}), frozenset({1, 2, 3})], [frozenset({7}), frozenset({7})]])
    assert near is not None
    assert exact is not None
    assert near > exact
