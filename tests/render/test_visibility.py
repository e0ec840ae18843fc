"""What can be seen of atoms, by the pixels that they fill."""

import dataclasses

import numpy as np
import pytest

from misi.render import views_seen, visible_atoms, visible_in_views, visible_pixels
from misi.scene.motion import SIX_VIEWS, Operation
from misi.scene.picture import Picture
from misi.scene.scene import compose
from misi.structures.complex import Complex, frozen
from tests.scene.made import made

SIZES = [(384, 288), (768, 576), (1024, 768)]


def _arranged(places: dict[str, tuple[float, float, float]], bond: tuple[str, str]) -> tuple[Complex, dict[str, int]]:
    """A complex of one residue, most of it far out, with some atoms of the ligand put where wanted, and one bond."""
    complex_ = made(1)
    row_of = {name: int(np.flatnonzero(complex_.name == name)[0]) for name in complex_.name.tolist()}
    xyz = complex_.xyz.copy()
    corners = np.array([(x, y, z) for x in (-6.0, 6.0) for y in (-6.0, 6.0) for z in (-6.0, 6.0)])
    xyz[:] = corners[np.arange(len(xyz)) % len(corners)]
    for name, place in places.items():
        xyz[row_of[name]] = place
    bonds = frozen([tuple(row_of[name] for name in bond)], np.int32, (-1, 2))
    return dataclasses.replace(complex_, xyz=frozen(xyz, float), bonds=bonds), row_of


@pytest.mark.parametrize("size", SIZES)
def test_an_atom_behind_a_stick_is_not_seen_from_its_front_alone(size: tuple[int, int]) -> None:
    complex_, row_of = _arranged({"C1": (-3, 0, 2), "C2": (3, 0, 2), "O7": (0, 0, -2)}, ("C1", "C2"))
    seen = visible_in_views(complex_, *size)
    for name, hiding in (("O7", "front"), ("C1", "right"), ("C2", "left")):  # the ends of the stick hide each other
        found = dict(zip(SIX_VIEWS, seen[:, row_of[name]].tolist(), strict=True))
        assert found == {view: view != hiding for view in SIX_VIEWS}
    assert views_seen(complex_, [row_of["O7"], row_of["C1"]], *size) == [5, 5]


@pytest.mark.parametrize("size", SIZES)
def test_a_lone_ion_can_be_seen(size: tuple[int, int]) -> None:
    complex_ = made(metal=True)
    (ion,) = np.flatnonzero(complex_.element == 30)
    assert views_seen(complex_, [int(ion)], *size) == [6]


def test_what_is_drawn_fills_pixels_and_hydrogens_do_not() -> None:
    complex_ = made()
    counts = visible_pixels(compose(complex_, Picture(labels="none"), 256, 192), len(complex_))
    assert (counts[~complex_.heavy] == 0).all()
    assert (counts[complex_.heavy] > 0).mean() > 0.9


def test_a_residue_with_the_ligand_hides_what_is_not_shown() -> None:
    complex_ = made()
    seen = visible_in_views(complex_, 256, 192, residue=0)
    assert seen.shape == (6, len(complex_))
    shown = complex_.heavy & (complex_.is_ligand | (complex_.residue == 0))
    assert seen[:, shown].any(axis=0).all()
    assert not seen[:, ~shown].any()


def test_nothing_is_seen_of_atoms_that_left_the_picture_or_lie_before_the_near_plane() -> None:
    complex_ = made()
    aside = compose(complex_, Picture(operations=(Operation("move", "x", 500.0),)), 256, 192)
    behind = compose(complex_, Picture(operations=(Operation("move", "z", 500.0),)), 256, 192)
    assert not visible_atoms(aside, len(complex_)).any()
    assert not visible_atoms(behind, len(complex_)).any()
