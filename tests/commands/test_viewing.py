"""`misi view`: pictures, sheets and turntables from the command line, and what it says to impossible wishes."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import CliRunner, Result

from misi.cli import app
from misi.errors import MisiError
from misi.render import render, render_png, sheet
from misi.scene.motion import parse_operations
from misi.scene.naming import residue_texts
from misi.scene.picture import Picture
from misi.scene.scene import compose
from misi.structures.complex import Complex
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes

ID = "syn0001"
SIZE = (96, 72)
View = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("complexes")
    write_complexes(path, 1, seed=0)
    return path


@pytest.fixture(scope="module")
def pocket(folder: Path) -> Complex:
    return load_by_id(folder, ID)


@pytest.fixture
def view(folder: Path, tmp_path: Path) -> View:
    def view(name: str, *options: object) -> Result:
        arguments = ["view", folder, "--id", ID, "--size", "96x72", "--out", tmp_path / name, *options]
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return view


def test_a_picture_is_what_the_renderer_makes(view: View, pocket: Complex, tmp_path: Path) -> None:
    options = ["--view", "top", "--do", "roll y 30", "--labels", "none", "--style", "ball-and-stick", "--levels", 16]
    assert view("a.png", *options, "--no-depth-cue", "--projection", "parallel").exit_code == 0
    picture = Picture("top", parse_operations("roll y 30"), labels="none")
    scene = compose(pocket, picture, *SIZE, style="ball-and-stick", depth_cue=False, projection="parallel")
    assert (tmp_path / "a.png").read_bytes() == render_png(scene, "exact", 16)


def test_the_ligand_alone_moves(view: View, pocket: Complex, tmp_path: Path) -> None:
    assert view("a.png", "--do-ligand", "roll y 45, move x 12", "--label-style", "paper").exit_code == 0
    picture = Picture(ligand_operations=parse_operations("roll y 45, move x 12"))
    assert (tmp_path / "a.png").read_bytes() == render_png(compose(pocket, picture, *SIZE, label_style="paper"))


def test_one_residue_by_its_label(view: View, pocket: Complex, tmp_path: Path) -> None:
    assert view("a.png", "--residue", residue_texts(pocket)[2].lower(), "--labels", "atoms").exit_code == 0
    picture = Picture(show="residue", residue=2, labels="atoms")
    assert (tmp_path / "a.png").read_bytes() == render_png(compose(pocket, picture, *SIZE))


def test_what_the_pixels_show(view: View, pocket: Complex, tmp_path: Path) -> None:
    options = ["--do", "move z 30", "--labels", "atoms", "--truth", tmp_path / "a.npz"]
    assert view("a.png", *options).exit_code == 0
    scene = compose(pocket, Picture(operations=parse_operations("move z 30"), labels="atoms"), *SIZE)
    assert (tmp_path / "a.png").read_bytes() == render_png(scene)
    with np.load(tmp_path / "a.npz") as truth:  # without pickles
        shown = render(scene, truth=True)
        assert (truth["depth"] == shown.depth).all()
        assert (truth["atom"] == shown.atom).all()
        seen = np.flatnonzero(truth["seen"])
        assert len(seen) > 10
        assert set(seen.tolist()) <= set(truth["atom"].ravel().tolist())
        scale = scene.camera.pixels_per_angstrom(-scene.xyz[:, 2]).max()
        for row in seen.tolist():  # an atom and its halves of bonds reach less than an angstrom from its centre
            key = pocket.residue_key(int(pocket.residue[row]))
            assert truth["residue"][row].startswith(f"{key.name} {key.number}")
            rows, columns = np.nonzero(truth["atom"] == row)
            column, line = truth["pixel"][row]
            assert np.hypot(columns + 0.5 - column, rows + 0.5 - line).max() < 1.25 * scale
        assert np.isnan(truth["pixel"][~pocket.heavy]).all()
        assert tuple(truth["label"]) == scene.labels.text
        assert (truth["label_box"] == scene.labels.boxes).all()
        first = (tmp_path / "a.npz").read_bytes()
    assert view("a.png", *options).exit_code == 0
    assert (tmp_path / "a.npz").read_bytes() == first


@pytest.mark.parametrize("options", [["--truth", "a.npy"], ["--truth", "a.npz", "--sheet"]])
def test_truth_is_an_archive_about_one_picture(view: View, tmp_path: Path, options: list[str]) -> None:
    result = view("a.png", *options)
    assert isinstance(result.exception, MisiError)
    assert "--truth" in str(result.exception)
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(("background", "corner"), [("black", (0, 0, 0)), ("white", (255, 255, 255))])
def test_backgrounds(view: View, tmp_path: Path, background: str, corner: tuple[int, ...]) -> None:
    assert view("a.png", "--background", background, "--labels", "none").exit_code == 0
    image = Pillow.open(tmp_path / "a.png")
    assert image.mode == "RGB"
    assert image.getpixel((0, 0)) == corner


def test_a_transparent_background(view: View, tmp_path: Path) -> None:
    assert view("a.png", "--background", "transparent", "--labels", "none").exit_code == 0
    alpha = np.asarray(Pillow.open(tmp_path / "a.png"))[..., 3]
    assert alpha[0, 0] == 0
    assert alpha.max() == 255


def test_a_sheet(view: View, pocket: Complex, tmp_path: Path) -> None:
    assert (
        view("a.png", "--sheet", "--background", "white", "--colors", "colorblind", "--show", "ligand").exit_code == 0
    )
    expected = sheet(pocket, *SIZE, background=(255, 255, 255), palette="colorblind", show="ligand")
    assert (tmp_path / "a.png").read_bytes() == expected


def test_a_transparent_sheet_keeps_its_captions(view: View, tmp_path: Path) -> None:
    assert view("a.png", "--sheet", "--background", "transparent", "--labels", "none").exit_code == 0
    alpha = np.asarray(Pillow.open(tmp_path / "a.png"))[..., 3]
    assert alpha.shape == (2 * 72 + 4, 3 * 96 + 8)
    assert (alpha[72:76] == 0).all()  # no frame
    assert alpha[8:20, 8:40].max() == 255  # the first view's name


@pytest.mark.parametrize("name", ["a.webp", "a.gif", "A.GIF"])
def test_a_turntable(view: View, pocket: Complex, tmp_path: Path, name: str) -> None:
    assert view(name, "--turntable", "--frames", 3, "--labels", "none", "--style", "sphere").exit_code == 0
    animation = Pillow.open(tmp_path / name)
    assert animation.format == Path(name).suffix[1:].upper()
    assert animation.n_frames == 3
    animation.seek(1)
    turned = Picture(operations=parse_operations("roll y 120"), labels="none")
    expected = render(compose(pocket, turned, *SIZE, style="sphere"), "exact").rgb.astype(int)
    assert np.abs(np.asarray(animation.convert("RGB")).astype(int) - expected).mean() < 4


def test_a_transparent_turntable(view: View, tmp_path: Path) -> None:
    assert view("a.webp", "--turntable", "--frames", 2, "--background", "transparent").exit_code == 0
    assert Pillow.open(BytesIO((tmp_path / "a.webp").read_bytes())).convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.webp", ["--sheet", "--turntable"], "choose one"),
        ("a.png", ["--sheet", "--view", "top"], "leave out --view"),
        ("a.png", ["--turntable"], ".webp or .gif"),
        ("a.webp", [], ".png"),
        ("a", ["--sheet"], ".png"),
        ("a.gif", ["--turntable", "--background", "transparent"], ".webp"),
        ("a.png", ["--background", "blue"], "black, white, transparent"),
        ("a.png", ["--style", "cartoon"], "stick, ball-and-stick, sphere"),
        ("a.png", ["--label-style", "comic"], "screen, paper"),
        ("a.png", ["--projection", "fisheye"], "perspective, parallel"),
        ("a.png", ["--show", "water"], "all, pocket, ligand"),
        ("a.png", ["--residue", "XYZ 9"], "has no such residue"),
        ("a.png", ["--residue", "XYZ 9", "--show", "ligand"], "leave out --show"),
        ("a.png", ["--do-ligand", "turn left"], "turn left"),
    ],
)
def test_impossible_wishes(view: View, tmp_path: Path, name: str, options: list[str], message: str) -> None:
    done = view(name, *options)
    assert isinstance(done.exception, MisiError)
    assert message in str(done.exception)
    assert "\n" not in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_levels_below_zero_are_refused(view: View) -> None:
    assert view("a.png", "--levels", "-1").exit_code == 2
