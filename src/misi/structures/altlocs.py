"""Alternate locations: one for each residue."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from misi.structures.records import AtomRecord, FileRecords, residue_runs


def best_letter(atoms: Sequence[AtomRecord]) -> str:
    """The letter of highest mean occupancy, then of lowest mean B factor, then the first; "" without letters.

    The rule is that of the reference program, UCSF ChimeraX (its `best_alt_locs`).
    """
    letters = sorted({atom.altloc for atom in atoms} - {""})
    if len(letters) < 2:
        return letters[0] if letters else ""

    def rank(letter: str) -> tuple[float, float]:
        own = [atom for atom in atoms if atom.altloc == letter]
        return (-sum(atom.occupancy for atom in own) / len(own), sum(atom.bfactor for atom in own) / len(own))

    return min(letters, key=rank)


def _one_location(atoms: Sequence[AtomRecord]) -> list[AtomRecord]:
    """The atoms of one residue, each name that has letters once, in the place of its first line.

    An atom that lacks the residue's letter is kept at the location that stands last in the file, as the reference
    program does. Lines without a letter are never merged: prepared files that hold two conformers that way keep both.
    """
    letter = best_letter(atoms)
    place: dict[str, int] = {}
    kept: list[AtomRecord] = []
    for atom in atoms:
        at = place.get(atom.name)
        if not atom.altloc or at is None:
            place.setdefault(atom.name, len(kept))
            kept.append(atom)
        elif kept[at].altloc != letter:
            kept[at] = atom
    return kept


def _one_name(atoms: Sequence[AtomRecord]) -> list[AtomRecord]:
    """One residue where several names share a number by alternate locations (microheterogeneity).

    The reference program would keep each of them, on top of one another; here the best letter decides for all.
    """
    kept: list[AtomRecord] = []
    for _, group in groupby(atoms, key=attrgetter("residue_id")):
        own = list(group)
        names = {atom.residue_name for atom in own}
        if len(names) > 1 and all(atom.altloc for atom in own):
            letter = best_letter(own)
            name = next(atom.residue_name for atom in own if atom.altloc == letter)
            own = [atom for atom in own if atom.residue_name == name]
        kept.extend(own)
    return kept


def with_one_location(records: FileRecords, origin: str) -> FileRecords:
    """The records with one location for each atom; a note counts those left out."""
    if not any(atom.altloc for atom in records.atoms):
        return records
    kept: list[AtomRecord] = []
    atoms = _one_name(records.atoms)
    for run in residue_runs(atoms):
        own = atoms[run.start : run.stop]
        kept.extend(_one_location(own) if any(atom.altloc for atom in own) else own)
    dropped = len(records.atoms) - len(kept)
    if not dropped:
        return records
    note = f"{origin}: {dropped} atoms of other alternate locations left out"
    return replace(records, atoms=tuple(kept), notes=(*records.notes, note))
