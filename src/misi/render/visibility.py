"""Which atoms can be seen, counted in pixels of the atom buffer.

An atom counts as seen where it and its halves of bonds fill at least `SEEN` of the area that its ball would fill alone
at that depth: a measure that does not depend on the size of the picture. Labels are left out of account; they are
drawn over everything.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from misi.render.image import locate
from misi.scene.motion import SIX_VIEWS
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import Complex

SEEN = 0.75  # of the ball's disc: most of a lone ion, a quarter of a usual atom, whose bonds add two or three discs


def visible_pixels(scene: Scene, n_atoms: int) -> NDArray[np.int64]:
    """(n_atoms,) pixels in which each atom of the complex, or its half of a bond, is what one sees."""
    return count_pixels(locate(scene)[1], n_atoms)


def count_pixels(atom: NDArray[np.int32], n_atoms: int) -> NDArray[np.int64]:
    """(n_atoms,) pixels of each atom in an atom buffer (H, W), -1 where nothing is."""
    return np.bincount(atom[atom >= 0], minlength=n_atoms)


def visible_atoms(scene: Scene, n_atoms: int) -> NDArray[np.bool_]:
    """(n_atoms,) whether each atom of the complex can be seen."""
    return np.asarray(visible_pixels(scene, n_atoms) >= least_pixels(scene, n_atoms))


def least_pixels(scene: Scene, n_atoms: int) -> NDArray[np.float64]:
    """(n_atoms,) pixels from which on each atom of the complex counts as seen, 1 or more."""
    least = np.ones(n_atoms)
    camera = scene.camera
    depth = np.maximum(-scene.xyz[:, 2], camera.near)  # those before the near plane have no pixels, mostly
    least[scene.atom] = np.maximum(SEEN * np.pi * (scene.radius * camera.pixels_per_angstrom(depth)) ** 2, 1)
    return least


def visible_in_views(
    complex: Complex, width: int, height: int, *, residue: int | None = None, views: Iterable[str] = SIX_VIEWS
) -> NDArray[np.bool_]:
    """(v, n) bool, read-only: whether each atom can be seen in each view.

    Parameters
    ----------
    residue : int or None
        Views of this residue and the ligand alone.
    """
    return _in_views(complex, width, height, residue, tuple(views))


@lru_cache(maxsize=16)
def _in_views(
    complex: Complex, width: int, height: int, residue: int | None, views: tuple[str, ...]
) -> NDArray[np.bool_]:
    show = "all" if residue is None else "residue"
    pictures = (Picture(view=view, show=show, residue=residue, labels="none") for view in views)  # type: ignore[arg-type]
    seen = np.stack([visible_atoms(compose(complex, picture, width, height), len(complex)) for picture in pictures])
    seen.setflags(write=False)
    return seen


def views_seen(
    complex: Complex, atoms: Iterable[int], width: int, height: int, residue: int | None = None
) -> list[int]:
    """Number of the six views, 0..6, in which each of these atoms can be seen: a measure of difficulty."""
    seen = visible_in_views(complex, width, height, residue=residue).sum(axis=0)
    return [int(seen[atom]) for atom in atoms]
