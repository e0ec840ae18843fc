"""Which complexes to fetch: the list that is shipped with the package, or the user's own."""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from misi.errors import DatasetError

#: PDB ids, old and extended.
_PDB_ID = re.compile(r"[0-9][a-z0-9]{3}|pdb_[0-9]{4}[a-z0-9]{4}")
_LIGAND = re.compile(r"[A-Za-z0-9]{1,5}([-&/+][A-Za-z0-9]{1,5})*|[0-9]{1,2}-mer")
MAX_LINES = 1_000_000


class Wanted(NamedTuple):
    """One complex to fetch.

    Attributes
    ----------
    id : str
        PDB id, lower case.
    ligand : str
        Chemical component (``GF4``), several that are one molecule (``NAG-MBG``; also with &, / or +), a peptide by
        its length (``3-mer``), or empty (in files ``?``): the largest ligand of the entry.
    year : str
        Release year, or empty.
    """

    id: str
    ligand: str = ""
    year: str = ""


def parse_wanted(text: str, where: str) -> Wanted:
    """One complex from ``1abc``, ``1abc:GF4``, or ``1abc GF4 2009`` (also with tabs or commas).

    Raises
    ------
    DatasetError
    """
    fields = [field for field in re.split(r"[\s,;:]+", text.strip()) if field]
    if not 1 <= len(fields) <= 3:
        raise DatasetError(f"{where}: expected a PDB id, its ligand and year, found {text.strip()[:60]!r}")
    fields = [*fields, "", ""]
    wanted = Wanted(fields[0].lower(), fields[1].replace("?", ""), fields[2])
    if not _PDB_ID.fullmatch(wanted.id):
        raise DatasetError(f"{where}: {fields[0][:40]!r} is no PDB id")
    if wanted.ligand and not _LIGAND.fullmatch(wanted.ligand):
        raise DatasetError(f"{where}: {wanted.ligand[:40]!r} is no name of a ligand")
    if wanted.year and not re.fullmatch(r"[12][0-9]{3}", wanted.year):
        raise DatasetError(f"{where}: {wanted.year[:40]!r} is no year")
    return wanted


def _parse_lines(lines: Iterable[str], where: str) -> tuple[Wanted, ...]:
    found: dict[str, Wanted] = {}
    for number, line in enumerate(lines, start=1):
        text = line.split("#", 1)[0].strip()
        if not text or (not found and text.lower().startswith(("pdb_id", "id\t", "id,"))):
            continue
        wanted = parse_wanted(text, f"{where}, line {number}")
        if found.setdefault(wanted.id, wanted) != wanted:
            raise DatasetError(f"{where}, line {number}: {wanted.id} stands twice, with different ligands or years")
        if number > MAX_LINES:
            raise DatasetError(f"{where}: more than {MAX_LINES} lines")
    if not found:
        raise DatasetError(f"{where}: names no complex")
    return tuple(found.values())


@lru_cache(maxsize=1)
def refined_set() -> tuple[Wanted, ...]:
    """PDBbind's refined set (v.2019): id, ligand name, release year of 4,852 complexes."""
    text = resources.files("misi.structures").joinpath("data", "refined_ids.tsv").read_text(encoding="utf-8")
    return _parse_lines(text.splitlines(), "refined_ids.tsv")


def read_wanted(source: str) -> tuple[Wanted, ...]:
    """Complexes from a file of ids (a line each), the word ``refined``, or ids separated by commas.

    An id without ligand takes the ligand of the shipped list, where it is there.

    Raises
    ------
    DatasetError
        Unreadable file, or text that is no id; with the line.
    """
    if source == "refined":
        return refined_set()
    path = Path(source)
    try:
        if path.is_file():
            wanted = _parse_lines(path.read_text(encoding="utf-8-sig").splitlines(), str(path))
        else:
            wanted = _parse_lines(source.split(","), "ids")
    except UnicodeDecodeError:
        raise DatasetError(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror or error}") from None
    known = {one.id: one for one in refined_set()}
    return tuple(known.get(one.id, one) if not one.ligand else one for one in wanted)
