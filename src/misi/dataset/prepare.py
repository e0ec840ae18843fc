"""First pass of a build: read, check and annotate every complex."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from misi.annotate.hbonds import annotate
from misi.dataset.pool import run_units
from misi.dataset.store import facts_path, save_facts
from misi.errors import MisiError
from misi.structures.checks import check
from misi.structures.complex import Rejection
from misi.structures.sources import Source, load


@dataclass(frozen=True)
class PrepareUnit:
    """One complex to be read, and the work folder that takes its facts."""

    source: Source | Rejection
    work: Path


def prepare_one(unit: PrepareUnit) -> tuple[str, Rejection | None]:
    """Read, check, annotate and store one complex; never raises on bad input."""
    source = unit.source
    if isinstance(source, Rejection):
        return source.id, source
    if facts_path(unit.work, source.id).exists():  # resumed
        return source.id, None
    try:
        structure = load(source)
        if isinstance(structure, Rejection):
            return source.id, structure
        rejection = check(structure)
        if rejection is not None:
            return source.id, rejection
        facts = annotate(structure)
    except MisiError as error:
        return source.id, Rejection(source.id, getattr(error, "reason", "unusable"), str(error))
    except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
        return source.id, Rejection(source.id, "internal_error", f"{type(error).__name__}: {error}")
    save_facts(unit.work, facts)
    return source.id, None


def prepare(
    sources: Sequence[Source | Rejection],
    work: Path,
    *,
    limit: int | None,
    workers: int,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[list[str], list[Rejection]]:
    """Usable ids in order, and the rejections met on the way.

    With a limit, sources are taken in order until so many are usable; what comes after is neither used nor
    rejected, whatever the number of workers.
    """
    usable: list[str] = []
    rejections: list[Rejection] = []
    position = 0
    while position < len(sources) and (limit is None or len(usable) < limit):
        # With a limit, look only as far ahead as is needed if all were usable.
        batch = sources[position : None if limit is None else position + limit - len(usable)]
        found: dict[str, Rejection | None] = {}
        units = [PrepareUnit(source, work) for source in batch]
        for name, rejection in run_units(prepare_one, units, workers=workers, on_death=_died):
            found[name] = rejection
            progress(1)
        for source in batch:
            rejection = found[source.id]
            if rejection is None:
                usable.append(source.id)
            else:
                rejections.append(rejection)
        position += len(batch)
    return usable, rejections


def _died(unit: PrepareUnit) -> tuple[str, Rejection]:
    detail = "the worker that read it was killed three times (out of memory?)"
    return unit.source.id, Rejection(unit.source.id, "worker_died", detail)
