"""Composing scenes from pictures."""

import json
from dataclasses import fields

import numpy as np
import pytest

from misi.errors import RenderError
from misi.scene.motion import VIEWS, Operation, parse_operations
from misi.scene.picture import Picture
from misi.scene.scene import compose, coordinates
from tests.scene.made import made


def picture(operations: str = "", **options: object) -> Picture:
    return Picture(operations=parse_operations(operations), labels="none", **options)  # type: ignore[arg-type]


def test_hydrogens_are_never_drawn() -> None:
    complex_ = made()
    scene = compose(complex_, picture(), 768, 576)
    assert (complex_.element[scene.atom] != 1).all()
    assert len(scene.atom) == complex_.heavy.sum()
    ends = scene.atom[scene.bonds]
    drawn = {tuple(sorted(pair)) for pair in ends.tolist()}
    heavy = [pair for pair in complex_.bonds.tolist() if complex_.heavy[pair].all()]
    assert drawn == {tuple(sorted(pair)) for pair in heavy}


def rotation(axis: str, degrees: float) -> np.ndarray:
    """Rodrigues' formula: right-handed about an axis."""
    x, y, z = (float(axis == name) for name in "xyz")
    across = np.array([(0, -z, y), (z, 0, -x), (-y, x, 0)])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * across + (1 - np.cos(angle)) * across @ across


@pytest.mark.parametrize("view", list(VIEWS))
def test_views_turn_the_scene_about_the_pivot(view: str) -> None:
    front, turned = compose(made(), picture(), 768, 576), compose(made(), picture(view=view), 768, 576)
    pivot = np.array(front.camera.pivot)
    expected = front.xyz - pivot
    for operation in VIEWS[view]:
        expected = expected @ rotation(operation.axis, operation.amount).T
    assert turned.xyz == pytest.approx(expected + pivot)
    assert turned.camera.distance == front.camera.distance


def test_the_side_that_faces_the_viewer() -> None:
    complex_ = made()
    highest, lowest = complex_.xyz[:, 1].argmax(), complex_.xyz[:, 0].argmin()
    for view, atom in (("top", highest), ("left", lowest)):
        scene = compose(complex_, picture(view=view), 768, 576)
        nearest = scene.atom[scene.xyz[:, 2].argmax()]
        axis, sign = {"top": (1, 1), "left": (0, -1)}[view]
        assert sign * complex_.xyz[nearest, axis] == pytest.approx(sign * complex_.xyz[atom, axis], abs=1.5)


def test_operations_follow_the_view_one_after_the_other() -> None:
    view_then = compose(made(), picture("move x 3, roll z 90", view="top"), 768, 576)
    spelled = compose(made(), picture("roll x 90, move x 3, roll z 90"), 768, 576)
    assert view_then.xyz == pytest.approx(spelled.xyz)


def test_parts_are_shown_under_the_camera_of_the_whole() -> None:
    complex_ = made()
    whole = compose(complex_, picture(), 768, 576)
    for show, rows in (("pocket", ~complex_.is_ligand), ("ligand", complex_.is_ligand)):
        part = compose(complex_, picture(show=show), 768, 576)
        assert part.camera == whole.camera
        assert part.atom.tolist() == np.flatnonzero(rows & complex_.heavy).tolist()
        place = np.searchsorted(whole.atom, part.atom)
        assert (part.xyz == whole.xyz[place]).all()
        assert part.bonds.max() < len(part.atom)


def test_one_residue_has_its_own_camera() -> None:
    complex_ = made()
    scene = compose(complex_, picture(show="residue", residue=1), 768, 576)
    assert set(complex_.residue[scene.atom].tolist()) == {1, 4}
    assert scene.camera.distance < compose(complex_, picture(), 768, 576).camera.distance
    low, high = scene.xyz.min(axis=0), scene.xyz.max(axis=0)
    assert ((low + high) / 2)[:2] == pytest.approx([0, 0], abs=1e-9)


def test_ligand_operations_move_the_ligand_about_its_own_box_centre() -> None:
    complex_ = made()
    still = compose(complex_, picture(), 768, 576)
    turned = compose(complex_, picture(ligand_operations=parse_operations("move x 12, roll z 90")), 768, 576)
    ligand = complex_.is_ligand[still.atom]
    assert (turned.xyz[~ligand] == still.xyz[~ligand]).all()
    before, after = still.xyz[ligand], turned.xyz[ligand]
    centre = (before.min(axis=0) + before.max(axis=0)) / 2
    assert after == pytest.approx((before - centre) @ rotation("z", 90).T + centre + [12, 0, 0])
    assert turned.camera.near <= -turned.xyz[:, 2].max() - 0.2
    assert turned.camera.far >= -turned.xyz[:, 2].min() + 0.2


def test_docking_operations_are_undone_by_their_inverses_in_reverse() -> None:
    steps = (Operation("move", "x", 12), Operation("roll", "y", -45))
    back = tuple(step.inverse for step in reversed(steps))
    still = compose(made(), picture(), 768, 576)
    undone = compose(made(), picture(ligand_operations=steps + back), 768, 576)
    assert undone.xyz == pytest.approx(still.xyz)


def test_columns_are_read_only() -> None:
    scene = compose(made(), Picture(labels="atoms"), 768, 576)
    for value in (scene, scene.labels):
        for field in fields(value):
            column = getattr(value, field.name)
            if isinstance(column, np.ndarray):
                assert not column.flags.writeable, field.name


def test_spheres_have_no_bonds() -> None:
    assert len(compose(made(), picture(), 768, 576, style="sphere").bonds) == 0
    assert len(compose(made(), picture(), 768, 576, style="ball-and-stick").bonds)


@pytest.mark.parametrize(
    "wrong",
    [
        Picture(view="inside"),
        Picture(show="residue"),
        Picture(show="residue", residue=99),
        Picture(show="residue", residue=4),  # the ligand
        Picture(show="water"),  # type: ignore[arg-type]
    ],
)
def test_impossible_pictures_are_refused(wrong: Picture) -> None:
    with pytest.raises(RenderError):
        compose(made(), wrong, 768, 576)


def test_coordinates_of_every_heavy_atom() -> None:
    complex_ = made()
    data = coordinates(complex_, 768, 768, parse_operations("move x 3, roll y 45"))
    json.dumps(data)
    assert len(data["atoms"]) == complex_.heavy.sum()
    assert data["size"] == [768, 768]
    scene = compose(complex_, picture("move x 3, roll y 45"), 768, 768)
    for i in (0, 7, -1):
        row = data["atoms"][i]
        assert row["xyz"] == pytest.approx(scene.xyz[i], abs=1e-4)
        assert row["pixel"] == pytest.approx(scene.camera.project(scene.xyz[i]), abs=1e-3)
        assert row["atom"] == complex_.name[scene.atom[i]]
    assert {row["side"] for row in data["atoms"]} == {"pocket", "ligand"}
    low, high = np.array(data["box"])
    heavy = complex_.xyz[complex_.heavy]
    assert low == pytest.approx(heavy.min(axis=0) - 0.2)
    assert high == pytest.approx(heavy.max(axis=0) + 0.2)


def test_points_behind_the_eye_have_no_pixel() -> None:
    data = coordinates(made(), 768, 576, parse_operations("move z 500"))
    assert all(row["pixel"] is None for row in data["atoms"])
