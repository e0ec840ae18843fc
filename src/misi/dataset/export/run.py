"""`misi export`: one function a format."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from misi.dataset.export.chat import export_llamafactory, export_swift, export_trl
from misi.dataset.export.items import Selection
from misi.dataset.export.lmms import export_lmms
from misi.dataset.export.parquet import export_hf
from misi.dataset.export.vlmevalkit import export_vlmevalkit
from misi.dataset.layout import dumps
from misi.errors import DatasetError
from misi.paths import write_text
from misi.structures.complex import Rejection

Exporter = Callable[[Selection, Path, list[Rejection]], int]

FORMATS: dict[str, Exporter] = {
    "hf": export_hf,
    "trl": export_trl,
    "swift": export_swift,
    "llamafactory": export_llamafactory,
    "vlmevalkit": export_vlmevalkit,
    "lmms-eval": export_lmms,
}
REFUSED = "refused.jsonl"


@dataclass(frozen=True)
class Exported:
    """How many questions went out, and which did not."""

    questions: int
    refused: tuple[Rejection, ...]


def export(selection: Selection, name: str, out: Path) -> Exported:
    """Write a dataset in another form into the new folder `out`.

    Raises
    ------
    DatasetError
        The format is unknown, the folder is in use, the dataset is damaged, or nothing was chosen.
    MisiError
        A library of an extra is missing.
    """
    if name not in FORMATS:
        raise DatasetError(f"no format {name!r}; there are {', '.join(FORMATS)}")
    if out.exists() and any(out.iterdir()):
        raise DatasetError(f"{out}: is not empty; choose another folder")
    out.mkdir(parents=True, exist_ok=True)
    refused: list[Rejection] = []
    total = FORMATS[name](selection, out, refused)
    if refused:
        write_text(out / REFUSED, "".join(dumps(rejection.as_json()) + "\n" for rejection in refused))
    if not total:
        raise DatasetError(f"{selection.root}: no question was left to export")
    return Exported(total, tuple(refused))
