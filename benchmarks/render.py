"""Figures of the pictures: files' sizes, labels that overlap and that can be read, and speed beside other engines.

usage: python benchmarks/render.py [SRC] [--limit N] [--engines]

SRC is a folder of complexes; made-up ones by default. `--engines` also times PyMOL and VTK where they are installed.
Times are medians of user + system CPU, milliseconds, of one pocket of about 600 heavy atoms.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from misi.render import render, render_png
from misi.render.legibility import READABLE, readable_share
from misi.scene.picture import Labels, Picture
from misi.scene.placement import overlapped
from misi.scene.scene import Scene, compose
from misi.structures.complex import Complex, Rejection
from misi.structures.sources import find_sources, load
from misi.structures.synthetic import write_complexes

SIZES = ((512, 384), (768, 576), (1024, 768))
LABELS: tuple[Labels, ...] = ("residues", "atoms")


def cpu_ms(work: Callable[[], object], repeats: int = 25) -> float:
    """Median CPU time of a call, milliseconds."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def loaded(folder: Path, limit: int) -> list[Complex]:
    """An even choice of the complexes of a folder."""
    sources = [source for source in find_sources(folder) if not isinstance(source, Rejection)]
    found = (load(source) for source in sources[:: max(1, len(sources) // limit)][:limit])
    return [one for one in found if not isinstance(one, Rejection)]


def labels(complexes: list[Complex]) -> None:
    print("labels           size      a picture  overlapped before -> after   readable")
    for kind in LABELS:
        for width, height in SIZES:
            counts, before, after, readable = [], [], [], []
            for one in complexes:
                picture = Picture(labels=kind)
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


def speed(model: Complex) -> None:
    print(f"\nms CPU, {model.id}: {int(model.heavy.sum())} heavy atoms")
    for width, height in ((512, 512), (768, 576), (1024, 768)):
        plain = compose(model, Picture(labels="none"), width, height)
        named = compose(model, Picture(labels="residues"), width, height)
        line = f"{width}x{height}"
        for quality in ("fast", "exact"):
            bare = cpu_ms(lambda q=quality, s=plain: render(s, q))  # type: ignore[misc]
            full = cpu_ms(lambda q=quality, s=plain: render_png(s, q)) - bare  # type: ignore[misc]
            few = cpu_ms(lambda q=quality, s=plain: render_png(s, q, 32)) - bare  # type: ignore[misc]
            line += f"   {quality} {bare:.2f}, PNG {full:.2f}, with levels {few:.2f}"
        more = cpu_ms(lambda s=named: render(s, "fast")) - cpu_ms(lambda s=plain: render(s, "fast"))  # type: ignore[misc]
        print(f"{line}   {len(named.labels)} labels {more:.2f}")


def engines(model: Complex) -> None:
    """The same sticks by PyMOL's ray tracer and VTK, 512x512, where installed."""
    scene = compose(model, Picture(labels="none"), 512, 512)
    for name, engine in (("PyMOL ray", pymol_ms), ("VTK", vtk_ms)):
        try:
            print(f"{name}: {engine(model, scene):.1f} ms")
        except ImportError as error:
            print(f"{name}: not installed ({error})")


def pymol_ms(model: Complex, _: Scene) -> float:
    from pymol2 import PyMOL

    with PyMOL() as session, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xyz"
        rows = np.flatnonzero(model.heavy)
        lines = [f"C {x:.3f} {y:.3f} {z:.3f}" for x, y, z in model.xyz[rows].tolist()]
        path.write_text(f"{len(rows)}\n\n" + "\n".join(lines) + "\n")
        session.cmd.load(str(path))
        session.cmd.show_as("sticks")
        return cpu_ms(lambda: session.cmd.ray(512, 512), 5)


def vtk_ms(_: Complex, scene: Scene) -> float:
    import vtk

    points, lines = vtk.vtkPoints(), vtk.vtkCellArray()
    for x, y, z in scene.xyz.tolist():
        points.InsertNextPoint(x, y, z)
    for a, b in scene.bonds.tolist():
        lines.InsertNextCell(2)
        lines.InsertCellPoint(a)
        lines.InsertCellPoint(b)
    data = vtk.vtkPolyData()
    data.SetPoints(points)
    data.SetLines(lines)
    tubes = vtk.vtkTubeFilter()
    tubes.SetInputData(data)
    tubes.SetRadius(scene.bond_radius)
    tubes.SetNumberOfSides(16)
    mapper, actor, renderer = vtk.vtkPolyDataMapper(), vtk.vtkActor(), vtk.vtkRenderer()
    mapper.SetInputConnection(tubes.GetOutputPort())
    actor.SetMapper(mapper)
    renderer.AddActor(actor)
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetSize(512, 512)
    window.AddRenderer(renderer)
    return cpu_ms(window.Render, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("src", type=Path, nargs="?")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--engines", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.src is None:
            write_complexes(Path(folder), min(args.limit, 8), seed=0)
        complexes = loaded(args.src or Path(folder), args.limit)
    print(f"{len(complexes)} complexes\n")
    labels(complexes)
    sizes(complexes)
    model = min(complexes, key=lambda one: abs(int(one.heavy.sum()) - 600))
    speed(model)
    if args.engines:
        engines(model)


if __name__ == "__main__":
    main()
