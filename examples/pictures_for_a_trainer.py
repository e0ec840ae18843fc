"""Pictures drawn on the fly as arrays, as a data loader wants them; `device="cuda:0"` draws the batch on a GPU."""

import tempfile
from pathlib import Path

from misi.render import render_batch
from misi.scene.motion import parse_operations
from misi.scene.picture import Picture
from misi.scene.scene import compose
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes

with tempfile.TemporaryDirectory() as folder:
    write_complexes(Path(folder), 1, seed=0)
    structure = load_by_id(Path(folder), "syn0001")
turns = [Picture(operations=parse_operations(f"roll y {angle}")) for angle in range(15, 91, 15)]
images = render_batch([compose(structure, turn, 256, 192) for turn in turns], "fast", device="cpu")
print(len(images), "arrays of shape", images[0].rgb.shape)
