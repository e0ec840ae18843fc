"""The fast kernel against a slow one, and what must hold of any picture."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.errors import RenderError
from misi.render import Quality, locate, primitives, raster, render
from misi.render.raster import WIDEST
from misi.scene.camera import MAX_SIDE
from misi.scene.motion import parse_operations
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import frozen
from tests.render.tracer import trace, trace_at
from tests.scene.made import made

EDGE_PIXELS = 0.004  # share of pixels in which single precision may decide a sample on an outline the other way


def scene(operations: str = "", width: int = 64, height: int = 48, **options: object) -> Scene:
    picture = Picture(labels="none", operations=parse_operations(operations))
    return compose(made(5, metal=True), picture, width, height, **options)  # type: ignore[arg-type]


def agrees(found: np.ndarray, expected: np.ndarray, tolerance: int = 1) -> bool:
    return bool((np.abs(found.astype(int) - expected).max(axis=-1) > tolerance).mean() <= EDGE_PIXELS)


MOTIONS = ["roll x 30, roll z -60", "move x 9, move y -6, move z 20"]


@pytest.mark.parametrize("style", ["stick", "ball-and-stick", "sphere"])
@pytest.mark.parametrize("operations", MOTIONS)
def test_pictures_agree_with_the_slow_tracer(operations: str, style: str) -> None:
    made_scene = scene(operations, style=style)
    expected, _, _ = trace(made_scene, 3)
    found = render(made_scene).rgb
    assert expected.any()
    assert agrees(found, expected)


@pytest.mark.parametrize("style", ["stick", "ball-and-stick", "sphere"])
@pytest.mark.parametrize("operations", MOTIONS)
def test_fast_pictures_have_the_slow_tracers_coverage_and_nearly_its_colours(operations: str, style: str) -> None:
    """Shading once a pixel changes colours where the surface bends within a pixel, never what is seen."""
    made_scene = scene(operations, width=256, height=192, style=style, transparent=True)
    expected, _, _ = trace(made_scene, 2)
    samples = np.concatenate([np.isfinite(trace_at(made_scene, x, y)[1])[None] for x, y in quarters(256, 192)])
    image = render(made_scene, "fast")
    assert image.alpha is not None
    assert (image.alpha == samples.sum(axis=0) * 255 // 4).mean() > 1 - EDGE_PIXELS
    drawn = samples.any(axis=0)
    apart = np.abs(image.rgb.astype(int) - expected).max(axis=-1)[drawn]
    assert apart.mean() < (1 if style == "sphere" else 4)


def quarters(width: int, height: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Where the four samples of every pixel are."""
    places = [(i, j) for i in (0.25, 0.75) for j in (0.25, 0.75)]
    return [tuple(np.meshgrid(np.arange(width) + i, np.arange(height) + j)) for i, j in places]  # type: ignore[misc]


@pytest.mark.parametrize("atom", [0, 7, 21, 30])
@pytest.mark.parametrize("style", ["stick", "sphere"])
def test_zooming_enters_the_scene(atom: int, style: str) -> None:
    """What crosses the near plane is cut there, not dropped, and shows its inside."""
    x, y, z = scene(style=style).xyz[atom].tolist()
    made_scene = scene(f"move x {0.1 - x:.3f}, move y {0.05 - y:.3f}, move z {-0.1 - z:.3f}", style=style)
    assert (np.abs(-made_scene.xyz[:, 2] - made_scene.camera.near) < made_scene.radius).any()
    expected, depth, row = trace(made_scene, 3)
    assert expected.any()
    assert agrees(render(made_scene).rgb, expected)
    found_depth, found_atom = locate(made_scene)
    same = found_atom == np.append(made_scene.atom, -1)[row]
    assert same.mean() > 1 - EDGE_PIXELS
    assert np.allclose(found_depth[same], depth[same], atol=1e-3)


def test_camera_inside_a_sphere_sees_its_wall() -> None:
    alone = scene()
    near = alone.camera.near
    inside = replace(
        alone,
        xyz=frozen([(0.1, 0.0, -near)], float),
        radius=frozen([near + 30], float),
        atom=frozen([0], np.int32),
        colour=frozen([(255, 255, 255)], np.uint8),
        bonds=frozen([], np.int32, (-1, 2)),
    )
    expected, _, row = trace(inside, 3)
    assert (row == 0).all()
    assert agrees(render(inside).rgb, expected)


def test_parallel_projection() -> None:
    made_scene = scene("roll y 30", projection="parallel")
    expected, _, _ = trace(made_scene, 3)
    assert agrees(render(made_scene).rgb, expected)


@pytest.mark.parametrize("background", [(0, 0, 0), (255, 255, 255), (10, 80, 200)])
def test_depth_cue_fades_to_the_background(background: tuple[int, int, int]) -> None:
    for depth_cue in (True, False):
        made_scene = scene(background=background, depth_cue=depth_cue)
        expected, _, _ = trace(made_scene, 3)
        found = render(made_scene).rgb
        assert agrees(found, expected)
        assert (found[0, 0] == background).all()


def test_sticks_that_point_at_the_viewer() -> None:
    """Both outlines of a steep cylinder may bound a row from one side; no piece may vanish."""
    rng = np.random.default_rng(3)
    alone = scene()
    depth = alone.camera.distance
    start = rng.uniform(-6, 6, (20, 3)) + np.array([0, 0, -depth])
    toward = -start / np.sqrt((start**2).sum(axis=1))[:, None]
    end = start + 1.5 * (toward + rng.normal(size=(20, 3)) * 0.02)
    steep = replace(
        alone,
        xyz=frozen(np.concatenate([start, end]), float),
        radius=frozen(np.full(40, 0.2), float),
        atom=frozen(np.arange(40), np.int32),
        colour=frozen(rng.integers(0, 256, (40, 3)), np.uint8),
        bonds=frozen([(k, k + 20) for k in range(20)], np.int32),
    )
    expected, _, _ = trace(steep, 3)
    assert agrees(render(steep).rgb, expected)


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_any_sticks_anywhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    alone = scene(width=48, height=36)
    xyz = rng.normal(size=(14, 3)) * rng.uniform(1, 12) + np.array([0, 0, -rng.uniform(2, alone.camera.far)])
    anyhow = replace(
        alone,
        xyz=frozen(xyz, float),
        radius=frozen(rng.uniform(0.1, 1.5, 14), float),
        atom=frozen(np.arange(14), np.int32),
        colour=frozen(rng.integers(0, 256, (14, 3)), np.uint8),
        bonds=frozen(rng.integers(0, 14, (10, 2)), np.int32),
    )
    expected, _, _ = trace(anyhow, 3)
    found = render(anyhow).rgb
    assert (np.abs(found.astype(int) - expected).max(axis=-1) > 2).mean() < 0.01


def test_depth_and_atom_of_every_pixel() -> None:
    made_scene = scene("roll x 40")
    image = render(made_scene, truth=True)
    assert image.depth is not None
    assert image.atom is not None
    _, depth, row = trace(made_scene, 1)
    same = image.atom == np.append(made_scene.atom, -1)[row]
    assert same.mean() > 1 - EDGE_PIXELS
    drawn = np.isfinite(image.depth)
    assert ((image.atom >= 0) == drawn).all()
    assert np.allclose(image.depth[same], depth[same], atol=0.02)
    assert (image.rgb[drawn].max(axis=-1) > 0).all()  # a pixel whose centre is covered is not black


def test_drawing_order_does_not_matter() -> None:
    made_scene = scene()
    order = np.random.default_rng(1).permutation(len(made_scene.xyz))
    back = np.argsort(order)
    shuffled = replace(
        made_scene,
        xyz=frozen(made_scene.xyz[order], float),
        radius=frozen(made_scene.radius[order], float),
        atom=frozen(made_scene.atom[order], np.int32),
        colour=frozen(made_scene.colour[order], np.uint8),
        bonds=frozen(back[made_scene.bonds], np.int32),
    )
    assert (render(shuffled).rgb == render(made_scene).rgb).all()
    assert (locate(shuffled)[1] == locate(made_scene)[1]).all()


def test_a_scene_beyond_the_camera_is_empty() -> None:
    made_scene = scene("move z 500")
    image = render(made_scene, truth=True)
    assert not image.rgb.any()
    assert image.atom is not None
    assert (image.atom == -1).all()


def test_bonds_without_length_are_harmless() -> None:
    made_scene = scene()
    twice = replace(made_scene, bonds=frozen([*made_scene.bonds.tolist(), (0, 0)], np.int32))
    assert (render(twice).rgb == render(made_scene).rgb).all()


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (17, 13)])
def test_odd_sizes(size: tuple[int, int]) -> None:
    made_scene = scene("", *size)
    assert render(made_scene).rgb.shape == (size[1], size[0], 3)
    assert agrees(render(made_scene).rgb, trace(made_scene, 3)[0]) or size[0] * size[1] < 300


def test_transparent_background_has_coverage() -> None:
    image = render(scene(transparent=True))
    assert image.alpha is not None
    expected, _, _ = trace(scene(), 3)
    assert (image.alpha[expected.max(axis=-1) == 0] == 0).mean() > 0.99
    assert (image.alpha == 255).any()
    assert len(np.unique(image.alpha)) <= 10


def test_levels_are_few_tones() -> None:
    gray = replace(scene(), colour=frozen(np.full((len(scene().atom), 3), 150), np.uint8), depth_cue=False)
    full, few = render(gray, "fast").rgb, render(gray, "fast", levels=8).rgb
    assert np.abs(full.astype(int) - few).mean() < 6
    assert len(np.unique(few)) < len(np.unique(full))


@pytest.mark.parametrize("quality", ["exact", "fast"])
def test_the_widest_picture(quality: Quality) -> None:
    widest = scene("", MAX_SIDE, 8)
    found = render(widest, quality).rgb
    assert found.any()
    assert WIDEST >= MAX_SIDE
    for width in (MAX_SIDE + 1, 0):
        with pytest.raises(RenderError, match="cannot be made"):
            render(replace(widest, camera=replace(widest.camera, width=width)), quality)


def test_unknown_quality_is_refused() -> None:
    with pytest.raises(RenderError, match="quality"):
        render(scene(), "perfect")  # type: ignore[arg-type]
    with pytest.raises(RenderError, match="levels"):
        render(scene(), levels=-1)


def test_both_files_of_kernels_mean_the_same_by_plain() -> None:
    assert raster.PLAIN == primitives.PLAIN < min(primitives.SPHERE, primitives.CYLINDER)
    assert primitives.NOTHING < primitives.PLAIN
