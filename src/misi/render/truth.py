"""What a picture shows, as arrays in one NumPy archive: for programs that know nothing of this package."""

import io

import numpy as np

from misi.render.image import locate
from misi.render.visibility import count_pixels, least_pixels
from misi.scene.naming import residue_texts
from misi.scene.scene import Scene
from misi.structures.complex import Complex


def truth_npz(complex: Complex, scene: Scene) -> bytes:
    """Bytes of an ``.npz`` about a picture of a complex, the same for the same scene.

    Of each pixel: ``depth`` (H, W) float32, angstrom along the view axis, infinite where nothing is; ``atom`` (H, W)
    int32, row of the atom seen, -1 where there is none. Of each of the n atoms, in the order of those rows: ``name``,
    ``residue`` (as labels name it), ``side`` (``pocket`` or ``ligand``), ``index`` (0-based row in its file),
    ``pixel`` (n, 2) float64 column and row of its centre, nan where it is not drawn or not before the eye,
    ``visible_pixels`` and ``seen`` (see `misi.render.visibility`). Of each of the k labels: ``label`` and
    ``label_box`` (k, 4) float64 left, top, right, bottom, pixels.
    """
    depth, atom = locate(scene)
    visible = count_pixels(atom, len(complex))
    texts = np.array(residue_texts(complex), dtype=str)
    pixel = np.full((len(complex), 2), np.nan)
    ahead = scene.xyz[:, 2] < 0
    pixel[scene.atom[ahead]] = scene.camera.project(scene.xyz[ahead])
    file = io.BytesIO()
    np.savez_compressed(
        file,
        depth=depth,
        atom=atom,
        name=complex.name,
        residue=texts[complex.residue],
        side=np.where(complex.is_ligand, "ligand", "pocket"),
        index=complex.file_index,
        pixel=pixel,
        visible_pixels=visible,
        seen=visible >= least_pixels(scene, len(complex)),
        label=np.array(scene.labels.text, dtype=str),
        label_box=scene.labels.boxes,
    )
    return file.getvalue()
