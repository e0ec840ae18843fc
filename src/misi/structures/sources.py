"""From what lies in a folder to complexes, and rejections for what cannot be one."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from misi.errors import DatasetError, StructureError
from misi.paths import child
from misi.structures.complex import Complex, Rejection
from misi.structures.molecule import Molecule
from misi.structures.pocket_cut import cut_pocket
from misi.structures.read import join_complex, molecule_of, read_ligand, read_records, read_structure
from misi.structures.source_files import Source, complexes_of, is_structure_file, make_source, structure_files
from misi.structures.whole_entry import split_entry

__all__ = ["Source", "find_sources", "load", "load_by_id", "read_complex"]


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
                item = make_source(name, item.structure, item.ligands, item.kind)
        if isinstance(item, Source):
            seen.add(item.id)
        result.append(item)
    return result


def _scan(src: Path) -> Iterator[tuple[str, Source | Rejection]]:
    """Complexes of a folder and of the folders in it, with the name of the folder they come from ("" for `src`)."""
    own = structure_files(src)
    for item in complexes_of(own):
        yield "", item
    for folder in sorted(path for path in src.iterdir() if path.is_dir() and not path.name.startswith(".")):
        try:
            files = structure_files(folder)
        except OSError as error:
            yield folder.name, Rejection(folder.name, "unreadable_folder", f"{folder.name}: {error.strerror}")
            continue
        for item in complexes_of(files):
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
        elif src.is_file() and is_structure_file(src):
            items = [item for item in complexes_of(structure_files(src.parent)) if isinstance(item, Source)]
            found = [item for item in items if src in (item.structure, *item.ligands)]
            found = found or list(complexes_of([src]))
        else:
            wrong = "is no structure file" if src.exists() else "does not exist"
            raise StructureError("no_source", f"{src} {wrong}")
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
    return [folder, src] if folder.is_dir() and structure_files(folder) else [src]


def load_by_id(src: Path, complex_id: str) -> Complex:
    """Read the complex of that id; a folder of that name is looked into first.

    Raises
    ------
    StructureError
        `unknown_id`, or the reason why the complex cannot be read.
    """
    known: list[str] = []
    rejected: Rejection | None = None
    for place in _places(src, complex_id):
        for item in find_sources(place):
            known.append(item.id)
            if item.id != complex_id:
                continue
            found = load(item)
            if isinstance(found, Complex):
                return found
            rejected = rejected or found
    if rejected is not None:
        raise StructureError(rejected.reason, rejected.detail)
    raise StructureError("unknown_id", f"no complex {complex_id!r} in {src}; it holds e.g. {', '.join(known[:5])}")
