"""Figures of the pictures: files' sizes, and labels that overlap and that can be read. Speed: `misi bench`.

usage: python benchmarks/render.py [SRC] [--limit N]

SRC is a folder of complexes; made-up ones by default.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import numpy as np

from misi.render import render_png
from misi.render.legibility import READABLE, readable_share
from misi.scene.picture import Labels, Picture
from misi.scene.placement import overlapped
from misi.scene.scene import compose
from misi.structures.complex import Complex, Rejection
from misi.structures.sources import find_sources, load
from misi.structures.synthetic import write_complexes

SIZES = ((512, 384), (768, 576), (1024, 768))
LABELS: tuple[Labels, ...] = ("residues", "atoms")


def loaded(folder: Path, limit: int) -> list[Complex]:
    """An even choice of the complexes of a folder."""
    sources = [source for source in find_sources(folder) if not isinstance(source, Rejection)]
    found = (load(source) for source in sources[:: max(1, len(sources) // limit)][:limit])
    return [one for one in found if not isinstance(one, Rejection)]


def labelled(kind: str, one: Complex) -> Picture:
    """The front view with residue labels, with atoms named, or of a residue half way through the file alone."""
    if kind != "one residue":
        return Picture(labels="atoms" if kind == "atoms" else "residues")
    rows = list(one.pocket_residues())
    return Picture(show="residue", residue=rows[len(rows) // 2], labels="atoms")


def labels(complexes: list[Complex]) -> None:
    print("labels           size      a picture  overlapped before -> after   readable")
    for kind in (*LABELS, "one residue"):
        for width, height in SIZES:
            counts, before, after, readable = [], [], [], []
            for one in complexes:
                picture = labelled(kind, one)
                still = compose(one, picture, width, height, labels_placed=False)
                moved = compose(one, picture, width, height)
                before.append(overlapped(still.labels.boxes))
                after.append(overlapped(moved.labels.boxes))
                readable.append(readable_share(moved) >= READABLE)
                counts.append(len(moved.labels))
            shares = [float(np.concatenate(column).mean()) for column in (before, after, readable)]
            size = f"{width}x{height}"
            print(
                f"{kind:<16} {size:<9} {statistics.mean(counts):9.0f}  {shares[0]:17.1%} -> {shares[1]:5.1%}"
                f"   {shares[2]:8.1%} = {shares[2] * statistics.mean(counts):.0f}"
            )


def sizes(complexes: list[Complex]) -> None:
    print("\nkB, median       full shading   levels 64   levels 32   levels 16")
    for kind in ("none", *LABELS):
        scenes = [compose(one, Picture(labels=kind), 768, 576) for one in complexes]
        row = [
            statistics.median(len(render_png(scene, levels=levels)) / 1000 for scene in scenes)
            for levels in (0, 64, 32, 16)
        ]
        print(f"768x576 {kind:<9}" + "".join(f"{value:12.1f}" for value in row))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("src", type=Path, nargs="?")
    parser.add_argument("--limit", type=int, default=50)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.src is None:
            write_complexes(Path(folder), min(args.limit, 8), seed=0)
        complexes = loaded(args.src or Path(folder), args.limit)
    print(f"{len(complexes)} complexes\n")
    labels(complexes)
    sizes(complexes)


if __name__ == "__main__":
    main()
