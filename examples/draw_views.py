"""Six views of a made-up complex as one picture, and a front view with depth and atom of every pixel."""

import tempfile
from pathlib import Path

from misi.render import locate, sheet
from misi.scene.picture import Picture
from misi.scene.scene import compose
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes

with tempfile.TemporaryDirectory() as folder:
    write_complexes(Path(folder), 1, seed=0)
    structure = load_by_id(Path(folder), "syn0001")
    (page := Path(tempfile.gettempdir()) / "syn0001.png").write_bytes(sheet(structure, 384, 288))
    depth, atom = locate(compose(structure, Picture(), 384, 288))
    print(f"{page}; {(atom >= 0).mean():.1%} of the pixels show an atom, nearest {depth.min():.1f} A away")
