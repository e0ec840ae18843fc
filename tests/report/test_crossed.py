"""Intervals of what several people answered: complexes and raters are both drawn again."""

import json
import math
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from misi.dataset.layout import dumps
from misi.evaluate.outcomes import Verdict
from misi.evaluate.replies import REPLIES
from misi.evaluate.run import REQUESTS, RUN, Run, score_run
from misi.report.bootstrap import draws, interval_of, sample_of, standard_error
from misi.report.compare import compare
from misi.report.crossed import RATERS as STREAM
from misi.report.crossed import CrossedSample, crossed_sample
from misi.report.stats import summarise

RATERS = ("ann", "ben", "cid", "dot", "eve", "fay")


def made(value: Callable[[int, int], float], complexes: int = 40, raters: int = 6) -> CrossedSample:
    """One question a complex, answered by all; `value` of (complex, rater)."""
    names = [f"c{k:02}" for k in range(complexes)]
    values = {name: [{RATERS[r]: value(k, r) for r in range(raters)}] for k, name in enumerate(names)}
    return crossed_sample(values, names, RATERS[:raters])


def plain(sample: CrossedSample) -> np.ndarray:
    """Means with complexes alone resampled."""
    sums = dict(zip(sample.clusters, sample.sums, strict=True))
    return sample_of({name: [value] for name, value in sums.items()}, sample.clusters).means()


def test_raters_who_agree_add_no_doubt() -> None:
    sample = made(lambda k, _: float(k % 3 == 0))
    assert np.allclose(sample.means(), plain(sample))


def test_raters_who_differ_alone_give_the_error_of_the_textbook() -> None:
    """Every rater always right or always wrong: a mean of six values, whatever the number of complexes."""
    sample = made(lambda _, r: float(r < 2))
    assert sample.mean == pytest.approx(1 / 3)
    assert standard_error(plain(sample)) == pytest.approx(0, abs=1e-12)
    assert standard_error(sample.means()) == pytest.approx(math.sqrt(1 / 3 * 2 / 3 / 6), rel=0.06)


def test_two_sources_of_doubt_add_up() -> None:
    """For independent effects of complex and rater variances add (Owen 2007, theorem 1, without a third term)."""
    sample = made(lambda k, r: (k % 2) / 2 + (r % 2) / 2)
    complexes, raters = 0.25 * 0.25 / 40, 0.25 * 0.25 / 6
    assert standard_error(sample.means()) == pytest.approx(math.sqrt(complexes + raters), rel=0.06)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Random raters and complexes; one-way intervals miss far more often than they say, two-way ones hardly."""
    rng = random.Random(3)
    held = {"crossed": 0, "plain": 0}
    trials = 120
    for _ in range(trials):
        skill = [rng.gauss(0, 0.1) for _ in range(6)]
        ease = [rng.gauss(0, 0.1) for _ in range(40)]
        sample = made(lambda k, r, s=skill, e=ease: 0.5 + s[r] + e[k] + rng.gauss(0, 0.1))  # type: ignore[misc]
        for name, means in (("crossed", sample.means()), ("plain", plain(sample))):
            low, high = interval_of(means)
            held[name] += low <= 0.5 <= high
    assert held["crossed"] / trials >= 0.85  # six raters: their spread is seen as 5/6 of itself
    assert held["plain"] / trials < 0.7


def test_a_question_counts_only_with_an_answer_of_a_drawn_rater() -> None:
    names = ["c0", "c1"]
    values = {"c0": [{"ann": 1.0, "ben": 0.0}], "c1": [{"ann": 1.0}]}
    sample = crossed_sample(values, names, ["ann", "ben"])
    assert (sample.mean, sample.n, sample.n_clusters) == (0.75, 2, 2)
    only_ben = draws(2, STREAM)[:, 0] == 0
    assert only_ben.any()
    assert set(sample.drawn_counts[only_ben, 1]) == {0}
    assert set(sample.drawn_sums[only_ben, 0]) == {0.0}
    only_ann = draws(2, STREAM)[:, 1] == 0
    assert set(sample.drawn_sums[only_ann, 0]) == {1.0}


def by_people(raters: int, dataset: str = "d") -> Run:
    """Each rater answers 30 questions on 30 complexes; half of the raters are always right, the others never."""
    verdicts = tuple(
        Verdict(
            f"rotation-{k}",
            "rotation",
            "rotation",
            f"c{k:02}",
            "answered",
            "",
            "x",
            float(r % 2),
            float(r % 2),
            epoch=r + 1,
            rater=RATERS[r],
        )
        for k in range(30)
        for r in range(raters)
    )
    return Run(Path("human"), {"model": "Human", "dataset_sha256": dataset, "settings": {}}, verdicts)


def test_a_table_shows_the_doubt_about_raters() -> None:
    four = summarise("Human", by_people(4).verdicts, "weighted").columns["rotation"]
    assert (four.mean, four.n, four.clusters) == (50.0, 30, 30)
    assert (four.low, four.high) == (0.0, 100.0)
    unnamed = [Verdict(**{**_fields(one), "rater": ""}) for one in by_people(4).verdicts]
    alone = summarise("Human", unnamed, "weighted").columns["rotation"]
    assert (alone.mean, alone.low, alone.high) == (50.0, 50.0, 50.0)
    assert summarise("Human", by_people(1).verdicts, "weighted").columns["rotation"].mean == 0


def _fields(verdict: Verdict) -> dict[str, object]:
    return {name: getattr(verdict, name) for name in Verdict.__dataclass_fields__}


def test_a_comparison_with_people_takes_their_doubt_along() -> None:
    people = by_people(4)
    model = Run(
        Path("model"),
        {"model": "m", "dataset_sha256": "d", "settings": {}},
        tuple(Verdict(**{**_fields(one), "rater": "", "weighted": 1.0}) for one in by_people(1).verdicts),
    )
    (row,) = compare(model, people, "weighted")
    assert (row.a, row.b, row.difference) == (100.0, 50.0, -50.0)
    assert (row.low, row.high) == (-100.0, 0.0)


def test_a_run_of_people_says_who_answered(runs: list[Run], tmp_path: Path) -> None:
    first = runs[0]
    ids = [verdict.id for verdict in first.verdicts[:2]]
    for raters, wanted in (({"raters": 2}, ["ann", "ben", "ann", "ben"]), ({}, ["", "", "", ""])):
        root = tmp_path / str(len(raters))
        root.mkdir()
        settings = {**raters, "shots": 0, "epochs": 2}
        (root / RUN).write_text(json.dumps({**first.manifest, "settings": settings}))
        (root / REQUESTS).write_text("".join(dumps({"id": id_, "shots": [], "conversation": ""}) + "\n" for id_ in ids))
        lines = [
            {"id": id_, "epoch": k, "text": "Answer: A", "ending": "stop", "served_by": name}
            for id_ in ids
            for k, name in enumerate(("ann", "ben"), 1)
        ]
        (root / REPLIES).write_text("".join(dumps(line) + "\n" for line in lines))
        run = score_run(root)
        assert [verdict.rater for verdict in run.verdicts] == wanted
        stored = [json.loads(line) for line in (root / "scores.jsonl").read_text().splitlines()]
        assert [line.get("rater", "") for line in stored] == wanted
