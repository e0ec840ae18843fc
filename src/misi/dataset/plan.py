"""The plan of a build: which complexes are usable, and who is in train or test. Made once, kept in the work folder."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from misi.dataset.config import PAPER_TEST, PAPER_TRAIN, BuildConfig
from misi.dataset.layout import dumps
from misi.dataset.store import load_signature
from misi.errors import DatasetError
from misi.paths import write_text
from misi.structures.complex import Rejection
from misi.structures.split import Split, clustered_split, fresh_split, random_split
from misi.structures.split_clusters import leakage

PLAN = "plan.json"


@dataclass(frozen=True)
class Plan:
    """What every unit and every shard of a build agree on.

    Attributes
    ----------
    train, test : tuple of str
        Ids, sorted.
    rejections : tuple of Rejection
        Complexes that are not used.
    split : dict
        Method, settings and notes of the split, for the card.
    leakage : dict
        Near twins in train of the complexes in test (misi.structures.split_clusters.Leakage).
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    rejections: tuple[Rejection, ...]
    split: dict[str, Any]
    leakage: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        """All complexes, in order of id."""
        return sorted((*self.train, *self.test))


def make_plan(config: BuildConfig, usable: Sequence[str], rejections: Sequence[Rejection], work: Path) -> Plan:
    """Split the usable complexes.

    Raises
    ------
    DatasetError
        Too few are usable for the sizes asked for, or the split leaves nothing.
    """
    split = _split(config, usable, work)
    if not split.train and not split.test:
        raise DatasetError("none of the complexes of the split is usable")
    near = leakage(*([load_signature(work, name) for name in side] for side in (split.train, split.test)))
    about = {"method": split.method, "settings": dict(split.settings), "notes": list(split.notes)}
    return Plan(tuple(sorted(split.train)), tuple(sorted(split.test)), tuple(rejections), about, asdict(near))


def save_plan(work: Path, plan: Plan) -> None:
    write_text(work / PLAN, dumps(asdict(plan)))


def load_plan(work: Path) -> Plan | None:
    """The stored plan; None where there is none yet.

    Raises
    ------
    DatasetError
        The file is damaged.
    """
    path = work / PLAN
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Plan(
            tuple(data["train"]),
            tuple(data["test"]),
            tuple(Rejection(**rejection) for rejection in data["rejections"]),
            data["split"],
            data["leakage"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: cannot be read ({error!r})") from None


def _split(config: BuildConfig, usable: Sequence[str], work: Path) -> Split:
    if config.split_ids is not None:
        known = set(usable)
        train, test = (tuple(sorted(name for name in side if name in known)) for side in config.split_ids)
        return Split(train, test, "file", notes=_absent(config.split_ids, known))
    if config.split == "fresh":
        known = set(usable)
        if not config.cutoff:
            raise DatasetError("a fresh split needs a cutoff date")
        return fresh_split({name: date for name, date in config.dates if name in known}, config.cutoff)
    n_train, n_test = _sizes(config, len(usable))
    if config.split == "clustered":
        return clustered_split([load_signature(work, name) for name in usable], n_train, n_test, config.seed)
    return random_split(usable, n_train, n_test, config.seed)


def _absent(sides: tuple[tuple[str, ...], tuple[str, ...]], known: set[str]) -> tuple[str, ...]:
    missing = sum(name not in known for side in sides for name in side)
    return (f"{missing} ids of the split file are not among the usable complexes.",) if missing else ()


def _sizes(config: BuildConfig, usable: int) -> tuple[int, int]:
    """Numbers of train and test complexes; the paper's proportion where none are given."""
    n_test, n_train = config.test, config.train
    if n_test is None:
        rest = usable - (n_train or 0)
        n_test = round(usable * PAPER_TEST / (PAPER_TRAIN + PAPER_TEST)) if n_train is None else rest
    if n_train is None:
        n_train = usable - n_test
    if n_train + n_test > usable or n_train < 0 or n_test < 0:
        raise DatasetError(f"only {usable} complexes are usable, {n_train} + {n_test} are asked for")
    return n_train, n_test
