"""How often the second opinion agrees, over a folder of complexes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from misi.annotate.hbonds import annotate
from misi.annotate.second_opinion import NoSecondOpinion, SecondOpinion, prolif_module, second_opinion
from misi.structures.complex import Rejection
from misi.structures.sources import Source, find_sources, load


@dataclass(frozen=True)
class Agreement:
    """Summed opinions over complexes.

    Attributes
    ----------
    complexes : int
        Complexes with an opinion.
    without : tuple of Rejection
        Complexes without one, and why.
    agree, disagree, silent, only_second : int
        Bonds, as in `SecondOpinion`.
    same_set : int
        Complexes with bonds on which both find the same set.
    with_bonds : int
        Complexes on which either finds a bond.
    """

    complexes: int
    without: tuple[Rejection, ...]
    agree: int
    disagree: int
    silent: int
    only_second: int
    same_set: int
    with_bonds: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of one set of bonds against the other; 1 where neither has any."""
        total = 2 * self.agree + self.disagree + self.only_second
        return 2 * self.agree / total if total else 1.0

    def rows(self) -> list[tuple[str, str]]:
        """The table, as (name, value)."""
        share = self.same_set / self.with_bonds if self.with_bonds else 1.0
        return [
            ("complexes compared", str(self.complexes)),
            ("complexes without second opinion", str(len(self.without))),
            ("bonds both find", str(self.agree)),
            ("bonds found here alone", str(self.disagree)),
            ("bonds ProLIF finds alone", str(self.only_second)),
            ("bonds it cannot judge", str(self.silent)),
            ("F1", f"{self.f1:.3f}"),
            ("complexes with equal sets", f"{self.same_set} of {self.with_bonds} ({share:.1%})"),
        ]


def agreement(src: Path, limit: int | None = None) -> Agreement:
    """Compare the two criteria over a folder of complexes.

    Parameters
    ----------
    src : Path
        As for every command: one folder per complex, or pairs of files.
    limit : int, optional
        Only the first complexes.

    Raises
    ------
    NoSecondOpinion
        ProLIF is not installed.
    """
    prolif_module()
    return summed(_opinions(find_sources(src)[:limit]))


def _opinions(sources: Iterable[Source | Rejection]) -> Iterator[SecondOpinion | Rejection]:
    for source in sources:
        if isinstance(source, Rejection):
            yield source
            continue
        loaded = load(source)
        if isinstance(loaded, Rejection):
            yield loaded
            continue
        try:
            yield second_opinion(annotate(loaded), source.ligands)
        except NoSecondOpinion as error:
            yield Rejection(source.id, "no_second_opinion", str(error))


def summed(opinions: Iterable[SecondOpinion | Rejection]) -> Agreement:
    """One table of many opinions."""
    without = []
    n = agree = disagree = silent = only_second = same = with_bonds = 0
    for opinion in opinions:
        if isinstance(opinion, Rejection):
            without.append(opinion)
            continue
        n += 1
        agree += len(opinion.agree)
        disagree += len(opinion.disagree)
        silent += len(opinion.silent)
        only_second += len(opinion.only_second)
        if opinion.agree or opinion.disagree or opinion.only_second:
            with_bonds += 1
            same += not (opinion.disagree or opinion.only_second)
    return Agreement(n, tuple(without), agree, disagree, silent, only_second, same, with_bonds)
