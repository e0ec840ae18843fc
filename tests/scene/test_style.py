"""Colours and sizes."""

import itertools

import numpy as np
import pytest

from misi.errors import RenderError
from misi.scene.style import ELEMENT_COLOURS, atom_colours, atomic_radii, display_radii
from tests.scene.made import made

#: What people with each kind of colour blindness see, linear red, green, blue: severity 1 of Machado, Oliveira and
#: Fernandes, "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15 (2009).
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array([(0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)]),
    "deutan": np.array([(0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)]),
    "tritan": np.array([(1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)]),
}


def lab(colour: np.ndarray, blindness: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of an sRGB colour as seen."""
    rgb = colour / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(blindness @ linear, 0, 1)
    to_xyz = np.array([(0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)])
    ratio = to_xyz @ linear / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_elements_have_their_jmol_colours() -> None:
    assert len(ELEMENT_COLOURS) == 110
    for element, colour in {
        0: (180, 180, 180),
        6: (144, 144, 144),
        7: (48, 80, 248),
        8: (255, 13, 13),
        16: (255, 255, 48),
        26: (224, 102, 51),
        30: (125, 128, 176),
        35: (166, 41, 41),
        79: (255, 209, 35),
        92: (0, 143, 255),
        109: (235, 0, 38),
    }.items():
        assert tuple(ELEMENT_COLOURS[element]) == colour


def test_pocket_carbons_alternate_by_residue_and_the_ligand_is_gray() -> None:
    complex_ = made()
    colours = atom_colours(complex_, "paper")
    carbon = complex_.element == 6
    expected = [(255, 255, 0), (128, 0, 128), (255, 255, 0), (128, 0, 128), (144, 144, 144)]
    for row, colour in enumerate(expected):
        assert (colours[carbon & (complex_.residue == row)] == colour).all()
    assert (colours[~carbon] == atom_colours(complex_, "element")[~carbon]).all()


def test_colours_stay_apart_for_everyone() -> None:
    complex_ = made()
    colours = atom_colours(complex_, "colorblind")
    kinds = np.unique(colours[np.isin(complex_.element, (6, 7, 8))], axis=0).astype(float)
    assert len(kinds) == 5  # three carbons, nitrogen, oxygen
    for name, matrix in BLINDNESS.items():
        for a, b in itertools.combinations(kinds, 2):
            difference = np.linalg.norm(lab(a, matrix) - lab(b, matrix))
            assert difference > 28, (name, a, b)


def test_every_stick_is_equally_thick() -> None:
    assert (display_radii(made(metal=True), "stick") == 0.2).all()


def test_balls_are_a_quarter_of_spheres() -> None:
    complex_ = made(metal=True)
    assert display_radii(complex_, "ball-and-stick") == pytest.approx(0.25 * display_radii(complex_, "sphere"))


def test_radii_of_a_structure_with_hydrogens() -> None:
    complex_ = made(metal=True)
    radii = dict(zip(complex_.name.tolist(), atomic_radii(complex_).tolist(), strict=True))
    assert radii["CA"] == 1.70
    assert radii["N"] == 1.625
    assert radii["H"] == 1.00
    assert radii["ZN"] == 0.60
    assert radii["CL8"] == 1.98
    assert radii["O7"] == 1.48


@pytest.mark.parametrize("call", [lambda c: atom_colours(c, "rainbow"), lambda c: display_radii(c, "cartoon")])
def test_unknown_names_are_refused(call: object) -> None:
    with pytest.raises(RenderError, match="is not one of"):
        call(made())  # type: ignore[operator]
