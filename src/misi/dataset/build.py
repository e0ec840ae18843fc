"""`misi build`: a folder of structures becomes a dataset that can be released.

Three passes: read and annotate every complex (prepare), make each complex's items and pictures (unit), merge the
units into lists (finish). Each complex is written aside and renamed, so a killed build leaves whole units or
nothing, and `resume` goes on with the rest; the result is the same, byte for byte. Several shards may work in one
folder, or in folders of their own that `misi merge` joins.
"""

import contextlib
import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from misi.dataset.config import BuildConfig
from misi.dataset.finish import finish
from misi.dataset.layout import MANIFEST, WORK, dumps, read_manifest
from misi.dataset.plan import Plan, load_plan, make_plan, save_plan
from misi.dataset.pool import run_units
from misi.dataset.prepare import prepare
from misi.dataset.unit import Job, Made, Unit, failed, make_unit, start_worker, unit_path
from misi.errors import DatasetError
from misi.paths import write_text
from misi.structures.complex import Rejection
from misi.structures.sources import find_sources

#: Called with (pass name, units done, units in all).
Progress = Callable[[str, int, int], None]
Engine = Literal["local", "ray"]
CONFIG = "config.json"


@dataclass(frozen=True)
class Built:
    """What a build made and what it took (times stay out of the dataset, so that equal builds are equal).

    Attributes
    ----------
    root : Path
    counts : dict or None
        Counts of the manifest; None after a shard, which does not merge.
    seconds : float
        Wall time.
    units, pictures : int
        Complexes and pictures made now (resumed ones not counted).
    peak_mb : float
        Largest resident memory of any one process, megabytes; 0 where the system does not tell.
    """

    root: Path
    counts: dict[str, Any] | None
    seconds: float
    units: int
    pictures: int
    peak_mb: float


def build(
    src: Path,
    root: Path,
    config: BuildConfig,
    *,
    workers: int = 1,
    engine: Engine = "local",
    shard: tuple[int, int] | None = None,
    resume: bool = False,
    progress: Progress = lambda *_: None,
) -> Built:
    """Build a dataset in `root` from the structures in `src`.

    Parameters
    ----------
    shard : (i, n) or None
        Make only every n-th complex, from the i-th (1-based), and do not merge.
    engine : str
        ``local``: processes here; ``ray``: tasks of a Ray cluster whose nodes all see `src` and `root`.

    Raises
    ------
    DatasetError
        `root` holds something else, or an unfinished build while `resume` is false, or one of other settings;
        or too few complexes are usable for the split asked for.
    StructureError
        `src` holds no structures.
    OSError
        The disk is full or cannot be written; what was finished stays, `resume` goes on with the rest.
    """
    started = time.monotonic()
    work = root / WORK
    if claim(root, config, resume or shard is not None):
        return Built(root, read_manifest(root)["counts"], time.monotonic() - started, 0, 0, peak_memory())
    plan = load_plan(work)
    if plan is None:
        plan = _plan(src, work, config, workers, progress)
    job = Job(root, work, config, plan.train, plan.test)
    units = units_of(plan)
    if shard is not None:
        units = units[shard[0] - 1 :: shard[1]]
    todo = [unit for unit in units if not unit_path(work, unit.complex_id).exists()]
    skipped = len(units) - len(todo)
    pictures = 0
    for done, made in enumerate(_run(engine, job, todo, workers), 1):
        pictures += made.pictures
        progress("making", skipped + done, len(units))
    counts = None if shard is not None else finish(job, plan)
    return Built(root, counts, time.monotonic() - started, len(todo), pictures, peak_memory())


def units_of(plan: Plan) -> list[Unit]:
    """One unit a complex, in order of id."""
    train = frozenset(plan.train)
    return [Unit(name, "train" if name in train else "test") for name in plan.ids]


def claim(root: Path, config: BuildConfig, resume: bool) -> bool:
    """Make the folder ours; true if it already holds the finished build of these settings."""
    settings = root / WORK / CONFIG
    wanted = json.loads(json.dumps(config.as_json()))
    if (root / MANIFEST).exists():
        if not resume:
            raise DatasetError(f"{root}: there is a finished dataset already; choose another folder")
        if read_manifest(root).get("config") != wanted:
            raise DatasetError(f"{root}: holds a dataset of other settings; choose another folder")
        return True
    if settings.exists():
        if not resume:
            raise DatasetError(f"{root}: holds an unfinished build; add --resume to go on with it")
        if read_config(root) != config:
            raise DatasetError(f"{root}: the unfinished build there has other settings; choose another folder")
    elif root.exists() and any(child.name != WORK for child in root.iterdir()):
        raise DatasetError(f"{root}: is not empty and holds no build of ours; choose another folder")
    else:
        write_text(settings, dumps(wanted))
    return False


def read_config(root: Path) -> BuildConfig:
    """Settings of an unfinished build.

    Raises
    ------
    DatasetError
        There is none, or it is damaged.
    """
    path = root / WORK / CONFIG
    try:
        return BuildConfig.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise DatasetError(f"{root}: no unfinished build here") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: cannot be read ({error!r})") from None


def peak_memory() -> float:
    """Largest resident memory of this process or any finished child, megabytes."""
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return kilobytes / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _plan(src: Path, work: Path, config: BuildConfig, workers: int, progress: Progress) -> Plan:
    sources = find_sources(src)
    total = len(sources) if config.limit is None else min(config.limit, len(sources))
    prepared = 0

    def tick(step: int) -> None:
        nonlocal prepared
        prepared += step
        progress("reading", prepared, max(total, prepared))

    usable, rejections = prepare(sources, work, limit=config.limit, workers=workers, progress=tick)
    try:
        plan = make_plan(config, usable, rejections, work)
    except DatasetError as error:
        # Nothing was made that a resumed build could use: the folder is left as it was found.
        shutil.rmtree(work, ignore_errors=True)
        with contextlib.suppress(OSError):
            work.parent.rmdir()
        raise DatasetError(f"{src}: {error}{_reasons(rejections)}") from None
    save_plan(work, plan)
    return plan


def _reasons(rejections: list[Rejection]) -> str:
    """The first rejections, for the line that says why nothing could be built."""
    if not rejections:
        return ""
    named = "; ".join(f"{rejection.detail} [{rejection.reason}]" for rejection in rejections[:3])
    return f"; {len(rejections)} rejected: {named}" + ("; ..." if len(rejections) > 3 else "")


def _run(engine: Engine, job: Job, units: list[Unit], workers: int) -> Iterator[Made]:
    if engine == "ray":
        from misi.dataset.ray_engine import run_on_ray

        yield from run_on_ray(job, units)
        return
    initargs: Iterable[Any] = (job,)

    def record_death(unit: Unit) -> Made:
        detail = "the worker that made it was killed three times (out of memory?)"
        write_text(unit_path(job.work, unit.complex_id), dumps(failed(unit, "worker_died", detail)))
        return Made(unit.complex_id, 0, 0)

    yield from run_units(
        make_unit, units, workers=workers, initializer=start_worker, initargs=initargs, on_death=record_death
    )
