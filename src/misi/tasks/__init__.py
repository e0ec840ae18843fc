"""The nine tasks. Importing this package fills `misi.tasks.task.TASKS` in the order of the paper's columns."""

from misi.tasks.task import TASKS
from misi.tasks.translation import TRANSLATION  # isort: skip
from misi.tasks.rotation import ROTATION  # isort: skip
from misi.tasks.zooming import ZOOMING  # isort: skip
from misi.tasks.residue_ligand import RESIDUE_LIGAND  # isort: skip
from misi.tasks.translation_rotation import TRANSLATION_ROTATION  # isort: skip
from misi.tasks.rotation_rotation import ROTATION_ROTATION  # isort: skip
from misi.tasks.docking import DOCKING  # isort: skip
from misi.tasks.interaction_location import INTERACTION_LOCATION  # isort: skip
from misi.tasks.pocket_ligand import POCKET_LIGAND  # isort: skip

__all__ = [
    "DOCKING",
    "INTERACTION_LOCATION",
    "POCKET_LIGAND",
    "RESIDUE_LIGAND",
    "ROTATION",
    "ROTATION_ROTATION",
    "TASKS",
    "TRANSLATION",
    "TRANSLATION_ROTATION",
    "ZOOMING",
]
