"""Which atoms can be seen, counted in pixels of the atom buffer."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from misi.render.image import locate
from misi.scene.motion import SIX_VIEWS
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import Complex

SEEN = 4  # pixels from which on an atom counts as seen: fewer are a glint between others


def visible_pixels(scene: Scene, n_atoms: int) -> NDArray[np.int64]:
    """(n_atoms,) pixels in which each atom of the complex, or its half of a bond, is what one sees.

    Labels are left out of account; they are drawn over everything.
    """
    _, atom = locate(scene)
    return np.bincount(atom[atom >= 0], minlength=n_atoms)


def visible_in_views(
    complex: Complex, width: int, height: int, *, residue: int | None = None, views: Iterable[str] = SIX_VIEWS
) -> NDArray[np.bool_]:
    """(v, n) bool: whether each atom can be seen in each view.

    Parameters
    ----------
    residue : int or None
        Views of this residue and the ligand alone.
    """
    show = "all" if residue is None else "residue"
    return np.stack(
        [
            visible_pixels(
                compose(complex, Picture(view=view, show=show, residue=residue, labels="none"), width, height),  # type: ignore[arg-type]
                len(complex),
            )
            >= SEEN
            for view in views
        ]
    )
