"""Made-up complexes with made-up bonds: small, quick, and with the troubles that tests ask for."""

from collections.abc import Sequence
from random import Random

import numpy as np

from misi.annotate.facts import Facts, HBond
from misi.structures.complex import Complex, frozen
from misi.tasks.task import Context

RESIDUES = {
    "ASP": ("N", "CA", "C", "O", "CB", "CG", "OD1", "OD2"),
    "ARG": ("N", "CA", "C", "O", "CB", "CG", "CD", "NE", "CZ", "NH1", "NH2"),
    "LEU": ("N", "CA", "C", "O", "CB", "CG", "CD1", "CD2"),
    "SER": ("N", "CA", "C", "O", "CB", "OG"),
}
LIGAND = ("C1", "C2", "O1", "N1", "C3", "O2", "C4", "C5")
_ELEMENTS = {"C": 6, "N": 7, "O": 8, "S": 16, "Z": 30}


def make_facts(
    complex_id: str = "made",
    seed: int = 0,
    *,
    residues: int = 30,
    bonds: int = 3,
    ligand: Sequence[str] = LIGAND,
    names: Sequence[str] | None = None,
    keys: dict[int, tuple[str, int, str]] | None = None,
    spread: float = 7.0,
) -> Facts:
    """A complex whose residues lie around the ligand at random.

    Parameters
    ----------
    bonds : int
        Residues with one hydrogen bond each; the first of them has two.
    keys : dict
        (chain, number, insertion code) of residue rows that differ from ("A", 3 row - 2, "").
    """
    rng = Random(seed)
    xyz: list[list[float]] = []
    atoms: list[str] = []
    residue: list[int] = []
    covalent: list[tuple[int, int]] = []
    start = [0]
    kinds = []
    for row in range(residues):
        kind = names[row] if names else rng.choice(list(RESIDUES))
        centre = [rng.gauss(0, spread) for _ in range(3)]
        for atom in RESIDUES[kind]:
            xyz.append([value + rng.gauss(0, 1.2) for value in centre])
            atoms.append(atom)
            residue.append(row)
        covalent += [(a, a + 1) for a in range(start[-1], len(atoms) - 1)]
        start.append(len(atoms))
        kinds.append(kind)
    for atom in ligand:
        xyz.append([rng.gauss(0, 2) for _ in range(3)])
        atoms.append(atom)
        residue.append(residues)
    first = start[-1]
    covalent += [(a, a + 1) for a in range(first, len(atoms) - 1)]
    start.append(len(atoms))
    identity = [(keys or {}).get(row, ("A", 3 * row - 2, "")) for row in range(residues)] + [("", 1, "")]
    source = Complex(
        id=complex_id,
        xyz=frozen(xyz, float),
        element=frozen([_ELEMENTS[name[0]] for name in atoms], np.int32),
        name=frozen(atoms, str),
        residue=frozen(residue, np.int32),
        is_ligand=frozen([row == residues for row in residue], bool),
        file_index=frozen(range(len(atoms)), np.int32),
        bonds=frozen(covalent, np.int32, (-1, 2)),
        links=frozen([], np.int32, (0, 2)),
        residue_chain=frozen([key[0] for key in identity], str),
        residue_number=frozen([key[1] for key in identity], np.int32),
        residue_icode=frozen([key[2] for key in identity], str),
        residue_name=frozen([*kinds, "LIG"], str),
        residue_start=frozen(start, np.int32),
        residue_is_ligand=frozen([False] * residues + [True], bool),
    )
    polar = [first + i for i, name in enumerate(ligand) if name[0] in "NO"]
    found = []
    for order, row in enumerate(sorted(rng.sample(range(residues), bonds)) if polar else ()):
        found.append(_bond(start[row], polar[order % len(polar)]))
        if order == 0:
            found.append(_bond(start[row] + 3, polar[(order + 1) % len(polar)]))
    return Facts(source, ("C3",) * len(atoms), tuple(sorted(found, key=lambda bond: (bond.donor, bond.acceptor))))


def _bond(donor: int, acceptor: int, margin: float = 0.5) -> HBond:
    return HBond(donor, acceptor, None, 2.9, None, None, "D13", "A6", margin, "acceptor r")


def make_context(facts: dict[str, Facts], split: str = "train", seed: int = 7, **changes: object) -> Context:
    return Context(seed, split, 1024, 768, sorted(facts), facts.__getitem__, **changes)  # type: ignore[arg-type]


def make_all(count: int = 4) -> dict[str, Facts]:
    return {f"c{i}": make_facts(f"c{i}", i) for i in range(count)}
