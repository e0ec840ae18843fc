"""Rebuild the input from RCSB: entry and dictionary in, one folder a complex out, in PDBbind's layout.

The archive's files are free of copyright (CC0 1.0; wwPDB policies), so a dataset made of them may be released. The
bond orders come from the Chemical Component Dictionary by atom name, not from the server that cuts ligands out
(models.rcsb.org): one small file a component serves all complexes that hold it, and peptides and sugars of several
components are no special case.

A folder is complete when its record `source.json` is there; it holds the checksums of what was written and of what
was downloaded. A second run takes complete folders as they are and tries the rest again.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from misi.errors import DatasetError, StructureError
from misi.paths import child, write_bytes, write_text
from misi.structures.complex import Rejection
from misi.structures.fetch_entry import cut_entry, read_entry
from misi.structures.fetch_http import Client, unpacked
from misi.structures.fetch_ligand import Component, build_ligand, parse_component
from misi.structures.fetch_list import Wanted, parse_wanted
from misi.structures.write_mol2 import mol2_text, sdf_text
from misi.structures.write_pdb import pdb_text

BASE_URL = "https://files.rcsb.org"
RECORD = "source.json"
_RAW = ".raw"  # hidden, so that readers of the folder pass it over
#: Complexes in a row that may fail for want of a connection before the rest is not even tried.
_PATIENCE = 8

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class FetchResult:
    """What a fetch came to.

    Attributes
    ----------
    folder : Path
    fetched : tuple of str
        Ids that are new.
    kept : tuple of str
        Ids that were complete before.
    rejections : tuple of Rejection
        In the order asked for.
    """

    folder: Path
    fetched: tuple[str, ...]
    kept: tuple[str, ...]
    rejections: tuple[Rejection, ...]


def fetch(
    ids: Iterable[Wanted | str],
    out: Path,
    *,
    base_url: str = BASE_URL,
    workers: int = 4,
    rate: float = 5.0,
    timeout: float = 30.0,
    retries: int = 4,
    backoff: float = 1.0,
    keep_entries: bool = False,
    progress: Progress | None = None,
) -> FetchResult:
    """Download entries, find the ligands, cut the pockets, write the folders.

    Parameters
    ----------
    ids : iterable of Wanted or str
        Text as in `fetch_list.parse_wanted`.
    out : Path
        Receives ``<id>/<id>_pocket.pdb``, ``<id>_ligand.mol2``, ``<id>_ligand.sdf``, ``<id>/source.json``;
        ``manifest.jsonl`` (all complete folders) and ``rejections.jsonl`` (this run).
    base_url : str
        Server with RCSB's paths ``/download/<ID>.cif.gz`` and ``/ligands/download/<CCD>.cif``.
    workers : int
        Threads.
    rate, timeout, retries, backoff
        As `fetch_http.Client`.
    keep_entries : bool
        Keep the downloaded entries (about 300 kB each) under ``.raw``; components are kept in any case.
    progress : callable, optional
        Called with (complexes done, all, one line) from one thread at a time.

    Raises
    ------
    DatasetError
        A base URL that is none, ids that are none, or a folder that cannot be written. Anything that goes wrong
        with one complex is a rejection.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise DatasetError(f"{base_url!r} is no http or https address")
    if workers < 1:
        raise DatasetError(f"{workers} workers cannot fetch anything")
    wanted = [one if isinstance(one, Wanted) else parse_wanted(one, "ids") for one in ids]
    client = Client(_agent(), rate=rate, timeout=timeout, retries=retries, backoff=backoff)
    job = _Job(
        out, base_url.rstrip("/"), client, keep_entries, progress or (lambda done, total, line: None), len(wanted)
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(workers, thread_name_prefix="fetch") as pool:
            futures = [pool.submit(job.one, item) for item in wanted]
            try:
                results = [future.result() for future in futures]
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        rejections = tuple(result for result in results if isinstance(result, Rejection))
        _write_lists(out, rejections)
    except OSError as error:
        raise DatasetError(f"{error.filename or out}: {error.strerror or error}") from None
    return FetchResult(
        out,
        tuple(item.id for item, result in zip(wanted, results, strict=True) if result == "fetched"),
        tuple(item.id for item, result in zip(wanted, results, strict=True) if result == "kept"),
        rejections,
    )


def _agent() -> str:
    try:
        number = version("misi-bench")
    except PackageNotFoundError:
        number = "0"
    return f"misi-bench/{number} (python urllib; fetches entries once and keeps them)"


def _file_names(complex_id: str) -> set[str]:
    return {f"{complex_id}_{part}" for part in ("pocket.pdb", "ligand.mol2", "ligand.sdf")}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_lists(out: Path, rejections: Iterable[Rejection]) -> None:
    """Manifest of all complete folders, by id, and the rejections of this run."""
    records = (path.read_text(encoding="utf-8").strip() for path in sorted(out.glob(f"*/{RECORD}")))
    write_text(out / "manifest.jsonl", "".join(f"{record}\n" for record in records))
    write_text(out / "rejections.jsonl", "".join(json.dumps(one.as_json()) + "\n" for one in rejections))


class _Job:
    """What the threads of one fetch share."""

    def __init__(self, out: Path, base: str, client: Client, keep: bool, progress: Progress, total: int) -> None:
        self._out, self._base, self._client, self._keep = out, base, client, keep
        self._progress, self._total, self._done = progress, total, 0
        self._lock = threading.Lock()
        self._component_locks: dict[str, threading.Lock] = {}
        self._unreachable = 0

    def one(self, item: Wanted) -> Rejection | str:
        """Fetch one complex: ``fetched``, ``kept`` or a rejection. Only errors of the disk leave it."""
        result: Rejection | str
        try:
            if self._is_complete(item):
                result = "kept"
            elif self._unreachable >= _PATIENCE:
                result = Rejection(
                    item.id, "not_tried", f"{self._base} could not be reached {_PATIENCE} times in a row"
                )
            else:
                self._fetch(item)
                result = "fetched"
        except StructureError as error:
            result = Rejection(item.id, error.reason, error.detail)
        except OSError:
            raise
        except Exception as error:  # a fault of a parser must cost one complex, not the batch
            text = " ".join(str(error).split())[:120]
            result = Rejection(item.id, "cannot_process", f"{item.id}: {type(error).__name__}: {text}")
        with self._lock:
            if isinstance(result, Rejection) and result.reason in ("connection_error", "timeout"):
                self._unreachable += 1
            elif not (isinstance(result, Rejection) and result.reason == "not_tried") and result != "kept":
                self._unreachable = 0
            self._done += 1
            told = f"{result.reason}: {result.detail}" if isinstance(result, Rejection) else f"{item.id} {result}"
            self._progress(self._done, self._total, told)
        return result

    def _is_complete(self, item: Wanted) -> bool:
        """Whether an earlier run wrote this complex and its files are as they were then."""
        folder = child(self._out, item.id)
        try:
            record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            files = dict(record["files"])
            return (
                record["wanted"] == item.ligand
                and set(files) == _file_names(item.id)
                and all(_sha256(child_file(folder, n).read_bytes()) == s for n, s in files.items())
            )
        except (OSError, ValueError, KeyError, TypeError, DatasetError):
            return False

    def _fetch(self, item: Wanted) -> None:
        url = f"{self._base}/download/{item.id.upper()}.cif.gz"
        packed, text = self._entry(item.id, url)
        structure, released = read_entry(text, item.id)
        cut = cut_entry(structure, item.ligand, item.id)
        sources = [{"url": url, "sha256": _sha256(packed), "bytes": len(packed)}]
        components: list[Component] = []
        for name in cut.component_names:
            component, source = self._component(name)
            components.append(component)
            if source not in sources:
                sources.append(source)
        mol, names, notes = build_ligand(components, cut.atoms, cut.links)
        residue = cut.component_names[0] if len(set(cut.component_names)) == 1 else "LIG"
        title = f"{item.id}_ligand"
        header = [f"HEADER    {item.id.upper()} POCKET", f"REMARK    LIGAND {cut.where.upper()}", *cut.header]
        texts = {
            f"{item.id}_pocket.pdb": pdb_text(header, cut.pocket),
            f"{item.id}_ligand.mol2": mol2_text(mol, names, residue, title),
            f"{item.id}_ligand.sdf": sdf_text(mol, title),
        }
        record: dict[str, Any] = {
            "id": item.id,
            "wanted": item.ligand,
            "ligand": cut.where,
            "assembly": cut.assembly,
            "released": released or item.year,
            "files": {name: _sha256(content.encode()) for name, content in texts.items()},
            "sources": sources,
            "notes": [*cut.notes, *notes],
        }
        folder = child(self._out, item.id)
        (folder / RECORD).unlink(missing_ok=True)
        for name, content in texts.items():
            write_text(child_file(folder, name), content)
        write_text(folder / RECORD, json.dumps(record))
        if not self._keep:
            self._raw("entries", f"{item.id}.cif.gz").unlink(missing_ok=True)

    def _raw(self, kind: str, name: str) -> Path:
        return self._out / _RAW / kind / name

    def _entry(self, complex_id: str, url: str) -> tuple[bytes, str]:
        """The entry as downloaded and as text; a damaged body is asked for once more."""
        path = self._raw("entries", f"{complex_id}.cif.gz")
        if path.is_file():
            try:
                packed = path.read_bytes()
                return packed, unpacked(packed, path.name).decode("utf-8", "replace")
            except StructureError:
                path.unlink(missing_ok=True)
        packed = self._client.get(url)
        try:
            content = unpacked(packed, url)
        except StructureError:
            packed = self._client.get(url)
            content = unpacked(packed, url)
        write_bytes(path, packed)
        return packed, content.decode("utf-8", "replace")

    def _component(self, name: str) -> tuple[Component, dict[str, Any]]:
        """A component of the dictionary, downloaded once for all threads and runs."""
        url = f"{self._base}/ligands/download/{name}.cif"
        path = child(self._out / _RAW / "components", name, suffix=".cif")
        with self._lock:
            lock = self._component_locks.setdefault(name, threading.Lock())
        with lock:
            data = path.read_bytes() if path.is_file() else self._client.get(url)
            try:
                component = parse_component(data.decode("utf-8", "replace"), name)
            except StructureError:
                data = self._client.get(url)
                component = parse_component(data.decode("utf-8", "replace"), name)
            if not path.is_file() or path.read_bytes() != data:
                write_bytes(path, data)
        return component, {"url": url, "sha256": _sha256(data), "bytes": len(data)}


def child_file(folder: Path, name: str) -> Path:
    """A file with one suffix in a folder, its stem checked.

    Raises
    ------
    DatasetError
    """
    stem, dot, suffix = name.rpartition(".")
    if not dot or not suffix.isalnum():
        raise DatasetError(f"the name {name!r} cannot be used as a file name")
    return child(folder, stem, suffix=f".{suffix}")
