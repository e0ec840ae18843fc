"""Families of complexes that must not be torn apart, and how much a split leaks when they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from misi.structures.split_similarity import Signature, similarities

#: Tanimoto coefficients from which two complexes are near twins. Measured over the 2.8 million pairs of 2,385 PDBbind
#: complexes: pocket similarity has two humps with a valley at 0.3 (99.61 % of pairs below 0.2, 0.23 % above 0.3, 0.01 %
#: between 0.3 and 0.35), so that pairs above it are families of proteins; ligands of 0.8 differ by an atom or two, and
#: lower thresholds chain too many into one cluster (at 0.3 and 0.8 the largest holds 12 % of the set, at 0.3 and 0.6
#: 27 %).
POCKET_TWIN = 0.3
LIGAND_TWIN = 0.8


@dataclass(frozen=True)
class Clusters:
    """Connected components: `rows` of the signatures in each, and the thresholds that made them."""

    rows: tuple[tuple[int, ...], ...]
    pocket: float
    ligand: float


@dataclass(frozen=True)
class Leakage:
    """How many test complexes have a near twin in train.

    Attributes
    ----------
    n_train, n_test : int
    pocket, ligand : int
        Test complexes with a train complex at or above the threshold, by pocket and by ligand.
    both : int
        Those with one train complex that is a near twin by pocket and ligand at once.
    either : int
    pocket_threshold, ligand_threshold : float
    pocket_median, ligand_median : float
        Median over test of the highest similarity to train; 0 where a side is empty.
    """

    n_train: int
    n_test: int
    pocket: int
    ligand: int
    both: int
    either: int
    pocket_threshold: float
    ligand_threshold: float
    pocket_median: float
    ligand_median: float

    def shares(self) -> dict[str, float]:
        """Counts over the size of test, in percent to one decimal, for cards."""
        counts = {"pocket": self.pocket, "ligand": self.ligand, "both": self.both, "either": self.either}
        return {name: round(100.0 * count / max(1, self.n_test), 1) for name, count in counts.items()}


def clusters(signatures: Sequence[Signature], *, pocket: float | None = None, ligand: float | None = None) -> Clusters:
    """Connected components of "near twin by pocket or by ligand", in order of their first row.

    Single linkage, because it alone guarantees that no pair across two clusters reaches a threshold.
    Memory: n**2 / 8 bytes (2 MB for 4,000 complexes).
    """
    pocket = POCKET_TWIN if pocket is None else pocket
    ligand = LIGAND_TWIN if ligand is None else ligand
    blocks = [
        np.packbits((by_pocket >= pocket) | (by_ligand >= ligand), axis=1)
        for _, by_pocket, by_ligand in similarities(signatures, signatures)
    ]
    if not blocks:
        return Clusters((), pocket, ligand)
    twins = np.concatenate(blocks)
    n = len(signatures)
    label = np.full(n, -1)
    found: list[tuple[int, ...]] = []
    for seed in range(n):
        if label[seed] >= 0:
            continue
        members = _component(twins, seed, n)
        label[members] = len(found)
        found.append(tuple(members.tolist()))
    return Clusters(tuple(found), pocket, ligand)


def _component(twins: NDArray[np.uint8], seed: int, n: int) -> NDArray[np.int64]:
    """Rows reachable from `seed` in the packed (n, n) adjacency, ascending."""
    inside = np.zeros(n, dtype=np.bool_)
    inside[seed] = True
    frontier = np.array([seed])
    while len(frontier):
        reached = np.unpackbits(np.bitwise_or.reduce(twins[frontier], axis=0), count=n).astype(np.bool_)
        frontier = np.flatnonzero(reached & ~inside)
        inside |= reached
    return np.flatnonzero(inside)


def leakage(
    train: Sequence[Signature],
    test: Sequence[Signature],
    *,
    pocket: float = POCKET_TWIN,
    ligand: float = LIGAND_TWIN,
) -> Leakage:
    """Near twins in train of the complexes in test, counted."""
    twin = {"pocket": 0, "ligand": 0, "both": 0, "either": 0}
    nearest: dict[str, list[float]] = {"pocket": [], "ligand": []}
    for _, by_pocket, by_ligand in similarities(test, train):
        like_pocket, like_ligand = by_pocket >= pocket, by_ligand >= ligand
        twin["pocket"] += int(like_pocket.any(axis=1).sum())
        twin["ligand"] += int(like_ligand.any(axis=1).sum())
        twin["both"] += int((like_pocket & like_ligand).any(axis=1).sum())
        twin["either"] += int((like_pocket | like_ligand).any(axis=1).sum())
        nearest["pocket"] += by_pocket.max(axis=1).tolist()
        nearest["ligand"] += by_ligand.max(axis=1).tolist()
    median = {side: round(float(np.median(best)), 4) if best else 0.0 for side, best in nearest.items()}
    return Leakage(
        n_train=len(train),
        n_test=len(test),
        pocket_threshold=pocket,
        ligand_threshold=ligand,
        pocket_median=median["pocket"],
        ligand_median=median["ligand"],
        **twin,
    )
