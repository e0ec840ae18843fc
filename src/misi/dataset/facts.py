"""`misi annotate`: facts of every complex of a source, one line each, in order of id."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from misi.annotate.facts_json import facts_as_json
from misi.annotate.hbonds import annotate
from misi.dataset.layout import dumps
from misi.dataset.pool import run_units
from misi.errors import MisiError
from misi.paths import written_aside
from misi.structures.complex import Rejection
from misi.structures.sources import Source, find_sources, load


@dataclass(frozen=True)
class FactCounts:
    """What `annotate_all` wrote."""

    complexes: int
    bonds: int
    rejected: int


def annotate_one(source: Source | Rejection) -> dict[str, Any]:
    """The JSON line of one complex: facts, or a rejection with its reason."""
    try:
        structure = load(source)
        if isinstance(structure, Rejection):
            return _rejected(structure)
        return facts_as_json(annotate(structure))
    except MisiError as error:
        return _rejected(Rejection(source.id, getattr(error, "reason", "unusable"), str(error)))
    except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
        return _rejected(Rejection(source.id, "internal_error", f"{type(error).__name__}: {error}"))


def annotate_all(
    src: Path, out: Path, *, workers: int = 1, progress: Callable[[int, int], None] = lambda *_: None
) -> FactCounts:
    """Write one line for each complex in `src`, rejected ones too.

    Raises
    ------
    StructureError
        `src` holds no structures.
    """
    sources = find_sources(src)
    order = {source.id: row for row, source in enumerate(sources)}
    waiting: dict[int, str] = {}
    turn = bonds = rejected = 0
    with written_aside(out) as aside, aside.open("w", encoding="utf-8", newline="\n") as handle:
        results = run_units(annotate_one, sources, workers=workers, on_death=_died)
        for done, data in enumerate(results, 1):
            bonds += len(data.get("hbonds", ()))
            rejected += "rejected" in data
            waiting[order[data["id"]]] = dumps(data) + "\n"
            while turn in waiting:  # results come in any order, lines go out in the order of ids
                handle.write(waiting.pop(turn))
                turn += 1
            progress(done, len(sources))
    return FactCounts(len(sources) - rejected, bonds, rejected)


def _rejected(rejection: Rejection) -> dict[str, Any]:
    return {"id": rejection.id, "rejected": rejection.reason, "detail": rejection.detail}


def _died(source: Source | Rejection) -> dict[str, Any]:
    return _rejected(
        Rejection(source.id, "worker_died", "the worker that read it was killed three times (out of memory?)")
    )
