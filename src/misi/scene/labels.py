"""Labels: where they stand and how high they are. `misi.scene.naming` says which; the renderer draws the letters.

Two styles. ``screen`` (default): letters of one height in pixels whatever the distance, a dark halo, residue labels
white, atom labels tinted, moved a little where they would cover each other. ``paper``: what UCSF ChimeraX's ``label``
command does (shared/spec/scene.md section 7): text images 0.7 A high at the depth of the anchor, white, never moved.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.scene.camera import Camera
from misi.scene.font import ASCENT, CAP_HEIGHT, DESCENT, UNITS, text_width
from misi.scene.naming import LABEL_STYLES, LIGAND_ATOM, RESIDUE, LabelPlan, LabelStyle
from misi.scene.placement import place
from misi.structures.complex import Floats, Int, frozen

CAP_PIXELS = 11.0  # height of capitals in the ``screen`` style
PAPER_HEIGHT = 0.7  # angstrom, text image of the ``paper`` style
ATOM_OFFSET = (0.2, 0.5)  # angstrom: right of the atom's surface, and toward the viewer
SCREEN_OFFSET = 0.3  # angstrom between an atom's centre and the nearest side of its label, ``screen`` style

#: Colours of the kinds in the ``screen`` style, so that names of atoms are told from names of residues.
SCREEN_COLOURS = np.array([(255, 255, 255), (255, 214, 120), (150, 226, 255)], dtype=np.uint8)
LIGHT_COLOURS = np.array([(0, 0, 0), (120, 52, 0), (0, 62, 138)], dtype=np.uint8)  # the same on light backgrounds
NARROW = 0.86  # width of ``screen`` letters over their normal width
#: What the depth cue leaves at least of a ``screen`` label, which must stay legible: on dark and light backgrounds
#: (dark letters that fade lie on colours as light as they are).
DIMMEST, DIMMEST_ON_LIGHT = 0.5, 0.8


@dataclass(frozen=True, eq=False)
class LabelSet:
    """The labels of a picture, in drawing order.

    Attributes
    ----------
    text : tuple of str
        Printable ASCII.
    kind : (k,) int32
        Index into `misi.scene.naming.KINDS`.
    row : (k,) int32
        Residue row for kind 0, else atom row, of the complex.
    anchor : (k, 3) float64
        Camera frame, angstrom: the atom, or the mean of the residue's atoms.
    corner : (k, 2) float64
        Lower left corner of the text image, pixels.
    em : (k,) float64
        Font size, pixels.
    colour : (k, 3) uint8
    brightness : (k,) float64
        Share of the colour that the depth cue leaves, the rest being background.
    halo : bool
    stretch : float
        Width of the letters over that of the font's.
    """

    text: tuple[str, ...]
    kind: Int
    row: Int
    anchor: Floats
    corner: Floats
    em: Floats
    colour: NDArray[np.uint8]
    brightness: Floats
    halo: bool = True
    stretch: float = 1.0

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def boxes(self) -> Floats:
        """(k, 4) left, top, right, bottom of the letters (capitals on the baseline), pixels."""
        width = widths(self.text) * self.em * self.stretch / UNITS
        base = self.corner[:, 1] - DESCENT * self.em / UNITS
        return np.stack(
            [self.corner[:, 0], base - CAP_HEIGHT * self.em / UNITS, self.corner[:, 0] + width, base], axis=1
        )

    def of_kinds(self, *kinds: int) -> "LabelSet":
        """Only the labels of these kinds."""
        keep = np.flatnonzero(np.isin(self.kind, kinds))
        return LabelSet(
            tuple(self.text[i] for i in keep.tolist()),
            frozen(self.kind[keep], np.int32),
            frozen(self.row[keep], np.int32),
            frozen(self.anchor[keep], float),
            frozen(self.corner[keep], float),
            frozen(self.em[keep], float),
            frozen(self.colour[keep], np.uint8),
            frozen(self.brightness[keep], float),
            self.halo,
            self.stretch,
        )


def widths(texts: tuple[str, ...]) -> Floats:
    """(k,) widths of printable texts, font units."""
    return np.array([text_width(text) for text in texts], dtype=float)


def no_labels() -> LabelSet:
    """The empty set."""
    empty = np.zeros(0)
    return LabelSet(
        (),
        frozen(empty, np.int32),
        frozen(empty, np.int32),
        frozen(empty, float, (0, 3)),
        frozen(empty, float, (0, 2)),
        frozen(empty, float),
        frozen(empty, np.uint8, (0, 3)),
        frozen(empty, float),
    )


def set_labels(
    plan: LabelPlan,
    anchor: Floats,
    radius: Floats,
    camera: Camera,
    style: LabelStyle,
    ink: tuple[int, int, int],
    *,
    depth_cue: bool = True,
    cap_pixels: float = CAP_PIXELS,
    placed: bool = True,
) -> LabelSet:
    """Labels under a camera; those whose anchor lies before the near plane or off the picture are left out.

    Parameters
    ----------
    plan : LabelPlan
    anchor : (k, 3)
        Camera frame, angstrom.
    radius : (k,)
        Display radius of the labelled atom, 0 for residues, angstrom.
    style : str
    ink : (3,) int
        Colour that stands out from the background: white on black.
    cap_pixels : float
        Height of capitals in the ``screen`` style, pixels.
    placed : bool
        Whether ``screen`` labels give way to each other.

    Raises
    ------
    RenderError
        The style is unknown.
    """
    if style not in LABEL_STYLES:
        raise RenderError(f"label style {style!r} is not one of {', '.join(LABEL_STYLES)}")
    residue = plan.kind == RESIDUE
    start = anchor.copy()
    if style == "paper":
        start[~residue, 0] += ATOM_OFFSET[0] + radius[~residue]
        start[~residue, 2] += ATOM_OFFSET[1]
    if style == "paper":
        keep = np.flatnonzero(-start[:, 2] >= camera.near)
    else:
        # far labels first, so that near ones cover them; those of the ligand, which all questions are about, last
        keep = np.flatnonzero(camera.sees(start))
        keep = keep[np.lexsort((start[keep, 2], plan.kind[keep] == LIGAND_ATOM))]
    texts = tuple(plan.text[i] for i in keep.tolist())
    start, anchor, radius, kind = start[keep], anchor[keep], radius[keep], plan.kind[keep]
    brightness = camera.cue(-start[:, 2]) if depth_cue else np.ones(len(keep))
    scale = camera.pixels_per_angstrom(-start[:, 2])
    corner = camera.project(start).reshape(-1, 2)
    stretch = 1.0
    if style == "paper":
        em = PAPER_HEIGHT * scale * UNITS / (ASCENT + DESCENT)
        colour = np.broadcast_to(np.array(ink, dtype=np.uint8), (len(keep), 3))
    else:
        em, stretch = np.full(len(keep), cap_pixels * UNITS / CAP_HEIGHT), NARROW
        dark = ink == (255, 255, 255)
        colour = (SCREEN_COLOURS if dark else LIGHT_COLOURS)[kind]
        beside = plan.beside[keep]
        gap = np.where(beside, np.minimum(SCREEN_OFFSET * scale, cap_pixels), 0.0)
        width = plan.width[keep] * em * stretch / UNITS
        corner = place(corner, width, cap_pixels, gap, ~beside, camera.width, camera.height, moving=placed)
        corner[:, 1] += DESCENT * em / UNITS
        least = DIMMEST if dark else DIMMEST_ON_LIGHT
        brightness = least + (1 - least) * brightness
    return LabelSet(
        texts,
        frozen(kind, np.int32),
        frozen(plan.row[keep], np.int32),
        frozen(anchor, float, (-1, 3)),
        frozen(corner, float, (-1, 2)),
        frozen(em, float),
        frozen(colour, np.uint8, (-1, 3)),
        frozen(brightness, float),
        halo=style == "screen",
        stretch=stretch,
    )
