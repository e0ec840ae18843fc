"""The nine tasks, registered in the order of the paper's columns."""

from misi.tasks.docking import DOCKING
from misi.tasks.interaction_location import INTERACTION_LOCATION
from misi.tasks.pocket_ligand import POCKET_LIGAND
from misi.tasks.residue_ligand import RESIDUE_LIGAND
from misi.tasks.rotation import ROTATION
from misi.tasks.rotation_rotation import ROTATION_ROTATION
from misi.tasks.task import TASKS, register
from misi.tasks.translation import TRANSLATION
from misi.tasks.translation_rotation import TRANSLATION_ROTATION
from misi.tasks.zooming import ZOOMING

for _task in (
    TRANSLATION,
    ROTATION,
    ZOOMING,
    RESIDUE_LIGAND,
    TRANSLATION_ROTATION,
    ROTATION_ROTATION,
    DOCKING,
    INTERACTION_LOCATION,
    POCKET_LIGAND,
):
    register(_task)

__all__ = ["TASKS"]
