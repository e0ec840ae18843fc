"""A pocket around a ligand: bonded residues first, a metal, then stretches until it has the size of a real one.

Sizes aimed at: PDBbind pockets of the 10 A cut hold 58 to 84 residues (quartiles) in 12 to 19 stretches, 25 to 36 A
across.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

import numpy as np
from numpy.typing import NDArray

from misi.structures import synthetic_packing as packing
from misi.structures.complex import Floats
from misi.structures.synthetic_ligands import Ligand
from misi.structures.synthetic_residues import Point, Stretch, build_stretch, distances, draw_sequence

_CUT = 10.0  # angstrom: residues with a heavy atom this near a ligand heavy atom stay
_REACH = 9.0  # angstrom from the ligand at which an atom of every stretch is put
_BOND_LENGTHS = (2.75, 3.0)  # donor-acceptor, angstrom: the common range in crystals
_METAL_BOND = {"ZN": 2.1, "MG": 2.1, "CA": 2.4}  # M. Harding, Acta Cryst. D62 (2006) 678-682, rounded
_SPINS = 30
_POSES = 420
_ROTATIONS = 240
_MISSES = 18  # fillings in a row that find no place before the pocket counts as full
_FEWEST = 44  # residues: below, single ones are tried for longer
_FREE_OF_BONDS = 4.2  # angstrom between polar atoms: no criterion sees a bond

#: Residues that meet a ligand donor (the first) or acceptor, with how often they do; backbone comes along.
_ACCEPTING = {"ASP": 4, "GLU": 4, "ASN": 3, "GLN": 3, "SER": 2, "THR": 1, "TYR": 1, "HIS": 1, "GLY": 3, "LEU": 2}
_DONATING = {
    "ARG": 4,
    "LYS": 3,
    "SER": 4,
    "THR": 2,
    "ASN": 3,
    "GLN": 3,
    "TYR": 2,
    "HIS": 2,
    "TRP": 1,
    "GLY": 3,
    "ALA": 2,
}
_BACKBONE_PARTNERS = ("GLY", "ALA", "LEU")
_CHELATING = {"ZN": {"HIS": 3, "ASP": 1, "GLU": 1}, "MG": {"ASP": 2, "GLU": 2}, "CA": {"ASP": 2, "GLU": 2, "ASN": 1}}


@dataclass(frozen=True)
class Plan:
    """What one complex shall have; a metal or bond that finds no room is left out.

    Attributes
    ----------
    residues : int
        Amino acids aimed at.
    hydrogen_bonds : int
        Residues docked onto polar ligand atoms; 0 keeps all polar atoms of the pocket away from those of the ligand.
    metal : str
        Element symbol in capitals, or empty.
    polar_hydrogens : bool
    chains : tuple of str
    insertion_codes : bool
    waters : int
    """

    residues: int
    hydrogen_bonds: int
    metal: str
    polar_hydrogens: bool
    chains: tuple[str, ...]
    insertion_codes: bool
    waters: int


@dataclass(frozen=True, eq=False)
class Placed:
    """A stretch where it stands: coordinates (n, 3), site points (s, 3), and which of its residues are kept."""

    stretch: Stretch
    xyz: Floats
    site_xyz: Floats
    kept: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Pocket:
    """What `build_pocket` found room for, around the turned ligand, in the ligand's frame (angstrom).

    `acceptors` (k, 3) are ligand atoms that a free hydroxyl may point at.
    """

    ligand_xyz: Floats
    acceptors: Floats
    pieces: tuple[Placed, ...]
    metal: Point | None
    waters: tuple[Point, ...]


@dataclass(eq=False)
class _Build:
    """The pocket while it grows."""

    ligand: Ligand
    plan: Plan
    rng: Random
    ligand_xyz: Floats
    site_xyz: Floats
    rotations: Floats
    pieces: list[Placed] = field(default_factory=list)
    metal: Point | None = None
    residues: int = 0

    def __post_init__(self) -> None:
        self.heavy = self.ligand_xyz[self.ligand.element > 1]
        self.polar_ligand = np.isin(self.ligand.element, (7, 8, 16))
        self.hydrogens = self.ligand_xyz[self.ligand.element == 1]
        self.taken_xyz = self.heavy
        self.taken_carbon = self.ligand.element[self.ligand.element > 1] == 6
        self.space = packing.Space(self.heavy, _REACH)


def build_pocket(ligand: Ligand, plan: Plan, rng: Random) -> Pocket:
    """Turn the ligand at random and build the planned pocket around it."""
    rotation = packing.rotations(rng, 1)
    build = _Build(
        ligand,
        plan,
        rng,
        packing.turned(rotation, ligand.xyz)[0],
        packing.turned(rotation, ligand.site_xyz)[0],
        packing.rotations(rng, _ROTATIONS),
    )
    if plan.metal:
        _add_metal(build)
    _add_partners(build)
    _fill(build)
    donating = np.array(ligand.site_donates, dtype=bool)
    acceptors = build.ligand_xyz[ligand.site_atom[~donating]]
    return Pocket(build.ligand_xyz, acceptors, tuple(build.pieces), build.metal, _waters(build))


def _point(row: Floats) -> Point:
    return (float(row[0]), float(row[1]), float(row[2]))


def _is_carbon(stretch: Stretch) -> NDArray[np.bool_]:
    return np.array([name[0] == "C" for name in stretch.name])


def _collides(build: _Build, xyz: Floats, carbon: NDArray[np.bool_], partner: int | None) -> bool:
    """Whether a pose comes too near to what is placed; `partner` is the atom whose contact is intended."""
    limit = np.where(carbon[:, None] | build.taken_carbon[None, :], packing.CLOSEST_CARBON, packing.CLOSEST_POLAR)
    if (distances(xyz, build.taken_xyz) < limit).any():
        return True
    if build.metal is not None:
        near = distances(xyz, np.array([build.metal]))[:, 0]
        near[~carbon] += 1.0  # a ligand atom of the metal's own stretch may be at bonding distance
        if (np.delete(near, [] if partner is None else [partner]) < 2.7).any():
            return True
    gaps = distances(xyz, build.hydrogens).min(axis=1, initial=9.0)
    if partner is not None:
        gaps[partner] = 9.0
    if (gaps < packing.CLOSEST_HYDROGEN).any():
        return True
    if not build.plan.hydrogen_bonds:
        return bool((distances(xyz[~carbon], build.ligand_xyz[build.polar_ligand]) < _FREE_OF_BONDS).any())
    return False


def _accept(build: _Build, stretch: Stretch, xyz: Floats, move: Floats, must_keep: int | None) -> bool:
    """Cut the pose at 10 angstrom and take it in; False where nothing would remain."""
    near = distances(xyz, build.heavy).min(axis=1) <= _CUT
    kept = [bool(near[stretch.residue == i].any()) for i in range(len(stretch.residue_names))]
    if must_keep is not None:
        kept[int(stretch.residue[must_keep])] = True
    if not any(kept):
        return False
    stays = np.array(kept)[stretch.residue]
    build.pieces.append(Placed(stretch, xyz, move, tuple(kept)))
    build.residues += sum(kept)
    build.space.add(xyz[stays])
    build.taken_xyz = np.concatenate([build.taken_xyz, xyz[stays]])
    build.taken_carbon = np.concatenate([build.taken_carbon, _is_carbon(stretch)[stays]])
    return True


def _dock(build: _Build, stretch: Stretch, site: int, target: Point, toward: Point) -> bool:
    """Put the site's atom on `target`, its direction onto `toward`, in the tightest free spin."""
    atom = int(stretch.site_atom[site])
    outward = packing.unit(_point(stretch.site_xyz[site] - stretch.xyz[atom]))
    points = np.concatenate([stretch.xyz, stretch.site_xyz])
    poses = packing.docked(points, atom, outward, target, toward, _SPINS)
    n = len(stretch.xyz)
    spared = distances(stretch.xyz, stretch.xyz[atom][None])[:, 0] < 1.7  # it and what it is bonded to
    free, touching = build.space.fits(poses[:, :n], spared)
    for row in packing.best_first(free, touching.astype(np.float64), 6):
        if not _collides(build, poses[row, :n], _is_carbon(stretch), atom):
            return _accept(build, stretch, poses[row, :n], poses[row, n:], atom)
    return False


def _partner(build: _Build, names: dict[str, int], donates: bool) -> tuple[Stretch, int] | None:
    """A stretch with a residue of the wanted sort in it, and the polar site that shall meet the ligand."""
    rng = build.rng
    wanted = rng.choices(list(names), list(names.values()))[0]
    length = rng.choices((1, 2, 3, 4, 5), (3, 3, 3, 2, 2))[0]
    backbone = wanted in _BACKBONE_PARTNERS
    place = rng.randrange(length)
    if backbone and donates and place == 0:
        length, place = length + 1, place + 1  # a nitrogen with its neighbour, so that it is an amide
    sequence = draw_sequence(rng, length)
    sequence[place] = wanted
    stretch = build_stretch(sequence, rng)
    if stretch is None:
        return None
    sites = [
        k
        for k, (atom, hydrogen) in enumerate(zip(stretch.site_atom.tolist(), stretch.site_hydrogen, strict=True))
        if stretch.residue[atom] == place
        and bool(hydrogen) == donates
        and (stretch.name[atom] in ("N", "O")) == backbone
    ]
    return (stretch, rng.choice(sites)) if sites else None


def _add_partners(build: _Build) -> None:
    """Dock residues onto drawn hydrogens and lone pairs of the ligand, at most two an atom."""
    sites = list(range(len(build.ligand.site_atom)))
    build.rng.shuffle(sites)
    used: Counter[int] = Counter()
    missing = build.plan.hydrogen_bonds
    for site in sites:
        atom = int(build.ligand.site_atom[site])
        if missing == 0 or used[atom] == 2:
            continue
        start = _point(build.ligand_xyz[atom])
        outward = packing.unit(_point(build.site_xyz[site] - build.ligand_xyz[atom]))
        donates = build.ligand.site_donates[site]
        for _ in range(5):
            found = _partner(build, _ACCEPTING if donates else _DONATING, not donates)
            if found is None:
                continue
            way = packing.tilted(outward, build.rng, 12.0)
            length = build.rng.uniform(*_BOND_LENGTHS)
            target = (start[0] + length * way[0], start[1] + length * way[1], start[2] + length * way[2])
            back = packing.tilted((-way[0], -way[1], -way[2]), build.rng, 12.0)
            if _dock(build, *found, target, back):
                used[atom] += 1
                missing -= 1
                break


def _add_metal(build: _Build) -> None:
    """A metal on a ligand acceptor, with two or three residues that hold it."""
    rng, symbol = build.rng, build.plan.metal
    length = _METAL_BOND[symbol]
    acceptors = [k for k, donates in enumerate(build.ligand.site_donates) if not donates]
    rng.shuffle(acceptors)
    for site in acceptors[:4]:
        atom = build.ligand_xyz[build.ligand.site_atom[site]]
        way = packing.unit(_point(build.site_xyz[site] - atom))
        metal = (atom[0] + length * way[0], atom[1] + length * way[1], atom[2] + length * way[2])
        gaps = distances(np.array([metal]), build.ligand_xyz)[0]
        gaps[build.ligand.site_atom[site]] = 9.0
        if gaps.min() < 2.4:
            continue
        held = 0
        for _ in range(14):
            found = _partner(build, _CHELATING[symbol], donates=False)
            if found is None or held == 3:
                continue
            # away from the ligand and each other: the exact check keeps the holders 2.7 A apart
            out = packing.tilted(way, rng, 80.0)
            target = (metal[0] + length * out[0], metal[1] + length * out[1], metal[2] + length * out[2])
            held += _dock(build, *found, target, packing.tilted((-out[0], -out[1], -out[2]), rng, 8.0))
        if held:
            build.metal = _point(np.array(metal))
            build.space.add(np.array([metal]))
            return


def _fill(build: _Build) -> None:
    """Throw stretches at free places near the ligand, long ones first, and keep the tightest pose of each."""
    misses = 0
    while build.residues < build.plan.residues and (misses < _MISSES or (build.residues < _FEWEST and misses < 90)):
        longest = 9 if misses < 3 else 5 if misses < 7 else 2
        length = build.rng.randint(1 if misses else 3, longest)
        stretch = build_stretch(draw_sequence(build.rng, length), build.rng)
        misses += 1
        if stretch is None:
            continue
        points = np.concatenate([stretch.xyz, stretch.site_xyz])
        n = len(stretch.xyz)
        poses = packing.scattered(build.space, points, build.rng, build.rotations, _POSES)
        if poses is None:
            return
        free, touching = build.space.fits(poses[:, :n], np.zeros(n, dtype=bool))
        score = touching + _inside(build, poses[:, :n], free)
        for row in packing.best_first(free, score, 4):
            if _collides(build, poses[row, :n], _is_carbon(stretch), None):
                continue
            if _accept(build, stretch, poses[row, :n], poses[row, n:], None):
                misses = max(0, misses - 2)
                break


def _inside(build: _Build, poses: Floats, free: NDArray[np.bool_]) -> Floats:
    """(k,): atoms of each free pose that the cut would keep; others stay 0."""
    count = np.zeros(len(poses))
    if free.any():
        flat = poses[free].reshape(-1, 3)
        near = distances(flat, build.heavy).min(axis=1) <= _CUT
        count[free] = near.reshape(-1, poses.shape[1]).sum(axis=1)
    return count


def _waters(build: _Build) -> tuple[Point, ...]:
    """Free places for waters, 3.2 angstrom or more from everything."""
    found: list[Point] = []
    surface, _ = build.space.surface()
    for _ in range(40 if len(surface) else 0):
        if len(found) == build.plan.waters:
            break
        cell = surface[[build.rng.randrange(len(surface))]]
        spot = build.space.centers(cell)
        taken = np.concatenate([build.taken_xyz, np.array(found).reshape(-1, 3)])
        if distances(spot, taken).min() >= 2.8 and distances(spot, build.heavy).min() <= _CUT:
            found.append(_point(spot[0]))
    return tuple(found)
