"""From what lies in a folder to complexes: which files belong together, and what cannot be used."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from misi.errors import DatasetError, StructureError
from misi.paths import child, safe_name
from misi.structures.complex import Complex, Rejection
from misi.structures.molecule import Molecule
from misi.structures.pocket_cut import cut_pocket
from misi.structures.read import (
    LIGAND_SUFFIXES,
    STRUCTURE_SUFFIXES,
    join_complex,
    molecule_of,
    read_ligand,
    read_records,
    read_structure,
    suffix_of,
)
from misi.structures.whole_entry import split_entry

Kind = Literal["pocket", "protein", "entry"]

#: "<id>_pocket.pdb", "<id>_protein.pdb", "<id>_ligand.sdf"; a tail, as in "_protein-wat" or "_ligandCD1", is allowed.
_ROLE = re.compile(r"^(?P<id>.+?)[_-](?P<role>pocket|protein|ligand)(?P<tail>[^/]*)$", re.IGNORECASE)

#: Ligand formats in order of preference: mol2 files keep atom names.
_PREFERENCE = {suffix: rank for rank, suffix in enumerate(LIGAND_SUFFIXES)}

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


def _files(folder: Path) -> list[Path]:
    """Files of a folder that hold structures, by name."""
    known = {*STRUCTURE_SUFFIXES, *LIGAND_SUFFIXES}
    visible = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(path for path in visible if suffix_of(path) in known and path.is_file())


def _stem(path: Path) -> str:
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    return name[: name.rfind(".")]


def _common_start(first: str, second: str) -> str:
    """The letters with which two names start, without separators at its ends."""
    same = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    return first[:same].strip(_SEPARATORS)


def _source(name: str, structure: Path, ligands: Iterable[Path], kind: Kind) -> Source | Rejection:
    try:
        safe_name(name)
    except DatasetError as error:
        return Rejection(name, "unsafe_id", f"{structure.name}: {error}")
    ordered = sorted(ligands, key=lambda path: (len(_stem(path)), _stem(path), _PREFERENCE[suffix_of(path)], path.name))
    # Files of another stem ("_ligand2") hold another molecule: they are no substitute for the first.
    return Source(name, structure, tuple(path for path in ordered if _stem(path) == _stem(ordered[0])), kind)


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
        if match and (role == "ligand") == is_ligand:
            group = groups.setdefault(match["id"], _Group([], [], []))
            getattr(group, role).append(path)
        else:
            (ligands if is_ligand else structures).append(path)
    return groups, structures, ligands


def _in_folder(files: list[Path]) -> Iterator[Source | Rejection]:
    """The complexes of one folder's files; each file is used, or named in a rejection."""
    groups, structures, ligands = _group_files(files)
    # One entry in two formats is one complex; the PDB format is preferred, in whose terms the bonding rules are given.
    structures.sort(key=lambda path: (STRUCTURE_SUFFIXES.index(suffix_of(path)), path.name))
    by_stem: dict[str, Path] = {}
    for path in structures:
        kept = by_stem.setdefault(_stem(path), path)
        if kept is not path:
            yield Rejection(_stem(path), "duplicate_id", f"{path.name}: {kept.name} beside it is used")
    structures = sorted(by_stem.values())
    used: set[Path] = set()
    for name, group in sorted(groups.items()):
        # The shortest name is the plain one: "_protein" before "_protein-wat".
        for paths in (group.pocket, group.protein):
            paths.sort(key=lambda path: (len(path.name), path.name))
        if not (group.pocket or group.protein) and name in by_stem:
            group.protein.append(by_stem[name])
            used.add(by_stem[name])
        if group.pocket and group.ligand:
            yield _source(name, group.pocket[0], group.ligand, "pocket")
        elif group.protein and group.ligand:
            yield _source(name, group.protein[0], group.ligand, "protein")
        elif group.protein and not group.pocket:
            yield _source(name, group.protein[0], (), "entry")
        elif group.pocket:
            structures.append(group.pocket[0])
        else:
            ligands.extend(group.ligand)
    structures = [path for path in structures if path not in used]
    if len(structures) == 1 and ligands and len({_stem(path) for path in ligands}) == 1:
        # One structure and one ligand in a folder belong together, whatever they are called.
        name = _common_start(_stem(structures[0]), _stem(ligands[0])) or _stem(structures[0])
        pocket = "pocket" in structures[0].name.lower() or len(files) == 1 + len(ligands)
        yield _source(name, structures[0], ligands, "pocket" if pocket else "protein")
        return
    for path in structures:
        yield _source(_stem(path), path, (), "entry")
    for path in ligands:
        yield Rejection(_stem(path), "no_pocket", f"{path.name}: a ligand without pocket, protein or entry beside it")


def _unique(found: Iterable[tuple[str, Source | Rejection]]) -> list[Source | Rejection]:
    """Give ids that repeat the name of their folder too; where that does not help, reject."""
    result: list[Source | Rejection] = []
    seen: set[str] = set()
    for folder, item in found:
        if isinstance(item, Source) and item.id in seen:
            name = f"{item.id}-{folder}"
            if not folder or name in seen:
                item = Rejection(item.id, "duplicate_id", f"{item.structure.name}: another complex is called {item.id}")
            else:
                item = _source(name, item.structure, item.ligands, item.kind)
        if isinstance(item, Source):
            seen.add(item.id)
        result.append(item)
    return result


def _scan(src: Path) -> Iterator[tuple[str, Source | Rejection]]:
    """Complexes of a folder and of the folders in it, with the name of the folder they come from ("" for `src`)."""
    own = _files(src)
    for item in _in_folder(own):
        yield "", item
    for folder in sorted(path for path in src.iterdir() if path.is_dir() and not path.name.startswith(".")):
        try:
            files = _files(folder)
        except OSError as error:
            yield folder.name, Rejection(folder.name, "unreadable_folder", f"{folder.name}: {error.strerror}")
            continue
        for item in _in_folder(files):
            yield folder.name, item
        if not files:
            yield folder.name, Rejection(folder.name, "no_structure_files", f"{folder.name} holds no structure files")


def find_sources(src: Path) -> list[Source | Rejection]:
    """All complexes of a source, and a rejection for everything in it that cannot be one.

    Parameters
    ----------
    src : Path
        A folder with one folder per complex (`<id>/<id>_pocket.pdb` or `_protein.pdb`, `<id>_ligand.mol2` and/or
        `.sdf`); a folder of such pairs; one such folder; whole entries (.pdb, .ent, .cif, each also gzipped); or a
        single file, with which those beside it are found.

    Raises
    ------
    StructureError
        `no_source`: nothing is there.
    """
    try:
        if src.is_dir():
            found = _unique(_scan(src))
        elif src.is_file():
            items = [item for item in _in_folder(_files(src.parent)) if isinstance(item, Source)]
            found = [item for item in items if src in (item.structure, *item.ligands)]
            found = found or list(_in_folder([src]))
        else:
            raise StructureError("no_source", f"{src} does not exist")
    except OSError as error:
        raise StructureError("no_source", f"{src} cannot be read: {error.strerror}") from error
    if not found:
        raise StructureError("no_source", f"{src} holds no structure files")
    return found


def _read_any_ligand(paths: tuple[Path, ...]) -> tuple[Molecule, tuple[str, ...]]:
    """The first ligand file that can be read, with a note for each one passed over."""
    notes: list[str] = []
    for path in paths:
        try:
            return read_ligand(path), tuple(notes)
        except StructureError as error:
            if path == paths[-1]:
                raise StructureError(error.reason, "; ".join([*notes, error.detail])) from None
            notes.append(f"passed over: {error}")
    raise StructureError("no_ligand", "there is no ligand file")


def read_complex(source: Source) -> Complex:
    """Read one complex.

    Raises
    ------
    StructureError
        The files cannot be read, or hold no complex.
    """
    if source.kind == "entry":
        records = read_records(source.structure)
        pocket, ligand = split_entry(records, source.structure.name)
        return join_complex(source.id, pocket, ligand)
    ligand, notes = _read_any_ligand(source.ligands)
    if source.kind == "pocket":
        return join_complex(source.id, read_structure(source.structure), ligand, notes)
    records = cut_pocket(read_records(source.structure), ligand, source.structure.name)
    return join_complex(source.id, molecule_of(records, source.structure.name), ligand, notes)


def load(source: Source | Rejection) -> Complex | Rejection:
    """Read one complex; what cannot be read becomes a rejection, and a rejection stays one. Never raises on bad input.

    Only unreadable input is rejected here; whether a complex is fit for questions is for `checks.check`.
    """
    if isinstance(source, Rejection):
        return source
    try:
        return read_complex(source)
    except StructureError as error:
        return Rejection(source.id, error.reason, error.detail)


def _places(src: Path, complex_id: str) -> list[Path]:
    """Where to look for an id: the folder of that name in `src`, if there is one, before all of `src`."""
    try:
        folder = child(src, complex_id)
    except DatasetError:
        return [src]
    return [folder, src] if folder.is_dir() and _files(folder) else [src]


def load_by_id(src: Path, complex_id: str) -> Complex:
    """Read the complex of that id; a folder of that name is looked into first.

    Raises
    ------
    StructureError
        `unknown_id`, or the reason why the complex cannot be read.
    """
    known: list[str] = []
    for place in _places(src, complex_id):
        for item in find_sources(place):
            known.append(item.id)
            if item.id == complex_id:
                found = load(item)
                if isinstance(found, Rejection):
                    raise StructureError(found.reason, found.detail)
                return found
    raise StructureError("unknown_id", f"no complex {complex_id!r} in {src}; it holds e.g. {', '.join(known[:5])}")
