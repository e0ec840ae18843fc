"""What a build depends on, beside its input. Two builds of one config and one input give the same bytes."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from misi.errors import DatasetError
from misi.render import Quality

#: Split sizes of the paper (section 4); their proportion serves where none are given.
PAPER_TRAIN, PAPER_TEST = 3503, 490


QUALITIES: tuple[Quality, ...] = ("exact", "fast")


@dataclass(frozen=True)
class BuildConfig:
    """Settings of `misi build`.

    Attributes
    ----------
    tasks : tuple of str
        Names of the tasks, in the order of the paper.
    seed : int
    limit : int or None
        Stop after so many usable complexes, taken in order of id.
    train, test : int or None
        Numbers of complexes; None for the paper's proportion (3503 : 490) of what is usable.
    split : str
        ``random`` (the paper), ``clustered`` (no near twins across), ``fresh`` (by release date) or ``file``.
    split_ids : tuple of two tuples, or None
        (train ids, test ids) of an explicit split file.
    cutoff : str or None
        Date (YYYY, YYYY-MM or YYYY-MM-DD) from which on complexes are test, for ``fresh``.
    dates : tuple of (id, date)
        Release dates, for ``fresh``.
    width, height : int
        Picture size, pixels.
    quality : str
        ``exact`` or ``fast`` (misi.render).
    levels : int
        Shading levels of each colour in the pictures; 0 keeps all.
    negatives : str
        ``random`` or ``near`` (residue_ligand).
    """

    tasks: tuple[str, ...]
    seed: int = 0
    limit: int | None = None
    train: int | None = None
    test: int | None = None
    split: str = "random"
    split_ids: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    cutoff: str | None = None
    dates: tuple[tuple[str, str], ...] = ()
    width: int = 768
    height: int = 576
    quality: Quality = "exact"
    levels: int = 32
    negatives: str = "random"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "BuildConfig":
        """Inverse of `as_json`, also after a round trip through JSON text."""
        unknown = set(data) - {field.name for field in fields(cls)}
        if unknown:
            raise DatasetError(f"unknown build settings {sorted(unknown)}")
        values = dict(data)
        values["tasks"] = tuple(values["tasks"])
        if values.get("split_ids"):
            train, test = values["split_ids"]
            values["split_ids"] = (tuple(train), tuple(test))
        values["dates"] = tuple((name, date) for name, date in values.get("dates", ()))
        return cls(**values)
