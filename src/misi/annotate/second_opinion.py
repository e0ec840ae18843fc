"""A second opinion on each hydrogen bond, by an independent criterion: ProLIF's.

C. Bouysset and S. Fiorucci, "ProLIF: a library to encode molecular interactions as fingerprints", J. Cheminform. 13
(2021) 72. It takes donors and acceptors from SMARTS on molecules with bond orders (residues by name, the ligand as
its file has it, which atom typing here never reads), and asks for 3.5 A and a donor-hydrogen-acceptor angle of 130
degrees. Hydrogens of the files are used; where a pocket has none, RDKit places them, so every pocket gets an opinion.
ProLIF's criterion for structures without hydrogens is not used: it judges residues cut apart, and misses most bonds
of backbone N-H.

ProLIF is an extra: ``pip install prolif``.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from rdkit import Chem, rdBase

from misi.annotate.facts import Facts
from misi.annotate.rdkit_pocket import rdkit_pocket, with_hydrogens
from misi.errors import MisiError

Pair = tuple[int, int]
_INTERACTIONS: Final = ("HBAcceptor", "HBDonor")
#: Ligand atoms of two files are the same atom if they are no farther apart than this, angstrom.
_SAME_PLACE: Final = 0.05


@dataclass(frozen=True)
class SecondOpinion:
    """What ProLIF says of a complex; pairs are (pocket atom row, ligand atom row).

    Attributes
    ----------
    agree : tuple of Pair
        Bonds of the facts that it finds too.
    disagree : tuple of Pair
        Bonds of the facts that it could judge and does not find.
    silent : tuple of Pair
        Bonds of the facts that it does not find and cannot judge: the residue is not standard, or the donor's
        hydrogen is free to turn and not in the file.
    only_second : tuple of Pair
        Bonds that it alone finds.
    """

    agree: tuple[Pair, ...]
    disagree: tuple[Pair, ...]
    silent: tuple[Pair, ...]
    only_second: tuple[Pair, ...]

    def verdict(self, pair: Pair) -> str | None:
        """``agree`` or ``disagree``; None where it cannot judge."""
        return "agree" if pair in self.agree else "disagree" if pair in self.disagree else None


class NoSecondOpinion(MisiError):
    """ProLIF is not installed, or cannot judge this complex."""


def second_opinion(facts: Facts, ligand_files: Sequence[Path]) -> SecondOpinion:
    """ProLIF's view of the hydrogen bonds between pocket and ligand.

    Parameters
    ----------
    facts : Facts
    ligand_files : sequence of Path
        Files of the ligand with bond orders; the first that RDKit reads and that has the ligand's atoms is used.

    Raises
    ------
    NoSecondOpinion
        The extra is not installed, or no file of the ligand makes sense to RDKit.
    """
    prolif = prolif_module()
    pocket, pocket_rows = rdkit_pocket(facts.complex)
    ligand, ligand_rows = _ligand(facts, ligand_files)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # count: every pair of atoms, not the first of each pair of residues
        found = prolif.Fingerprint(list(_INTERACTIONS), count=True).generate(
            prolif.Molecule.from_rdkit(with_hydrogens(ligand)),
            prolif.Molecule.from_rdkit(with_hydrogens(pocket)),
            metadata=True,
        )
    theirs = {
        (pocket_rows[data["parent_indices"]["protein"][0]], ligand_rows[data["parent_indices"]["ligand"][0]])
        for interactions in found.values()
        for metadata in interactions.values()
        for data in metadata
    }
    ours = set(facts.pairs)
    judged = set(pocket_rows)
    placed = {frozenset((bond.donor, bond.acceptor)) for bond in facts.hbonds if bond.hydrogen_distance is not None}
    missed = sorted(ours - theirs)
    disagree = tuple(pair for pair in missed if pair[0] in judged and frozenset(pair) in placed)
    return SecondOpinion(
        tuple(sorted(ours & theirs)),
        disagree,
        tuple(pair for pair in missed if pair not in disagree),
        tuple(sorted(theirs - ours)),
    )


def prolif_module() -> Any:
    """ProLIF, or `NoSecondOpinion` where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("prolif")
    except ImportError as error:
        raise NoSecondOpinion("a second opinion needs ProLIF: pip install prolif") from error


def _ligand(facts: Facts, files: Sequence[Path]) -> tuple[Any, list[int]]:
    """The ligand with the hydrogens of its file as RDKit reads it, and the atom row of each of its atoms."""
    source = facts.complex
    rows = np.flatnonzero(source.is_ligand)
    for path in files:
        try:
            with rdBase.BlockLogs():
                molecule = _read(path)
        except (OSError, RuntimeError, UnicodeDecodeError):
            continue
        if molecule is None or molecule.GetNumAtoms() != len(rows) or not molecule.GetNumConformers():
            continue
        places = molecule.GetConformer().GetPositions()
        squares = ((places[:, None, :] - source.xyz[rows][None, :, :]) ** 2).sum(axis=-1)
        nearest = squares.argmin(axis=1)
        if (squares.min(axis=1) <= _SAME_PLACE**2).all() and len(set(nearest.tolist())) == len(rows):
            return molecule, rows[nearest].tolist()
    raise NoSecondOpinion(f"{source.id}: RDKit reads no file of the ligand")


def _read(path: Path) -> Any:
    if path.suffix.lower() == ".mol2":
        return Chem.MolFromMol2File(str(path), removeHs=False)
    return next(iter(Chem.SDMolSupplier(str(path), removeHs=False)), None)
