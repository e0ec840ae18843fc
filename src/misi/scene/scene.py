"""The scene: what a renderer draws, in the camera's frame, and nothing else."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.scene.camera import Camera, Projection, fit, refit_bounds
from misi.scene.labels import CAP_PIXELS, LabelSet, no_labels, set_labels
from misi.scene.motion import VIEWS, Operations, apply
from misi.scene.naming import RESIDUE, LabelPlan, LabelStyle, near_ligand, plan_labels
from misi.scene.picture import Labels, Palette, Picture, Show
from misi.scene.style import STICK_RADIUS, Bytes, Style, atom_colours, display_radii
from misi.structures.complex import Bools, Complex, Floats, Int, frozen


@dataclass(frozen=True, eq=False)
class Scene:
    """Spheres, cylinders and labels in front of a camera.

    Attributes
    ----------
    camera : Camera
        With near and far planes and pivot after all motions.
    xyz : (n, 3) float64
        Drawn atoms, camera frame, angstrom.
    atom : (n,) int32
        Their rows in the complex.
    colour : (n, 3) uint8
    radius : (n,) float64
        angstrom.
    bonds : (m, 2) int32
        Rows of `xyz`; each half has the colour of its atom.
    bond_radius : float
        angstrom.
    labels : LabelSet
    background : (3,) tuple of int
    transparent : bool
        Whether the background is to be left out of the picture (PNG alpha).
    depth_cue : bool
    """

    camera: Camera
    xyz: Floats
    atom: Int
    colour: Bytes
    radius: Floats
    bonds: Int
    bond_radius: float
    labels: LabelSet
    background: tuple[int, int, int] = (0, 0, 0)
    transparent: bool = False
    depth_cue: bool = True


@dataclass(frozen=True, eq=False)
class _Stage:
    """What all pictures of a complex with one choice of atoms share."""

    camera: Camera
    atom: Int  # drawn atoms
    front: Floats  # their coordinates in the front camera's frame
    radius: Floats
    bonds: Int
    is_ligand: Bools
    residue_mean: Floats  # (r, 3) mean of all atoms of each residue, hydrogens too, front camera's frame


@lru_cache(maxsize=32)
def _stage(
    complex: Complex, residue: int | None, style: Style, width: int, height: int, projection: Projection
) -> _Stage:
    displayed = complex.heavy
    if residue is not None:
        if not 0 <= residue < complex.n_residues or complex.residue_is_ligand[residue]:
            raise RenderError(f"{complex.id} has no pocket residue in row {residue}")
        displayed = complex.heavy & (complex.is_ligand | (complex.residue == residue))
    atom = np.flatnonzero(displayed)
    radius = display_radii(complex, style)[atom]
    bonds = _drawn_bonds(complex, displayed, style)
    camera = fit(complex.xyz[atom], radius, bonds, STICK_RADIUS, width, height, projection=projection)
    mean = np.stack(
        [
            complex.xyz[complex.residue_start[row] : complex.residue_start[row + 1]].mean(axis=0)
            for row in range(complex.n_residues)
        ]
    )
    return _Stage(
        camera,
        frozen(atom, np.int32),
        frozen(camera.to_camera(complex.xyz[atom]), float),
        frozen(radius, float),
        frozen(bonds, np.int32, (-1, 2)),
        frozen(complex.is_ligand[atom], bool),
        frozen(camera.to_camera(mean), float),
    )


def _drawn_bonds(complex: Complex, displayed: Bools, style: Style) -> NDArray[Any]:
    """Bonds with both ends displayed, as rows among the displayed atoms; the sphere style draws none."""
    if style == "sphere":
        return np.zeros((0, 2), dtype=np.int32)
    place = np.cumsum(displayed) - 1
    both = displayed[complex.bonds[:, 0]] & displayed[complex.bonds[:, 1]]
    return place[complex.bonds[both]]


@lru_cache(maxsize=32)
def _colours(complex: Complex, palette: Palette) -> Bytes:
    return frozen(atom_colours(complex, palette), np.uint8)


@lru_cache(maxsize=64)
def _label_plan(complex: Complex, show: Show, residue: int | None, labels: Labels, style: LabelStyle) -> LabelPlan:
    near = near_ligand(complex) if _crowded(show, labels, style) else None
    return plan_labels(complex, _displayed(complex, show, residue), labels, style, near)


def _crowded(show: Show, labels: Labels, style: LabelStyle) -> bool:
    """Whether a picture names only what is near the ligand: those of the whole complex, but for the `paper` style."""
    return labels == "atoms" and show == "all" and style == "screen"


def _plan(stage: _Stage, complex: Complex, picture: Picture, front: Floats, style: LabelStyle) -> LabelPlan:
    """The labels of a picture; `front` is where its atoms stand before view and motions."""
    residue = picture.residue if picture.show == "residue" else None
    if not picture.ligand_operations or not _crowded(picture.show, picture.labels, style):
        return _label_plan(complex, picture.show, residue, picture.labels, style)
    xyz = np.full((len(complex), 3), np.inf)  # hydrogens, which do not count
    xyz[stage.atom] = front
    near = near_ligand(complex, xyz)
    return plan_labels(complex, _displayed(complex, picture.show, residue), picture.labels, style, near)


def _displayed(complex: Complex, show: Show, residue: int | None) -> Bools:
    """(n,) bool: heavy atoms that a picture shows."""
    if show == "all":
        return complex.heavy
    if show == "pocket":
        return complex.heavy & ~complex.is_ligand
    if show == "ligand":
        return complex.heavy & complex.is_ligand
    if show == "residue":
        return np.asarray(complex.heavy & (complex.is_ligand | (complex.residue == residue)))
    raise RenderError(f"show {show!r} is not one of all, pocket, ligand, residue")


def compose(
    complex: Complex,
    picture: Picture,
    width: int,
    height: int,
    *,
    style: Style = "stick",
    label_style: LabelStyle = "screen",
    cap_pixels: float = CAP_PIXELS,
    labels_placed: bool = True,
    background: tuple[int, int, int] = (0, 0, 0),
    transparent: bool = False,
    depth_cue: bool = True,
    projection: Projection = "perspective",
) -> Scene:
    """The scene of a picture of a complex.

    Parameters
    ----------
    complex : Complex
    picture : Picture
    width, height : int
        Pixels.
    style : str
        ``stick``, ``ball-and-stick`` or ``sphere``.
    label_style : str
        ``screen`` or ``paper``; see `misi.scene.labels`.
    cap_pixels : float
        Height of capitals of ``screen`` labels, pixels.
    labels_placed : bool
        Whether ``screen`` labels give way to each other.
    background : (3,) tuple of int
        Red, green, blue; also what the depth cue fades to.
    transparent : bool
        Leave the background out of the PNG.
    depth_cue : bool
    projection : str
        ``perspective``, or ``parallel`` for comparison.

    Raises
    ------
    RenderError
        Nothing to show, or a value that is not one of those named.
    """
    if picture.view not in VIEWS:
        raise RenderError(f"view {picture.view!r} is not one of {', '.join(VIEWS)}")
    residue = picture.residue if picture.show == "residue" else None
    if picture.show == "residue" and residue is None:
        raise RenderError(f"a picture of one residue of {complex.id} needs its row")
    displayed = _displayed(complex, picture.show, residue)
    stage = _stage(complex, residue, style, width, height, projection)
    front, camera = _placed(stage, picture.ligand_operations)
    plan = _plan(stage, complex, picture, front, label_style)
    points = np.concatenate([front, stage.residue_mean]) if plan.text else front
    points, after = camera.carry(points, (*VIEWS[picture.view], *picture.operations))
    xyz, means = points[: len(front)], points[len(front) :]
    atom, bonds, radius = stage.atom, stage.bonds, stage.radius
    shown = displayed[atom]
    if not shown.all():
        both = shown[bonds[:, 0]] & shown[bonds[:, 1]]
        bonds = (np.cumsum(shown) - 1)[bonds[both]]
        xyz, atom, radius = xyz[shown], atom[shown], radius[shown]
    labels = no_labels()
    if plan.text:
        if label_style == "screen":
            means = _in_picture(after, means, xyz, complex.residue[atom])
        labels = set_labels(
            plan,
            *_anchors(plan, len(complex), atom, xyz, radius, means),
            after,
            label_style,
            ink_on(background),
            depth_cue=depth_cue,
            cap_pixels=cap_pixels,
            placed=labels_placed,
        )
    return Scene(
        camera=after,
        xyz=frozen(xyz, float),
        atom=frozen(atom, np.int32),
        colour=frozen(_colours(complex, picture.palette)[atom], np.uint8),
        radius=frozen(radius, float),
        bonds=frozen(bonds, np.int32, (-1, 2)),
        bond_radius=STICK_RADIUS,
        labels=labels,
        background=background,
        transparent=transparent,
        depth_cue=depth_cue,
    )


def _in_picture(camera: Camera, means: Floats, xyz: Floats, residue: NDArray[Any]) -> Floats:
    """(r, 3) middles of residues; where one is off the picture, the middle of those of its drawn atoms that are not.

    After a zoom, residues of which one sees a part would have no label otherwise.
    """
    off = ~camera.sees(means)
    if not off.any():
        return means
    rows = np.flatnonzero(camera.sees(xyz) & off[residue])
    count = np.bincount(residue[rows], minlength=len(means))
    sums = np.stack([np.bincount(residue[rows], xyz[rows, axis], len(means)) for axis in range(3)], axis=1)
    return np.where((count > 0)[:, None], sums / np.maximum(count, 1)[:, None], means)


def _anchors(
    plan: LabelPlan, n: int, atom: NDArray[Any], xyz: Floats, radius: Floats, means: Floats
) -> tuple[Floats, Floats]:
    """(k, 3) points that labels belong to and (k,) radii about them; `n` atoms has the complex."""
    anchor, reach = np.empty((len(plan.row), 3)), np.zeros(len(plan.row))
    is_residue = plan.kind == RESIDUE
    anchor[is_residue] = means[plan.row[is_residue]]
    place = np.zeros(n, dtype=np.int64)
    place[atom] = np.arange(len(atom))
    rows = place[plan.row[~is_residue]]
    anchor[~is_residue], reach[~is_residue] = xyz[rows], radius[rows]
    return anchor, reach


def _placed(stage: _Stage, ligand_operations: Operations) -> tuple[Floats, Camera]:
    """Atoms and camera in the front frame after the ligand alone was moved about the centre of its own box."""
    if not ligand_operations:
        return stage.front, stage.camera
    front, ligand = stage.front.copy(), stage.is_ligand
    if not ligand.any():
        raise RenderError("there is no ligand to be moved")
    centre = (front[ligand].min(axis=0) + front[ligand].max(axis=0)) / 2
    front[ligand], _ = apply(front[ligand], centre, ligand_operations)
    return front, refit_bounds(stage.camera, front, stage.radius)


def ink_on(background: tuple[int, int, int]) -> tuple[int, int, int]:
    """White on dark backgrounds, black on light ones (shared/spec/scene.md section 7)."""
    red, green, _ = background
    return (255, 255, 255) if 0.59 * red + green < 0.826 * 255 else (0, 0, 0)


def coordinates(complex: Complex, width: int, height: int, operations: Operations = ()) -> dict[str, Any]:
    """Where every heavy atom stands after motions from the front view.

    Returns
    -------
    dict
        ``id``, ``size`` (pixels), ``camera_distance`` (angstrom, of the fitted camera from the box centre),
        ``box`` (lowest and highest corner in the files' frame), ``pivot`` (camera frame, now), and ``atoms``: a row
        for each heavy atom with side, chain, number, icode, residue, atom, xyz (camera frame, angstrom) and pixel
        (column, row; null for atoms not in front of the eye).
    """
    stage = _stage(complex, None, "stick", width, height, "perspective")
    camera = stage.camera
    xyz, after = camera.carry(stage.front, operations)
    pixels = after.project(xyz)
    atoms = []
    for row, q, pixel in zip(stage.atom.tolist(), xyz.tolist(), pixels.tolist(), strict=True):
        key = complex.residue_key(int(complex.residue[row]))
        atoms.append(
            {
                "side": "ligand" if complex.is_ligand[row] else "pocket",
                "chain": key.chain,
                "number": key.number,
                "icode": key.icode,
                "residue": key.name,
                "atom": str(complex.name[row]),
                "xyz": [round(value, 4) for value in q],
                "pixel": [round(value, 3) for value in pixel] if q[2] < 0 else None,
            }
        )
    corners = complex.xyz[stage.atom]
    return {
        "id": complex.id,
        "size": [width, height],
        "camera_distance": round(camera.distance, 4),
        "box": [
            [round(value, 4) for value in (corners.min(axis=0) - STICK_RADIUS).tolist()],
            [round(value, 4) for value in (corners.max(axis=0) + STICK_RADIUS).tolist()],
        ],
        "pivot": [round(value, 4) for value in after.pivot],
        "atoms": atoms,
    }
