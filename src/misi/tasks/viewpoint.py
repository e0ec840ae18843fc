"""A complex before its camera, in numbers: where drawn atoms stand, and how far on the picture motions carry them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from misi.scene.camera import Camera
from misi.scene.motion import Operation
from misi.scene.picture import Picture
from misi.scene.scene import compose
from misi.structures.complex import Bools, Complex, Floats, Int


@dataclass(frozen=True, eq=False)
class Placed:
    """Drawn atoms before a camera.

    Attributes
    ----------
    camera : Camera
        With its planes and pivot after all motions.
    atom : (m,) int32
        Atom rows of the complex: heavy atoms in order.
    xyz : (m, 3) float64
        Camera frame, angstrom; visible points have negative z.
    """

    camera: Camera
    atom: Int
    xyz: Floats

    def moved(self, operations: Iterable[Operation]) -> "Placed":
        """After motions of the whole scene."""
        xyz, camera = self.camera.carry(self.xyz, operations)
        return Placed(camera, self.atom, xyz)

    def only(self, chosen: Bools) -> "Placed":
        """Some of the atoms, before the same camera; `chosen` has a value for every atom of the complex."""
        kept = chosen[self.atom]
        return Placed(self.camera, self.atom[kept], self.xyz[kept])

    def of(self, row: int) -> Floats:
        """(3,) position of an atom row of the complex."""
        position: Floats = self.xyz[int(np.searchsorted(self.atom, row))]
        return position

    @cached_property
    def pixels(self) -> Floats:
        """(m, 2) columns and rows of the picture."""
        return self.camera.project(self.xyz)

    @cached_property
    def on_screen(self) -> Bools:
        """(m,) bool: not before the near plane and inside the picture."""
        return self.camera.sees(self.xyz, self.pixels)


def displacement(before: Placed, after: Placed) -> float:
    """Mean distance in pixels between two positions of the same atoms.

    Over the atoms on screen in both, or if there are none, in either; a step counts for at most the picture's width.
    """
    seen = before.on_screen & after.on_screen
    if not seen.any():
        seen = (before.on_screen | after.on_screen) & (before.xyz[:, 2] < 0) & (after.xyz[:, 2] < 0)
    if not seen.any():
        return 0.0
    step = before.pixels[seen] - after.pixels[seen]
    return float(np.minimum(np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2), before.camera.width).mean())


@lru_cache(maxsize=8)
def viewpoint(complex_: Complex, width: int, height: int) -> Placed:
    """The front view.

    Raises
    ------
    RenderError
        Nothing is drawn, or the size is impossible.
    """
    return _placed(complex_, Picture(labels="none"), width, height)


def with_ligand_moved(complex_: Complex, operations: tuple[Operation, ...], width: int, height: int) -> Placed:
    """The front view after motions of the ligand alone."""
    return _placed(complex_, Picture(ligand_operations=operations, labels="none"), width, height)


def residue_viewpoint(complex_: Complex, residue: int, width: int, height: int) -> Placed:
    """The front view of one residue and the ligand, under their own camera."""
    return _placed(complex_, Picture(show="residue", residue=residue, labels="none"), width, height)


def _placed(complex_: Complex, picture: Picture, width: int, height: int) -> Placed:
    scene = compose(complex_, picture, width, height)
    return Placed(scene.camera, scene.atom, scene.xyz)
