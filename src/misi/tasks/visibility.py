"""In how many views an atom can be seen: a measure of difficulty, from geometry alone.

An atom counts as seen in a view if its centre lies inside the picture and no stick stands before it. Labels are left
out of account: they are drawn over everything.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from misi.scene.motion import SIX_VIEWS
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import Complex


@lru_cache(maxsize=16)
def _views(complex_: Complex, residue: int | None, width: int, height: int) -> tuple[Scene, ...]:
    show = "all" if residue is None else "residue"
    return tuple(
        compose(complex_, Picture(view=view, show=show, residue=residue, labels="none"), width, height)  # type: ignore[arg-type]
        for view in SIX_VIEWS
    )


def views_seen(
    complex_: Complex, rows: Iterable[int], width: int, height: int, residue: int | None = None
) -> list[int]:
    """Number of the six views, 0..6, in which each atom is seen.

    Parameters
    ----------
    rows : iterable of int
        Heavy atoms of the complex.
    residue : int or None
        The pictures show this residue and the ligand alone.
    """
    return [_count(complex_, row, residue, width, height) for row in rows]


@lru_cache(maxsize=256)
def _count(complex_: Complex, row: int, residue: int | None, width: int, height: int) -> int:
    scenes = _views(complex_, residue, width, height)
    return sum(_is_seen(scene, int(np.searchsorted(scene.atom, row))) for scene in scenes)


def _is_seen(scene: Scene, i: int) -> bool:
    camera, xyz = scene.camera, scene.xyz
    depth = float(-xyz[i, 2])
    if depth <= camera.near:
        return False
    x, y = camera.project(xyz[i]).tolist()
    if not (0 <= x < camera.width and 0 <= y < camera.height):
        return False
    # Along the ray through the atom's centre every stick is tested where it comes nearest to the ray.
    ray = xyz[i] / np.sqrt((xyz[i] * xyz[i]).sum())
    others = (scene.bonds != i).all(axis=1)
    start, end = xyz[scene.bonds[others, 0]], xyz[scene.bonds[others, 1]]
    stop = float((xyz[i] * ray).sum()) - float(scene.radius[i])
    return not (_crosses(ray, start, end, scene.bond_radius, stop) or _crosses(ray, xyz, xyz, scene.bond_radius, stop))


def _crosses(ray: np.ndarray, start: np.ndarray, end: np.ndarray, radius: float, stop: float) -> bool:
    """Whether any segment passes the ray within `radius` before the distance `stop` from the eye."""
    step = end - start
    # Perpendicular parts: distance to the ray is that to the origin in the plane across it.
    start_along, step_along = (start * ray).sum(axis=1), (step * ray).sum(axis=1)
    across, slope = start - start_along[:, None] * ray, step - step_along[:, None] * ray
    length = (slope * slope).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(length > 0, -(across * slope).sum(axis=1) / length, 0.0)
    t = np.clip(t, 0.0, 1.0)
    nearest = across + t[:, None] * slope
    distance = (nearest * nearest).sum(axis=1)
    along = start_along + t * step_along
    return bool(((distance < radius * radius) & (along < stop) & (along > 0)).any())
