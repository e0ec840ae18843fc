"""The pocket of a protein: whole residues near the ligand."""

from dataclasses import replace

import numpy as np

from misi.errors import StructureError
from misi.structures.complex import HYDROGEN
from misi.structures.distances import nearest_distances
from misi.structures.molecule import Molecule
from misi.structures.records import FileRecords, residue_runs
from misi.structures.solvent import WATER_NAMES

#: Residues with a heavy atom within this distance of a heavy ligand atom make the pocket, angstrom (as in PDBbind;
#: R. Wang et al., J. Med. Chem. 48 (2005) 4111-4119).
POCKET_RADIUS = 10.0


def cut_pocket(records: FileRecords, ligand: Molecule, origin: str, radius: float = POCKET_RADIUS) -> FileRecords:
    """The residues with a heavy atom within `radius` of a heavy atom of the ligand, before bonds are made.

    Bonds are made afterwards, as they would be in a pocket file, so that the gaps of the chain are seen.

    Raises
    ------
    StructureError
        `no_pocket`: no residue is that near.
    """
    heavy = ligand.element != HYDROGEN
    target = ligand.xyz[heavy] if heavy.any() else ligand.xyz
    xyz = np.array([(atom.x, atom.y, atom.z) for atom in records.atoms]).reshape(-1, 3)
    distances = nearest_distances(xyz, target)
    distances[[atom.element == HYDROGEN for atom in records.atoms]] = np.inf
    kept = [
        atom
        for run in residue_runs(records.atoms)
        if distances[run.start : run.stop].min() <= radius
        for atom in records.atoms[run.start : run.stop]
    ]
    if all(atom.residue_name in WATER_NAMES for atom in kept):
        raise StructureError("no_pocket", f"{origin} has no residue within {radius:g} A of the ligand")
    return replace(records, atoms=tuple(kept))
