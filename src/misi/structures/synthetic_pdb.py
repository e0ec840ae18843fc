"""A made-up pocket as PDB text: numbers with gaps, chains, insertion codes, hydrogens on their heavy atoms."""

import string
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import numpy as np

from misi.structures.complex import Floats
from misi.structures.synthetic_pocket import Placed, Plan, Pocket
from misi.structures.synthetic_residues import Point, distances
from misi.structures.write_pdb import PdbAtom, pdb_text


class _Numbered(NamedTuple):
    """One kept residue with its place in the file."""

    chain: str
    number: int
    icode: str
    piece: Placed
    row: int


def pocket_text(pocket: Pocket, plan: Plan, complex_id: str, rng: Random) -> str:
    """The pocket's PDB file: ATOM records by chain and number, then metal and waters as HETATM."""
    header = [f"HEADER    {complex_id.upper()} BINDING POCKET", "REMARK    MADE-UP COMPLEX, NOT AN EXPERIMENT"]
    return pdb_text(header, _records(pocket, plan, rng))


def _records(pocket: Pocket, plan: Plan, rng: Random) -> Iterator[PdbAtom]:
    def record(het: bool, atom: str, element: str, residue: str, key: tuple[str, int, str], xyz: Point) -> PdbAtom:
        return PdbAtom(het, atom, element, residue, *key, *xyz, 1.0, rng.uniform(8.0, 55.0))

    residues = sorted(_numbered(pocket, plan, rng), key=lambda item: (item.chain, item.number, item.icode))
    acceptors = _acceptors(pocket)
    for item in residues:
        name = item.piece.stretch.residue_names[item.row]
        for atom, element, xyz in _atoms(item, plan.polar_hydrogens, acceptors):
            yield record(False, atom, element, name, item[:3], xyz)
    chain, number = residues[-1].chain, residues[-1].number + 200
    if pocket.metal is not None:
        yield record(True, plan.metal, plan.metal, plan.metal, (chain, number + 1, ""), pocket.metal)
    for k, xyz in enumerate(pocket.waters):
        yield record(True, "O", "O", "HOH", (chain, number + 2 + k, ""), xyz)


def _numbered(pocket: Pocket, plan: Plan, rng: Random) -> Iterator[_Numbered]:
    """Give every stretch its chain and numbers; stretches follow each other with gaps of at least two."""
    pieces = list(pocket.pieces)
    rng.shuffle(pieces)
    next_number = {chain: rng.randint(1, 60) for chain in plan.chains}
    coded = max(pieces, key=lambda piece: sum(piece.kept)) if plan.insertion_codes else None
    for k, piece in enumerate(pieces):
        chain = plan.chains[k % len(plan.chains)]
        number = next_number[chain]
        for row, keep in enumerate(piece.kept):
            icode = string.ascii_uppercase[row - 1] if piece is coded and row else ""
            if piece is not coded:
                number = next_number[chain] + row
            if keep:
                yield _Numbered(chain, number, icode, piece, row)
        next_number[chain] = number + rng.choices((rng.randint(3, 8), rng.randint(9, 40)), (1, 2))[0]


def _acceptors(pocket: Pocket) -> Floats:
    """(k, 3): atoms with a lone pair, of ligand and pocket, that a hydroxyl may point at."""
    found = [pocket.acceptors]
    for piece in pocket.pieces:
        atoms = {int(a) for a, h in zip(piece.stretch.site_atom, piece.stretch.site_hydrogen, strict=True) if not h}
        found.append(piece.xyz[[a for a in sorted(atoms) if piece.kept[int(piece.stretch.residue[a])]]])
    return np.concatenate(found)


def _atoms(item: _Numbered, hydrogens: bool, acceptors: Floats) -> Iterator[tuple[str, str, Point]]:
    """Name, element, position of the residue's atoms in file order."""
    stretch = item.piece.stretch
    for atom in np.flatnonzero(stretch.residue == item.row).tolist():
        yield stretch.name[atom], stretch.name[atom][0], _point(item.piece.xyz[atom])
        if not hydrogens:
            continue
        places: dict[str, list[Point]] = {}
        for site in np.flatnonzero(stretch.site_atom == atom).tolist():
            places.setdefault(stretch.site_hydrogen[site], []).append(_point(item.piece.site_xyz[site]))
        places.pop("", None)
        for name, points in places.items():
            yield name, "H", _toward(points, acceptors)


def _toward(points: list[Point], acceptors: Floats) -> Point:
    """The alternative nearest to an acceptor other than the hydrogen's own oxygen."""
    gaps = distances(np.array(points), acceptors)
    gaps[gaps < 1.5] = np.inf
    return points[int(gaps.min(axis=1).argmin())]


def _point(row: Floats) -> Point:
    return (float(row[0]), float(row[1]), float(row[2]))
