"""Make docs/images/six-views.png: a made-up pocket from six sides, atoms named in the first."""

import io
import tempfile
from pathlib import Path

from PIL import Image

from misi.render import render_png
from misi.scene.motion import SIX_VIEWS
from misi.scene.picture import Picture
from misi.scene.scene import compose
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes

OUT = Path(__file__).parents[1] / "docs" / "images" / "six-views.png"
SIZE, GAP = (400, 300), 4

with tempfile.TemporaryDirectory() as folder:
    write_complexes(Path(folder), 2, seed=0)
    pocket = load_by_id(Path(folder), "syn0002")
sheet = Image.new("RGB", (3 * SIZE[0] + 2 * GAP, 2 * SIZE[1] + GAP), (40, 40, 40))
for k, view in enumerate(SIX_VIEWS):
    picture = Picture(view=view, labels="residues" if k else "atoms")
    png = render_png(compose(pocket, picture, 2 * SIZE[0], 2 * SIZE[1]))
    small = Image.open(io.BytesIO(png)).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    sheet.paste(small, ((k % 3) * (SIZE[0] + GAP), (k // 3) * (SIZE[1] + GAP)))
sheet.quantize(128).save(OUT, optimize=True)
print(OUT)
