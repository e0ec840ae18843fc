"""Files to molecules, and a pocket with a ligand to a complex."""

from pathlib import Path

import numpy as np

from misi.errors import StructureError
from misi.structures.altlocs import with_one_location
from misi.structures.bonding import bond_records
from misi.structures.complex import Complex, frozen
from misi.structures.molecule import Molecule
from misi.structures.read_cif import parse_cif
from misi.structures.read_mol2 import parse_mol2
from misi.structures.read_pdb import parse_pdb
from misi.structures.read_sdf import parse_sdf
from misi.structures.records import FileRecords, residue_runs
from misi.structures.solvent import without_solvent
from misi.structures.text_file import read_text

#: Suffixes of files that hold macromolecules, and of those that hold ligands, in order of preference: mol2 files keep
#: atom names. Each may be followed by .gz.
STRUCTURE_SUFFIXES = (".pdb", ".ent", ".cif", ".mmcif")
LIGAND_SUFFIXES = (".mol2", ".sdf", ".sd", ".mol")

#: Largest ligand file read, bytes.
MAX_LIGAND_BYTES = 20_000_000


def suffix_of(path: Path) -> str:
    """Suffix in lower case, without .gz."""
    name = path.name.lower().removesuffix(".gz")
    return name[name.rfind(".") :] if "." in name else ""


def read_records(path: Path) -> FileRecords:
    """Records of the first model of a PDB or mmCIF file, one location for each atom.

    Raises
    ------
    StructureError
    """
    text = read_text(path)
    parse = parse_cif if suffix_of(path) in (".cif", ".mmcif") else parse_pdb
    return with_one_location(parse(text, path.name), path.name)


def bonded(records: FileRecords, origin: str) -> Molecule:
    """The atoms of a file with their bonds and missing-structure links, solvent included.

    Raises
    ------
    StructureError
    """
    atoms = records.atoms
    bonds, links = bond_records(records, origin)
    runs = residue_runs(atoms)
    first = [atoms[run.start] for run in runs]
    return Molecule(
        xyz=frozen([(atom.x, atom.y, atom.z) for atom in atoms], np.float64, (-1, 3)),
        element=frozen([atom.element for atom in atoms], np.int32),
        name=frozen([atom.name for atom in atoms], np.str_),
        file_index=frozen([atom.file_index for atom in atoms], np.int32),
        residue_start=frozen([*(run.start for run in runs), len(atoms)], np.int32),
        residue_chain=frozen([atom.residue_id.chain for atom in first], np.str_),
        residue_number=frozen([atom.residue_id.number for atom in first], np.int32),
        residue_icode=frozen([atom.residue_id.icode for atom in first], np.str_),
        residue_name=frozen([atom.residue_name for atom in first], np.str_),
        bonds=bonds,
        links=links,
        notes=records.notes,
    )


def molecule_of(records: FileRecords, origin: str) -> Molecule:
    """Bond the records of a file, then remove its solvent, which takes part in the bonding.

    Raises
    ------
    StructureError
        `no_pocket` where nothing but solvent is there.
    """
    molecule = without_solvent(bonded(records, origin), origin)
    if not len(molecule):
        raise StructureError("no_pocket", f"{origin} holds nothing but solvent there")
    return molecule


def read_structure(path: Path) -> Molecule:
    """A pocket, protein or whole entry with its bonds, without solvent.

    Raises
    ------
    StructureError
    """
    return molecule_of(read_records(path), path.name)


def read_ligand(path: Path) -> Molecule:
    """The first molecule of a mol2, SDF or MOL file; or all of a PDB or mmCIF file, bonded as such files are.

    Raises
    ------
    StructureError
    """
    if suffix_of(path) in STRUCTURE_SUFFIXES:
        return bonded(read_records(path), path.name)
    text = read_text(path, MAX_LIGAND_BYTES)
    return parse_mol2(text, path.name) if suffix_of(path) == ".mol2" else parse_sdf(text, path.name)


def join_complex(complex_id: str, pocket: Molecule, ligand: Molecule, notes: tuple[str, ...] = ()) -> Complex:
    """A complex of a pocket and a ligand; no bond is made between them."""
    parts = (pocket, ligand)
    counts = np.concatenate([np.diff(part.residue_start) for part in parts])
    return Complex(
        id=complex_id,
        xyz=frozen(np.concatenate([part.xyz for part in parts]), np.float64),
        element=frozen(np.concatenate([part.element for part in parts]), np.int32),
        name=frozen(np.concatenate([part.name for part in parts]), np.str_),
        residue=frozen(np.repeat(np.arange(len(counts)), counts), np.int32),
        is_ligand=frozen(np.repeat([False, True], [len(part) for part in parts]), bool),
        file_index=frozen(np.concatenate([part.file_index for part in parts]), np.int32),
        bonds=frozen(np.concatenate([pocket.bonds, ligand.bonds + len(pocket)]), np.int32, (-1, 2)),
        links=frozen(np.concatenate([pocket.links, ligand.links + len(pocket)]), np.int32, (-1, 2)),
        residue_chain=frozen(np.concatenate([part.residue_chain for part in parts]), np.str_),
        residue_number=frozen(np.concatenate([part.residue_number for part in parts]), np.int32),
        residue_icode=frozen(np.concatenate([part.residue_icode for part in parts]), np.str_),
        residue_name=frozen(np.concatenate([part.residue_name for part in parts]), np.str_),
        residue_start=frozen(np.concatenate([[0], np.cumsum(counts)]), np.int32),
        residue_is_ligand=frozen(np.repeat([False, True], [part.n_residues for part in parts]), bool),
        notes=(*notes, *pocket.notes, *ligand.notes),
    )
