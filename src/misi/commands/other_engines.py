"""What other engines need for the sticks of a scene, for `misi bench`; each in a process of its own.

``python -m misi.commands.other_engines NAME`` reads a scene as JSON from standard input (xyz in the camera's frame,
bonds, radius, width, height) and prints milliseconds of CPU. An engine that is not installed, or that dies for want
of a graphics library, takes only its own process with it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misi.commands.timing import cpu_ms

if TYPE_CHECKING:
    from misi.scene.scene import Scene

_REPEATS = 5
_PATIENCE = 300  # seconds


def pymol(scene: dict[str, Any]) -> float:
    """PyMOL's ray tracer, its defaults; bonds by its own rule from distances."""
    from pymol2 import PyMOL

    with PyMOL() as session, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xyz"
        lines = [f"C {x:.3f} {y:.3f} {z:.3f}" for x, y, z in scene["xyz"]]
        path.write_text(f"{len(lines)}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
        session.cmd.load(str(path))
        session.cmd.show_as("sticks")
        return cpu_ms(lambda: session.cmd.ray(scene["width"], scene["height"]), _REPEATS)


def vtk(scene: dict[str, Any]) -> float:
    """VTK's renderer, off screen, tubes of sixteen sides, no anti-aliasing."""
    from vtkmodules import vtkRenderingOpenGL2  # noqa: F401  (its import registers the renderer)
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
    from vtkmodules.vtkFiltersCore import vtkTubeFilter
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow

    points, lines = vtkPoints(), vtkCellArray()
    for place in scene["xyz"]:
        points.InsertNextPoint(*place)
    for a, b in scene["bonds"]:
        lines.InsertNextCell(2)
        lines.InsertCellPoint(a)
        lines.InsertCellPoint(b)
    data, tubes = vtkPolyData(), vtkTubeFilter()
    data.SetPoints(points)
    data.SetLines(lines)
    tubes.SetInputData(data)
    tubes.SetRadius(scene["radius"])
    tubes.SetNumberOfSides(16)
    mapper, actor, renderer, window = vtkPolyDataMapper(), vtkActor(), vtkRenderer(), vtkRenderWindow()
    mapper.SetInputConnection(tubes.GetOutputPort())
    actor.SetMapper(mapper)
    renderer.AddActor(actor)
    window.SetOffScreenRendering(1)
    window.SetSize(scene["width"], scene["height"])
    window.AddRenderer(renderer)
    return cpu_ms(window.Render, _REPEATS)


ENGINES: dict[str, Callable[[dict[str, Any]], float]] = {"PyMOL ray": pymol, "VTK": vtk}


def measure(name: str, scene: "Scene") -> str:
    """Milliseconds of CPU for a picture as text, or why there is no figure."""
    data = {
        "xyz": scene.xyz.tolist(),
        "bonds": scene.bonds.tolist(),
        "radius": scene.bond_radius,
        "width": scene.camera.width,
        "height": scene.camera.height,
    }
    command = [sys.executable, "-m", "misi.commands.other_engines", name]
    try:
        done = subprocess.run(command, input=json.dumps(data), capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"no end after {_PATIENCE} s"
    if done.returncode == 0:
        return done.stdout.split()[-1]
    last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
    return "not installed" if "ModuleNotFoundError" in last else last[:60]


if __name__ == "__main__":
    print(f"{ENGINES[sys.argv[1]](json.load(sys.stdin)):.1f}")
