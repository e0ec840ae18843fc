"""Rows of the tables: means by column with intervals that respect complexes as clusters, outcomes, cost."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from misi.evaluate.outcomes import STATUSES, Verdict
from misi.report.bootstrap import DETECTABLE, Sample, interval_of, mean_interval, sample_of, standard_error
from misi.report.crossed import crossed_sample
from misi.report.reference import Mode
from misi.tasks.columns import COLUMNS, NOT_AVERAGED, average


@dataclass(frozen=True)
class Cell:
    """One cell of a table, in percent.

    Attributes
    ----------
    mean : float
    low, high : float or None
        95 % interval of a bootstrap over complexes, and over raters where there are several; None with fewer than
        two complexes.
    n : int
        Questions.
    clusters : int
        Complexes.
    detectable : float or None
        Smallest true difference between two such runs on other questions that would be found with 80 % power.
    """

    mean: float
    low: float | None
    high: float | None
    n: int
    clusters: int
    detectable: float | None = None


@dataclass(frozen=True)
class Summary:
    """One row of a table.

    Attributes
    ----------
    model : str
    columns : dict
        Cell by column; only those with questions.
    overall : Cell or None
        Unweighted mean of the columns without the two transformation composites; None if any of them is empty.
    outcomes : dict
        Number of replies by status, all columns.
    by_column : dict
        The same for each column.
    answered : dict
        Mean over the answered questions alone, percent, by column.
    """

    model: str
    columns: dict[str, Cell]
    overall: Cell | None
    outcomes: dict[str, int]
    by_column: dict[str, dict[str, int]] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)

    @property
    def average(self) -> float | None:
        return None if self.overall is None else self.overall.mean


#: Verdict -> the value that is averaged, 0..1; None leaves the question out.
Measure = Callable[[Verdict], float | None]

MEASURES: dict[str, Measure] = {
    "weighted": lambda verdict: verdict.weighted,
    "exact": lambda verdict: verdict.exact if verdict.counts_exact else None,
    "precision": lambda verdict: verdict.contacts and verdict.contacts.precision,
    "recall": lambda verdict: verdict.contacts and verdict.contacts.recall,
    "f1": lambda verdict: verdict.contacts and verdict.contacts.f1,
    "symmetric": lambda verdict: verdict.contacts and verdict.contacts.symmetric,
    "symmetric_exact": lambda verdict: verdict.contacts and verdict.contacts.symmetric_exact,
    "uncontested": lambda verdict: verdict.contacts and verdict.contacts.uncontested,
    "uncontested_exact": lambda verdict: verdict.contacts and verdict.contacts.uncontested_exact,
}


def question_values(verdicts: Iterable[Verdict], measure: Measure) -> dict[str, tuple[Verdict, float]]:
    """Mean over epochs of each question's value, by id, with one of its verdicts."""
    found: dict[str, list[float]] = defaultdict(list)
    one: dict[str, Verdict] = {}
    for verdict in verdicts:
        value = measure(verdict)
        if value is not None:
            found[verdict.id].append(value)
            one.setdefault(verdict.id, verdict)
    return {name: (one[name], sum(values) / len(values)) for name, values in found.items()}


def rater_values(verdicts: Iterable[Verdict], measure: Measure) -> dict[str, dict[str, float]]:
    """Value of each question by rater, by id; empty unless several people answered."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for verdict in verdicts:
        value = measure(verdict)
        if value is not None:
            found[verdict.id][verdict.rater] = value
    return dict(found) if len({rater for by in found.values() for rater in by}) > 1 else {}


def samples_by_column(
    values: Mapping[str, tuple[Verdict, float]],
    rated: Mapping[str, Mapping[str, float]] | None = None,
    clusters: Sequence[str] | None = None,
) -> dict[str, Sample]:
    """Values by column, each over all complexes of the run; raters are resampled too where there are several.

    Parameters
    ----------
    values : mapping
        As `question_values` gives them.
    rated : mapping, optional
        As `rater_values` gives them.
    clusters : sequence of str, optional
        The complexes, where other runs have more.
    """
    clusters = sorted({verdict.complex_id for verdict, _ in values.values()}) if clusters is None else clusters
    grouped: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, (verdict, _) in values.items():
        grouped[verdict.column][verdict.complex_id].append(name)
    columns = {name: grouped[name] for name in COLUMNS if name in grouped}
    if rated:
        raters = sorted({rater for by in rated.values() for rater in by})
        return {
            name: crossed_sample({key: [rated[id_] for id_ in ids] for key, ids in by.items()}, clusters, raters)
            for name, by in columns.items()
        }
    return {
        name: sample_of({key: [values[id_][1] for id_ in ids] for key, ids in by.items()}, clusters)
        for name, by in columns.items()
    }


def summarise(model: str, verdicts: Sequence[Verdict], mode: Mode | str) -> Summary:
    """Means of a run; exact match leaves out the verdicts that do not count there."""
    measure = MEASURES[mode]
    samples = samples_by_column(question_values(verdicts, measure), rater_values(verdicts, measure))
    statuses: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        statuses[verdict.column][verdict.status] += 1
    answered = question_values([verdict for verdict in verdicts if verdict.status == "answered"], measure)
    return Summary(
        model,
        {name: cell_of(sample) for name, sample in samples.items()},
        overall_of(samples),
        {status: sum(counts[status] for counts in statuses.values()) for status in STATUSES},
        {name: {status: counts[status] for status in STATUSES} for name, counts in statuses.items()},
        {name: 100 * sample.mean for name, sample in samples_by_column(answered).items()},
    )


def cell_of(sample: Sample) -> Cell:
    """Mean, interval and resolution of one column."""
    interval = mean_interval(sample)
    means = sample.means()
    return _cell(sample.mean, interval, sample.n, sample.n_clusters, means if interval else None)


def overall_of(samples: Mapping[str, Sample]) -> Cell | None:
    """The average over columns, each column resampled with the same complexes."""
    mean = average({name: sample.mean for name, sample in samples.items()})
    if mean is None:
        return None
    kept = [sample for name, sample in samples.items() if name not in NOT_AVERAGED]
    clusters = max(sample.n_clusters for sample in kept)
    means = np.mean([sample.means() for sample in kept], axis=0)
    # Where every column is all right or all wrong, resampling says nothing about the average.
    known = clusters > 1 and not np.isnan(means).all() and standard_error(means) > 0
    interval = interval_of(means) if known else None
    return _cell(mean, interval, sum(sample.n for sample in kept), clusters, means if known else None)


def _cell(mean: float, interval: tuple[float, float] | None, n: int, clusters: int, means: np.ndarray | None) -> Cell:
    low, high = (None, None) if interval is None else (100 * interval[0], 100 * interval[1])
    # Two runs of equal spread on different questions: the error of their difference is sqrt(2) times that of one.
    error = 0.0 if means is None else standard_error(means)
    detectable = 100 * DETECTABLE * 2**0.5 * error if error > 0 else None
    return Cell(100 * mean, low, high, n, clusters, detectable)
