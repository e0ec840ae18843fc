"""Fit, pivot, planes and projection."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.errors import RenderError
from misi.scene.camera import Camera, fit, front_depth
from misi.scene.motion import Operation, parse_operations

TANGENT = math.tan(math.radians(15))
clouds = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).normal(size=(12, 3)) * np.random.default_rng(seed + 1).uniform(0.5, 30, 3)
)
sizes = st.sampled_from([(512, 512), (768, 576), (400, 900), (1024, 256)])


def fitted(xyz: np.ndarray, width: int = 512, height: int = 512, **options: object) -> Camera:
    xyz = np.asarray(xyz, dtype=float)
    return fit(xyz, np.full(len(xyz), 0.2), [], 0.2, width, height, **options)  # type: ignore[arg-type]


def cube(side: float) -> np.ndarray:
    half = side / 2 - 0.2  # the box has the atoms' radius around it
    return np.array([(x, y, z) for x in (-half, half) for y in (-half, half) for z in (-half, half)])


def test_distance_of_a_cube_depends_on_the_aspect() -> None:
    half = 17.0
    assert fitted(cube(34), 512, 512).distance == pytest.approx((half / TANGENT + half) / 0.95)
    assert fitted(cube(34), 768, 576).distance == pytest.approx((half / (0.75 * TANGENT) + half) / 0.95)
    assert fitted(cube(34), 768, 576).distance == pytest.approx(107, abs=0.1)


def test_field_of_view_is_across_the_width() -> None:
    camera = fitted(cube(20), 800, 600)
    right, up = 50 * TANGENT, 50 * TANGENT * 0.75
    assert camera.project([right, 0, -50]) == pytest.approx([800, 300])
    assert camera.project([0, up, -50]) == pytest.approx([400, 0])
    assert camera.project([0, 0, -50]) == pytest.approx([400, 300])


def test_box_centre_is_straight_ahead_at_the_distance() -> None:
    xyz = cube(10) + np.array([3, -40, 100])
    camera = fitted(xyz)
    assert camera.to_camera(np.array([[3.0, -40.0, 100.0]]))[0] == pytest.approx([0, 0, -camera.distance])
    assert camera.pivot == pytest.approx((0, 0, -camera.distance))


@given(clouds, sizes)
def test_everything_fitted_is_inside_the_picture(xyz: np.ndarray, size: tuple[int, int]) -> None:
    camera = fitted(xyz, *size)
    q = camera.to_camera(xyz)
    pixels = camera.project(q)
    reach = 0.2 * camera.pixels_per_angstrom(-q[:, 2])
    assert (q[:, 2] < 0).all()
    assert (pixels >= reach[:, None] - 1).all()
    assert (pixels <= np.array(size) - reach[:, None] + 1).all()
    assert camera.near <= -q[:, 2].max() - 0.2 + 1e-9
    assert camera.far >= -q[:, 2].min() + 0.2 - 1e-9


@given(clouds, st.floats(-400, 400))
def test_planes_stay_in_order_wherever_the_scene_goes(xyz: np.ndarray, step: float) -> None:
    camera = fitted(xyz).moved((Operation("move", "z", step),))
    assert 0 < camera.near < camera.far


def test_planes_follow_the_box_when_the_scene_moves() -> None:
    camera = fitted(cube(20))
    moved = camera.moved(parse_operations("move z 10, roll y 90"))
    assert moved.near == pytest.approx(camera.near - 10)
    assert moved.far == pytest.approx(camera.far - 10)


def test_pivot_travels_with_the_scene_and_rolls_leave_it() -> None:
    camera = fitted(cube(20))
    x, y, z = camera.pivot
    assert camera.moved(parse_operations("move x 4, roll z 30, move y -2")).pivot == pytest.approx((x + 4, y - 2, z))


def deep_column(*, offset: float = 0.0) -> np.ndarray:
    return np.array([(offset, 0, z) for z in (-10.0, -5.0, 0.0, 5.0, 10.0)] + [(3.0, 3, 0), (-3.0, -3, 0)])


def test_deep_box_turns_about_what_the_axis_meets_first() -> None:
    camera = fitted(deep_column())
    assert camera.distance * math.radians(30) < 20.4
    assert camera.pivot == pytest.approx((0, 0, 10.2 - camera.distance))


def test_deep_box_whose_axis_meets_nothing_turns_about_its_centre() -> None:
    camera = fitted(deep_column(offset=1.0))
    assert camera.distance * math.radians(30) < 20.4
    assert camera.pivot == pytest.approx((0, 0, -camera.distance))


def test_front_sphere_counts_even_behind_its_own_bond() -> None:
    q = np.array([(0.15, 0.0, -10.0), (-1.0, 0.0, -9.0)])
    sphere = 10 - math.sqrt(0.2**2 - 0.15**2)
    bond = front_depth(q, 0.2, np.array([[0, 1]]), 0.2)
    alone = front_depth(q, 0.2, np.zeros((0, 2), dtype=int), 0.2)
    assert alone == pytest.approx(sphere)
    assert bond == pytest.approx(sphere)
    # a bond of other atoms counts by its own depth
    other = np.array([(0.15, 0.0, -10.0), (-1.0, 0.0, -8.0), (1.0, 0.0, -8.0)])
    assert front_depth(other, 0.2, np.array([[1, 2]]), 0.2) == pytest.approx(7.8)


def test_axis_that_leaves_through_an_open_end_hits_the_inside() -> None:
    # an axis leaning at 45 degrees, its open near end a little beside the view axis
    q = np.array([(0.05, 0.0, -10.0), (1.05, 0.0, -11.0)])
    depth = front_depth(q, np.array([0.001, 0.001]), np.array([[0, 1]]), 0.2)
    assert depth == pytest.approx(9.95 + 0.2 * math.sqrt(2))


def test_parallel_picture_does_not_change_with_depth() -> None:
    camera = fitted(cube(20), projection="parallel")
    points = np.array([(3.0, 4.0, -30.0), (3.0, 4.0, -90.0)])
    near, far = camera.project(points)
    assert near == pytest.approx(far)
    middle = np.array([3.0, 4.0, -camera.distance])
    assert camera.project(middle) == pytest.approx(fitted(cube(20)).project(middle))


def test_depth_cue_begins_at_the_middle_and_ends_at_far() -> None:
    camera = fitted(cube(20))
    share = camera.cue([camera.distance - 5, camera.distance, (camera.distance + camera.far) / 2, camera.far + 1])
    assert share == pytest.approx([1, 1, 0.5, 0])


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (10, 10**6)])
def test_impossible_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(RenderError, match="cannot be made"):
        fitted(cube(10), *size)


def test_nothing_to_fit_is_refused() -> None:
    with pytest.raises(RenderError, match="nothing is displayed"):
        fitted(np.zeros((0, 3)))
