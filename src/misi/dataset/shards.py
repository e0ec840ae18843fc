"""`misi merge`: folders that shards of one build made become one dataset."""

from collections.abc import Sequence
from pathlib import Path

from misi.dataset.build import Built, claim, peak_memory, read_config
from misi.dataset.finish import finish, gather
from misi.dataset.layout import WORK
from misi.dataset.plan import Plan, load_plan, save_plan
from misi.dataset.unit import Job
from misi.errors import DatasetError


def merge(shards: Sequence[Path], root: Path) -> Built:
    """Join the shards of one build in `root`, which may be one of them.

    Raises
    ------
    DatasetError
        The shards were made with different settings or from different structures, or one is missing.
    """
    config = read_config(shards[0])
    plan = _plan(shards[0])
    for other in shards[1:]:
        if read_config(other) != config:
            raise DatasetError(f"{other}: was built with other settings than {shards[0]}")
        if _plan(other) != plan:
            raise DatasetError(f"{other}: was built from other structures than {shards[0]}")
    work = root / WORK
    if claim(root, config, resume=True):
        raise DatasetError(f"{root}: there is a finished dataset already")
    save_plan(work, plan)
    others = [folder for folder in shards if folder.resolve() != root.resolve()]
    gather([(folder, folder / WORK) for folder in others], root, work, plan)
    counts = finish(Job(root, work, config, plan.train, plan.test), plan)
    return Built(root, counts, 0.0, 0, 0, peak_memory())


def _plan(root: Path) -> Plan:
    plan = load_plan(root / WORK)
    if plan is None:
        raise DatasetError(f"{root}: its shard was killed before the complexes were read; run it again")
    return plan
