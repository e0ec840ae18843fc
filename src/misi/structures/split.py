"""Train and test sets of complexes: at random (the paper), by cluster, by release date, or from a file.

Every split is a function of the ids (or what is known of them) and a seed; the order of its input is of no account.
"""

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from misi.errors import DatasetError
from misi.seeds import rank_of
from misi.structures.split_clusters import clusters
from misi.structures.split_similarity import Signature

Method = Literal["random", "clustered", "fresh", "file"]


@dataclass(frozen=True)
class Split:
    """Who is in train and who is in test.

    Attributes
    ----------
    train, test : tuple of str
        Ids, sorted, no id twice.
    method : str
        ``random``, ``clustered``, ``fresh`` or ``file``.
    settings : tuple of (str, str)
        What the method was given (seed, thresholds, cutoff), for the card.
    left_out : tuple of str
        Ids offered but in neither set, sorted.
    notes : tuple of str
        Sentences for people: what could not be done as asked.

    Raises
    ------
    DatasetError
        An id stands twice.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    method: Method
    settings: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _unique([*self.train, *self.test, *self.left_out], "the split")

    def side(self, complex_id: str) -> Literal["train", "test"] | None:
        """Where an id belongs; None for ids of neither set."""
        return "train" if complex_id in self._train else "test" if complex_id in self._test else None

    @cached_property
    def _train(self) -> frozenset[str]:
        return frozenset(self.train)

    @cached_property
    def _test(self) -> frozenset[str]:
        return frozenset(self.test)


def _unique(ids: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise DatasetError(f"{where} has the id {one!r} twice")
        seen.add(one)


def _counts(available: int, n_train: int | None, n_test: int) -> tuple[int, int]:
    """Sizes asked for, checked; `n_train` None means all that test leaves."""
    if n_test < 0 or (n_train is not None and n_train < 0):
        raise DatasetError(f"a split cannot have a negative size (train {n_train}, test {n_test})")
    wanted = n_test + (n_train or 0)
    if wanted > available:
        raise DatasetError(f"a split of {wanted} complexes was asked for, {available} are there")
    return (available - n_test if n_train is None else n_train), n_test


def random_split(ids: Iterable[str], n_train: int | None, n_test: int, seed: int = 0) -> Split:
    """The paper's split: complexes at random.

    Ids are ranked by a hash of (seed, id): the first `n_test` are the test set, the next `n_train` the train set.
    So k complexes added or removed change the side of at most k others at each of the two borders.

    Raises
    ------
    DatasetError
        Repeated ids, negative sizes, or more asked for than there are.
    """
    pool = list(ids)
    _unique(pool, "the list of complexes")
    train, test = _counts(len(pool), n_train, n_test)
    ranked = sorted(pool, key=lambda one: (rank_of(seed, "split", one), one))
    return Split(
        tuple(sorted(ranked[test : test + train])),
        tuple(sorted(ranked[:test])),
        "random",
        (("seed", str(seed)),),
        tuple(sorted(ranked[test + train :])),
    )


def clustered_split(
    signatures: Sequence[Signature],
    n_train: int | None,
    n_test: int,
    seed: int = 0,
    *,
    pocket: float | None = None,
    ligand: float | None = None,
) -> Split:
    """No test complex has a near twin in train, neither by pocket nor by ligand.

    Clusters are connected components of the graph whose edges join complexes alike in pocket **or** ligand (see
    `split_clusters`); each goes to one side whole. Test takes clusters in hash order, passing over those larger
    than the room it has left; train takes the rest, thinned by hash order of ids to `n_train`. Test therefore
    holds the smaller families, which is the point of it: they are new to train.

    Parameters
    ----------
    pocket, ligand : float or None
        Tanimoto coefficients from which two pockets, or ligands, are near twins; None: the defaults of
        `split_clusters`.

    Raises
    ------
    DatasetError
        As `random_split`; also where no cluster fits into the test set.
    """
    pool = [one.id for one in signatures]
    _unique(pool, "the list of complexes")
    train, test = _counts(len(pool), n_train, n_test)
    rank = {one: (rank_of(seed, "split", one), one) for one in pool}
    found = clusters(signatures, pocket=pocket, ligand=ligand)
    families = sorted(([pool[row] for row in rows] for rows in found.rows), key=lambda ids: min(rank[i] for i in ids))
    chosen: list[str] = []
    rest: list[str] = []
    for family in families:
        (chosen if len(chosen) + len(family) <= test else rest).extend(family)
    if test and not chosen:
        raise DatasetError(
            f"no cluster is small enough for a test set of {test}; the smallest has {min(map(len, families))} complexes"
        )
    rest.sort(key=lambda one: rank[one])
    notes = []
    if len(chosen) < test:
        notes.append(f"test has {len(chosen)} of {test}: no whole cluster fits the rest")
    if len(rest) < train:
        notes.append(f"train has {len(rest)} of {train}: whole clusters went to test")
    return Split(
        tuple(sorted(rest[:train])),
        tuple(sorted(chosen)),
        "clustered",
        (
            ("seed", str(seed)),
            ("pocket", str(found.pocket)),
            ("ligand", str(found.ligand)),
            ("clusters", str(len(families))),
            ("largest", str(max(map(len, families), default=0))),
        ),
        tuple(sorted(rest[train:])),
        tuple(notes),
    )


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def _period(text: str, where: str) -> tuple[date, date]:
    """First and last day that ``2007``, ``2007-05`` or ``2007-05-31`` may mean."""
    match = _DATE.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        first = date(year, month or 1, day or 1)
        last_month = month or 12
        last = date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    except ValueError:
        raise DatasetError(f"{where}: {text!r} is no date (2007, 2007-05 or 2007-05-31)") from None
    return first, last


def fresh_split(dates: Mapping[str, str | None], cutoff: str) -> Split:
    """Test is what was released on or after the cutoff, train what was released before it.

    Parameters
    ----------
    dates : mapping of id to ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, or None where unknown
    cutoff : str
        The same notation; a year means its first day.

    Ids without a date, or whose date does not say on which side they lie, are left out: in train they could
    leak what the cutoff is there to keep out.

    Raises
    ------
    DatasetError
        Text that is no date.
    """
    border, _ = _period(cutoff, "cutoff")
    sides: dict[str, list[str]] = {"train": [], "test": [], "out": []}
    for one in sorted(dates):
        text = dates[one]
        if text is None or not text.strip():
            sides["out"].append(one)
            continue
        first, last = _period(text, one)
        sides["test" if first >= border else "train" if last < border else "out"].append(one)
    notes = (f"{len(sides['out'])} left out: no date that tells the side",) if sides["out"] else ()
    return Split(
        tuple(sides["train"]),
        tuple(sides["test"]),
        "fresh",
        (("cutoff", border.isoformat()),),
        tuple(sides["out"]),
        notes,
    )
