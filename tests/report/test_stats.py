"""Intervals that respect complexes, differences of runs, and what could have been seen."""

import math
import random
from pathlib import Path

import numpy as np
import pytest

from misi.errors import DatasetError
from misi.evaluate.outcomes import Verdict
from misi.evaluate.run import Run
from misi.report.bootstrap import DRAWS, draws, mean_interval, sample_of, standard_error
from misi.report.compare import compare
from misi.report.stats import summarise
from misi.tasks.columns import COLUMNS, NOT_AVERAGED


def verdict(
    column: str, k: int, complex_id: str, weighted: float, exact: float | None = None, **more: object
) -> Verdict:
    task = "residue_ligand" if column.startswith("residue") else column
    exact = float(weighted == 1) if exact is None else exact
    return Verdict(f"{column}-{k}", task, column, complex_id, "answered", "", "x", weighted, exact, **more)  # type: ignore[arg-type]


def run_of(verdicts: list[Verdict], name: str = "model", dataset: str = "d") -> Run:
    return Run(Path(name), {"model": name, "dataset": "", "dataset_sha256": dataset, "settings": {}}, tuple(verdicts))


def spread(n: int, clusters: int, seed: int = 1) -> dict[str, list[float]]:
    rng = random.Random(seed)
    found: dict[str, list[float]] = {}
    for i in range(n):
        found.setdefault(f"c{i % clusters}", []).append(float(rng.random() < 0.5))
    return found


def test_interval_holds_the_mean_and_widens_with_clustering() -> None:
    rng = random.Random(1)
    values = [float(rng.random() < 0.5) for _ in range(200)]
    alone = sample_of({f"c{i:03}": [value] for i, value in enumerate(values)}, [f"c{i:03}" for i in range(200)])
    bunched = sample_of({f"c{i:03}": [values[i]] * 10 for i in range(20)}, [f"c{i:03}" for i in range(20)])
    narrow, wide = mean_interval(alone), mean_interval(bunched)
    assert narrow is not None
    assert wide is not None
    assert narrow[0] <= alone.mean <= narrow[1]
    # The same number of values in 20 complexes of ten equal ones carries ten times less information.
    assert wide[1] - wide[0] > 2 * (narrow[1] - narrow[0])


def test_standard_error_is_that_of_the_textbook_for_single_values() -> None:
    values = {name: found[:1] for name, found in spread(300, 300).items()}
    sample = sample_of(values, sorted(values))
    p = sample.mean
    assert standard_error(sample.means()) == pytest.approx(math.sqrt(p * (1 - p) / 300), rel=0.08)


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 0.9289, 1.0), (0.0, 0.0, 0.0711)])
def test_all_right_or_all_wrong_is_not_certainty(value: float, low: float, high: float) -> None:
    names = [f"c{i}" for i in range(50)]
    assert mean_interval(sample_of({name: [value] for name in names}, names)) == pytest.approx((low, high), abs=1e-4)


def test_one_complex_has_no_interval() -> None:
    assert mean_interval(sample_of({"a": [1.0, 0.0, 1.0]}, ["a"])) is None


def test_resamples_are_the_same_every_time_and_cannot_be_changed() -> None:
    first = draws(7).copy()
    draws.cache_clear()
    assert np.array_equal(draws(7), first)
    assert first.shape == (DRAWS, 7)
    assert (first.sum(axis=1) == 7).all()
    with pytest.raises(ValueError):
        draws(7)[0, 0] = 1


def test_epochs_are_averaged_before_anything_else() -> None:
    rows = [verdict("rotation", 0, "a", value, epoch=n) for n, value in enumerate((1.0, 0.0, 0.0), 1)]
    rows.append(verdict("rotation", 1, "b", 1.0))
    cell = summarise("m", rows, "weighted").columns["rotation"]
    assert cell.n == 2
    assert cell.mean == pytest.approx(100 * (1 / 3 + 1) / 2)


def test_exact_match_leaves_out_pockets_without_a_bond() -> None:
    rows = [verdict("pocket_ligand", 0, "a", 1.0, counts_exact=False), verdict("pocket_ligand", 1, "b", 0.0)]
    assert summarise("m", rows, "weighted").columns["pocket_ligand"].mean == 50
    assert summarise("m", rows, "exact").columns["pocket_ligand"].mean == 0


def whole(score: float, complexes: int = 12, seed: int = 0) -> list[Verdict]:
    """Every column, three items a complex, right with this probability."""
    rng = random.Random(seed)
    return [
        verdict(column, 3 * c + k, f"c{c:02}", float(rng.random() < score))
        for column in COLUMNS
        for c in range(complexes)
        for k in range(3)
    ]


def test_average_needs_all_columns_that_count_and_no_others() -> None:
    rows = whole(0.5)
    summary = summarise("m", rows, "weighted")
    kept = [cell.mean for name, cell in summary.columns.items() if name not in NOT_AVERAGED]
    assert summary.average == pytest.approx(sum(kept) / 8)
    assert summarise("m", [row for row in rows if row.column != "docking"], "weighted").average is None
    without = [row for row in rows if row.column not in NOT_AVERAGED]
    assert summarise("m", without, "weighted").average == pytest.approx(summary.average)


def test_a_run_compared_with_itself_differs_by_nothing() -> None:
    rows = compare(run_of(whole(0.4)), run_of(whole(0.4)), "weighted")
    assert [row.column for row in rows] == [*COLUMNS, "average"]
    assert {row.difference for row in rows} == {0.0}
    assert not any(row.clear for row in rows)
    assert {row.detectable for row in rows} == {None}


def test_pairing_sees_what_two_intervals_do_not() -> None:
    base = whole(0.4)
    better = [
        verdict(row.column, int(row.id.rsplit("-", 1)[1]), row.complex_id, 1.0)
        if row.weighted == 0 and i % 7 == 0
        else row
        for i, row in enumerate(base)
    ]
    a, b = (summarise("m", rows, "weighted") for rows in (base, better))
    average = compare(run_of(base), run_of(better), "weighted")[-1]
    assert a.overall is not None
    assert b.overall is not None
    assert average.clear
    assert average.difference == pytest.approx(b.overall.mean - a.overall.mean)
    assert average.detectable is not None
    assert a.overall.detectable is not None
    assert average.detectable < a.overall.detectable


def test_only_common_questions_of_one_dataset_are_compared() -> None:
    rows = whole(0.4)
    some = compare(run_of(rows[:40]), run_of(rows), "weighted")
    assert sum(row.n for row in some) == 40
    with pytest.raises(DatasetError, match="different datasets"):
        compare(run_of(rows), run_of(rows, dataset="other"), "weighted")
    with pytest.raises(DatasetError, match="no question in common"):
        compare(run_of(rows[:10]), run_of(rows[10:]), "weighted")
