"""Colours and sizes: palettes, atomic radii, and drawing styles by name."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from misi.errors import RenderError
from misi.scene.picture import PALETTES, Palette
from misi.structures.complex import METALS, Complex, Floats

Style = Literal["stick", "ball-and-stick", "sphere"]
STYLES: tuple[Style, ...] = ("stick", "ball-and-stick", "sphere")
Bytes = NDArray[np.uint8]

STICK_RADIUS = 0.2  # angstrom; bond cylinders, and the atoms at their ends (spec/scene.md section 5)
BALL_SCALE = 0.25  # of the atomic radius

CARBON, NITROGEN, OXYGEN, FLUORINE, PHOSPHORUS, SULFUR, CHLORINE, BROMINE, IODINE = 6, 7, 8, 9, 15, 16, 17, 35, 53

#: Colour of each element, atomic numbers 1 to 109, six hexadecimal digits each: the table of the Jmol viewer
#: (jmol.sourceforge.net/jscolors), which ChimeraX uses too.
_JMOL = (
    "FFFFFF D9FFFF CC80FF C2FF00 FFB5B5 909090 3050F8 FF0D0D 90E050 B3E3F5 AB5CF2 8AFF00 BFA6A6 F0C8A0 FF8000 FFFF30 "
    "1FF01F 80D1E3 8F40D4 3DFF00 E6E6E6 BFC2C7 A6A6AB 8A99C7 9C7AC7 E06633 F090A0 50D050 C88033 7D80B0 C28F8F 668F8F "
    "BD80E3 FFA100 A62929 5CB8D1 702EB0 00FF00 94FFFF 94E0E0 73C2C9 54B5B5 3B9E9E 248F8F 0A7D8C 006985 C0C0C0 FFD98F "
    "A67573 668080 9E63B5 D47A00 940094 429EB0 57178F 00C900 70D4FF FFFFC7 D9FFC7 C7FFC7 A3FFC7 8FFFC7 61FFC7 45FFC7 "
    "30FFC7 1FFFC7 00FF9C 00E675 00D452 00BF38 00AB24 4DC2FF 4DA6FF 2194D6 267DAB 266696 175487 D0D0E0 FFD123 B8B8D0 "
    "A6544D 575961 9E4FB5 AB5C00 754F45 428296 420066 007D00 70ABFA 00BAFF 00A1FF 008FFF 0080FF 006BFF 545CF2 785CE3 "
    "8A4FE3 A136D4 B31FD4 B31FBA B30DA6 BD0D87 C70066 CC0059 D1004F D90045 E00038 E6002E EB0026"
)
_UNKNOWN = (180, 180, 180)
ELEMENT_COLOURS: Bytes = np.array([_UNKNOWN, *(tuple(bytes.fromhex(code)) for code in _JMOL.split())], dtype=np.uint8)

#: Carbons of pocket residues, alternating in file order, and of the ligand (spec/scene.md section 9.2, reading 9).
_PAPER_CARBONS = ((255, 255, 0), (128, 0, 128), (144, 144, 144))

#: Colours that stay apart under every kind of colour blindness: carbons as above, then single elements. Most are of
#: Okabe & Ito, "Color Universal Design" (jfly.uni-koeln.de/color, 2008); blue and purple are set further apart than
#: theirs. tests/scene/test_style.py simulates how they are seen.
_SAFE_CARBONS = ((240, 228, 66), (130, 60, 140), (150, 150, 150))
_SAFE_ELEMENTS = {
    NITROGEN: (0, 90, 255),
    OXYGEN: (213, 94, 0),
    SULFUR: (86, 180, 233),
    PHOSPHORUS: (230, 159, 0),
}


def atom_colours(complex: Complex, palette: Palette) -> Bytes:
    """(n, 3) uint8 red, green, blue of every atom.

    Raises
    ------
    RenderError
        The palette is unknown.
    """
    if palette not in PALETTES:
        raise RenderError(f"palette {palette!r} is not one of {', '.join(PALETTES)}")
    element = complex.element
    colours = ELEMENT_COLOURS[np.where((element > 0) & (element < len(ELEMENT_COLOURS)), element, 0)]
    if palette == "element":
        return colours
    first, second, ligand = _PAPER_CARBONS if palette == "paper" else _SAFE_CARBONS
    if palette == "colorblind":
        for number, colour in _SAFE_ELEMENTS.items():
            colours[element == number] = colour
    rank = np.cumsum(~complex.residue_is_ligand) - 1  # place among the pocket's residues
    carbon, even = element == CARBON, rank[complex.residue] % 2 == 0
    colours[carbon & ~complex.is_ligand & even] = first
    colours[carbon & ~complex.is_ligand & ~even] = second
    colours[carbon & complex.is_ligand] = ligand
    return colours


#: Atomic radii, angstrom (spec/scene.md section 5): with explicit hydrogens, and without (united atoms).
_RADII_WITH_H = {1: 1.00, CARBON: 1.70, NITROGEN: 1.625, PHOSPHORUS: 1.871, SULFUR: 1.782}
_RADII_WITHOUT_H = {1: 1.00, NITROGEN: 1.64, PHOSPHORUS: 2.10, SULFUR: 1.77}
_HALOGENS = {FLUORINE: (1.28, 1.33), CHLORINE: (1.98, 1.81), BROMINE: (2.42, 1.96), IODINE: (2.80, 2.20)}  # bonded, ion
_IONS = {12: 0.57, 30: 0.60, 20: 1.00, 11: 0.99, 25: 0.66, 26: 0.63, 19: 1.37, 27: 0.56, 28: 0.49, 48: 0.78, 80: 0.69}
_ANY_METAL, _ANY_OTHER = 1.0, 1.8  # elements the table has no entry for


def atomic_radii(complex: Complex) -> Floats:
    """(n,) atomic radii, angstrom, for the ball and sphere styles.

    The reference program decides by atom type; here the number of bonds and, without hydrogens, the widest bond angle
    stand for it: a carbon with three neighbours in a plane, or two at more than 115 degrees, is taken as sp2.
    """
    radii = np.empty(len(complex))
    has_h = {side: bool((complex.element[complex.is_ligand == side] == 1).any()) for side in (False, True)}
    for atom, (element, ligand) in enumerate(zip(complex.element.tolist(), complex.is_ligand.tolist(), strict=True)):
        bonded = complex.neighbours[atom]
        table = _RADII_WITH_H if has_h[ligand] else _RADII_WITHOUT_H
        if element in _HALOGENS:
            radii[atom] = _HALOGENS[element][0 if bonded else 1]
        elif element in table:
            radii[atom] = table[element]
        elif element == OXYGEN:
            tetrahedral = len(bonded) > 1
            radii[atom] = (1.50 if tetrahedral else 1.48) if has_h[ligand] else (1.46 if tetrahedral else 1.42)
        elif element == CARBON:
            planar = _is_planar(complex.xyz[atom], complex.xyz[list(bonded)])
            radii[atom] = 1.88 if not planar else 1.76 if len(bonded) < 3 else 1.61
        elif element in METALS:
            radii[atom] = _IONS.get(element, _ANY_METAL)
        else:
            radii[atom] = _ANY_OTHER
    return radii


def _is_planar(centre: Floats, around: Floats) -> bool:
    """Whether the neighbours lie as around an sp2 atom."""
    arms = around - centre
    lengths = np.sqrt((arms * arms).sum(axis=1))
    if not len(arms) or (lengths == 0).any():
        return False
    arms = arms / lengths[:, None]
    if len(arms) == 2:
        return bool((arms[0] * arms[1]).sum() < -0.4226)  # cosine of 115 degrees
    return len(arms) == 3 and bool(((arms[0] + arms[1] + arms[2]) ** 2).sum() < 0.25)


def display_radii(complex: Complex, style: Style) -> Floats:
    """(n,) radii of the drawn spheres, angstrom.

    Raises
    ------
    RenderError
        The style is unknown.
    """
    if style == "stick":
        return np.full(len(complex), STICK_RADIUS)
    if style == "ball-and-stick":
        return BALL_SCALE * atomic_radii(complex)
    if style == "sphere":
        return atomic_radii(complex)
    raise RenderError(f"style {style!r} is not one of {', '.join(STYLES)}")
