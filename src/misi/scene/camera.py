"""The camera: fitting it to a box, putting points into its frame, projecting them to pixels.

The camera looks along its own -z; +x is screen right, +y screen up, +z toward the viewer, the eye is the origin, so
visible points have negative z. The field of view is horizontal: at depth D half the window width covers D tan(fov / 2),
and rows have the same scale as columns (shared/spec/scene.md sections 1 to 3; UCSF ChimeraX's ``view`` and
``camera`` commands do the same).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from misi.errors import RenderError
from misi.scene.motion import Operation, apply
from misi.structures.complex import Floats, frozen

Projection = Literal["perspective", "parallel"]
PROJECTIONS: tuple[Projection, ...] = ("perspective", "parallel")

FIELD_OF_VIEW = 30.0  # degrees, across the width
PAD = 0.05  # share of the distance added around the fitted box
NEAR_FAR_MARGIN = 1.01  # near and far stand this many box radii from the box centre
LEAST_NEAR = 0.001  # of the near-far range
CUE_START = 0.5  # of the near-far range: the depth cue begins there and ends at far (spec/scene.md section 6)
MAX_SIDE = 8192  # pixels; a larger picture is a mistake and would need gigabytes


@dataclass(frozen=True)
class Camera:
    """A fitted camera; the scene moves in front of it.

    Attributes
    ----------
    width, height : int
        Size of the picture, pixels.
    centre : (3,) tuple
        Centre of the fitted box in the files' frame, angstrom.
    distance : float
        From the eye to that centre when fitted, angstrom.
    box_radius : float
        Half diagonal of the box of everything displayed, angstrom.
    box_centre : (3,) tuple
        That box's centre now, camera frame.
    pivot : (3,) tuple
        Centre of rotation now, camera frame; it moves with the scene.
    fov : float
        Horizontal field of view, degrees.
    projection : str
        ``perspective``, or ``parallel`` with the width that the perspective camera has at the first pivot.
    """

    width: int
    height: int
    centre: tuple[float, float, float]
    distance: float
    box_radius: float
    box_centre: tuple[float, float, float]
    pivot: tuple[float, float, float]
    fov: float = FIELD_OF_VIEW
    projection: Projection = "perspective"
    parallel_depth: float = 0.0

    @property
    def tangent(self) -> float:
        """Tangent of half the field of view."""
        return math.tan(math.radians(self.fov / 2))

    @property
    def focal(self) -> float:
        """Pixels per unit of slope: a point at slope s = x / depth lies focal * s pixels from the centre."""
        return self.width / 2 / self.tangent

    @property
    def near(self) -> float:
        """Depth of the near plane, angstrom: what lies before it is cut away."""
        return self._near_far()[0]

    @property
    def far(self) -> float:
        """Depth of the far plane, angstrom; the depth cue ends there."""
        return self._near_far()[1]

    def _near_far(self) -> tuple[float, float]:
        depth, reach = -self.box_centre[2], NEAR_FAR_MARGIN * self.box_radius
        near, far = depth - reach, depth + reach
        near = max(near, LEAST_NEAR * (far - near))
        return near, far if far > near else 2 * near

    @property
    def cue_start(self) -> float:
        """Depth at which the depth cue begins, angstrom."""
        return self.near + CUE_START * (self.far - self.near)

    def cue(self, depth: ArrayLike) -> Floats:
        """Share of its own colour that the depth cue leaves to a point at `depth` angstrom, 0 to 1."""
        share = (self.far - np.asarray(depth, dtype=float)) / (self.far - self.cue_start)
        return np.asarray(np.clip(share, 0.0, 1.0), dtype=float)

    def to_camera(self, xyz: Floats) -> Floats:
        """(n, 3) file coordinates in the frame of the fitted (front) camera, angstrom."""
        x, y, z = self.centre
        return np.asarray(xyz - np.array([x, y, z + self.distance]), dtype=float)

    def moved(self, operations: Iterable[Operation]) -> "Camera":
        """The camera after the scene was moved: box centre and pivot go with the scene."""
        return self.carry(np.zeros((0, 3)), operations)[1]

    def carry(self, xyz: Floats, operations: Iterable[Operation]) -> tuple[Floats, "Camera"]:
        """(n, 3) points of the scene after it was moved, camera frame, and the camera then."""
        points, pivot = apply(np.concatenate([xyz, [self.box_centre]]), np.array(self.pivot), operations)
        return points[:-1], replace(self, box_centre=_triple(points[-1]), pivot=_triple(pivot))

    def pixels_per_angstrom(self, depth: ArrayLike) -> Floats:
        """Scale of the picture at a depth, pixels per angstrom."""
        depth = np.asarray(depth, dtype=float)
        if self.projection == "parallel":
            return np.full_like(depth, self.focal / self.parallel_depth)
        with np.errstate(divide="ignore"):
            return np.asarray(self.focal / depth)

    def project(self, q: ArrayLike) -> Floats:
        """Pixels of camera-frame points.

        Parameters
        ----------
        q : (n, 3) or (3,)
            Camera-frame coordinates, angstrom.

        Returns
        -------
        (n, 2) or (2,) float64
            Column and row from the upper left corner of the picture; pixel (i, j) has its centre at
            (i + 0.5, j + 0.5). Points in the eye's plane give inf or nan, points behind it their mirror image.
        """
        q = np.asarray(q, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = self.pixels_per_angstrom(-q[..., 2])
            return np.stack([self.width / 2 + scale * q[..., 0], self.height / 2 - scale * q[..., 1]], axis=-1)

    def sees(self, q: Floats, pixels: Floats | None = None) -> NDArray[np.bool_]:
        """(n,) whether camera-frame points (n, 3) lie in the picture and not before the near plane.

        `pixels`: what `project` gives for them, where that is known already.
        """
        x, y = (self.project(q) if pixels is None else pixels).T
        inside = (x >= 0) & (x < self.width) & (y >= 0) & (y < self.height)
        return np.asarray(inside & (-q[:, 2] >= self.near))


def bounds(xyz: Floats, radius: ArrayLike) -> tuple[Floats, Floats]:
    """Lowest and highest corner of the axis-aligned box around spheres."""
    radius = np.broadcast_to(np.asarray(radius, dtype=float), xyz.shape[:1])[:, None]
    return (xyz - radius).min(axis=0), (xyz + radius).max(axis=0)


def fit(
    xyz: Floats,
    radius: Floats,
    bonds: ArrayLike,
    bond_radius: float,
    width: int,
    height: int,
    *,
    fov: float = FIELD_OF_VIEW,
    projection: Projection = "perspective",
) -> Camera:
    """The camera that shows everything displayed, in the files' orientation.

    Parameters
    ----------
    xyz : (n, 3) float64
        Displayed atoms, files' frame, angstrom.
    radius : (n,) float64
        Display radii, angstrom.
    bonds : (m, 2) int
        Displayed bonds as rows of `xyz`; they matter only to the centre of rotation of deep boxes.
    bond_radius : float
        angstrom.
    width, height : int
        Picture, pixels.

    Raises
    ------
    RenderError
        Nothing is displayed, or the size is impossible.
    """
    check_size(width, height)
    if not len(xyz):
        raise RenderError("nothing is displayed, so no camera can be fitted")
    low, high = bounds(xyz, radius)
    centre, half = (low + high) / 2, (high - low) / 2
    tangent, aspect = math.tan(math.radians(fov / 2)), height / width
    distance = (max(half[0] / tangent, half[1] / (aspect * tangent)) + half[2]) / (1 - PAD)
    middle = (0.0, 0.0, -float(distance))
    camera = Camera(
        width=width,
        height=height,
        centre=_triple(centre),
        distance=float(distance),
        box_radius=math.sqrt(float((half * half).sum())),
        box_centre=middle,
        pivot=middle,
        fov=fov,
        projection=projection,
        parallel_depth=float(distance),
    )
    if distance * math.radians(fov) >= 2 * half.max():
        return camera
    q = camera.to_camera(xyz)
    front = front_depth(q, radius, np.asarray(bonds, dtype=int).reshape(-1, 2), bond_radius)
    return camera if front is None else replace(camera, pivot=(0.0, 0.0, -front), parallel_depth=front)


def refit_bounds(camera: Camera, xyz: Floats, radius: ArrayLike) -> Camera:
    """The same camera with near and far planes for other bounds (camera frame), e.g. after a ligand was moved."""
    low, high = bounds(xyz, radius)
    half = (high - low) / 2
    return replace(camera, box_centre=_triple((low + high) / 2), box_radius=math.sqrt(float((half * half).sum())))


def check_size(width: int, height: int) -> None:
    """Raise `RenderError` unless both sides are 1..MAX_SIDE pixels."""
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise RenderError(f"a picture of {width}x{height} pixels cannot be made; sides go from 1 to {MAX_SIDE}")


def front_depth(q: Floats, radius: ArrayLike, bonds: NDArray[Any], bond_radius: float) -> float | None:
    """Depth of the first thing that the view axis meets; None when it meets nothing.

    The rule of shared/spec/scene.md section 3: nearest entry into an atom sphere; for each bond its cylinder without
    caps, the entry if it lies between the ends, else the exit if that does; the sphere counts, even when farther,
    where its atom is an end of the bond that was hit.
    """
    radius = np.broadcast_to(np.asarray(radius, dtype=float), q.shape[:1])
    reach = radius**2 - q[:, 0] ** 2 - q[:, 1] ** 2
    spheres = np.where(reach >= 0, -q[:, 2] - np.sqrt(np.maximum(reach, 0)), np.inf)
    spheres[spheres < 0] = np.inf
    atom = int(spheres.argmin())
    sphere = float(spheres[atom])
    cylinder, bond = math.inf, None
    for row, (a, b) in enumerate(bonds.tolist()):
        hit = _axis_meets_cylinder(q[a], q[b], bond_radius)
        if hit is not None and 0 <= hit < cylinder:
            cylinder, bond = hit, row
    if bond is not None and math.isfinite(sphere) and atom in bonds[bond]:
        return sphere
    nearest = min(sphere, cylinder)
    return nearest if math.isfinite(nearest) else None


def _axis_meets_cylinder(start: Floats, end: Floats, radius: float) -> float | None:
    """Depth at which the view axis meets an open cylinder, or None."""
    ax, ay, az = start.tolist()
    wx, wy, wz = (end - start).tolist()
    length: float = math.sqrt(wx * wx + wy * wy + wz * wz)
    if length == 0:
        return None
    wx, wy, wz = wx / length, wy / length, wz / length
    # point of the axis at depth s: (0, 0, -s); relative to the start: p + s d, d = (0, 0, -1)
    along_p, along_d = -(ax * wx + ay * wy + az * wz), -wz
    a = 1 - along_d * along_d
    if a < 1e-12:
        return None
    b = az - along_p * along_d
    c = ax * ax + ay * ay + az * az - along_p * along_p - radius * radius
    reach = b * b - a * c
    if reach < 0:
        return None
    for depth in ((-b - math.sqrt(reach)) / a, (-b + math.sqrt(reach)) / a):
        if 0 <= along_p + depth * along_d <= length:
            return float(depth)
    return None


def _triple(values: Floats) -> tuple[float, float, float]:
    x, y, z = frozen(values, float, (3,)).tolist()
    return x, y, z
