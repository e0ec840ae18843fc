"""Which files of a folder belong together."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from misi.errors import DatasetError
from misi.paths import safe_name
from misi.structures.complex import Rejection
from misi.structures.read import LIGAND_SUFFIXES, STRUCTURE_SUFFIXES, suffix_of

Kind = Literal["pocket", "protein", "entry"]

#: "<id>_pocket.pdb", "<id>_protein.pdb", "<id>_ligand.sdf"; a tail, as in "_protein-wat" or "_ligandCD1", is allowed.
_ROLE = re.compile(r"^(?P<id>.+?)[_-](?P<role>pocket|protein|receptor|ligand)(?P<tail>[^/]*)$", re.IGNORECASE)

_SEPARATORS = " _-."


@dataclass(frozen=True)
class Source:
    """One complex that can be tried.

    Attributes
    ----------
    id : str
        A name that is safe as part of a path and unique in its source.
    structure : Path
        The pocket, the protein, or the whole entry.
    ligands : tuple of Path
        Files of the ligand, the preferred one first; the next is used where one cannot be read. Empty for an entry.
    kind : str
        "pocket" as it is; "protein", of which the pocket is cut at 10 A; "entry", which holds its ligand too.
    """

    id: str
    structure: Path
    ligands: tuple[Path, ...] = ()
    kind: Kind = "pocket"


@dataclass
class _Group:
    """Files of one folder that share an id."""

    pocket: list[Path]
    protein: list[Path]
    ligand: list[Path]


def is_structure_file(path: Path) -> bool:
    """Whether the suffix is one that is read."""
    return suffix_of(path) in (*STRUCTURE_SUFFIXES, *LIGAND_SUFFIXES)


def structure_files(folder: Path) -> list[Path]:
    """Files of a folder that hold structures, by name."""
    visible = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(path for path in visible if is_structure_file(path) and path.is_file())


def _stem(path: Path) -> str:
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    return name[: name.rfind(".")]


def _common_start(first: str, second: str) -> str:
    """The letters with which two names start, without separators at its ends."""
    same = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    return first[:same].strip(_SEPARATORS)


def make_source(name: str, structure: Path, ligands: Iterable[Path], kind: Kind) -> Source | Rejection:
    """A source, or a rejection `unsafe_id` where the name cannot become part of a path."""
    try:
        safe_name(name)
    except DatasetError as error:
        return Rejection(name, "unsafe_id", f"{structure.name}: {error}")
    return Source(name, structure, tuple(ligands), kind)


def _plain_first(paths: Iterable[Path]) -> list[Path]:
    """Files by length of stem, so that the plain name leads ("_protein" before "_protein-wat"), then by format."""
    known = (*LIGAND_SUFFIXES, *STRUCTURE_SUFFIXES)
    return sorted(paths, key=lambda path: (len(_stem(path)), _stem(path), known.index(suffix_of(path)), path.name))


def _group_files(files: Iterable[Path]) -> tuple[dict[str, _Group], list[Path], list[Path]]:
    """Files by id where their names tell a role; and the structures and ligands whose names tell none."""
    groups: dict[str, _Group] = {}
    structures: list[Path] = []
    ligands: list[Path] = []
    for path in files:
        stem = _stem(path)
        match = _ROLE.match(stem)
        is_ligand = suffix_of(path) in LIGAND_SUFFIXES
        role = match["role"].lower() if match else ""
        if match and (role == "ligand" or not is_ligand):  # a ligand may come as a PDB file too
            group = groups.setdefault(match["id"], _Group([], [], []))
            getattr(group, "protein" if role == "receptor" else role).append(path)
        else:
            (ligands if is_ligand else structures).append(path)
    return groups, structures, ligands


def _with_ligands(name: str, structure: Path, ligands: Iterable[Path], kind: Kind) -> Iterator[Source | Rejection]:
    """A source with the ligand files of one stem, in order of preference; those of others hold other molecules."""
    ordered = _plain_first(ligands)
    same = [path for path in ordered if _stem(path) == _stem(ordered[0])]
    yield make_source(name, structure, same, kind)
    for path in ordered[len(same) :]:
        yield Rejection(path.name, "extra_ligand", f"{path.name}: {same[0].name} beside it is the ligand of {name}")


def _one_format(structures: Iterable[Path]) -> Iterator[Path | Rejection]:
    """One file of each stem. The PDB format is preferred, in whose terms the bonding rules are given."""
    kept: dict[str, Path] = {}
    for path in _plain_first(structures):
        first = kept.setdefault(_stem(path), path)
        if first is path:
            yield path
        else:
            yield Rejection(path.name, "duplicate_id", f"{path.name}: {first.name} beside it is used")


def complexes_of(files: list[Path]) -> Iterator[Source | Rejection]:
    """The complexes of one folder's files, and rejections for files that belong to none.

    Spare structures of a complex (its protein beside its pocket) are neither.
    """
    groups, nameless, ligands = _group_files(files)
    structures: list[Path] = []
    for item in _one_format(nameless):
        if isinstance(item, Rejection):
            yield item
        else:
            structures.append(item)
    for name, group in sorted(groups.items()):
        pocket, protein = _plain_first(group.pocket), _plain_first(group.protein)
        if not pocket and not protein:
            protein = [path for path in structures if _stem(path) == name]
            structures = [path for path in structures if path not in protein]
        if (pocket or protein) and group.ligand:
            kind: Kind = "pocket" if pocket else "protein"
            yield from _with_ligands(name, (pocket or protein)[0], group.ligand, kind)
        elif protein and not pocket:
            yield make_source(name, protein[0], (), "entry")
        else:
            structures += pocket[:1]
            ligands += group.ligand
    if len(structures) == 1 and len({_stem(path) for path in ligands}) == 1:
        # One structure and one ligand in a folder belong together, whatever they are called.
        structure = structures.pop()
        name = _common_start(_stem(structure), _stem(ligands[0])) or _stem(structure)
        pair_only = len(files) == 1 + len(ligands)
        kind = "pocket" if pair_only or "pocket" in structure.name.lower() else "protein"
        yield from _with_ligands(name, structure, ligands, kind)
        ligands = []
    for path in structures:
        yield make_source(_stem(path), path, (), "entry")
    for path in ligands:
        yield Rejection(_stem(path), "no_pocket", f"{path.name}: a ligand without pocket, protein or entry beside it")
