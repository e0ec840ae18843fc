"""Named checks: is a complex fit for questions?

Reading accepts whatever can be read; these checks come before questions are made. Each is one function from a complex
and the thresholds to a sentence that says what is wrong, or nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from misi.structures.complex import METALS, Complex, Floats, Int, Rejection, frozen
from misi.structures.distances import nearest_distances
from misi.structures.elements import COVALENT_RADII


@dataclass(frozen=True)
class Thresholds:
    """Limits of the checks.

    Attributes
    ----------
    min_ligand_atoms, max_ligand_atoms : int
        Heavy atoms of the ligand. Fewer are ions and fragments of solvent, more cannot be told apart in a picture.
    min_pocket_residues : int
    max_atoms : int
        All atoms of the complex.
    max_gap : float
        Distance from the ligand to the nearest heavy pocket atom, angstrom; beyond it the two do not touch.
    covalent_distance : float
        Two heavy non-metal atoms of pocket and ligand nearer than this are bonded or clash, angstrom. Hydrogen bonds
        start at 2.4 A.
    covalent_tolerance : float
        The same for larger atoms: nearer than the sum of their covalent radii and this, angstrom.
    overlap_distance : float
        Two heavy atoms nearer than this are one atom twice (a second conformer or pose), angstrom; no bond between
        heavy atoms is shorter than 1 A.
    max_pocket_overlaps : int
        Pocket atoms that may have such a double.
    allow_repeated_names : bool
        Whether several heavy ligand atoms may share a name. Questions whose answer would name one of these are not
        asked in any case.
    """

    min_ligand_atoms: int = 5
    max_ligand_atoms: int = 150
    min_pocket_residues: int = 8
    max_atoms: int = 10_000
    max_gap: float = 5.0
    covalent_distance: float = 1.9
    covalent_tolerance: float = 0.3
    overlap_distance: float = 0.6
    max_pocket_overlaps: int = 0
    allow_repeated_names: bool = True


def _heavy(complex_: Complex, ligand: bool) -> Int:
    """Rows of the heavy atoms of one side."""
    return frozen(np.flatnonzero(complex_.heavy & (complex_.is_ligand == ligand)), np.int32)


def _describe(complex_: Complex, row: int) -> str:
    """An atom in words."""
    key = complex_.residue_key(int(complex_.residue[row]))
    place = f"{key.chain} " if key.chain else ""
    return f"{key.name} {place}{key.number}{key.icode} {complex_.name[row]}"


def _overlapping(xyz: Floats, limit: float) -> list[int]:
    """Indices of points that lie within `limit` of an earlier one.

    Points are sorted along x, so that only those in a slab of that width are compared.
    """
    order = np.argsort(xyz[:, 0], kind="stable")
    sorted_xyz = xyz[order]
    ends = np.searchsorted(sorted_xyz[:, 0], sorted_xyz[:, 0] + limit, side="right")
    found: set[int] = set()
    for at, end in enumerate(ends.tolist()):
        if end - at > 1:
            offsets = sorted_xyz[at + 1 : end] - sorted_xyz[at]
            squared = offsets[:, 0] ** 2 + offsets[:, 1] ** 2 + offsets[:, 2] ** 2
            found.update(max(int(order[at]), int(order[at + 1 + hit])) for hit in np.flatnonzero(squared < limit**2))
    return sorted(found)


def too_many_atoms(complex_: Complex, limits: Thresholds) -> str | None:
    if len(complex_) > limits.max_atoms:
        return f"{len(complex_)} atoms, more than {limits.max_atoms}"
    return None


def ligand_too_small(complex_: Complex, limits: Thresholds) -> str | None:
    count = len(_heavy(complex_, True))
    return (
        f"the ligand has {count} heavy atoms, fewer than {limits.min_ligand_atoms}"
        if count < limits.min_ligand_atoms
        else None
    )


def ligand_too_large(complex_: Complex, limits: Thresholds) -> str | None:
    count = len(_heavy(complex_, True))
    return (
        f"the ligand has {count} heavy atoms, more than {limits.max_ligand_atoms}"
        if count > limits.max_ligand_atoms
        else None
    )


def unknown_elements(complex_: Complex, limits: Thresholds) -> str | None:
    """The ligand holds an atom of no known element (a query atom, a lone pair)."""
    rows = np.flatnonzero(complex_.is_ligand & (complex_.element == 0))
    return f"the element of {_describe(complex_, int(rows[0]))} is unknown" if len(rows) else None


def flat_ligand(complex_: Complex, limits: Thresholds) -> str | None:
    """The ligand is a drawing: all its atoms have z = 0."""
    z = complex_.xyz[complex_.is_ligand, 2]
    return "the ligand has no third dimension" if len(z) > 1 and not z.any() else None


def pocket_too_small(complex_: Complex, limits: Thresholds) -> str | None:
    count = int((~complex_.residue_is_ligand).sum())
    return (
        f"the pocket has {count} residues, fewer than {limits.min_pocket_residues}"
        if count < limits.min_pocket_residues
        else None
    )


def overlapping_ligand_atoms(complex_: Complex, limits: Thresholds) -> str | None:
    """Two heavy ligand atoms at one place: stacked poses."""
    rows = _heavy(complex_, True)
    twice = _overlapping(complex_.xyz[rows], limits.overlap_distance)
    return f"{_describe(complex_, int(rows[twice[0]]))} lies on another atom of the ligand" if twice else None


def overlapping_pocket_atoms(complex_: Complex, limits: Thresholds) -> str | None:
    """Pocket atoms at one place: conformers without alternate-location letters, overlaid chains."""
    rows = _heavy(complex_, False)
    twice = _overlapping(complex_.xyz[rows], limits.overlap_distance)
    if len(twice) <= limits.max_pocket_overlaps:
        return None
    return f"{len(twice)} pocket atoms lie on others, e.g. {_describe(complex_, int(rows[twice[0]]))}"


def repeated_ligand_names(complex_: Complex, limits: Thresholds) -> str | None:
    if limits.allow_repeated_names or not complex_.repeated_ligand_names:
        return None
    return f"several ligand atoms are called {min(complex_.repeated_ligand_names)}"


def covalent_ligand(complex_: Complex, limits: Thresholds) -> str | None:
    """A heavy non-metal atom of the ligand is bonded to the pocket, or runs into it."""
    solid = ~np.isin(complex_.element, list(METALS))
    pocket, ligand = (rows[solid[rows]] for rows in (_heavy(complex_, False), _heavy(complex_, True)))
    radii = np.array(COVALENT_RADII)[complex_.element]
    points = complex_.xyz[pocket]
    for own in ligand.tolist():
        offsets = points - complex_.xyz[own]
        squared = offsets[:, 0] ** 2 + offsets[:, 1] ** 2 + offsets[:, 2] ** 2
        limit = np.maximum(radii[pocket] + radii[own] + limits.covalent_tolerance, limits.covalent_distance)
        near = np.flatnonzero(squared < limit**2)
        if len(near):
            at = near[np.argmin(squared[near])]
            other = _describe(complex_, int(pocket[at]))
            return f"{_describe(complex_, own)} is {float(np.sqrt(squared[at])):.2f} A from {other}"
    return None


def ligand_outside_pocket(complex_: Complex, limits: Thresholds) -> str | None:
    pocket, ligand = _heavy(complex_, False), _heavy(complex_, True)
    gap = float(nearest_distances(complex_.xyz[pocket], complex_.xyz[ligand]).min(initial=np.inf))
    return f"the ligand is {gap:.1f} A away from the pocket" if gap > limits.max_gap else None


Check = Callable[[Complex, Thresholds], str | None]

#: The checks in order; the name of each is the reason of its rejections.
CHECKS: tuple[Check, ...] = (
    too_many_atoms,
    ligand_too_small,
    ligand_too_large,
    unknown_elements,
    flat_ligand,
    pocket_too_small,
    ligand_outside_pocket,
    overlapping_ligand_atoms,
    overlapping_pocket_atoms,
    covalent_ligand,
    repeated_ligand_names,
)


def failures(complex_: Complex, limits: Thresholds | None = None) -> list[Rejection]:
    """A rejection for every check that the complex fails."""
    limits = limits or Thresholds()
    found = ((test.__name__, test(complex_, limits)) for test in CHECKS)
    return [Rejection(complex_.id, reason, detail) for reason, detail in found if detail is not None]


def check(complex_: Complex, limits: Thresholds | None = None) -> Rejection | None:
    """The first check that the complex fails, as a rejection; None if it passes all."""
    limits = limits or Thresholds()
    for test in CHECKS:
        detail = test(complex_, limits)
        if detail is not None:
            return Rejection(complex_.id, test.__name__, detail)
    return None
