"""Make the figures of docs/pictures.md from a made-up pocket: each is what `misi view` writes with the options beside.

usage: python benchmarks/picture_figures.py
"""

import shlex
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from misi.cli import app
from misi.structures.synthetic import write_complexes

OUT = Path(__file__).parents[1] / "docs" / "images" / "pictures"
ID, COUNT = "syn0002", 2
SIZE = "--size 384x288 --levels 32"
PLAIN = f"{SIZE} --labels none"
LEGIBLE = "--size 640x480 --levels 32"  # room for the letters, which are 11 pixels high at any size

#: The front view stands in the text for what is the default: sticks, the paper's palette, black.
FIGURES = {
    **{f"view-{view}.png": f"{PLAIN} --view {view}" for view in ("front", "top", "left", "right", "bottom", "back")},
    "sheet.png": f"{PLAIN} --sheet --size 256x192",
    "motion-translation.png": f'{PLAIN} --do "move x 4"',
    "motion-rotation.png": f'{PLAIN} --do "roll y 45"',
    "motion-zoom.png": f'{PLAIN} --do "move z 45"',
    "motion-docking.png": f'{PLAIN} --do-ligand "roll y 45, move x 16"',
    "turntable.webp": f"{PLAIN} --turntable --frames 24 --size 192x144",
    **{f"style-{style}.png": f"{PLAIN} --style {style}" for style in ("ball-and-stick", "sphere")},
    **{f"palette-{name}.png": f"{PLAIN} --colors {name}" for name in ("element", "colorblind")},
    **{f"background-{name}.png": f"{PLAIN} --background {name}" for name in ("white", "transparent")},
    "show-pocket.png": f"{PLAIN} --show pocket",
    "show-ligand.png": f"{PLAIN} --show ligand",
    "depth-cue-off.png": f"{PLAIN} --no-depth-cue",
    "projection-parallel.png": f"{PLAIN} --projection parallel",
    "labels-residues.png": f"{LEGIBLE} --labels residues",
    "labels-atoms.png": f"{LEGIBLE} --labels atoms",
    "labels-one-residue.png": f'{SIZE} --labels atoms --residue "ASN 153"',
    "labels-white.png": f"{LEGIBLE} --labels atoms --background white",
    "labels-paper-style.png": f"{LEGIBLE} --labels atoms --label-style paper",
}


#: What pixels show: `--truth` of the front view.
TRUTH = ("truth-depth.png", "truth-atoms.png")


def truth_figures(archive: Path) -> None:
    """Depth from near (light) to far, and a color for every atom."""
    with np.load(archive) as truth:
        depth, atom = truth["depth"], truth["atom"]
    shown = np.isfinite(depth)
    near, far = depth[shown].min(), depth[shown].max()
    gray = np.zeros(depth.shape, dtype=np.uint8)
    gray[shown] = 255 - 205 * (depth[shown] - near) / (far - near)
    Image.fromarray(gray).save(OUT / TRUTH[0])
    colors = np.random.default_rng(0).integers(60, 256, (atom.max() + 2, 3), dtype=np.uint8)
    colors[-1] = 0  # row -1: nothing
    Image.fromarray(colors[atom]).quantize(256).save(OUT / TRUTH[1])


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        write_complexes(Path(folder), COUNT, seed=0)
        for name, options in FIGURES.items():
            arguments = shlex.split(f"view {folder} --id {ID} {options}")
            app([*arguments, "--out", str(OUT / name)], standalone_mode=False)
        archive = Path(folder) / "front.npz"
        arguments = shlex.split(f"view {folder} --id {ID} {PLAIN} --truth {archive}")
        app([*arguments, "--out", str(Path(folder) / "front.png")], standalone_mode=False)
        truth_figures(archive)
    print(f"{sum(path.stat().st_size for path in OUT.iterdir()) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
