"""Batches drawn by Warp against the kernel for the processor: the same bytes, or one clear line."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.errors import RenderError
from misi.render import render, render_batch
from misi.render.gpu import batch
from misi.render.gpu.device import opened
from misi.render.gpu.layout import laid_out, sampled
from misi.render.image import Quality
from misi.render.primitives import FIELDS
from misi.scene.motion import parse_operations
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import frozen
from tests.scene.made import made

warp = pytest.importorskip("warp", reason="NVIDIA Warp (the extra gpu) is not installed")


def absent(device: str) -> str:
    """Why a device cannot be tested here; nothing if it can."""
    try:
        with opened(device):
            return ""
    except RenderError as error:
        return str(error)


@pytest.fixture(scope="module", params=["warp-cpu", "cuda:0"])
def device(request: pytest.FixtureRequest) -> str:
    reason = absent(request.param)
    if reason:
        pytest.skip(reason)
    return str(request.param)


def scene(operations: str = "", width: int = 64, height: int = 48, view: str = "front", **options: object) -> Scene:
    picture = Picture(view=view, labels="none", operations=parse_operations(operations))
    return compose(made(5, metal=True), picture, width, height, **options)  # type: ignore[arg-type]


def only(whole: Scene, rows: list[int]) -> Scene:
    """A scene of a few of the atoms of another, without bonds."""
    return replace(
        whole,
        xyz=frozen(whole.xyz[rows], float, (-1, 3)),
        atom=frozen(whole.atom[rows], np.int32),
        colour=frozen(whole.colour[rows], np.uint8, (-1, 3)),
        radius=frozen(whole.radius[rows], float),
        bonds=frozen([], np.int32, (-1, 2)),
    )


def entering(style: str, projection: str = "perspective") -> Scene:
    """A scene whose near plane cuts through atoms and bonds."""
    x, y, z = scene(style=style).xyz[7].tolist()
    motion = f"move x {0.1 - x:.3f}, move y {0.05 - y:.3f}, move z {-0.1 - z:.3f}"
    entered = scene(motion, style=style, projection=projection)
    assert (np.abs(-entered.xyz[:, 2] - entered.camera.near) < entered.radius).any()
    return entered


def all_kinds() -> list[Scene]:
    """Scenes of many sizes and kinds, in no order."""
    front = scene()
    return [
        *(scene(view=view, style=style) for view in ("front", "back", "top") for style in ("stick", "ball-and-stick")),
        scene("roll x 20", 97, 33, style="sphere"),
        scene("move z 500"),
        *(entering(style, way) for style in ("stick", "sphere") for way in ("perspective", "parallel")),
        scene("roll y 30", 16, 16, projection="parallel"),
        scene("roll z 75", transparent=True),
        scene(background=(10, 80, 200)),
        scene(depth_cue=False, background=(255, 255, 255)),
        only(front, [20]),
        only(front, []),
        scene("", 1, 1),
        scene("", 3, 200),
        compose(made(), Picture(labels="atoms"), 160, 120),
        compose(made(), Picture(labels="atoms"), 160, 120, transparent=True, label_style="paper"),
        replace(front, bonds=frozen([*front.bonds.tolist(), (0, 0)], np.int32)),
    ]


@pytest.mark.parametrize(("quality", "levels"), [("exact", 0), ("fast", 0), ("exact", 16)])
def test_a_batch_is_the_same_pictures_in_the_same_order(device: str, quality: Quality, levels: int) -> None:
    scenes = all_kinds()
    images = render_batch(iter(scenes), quality, levels, device=device, truth=True)
    assert len(images) == len(scenes)
    assert sum(image.rgb.any() for image in images) > 15
    for place, (made_scene, found) in enumerate(zip(scenes, images, strict=True)):
        expected = render(made_scene, quality, levels, truth=True)
        for name in ("rgb", "alpha", "depth", "atom"):
            ours, theirs = getattr(found, name), getattr(expected, name)
            assert (ours is None) == (theirs is None)
            if theirs is not None:
                assert ours.dtype == theirs.dtype
                assert ours.shape == theirs.shape
                assert (ours == theirs).all(), f"{name} of picture {place}"


@given(st.integers(0, 10**6), st.sampled_from(["exact", "fast"]))
@settings(max_examples=20)
def test_any_sticks_anywhere(seed: int, quality: Quality) -> None:
    rng = np.random.default_rng(seed)
    alone = scene()
    anyhow = replace(
        alone,
        xyz=frozen(rng.normal(size=(14, 3)) * rng.uniform(1, 12) - [0, 0, rng.uniform(2, alone.camera.far)], float),
        radius=frozen(rng.uniform(0.1, 1.5, 14), float),
        atom=frozen(np.arange(14), np.int32),
        colour=frozen(rng.integers(0, 256, (14, 3)), np.uint8),
        bonds=frozen(rng.integers(0, 14, (10, 2)), np.int32),
    )
    (found,) = render_batch([anyhow], quality, device="warp-cpu", truth=True)
    expected = render(anyhow, quality, truth=True)
    assert (found.rgb == expected.rgb).all()
    assert (found.depth == expected.depth).all()
    assert (found.atom == expected.atom).all()


def test_a_batch_larger_than_a_launch_is_divided(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = [scene(f"roll y {10 * k}", 30 + k, 20) for k in range(7)]
    whole = render_batch(scenes, "fast", device=device)
    monkeypatch.setattr(batch, "MAX_PIXELS", 2 * 36 * 20)
    for one, other in zip(render_batch(scenes, "fast", device=device), whole, strict=True):
        assert (one.rgb == other.rgb).all()


def test_no_scenes_no_pictures(device: str) -> None:
    assert render_batch([], device=device) == []


@pytest.mark.parametrize("name", ["tpu", "cuda:", "cuda:-1", "cuda:x", "cuda:0\n", "CUDA", "", "warp"])
def test_an_unknown_device_is_refused(name: str) -> None:
    with pytest.raises(RenderError, match="is not one of cpu, warp-cpu, cuda"):
        render_batch([], device=name)


def test_without_warp_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "warp", None)
    for name in ("cuda:0", "warp-cpu"):
        with pytest.raises(RenderError, match=r"needs NVIDIA Warp: pip install 'misi-bench\[gpu\]'"):
            render_batch([scene()], device=name)


def test_without_a_cuda_device_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warp, "get_cuda_device_count", lambda: 0)
    with pytest.raises(RenderError, match="there is no CUDA device here"):
        render_batch([scene()], device="cuda")


def test_a_device_beyond_the_last_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("misi.render.gpu.device._loads", lambda name: True)
    monkeypatch.setattr(warp, "get_cuda_device_count", lambda: 2)
    with pytest.raises(RenderError, match="the last CUDA device here is cuda:1"):
        render_batch([scene()], device="cuda:2")


def test_impossible_wishes_are_refused() -> None:
    front = scene()
    with pytest.raises(RenderError, match="quality"):
        render_batch([front], "perfect", device="warp-cpu")  # type: ignore[arg-type]
    with pytest.raises(RenderError, match="levels"):
        render_batch([front], levels=-1, device="warp-cpu")
    with pytest.raises(RenderError, match="atoms that do not exist"):
        render_batch([replace(front, bonds=frozen([(0, len(front.xyz))], np.int32))], device="warp-cpu")
    with pytest.raises(RenderError, match="not numbers"):
        render_batch([replace(front, xyz=frozen(front.xyz * np.nan, float))], device="warp-cpu")
    with pytest.raises(RenderError, match="different lengths"):
        render_batch([replace(front, radius=front.radius[1:])], device="warp-cpu")
    with pytest.raises(RenderError, match="cannot be drawn"):
        render_batch([replace(front, camera=replace(front.camera, width=1 << 20, height=1 << 20))], device="warp-cpu")


def test_a_failing_device_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory\nand much more")

    monkeypatch.setattr(batch, "_render_part", fail)
    with pytest.raises(RenderError) as caught:
        render_batch([scene()], device="warp-cpu")
    assert str(caught.value) == "device 'warp-cpu' failed: out of memory"


def test_pictures_on_the_processor_do_not_import_warp() -> None:
    code = "import sys, misi.cli, misi.render, misi.render.gpu.batch; print('warp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_nothing_is_printed_and_an_impossible_cache_folder_is_replaced() -> None:
    code = (
        "from misi.render.gpu.device import opened\n"
        "with opened('warp-cpu') as (warp, name): folder = warp.config.kernel_cache_dir\n"
        "import os, sys; sys.exit(0 if os.path.isdir(folder) and warp.config.log_level == warp.LOG_INFO else 1)"
    )
    # a folder cannot be made in a file
    place = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=place, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_what_is_laid_out_is_what_the_kernel_reads() -> None:
    with opened("warp-cpu"):
        from misi.render.gpu import kernel
    columns = sampled([scene()], laid_out([scene()], 0), 3)
    assert set(kernel.READ) == set(columns)
    for struct, name in ((kernel.Primitive, "primitives"), (kernel.Setting, "settings"), (kernel.Size, "sizes")):
        row = np.dtype(struct.numpy_dtype())
        assert row.itemsize == columns[name][0].nbytes
        assert name != "primitives" or row.names == FIELDS


def test_the_code_for_gpus_rounds_every_step_to_nearest(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No fused multiply-add, no approximate division or root, denormal numbers kept: what the same bytes rest on."""
    with opened("warp-cpu"):
        from misi.render.gpu import kernel

        try:
            (path,) = warp.compile_aot_module(
                kernel, arch=80, use_ptx=True, module_dir=str(tmp_path_factory.mktemp("ptx"))
            )
        except (RuntimeError, ValueError) as error:
            pytest.skip(f"this build of Warp cannot compile for GPUs: {error}")
    words = path.read_bytes().decode("ascii", "replace").split()
    steps = [word for word in words if word.split(".")[0] in ("add", "sub", "mul", "div", "rcp", "sqrt", "fma", "mad")]
    in_single = [word for word in steps if word.endswith((".f32", ".f64"))]
    assert len(in_single) > 100
    assert not [word for word in in_single if ".rn" not in word or ".ftz" in word]
    assert not [word for word in in_single if word.startswith(("fma", "mad"))]
