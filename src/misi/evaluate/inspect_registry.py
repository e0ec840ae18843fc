"""What inspect-ai loads from us (entry point group ``inspect_ai``): the tasks and the model providers."""

from misi.evaluate.inspect_models import misi_baselines, misi_local
from misi.evaluate.inspect_tasks import (
    all_tasks,
    docking,
    interaction_location,
    misi_outcome,
    pocket_ligand,
    residue_ligand,
    rotation,
    rotation_rotation,
    translation,
    translation_rotation,
    zooming,
)

__all__ = [
    "all_tasks",
    "docking",
    "interaction_location",
    "misi_baselines",
    "misi_local",
    "misi_outcome",
    "pocket_ligand",
    "residue_ligand",
    "rotation",
    "rotation_rotation",
    "translation",
    "translation_rotation",
    "zooming",
]
