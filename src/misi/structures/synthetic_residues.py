"""Stretches of amino acids built from ideal internal coordinates, and the small geometry this needs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from misi.structures.complex import Bools, Floats, Int, frozen
from misi.structures.synthetic_amino_acids import RESIDUES, RING_CLOSURES, Chemistry, Site, lone_pairs

Point = tuple[float, float, float]

#: (phi, psi) of regular backbone, degrees: alpha helix, beta strand, polyproline II.
BACKBONES: tuple[tuple[float, float], ...] = ((-63.0, -43.0), (-119.0, 128.0), (-70.0, 145.0))
_JITTER = 8.0  # degrees, uniform, on every turnable torsion, so that no two copies are alike
_PRO_PHI = -66.0  # the ring fixes it
_TIGHTEST = 2.75  # angstrom between heavy atoms more than three bonds apart; a helix has N-O pairs of 2.8


@dataclass(frozen=True, eq=False)
class Stretch:
    """Consecutive residues joined by peptide bonds, in a frame of their own.

    Attributes
    ----------
    residue_names : tuple of str
    residue : (n,) int32
        Residue of each heavy atom, 0-based; atoms are in file order (N, CA, C, O, side chain).
    name : tuple of str
    xyz : (n, 3) float64
        Angstrom.
    site_atom : (s,) int32
        Heavy atom of each polar site.
    site_xyz : (s, 3) float64
        Where the hydrogen lies, or a point along the lone pair.
    site_hydrogen : tuple of str
        Name of the hydrogen; empty for lone pairs. One name several times in a residue: alternatives.
    """

    residue_names: tuple[str, ...]
    residue: Int
    name: tuple[str, ...]
    xyz: Floats
    site_atom: Int
    site_xyz: Floats
    site_hydrogen: tuple[str, ...]


def place(a: Point, b: Point, c: Point, bond: float, angle: float, torsion: float) -> Point:
    """The point d with |cd| = bond, angle bcd and torsion abcd (degrees)."""
    bcx, bcy, bcz = c[0] - b[0], c[1] - b[1], c[2] - b[2]
    norm = math.sqrt(bcx * bcx + bcy * bcy + bcz * bcz)
    bcx, bcy, bcz = bcx / norm, bcy / norm, bcz / norm
    abx, aby, abz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    nx, ny, nz = aby * bcz - abz * bcy, abz * bcx - abx * bcz, abx * bcy - aby * bcx
    norm = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / norm, ny / norm, nz / norm
    mx, my, mz = ny * bcz - nz * bcy, nz * bcx - nx * bcz, nx * bcy - ny * bcx
    along = -bond * math.cos(math.radians(angle))
    across = bond * math.sin(math.radians(angle))
    u, v = across * math.cos(math.radians(torsion)), across * math.sin(math.radians(torsion))
    return (
        c[0] + along * bcx + u * mx + v * nx,
        c[1] + along * bcy + u * my + v * ny,
        c[2] + along * bcz + u * mz + v * nz,
    )


def draw_sequence(rng: Random, length: int) -> list[str]:
    """Residue names by their natural frequencies."""
    return rng.choices(list(RESIDUES), [chemistry.share for chemistry in RESIDUES.values()], k=length)


def _side_chain(atoms: dict[str, Point], chemistry: Chemistry, rng: Random, ring: bool) -> None:
    """Add the side chain of a drawn rotamer to the backbone atoms (in place)."""
    spread = 0.0 if ring else _JITTER
    chis = [chi + rng.uniform(-spread, spread) for chi in rng.choice(chemistry.rotamers)]
    for row in chemistry.rows:
        a, b, c = (atoms[name] for name in row.anchors.split())
        turn = chis[row.chi - 1] if row.chi else 0.0
        atoms[row.name] = place(a, b, c, row.bond, row.angle, turn + row.offset)


def _sites(atoms: dict[str, Point], name: str, phi: float) -> list[tuple[str, str, Point]]:
    """(bond partner, hydrogen or "", point) of backbone and side-chain sites."""
    sites = [*RESIDUES[name].sites, *lone_pairs("CA C O")]
    if name != "PRO":  # a first residue has its hydrogen too: its neighbour was cut off, not absent
        sites.insert(0, Site("H", "C CA N", 119.0, phi + 180.0, 1.01))
    found = []
    for site in sites:
        a, b, c = site.anchors.split()
        found.append((c, site.hydrogen, place(atoms[a], atoms[b], atoms[c], site.bond, site.angle, site.torsion)))
    return found


def _conformer(names: Sequence[str], rng: Random) -> tuple[list[dict[str, Point]], list[float]]:
    """Atoms and phi of each residue of a peptide without its end groups; torsions drawn around one regular backbone."""
    phi0, psi0 = rng.choice(BACKBONES)
    residues: list[dict[str, Point]] = []
    phis: list[float] = []
    n: Point = (0.0, 0.0, 0.0)
    ca: Point = (1.458, 0.0, 0.0)
    c = place((0.0, 1.0, 0.0), n, ca, 1.525, 111.0, rng.uniform(-180.0, 180.0))
    for i, name in enumerate(names):
        phi = (_PRO_PHI if name == "PRO" else phi0) + rng.uniform(-_JITTER, _JITTER)
        psi = psi0 + rng.uniform(-_JITTER, _JITTER)
        if i + 1 < len(names) and names[i + 1] == "PRO" and psi < 0.0:
            psi = 145.0  # no helix before proline: its ring would hit the carbonyl
        if i:
            c = place(residues[-1]["C"], n, ca, 1.525, 111.0, phi)
        atoms = {"N": n, "CA": ca, "C": c}
        atoms["O"] = place(n, ca, c, 1.231, 120.8, psi + 180.0)
        _side_chain(atoms, RESIDUES[name], rng, name == "PRO")
        residues.append(atoms)
        phis.append(phi)
        after = place(n, ca, c, 1.329, 116.2, psi)
        n, ca = after, place(ca, c, after, 1.458, 121.7, 180.0 + rng.uniform(-3.0, 3.0))
    return residues, phis


def _bonds(names: Sequence[str], row_of: dict[tuple[int, str], int]) -> list[tuple[int, int]]:
    """Covalent bonds between the atoms numbered by (residue, name)."""
    found = []
    for i, name in enumerate(names):
        pairs = [("N", "CA"), ("CA", "C"), ("C", "O"), *RING_CLOSURES.get(name, ())]
        pairs += [(row.name, row.anchors.split()[2]) for row in RESIDUES[name].rows]
        found += [(row_of[i, a], row_of[i, b]) for a, b in pairs]
        if i:
            found.append((row_of[i - 1, "C"], row_of[i, "N"]))
    return found


def _far_apart(count: int, bonds: list[tuple[int, int]]) -> Bools:
    """(n, n) bool: pairs more than three bonds apart."""
    joined = np.eye(count, dtype=np.float32)  # small whole numbers: exact in any order of addition
    for a, b in bonds:
        joined[a, b] = joined[b, a] = 1.0
    apart: Bools = (joined @ joined @ joined) == 0.0
    return apart


def build_stretch(names: Sequence[str], rng: Random, tries: int = 12) -> Stretch | None:
    """A conformation whose atoms do not overlap, or None after `tries` draws."""
    far: Bools | None = None
    for _ in range(tries):
        residues, phis = _conformer(names, rng)
        rows = [(i, name) for i, atoms in enumerate(residues) for name in atoms]
        xyz = np.array([point for atoms in residues for point in atoms.values()])
        if far is None:
            row_of = {key: row for row, key in enumerate(rows)}
            far = _far_apart(len(rows), _bonds(names, row_of))
        if distances(xyz, xyz)[far].min(initial=9.0) < _TIGHTEST:
            continue
        sites = [
            (row_of[i, atom], hydrogen, point)
            for i, name in enumerate(names)
            for atom, hydrogen, point in _sites(residues[i], name, phis[i])
        ]
        return Stretch(
            tuple(names),
            frozen([i for i, _ in rows], np.int32),
            tuple(name for _, name in rows),
            frozen(xyz, np.float64),
            frozen([row for row, _, _ in sites], np.int32),
            frozen([point for _, _, point in sites], np.float64, (-1, 3)),
            tuple(hydrogen for _, hydrogen, _ in sites),
        )
    return None


def distances(a: Floats, b: Floats) -> Floats:
    """(n, m) float64: distances between the rows of `a` (n, 3) and `b` (m, 3), angstrom."""
    dx = a[:, None, 0] - b[None, :, 0]
    dy = a[:, None, 1] - b[None, :, 1]
    dz = a[:, None, 2] - b[None, :, 2]
    found: Floats = np.sqrt(dx * dx + dy * dy + dz * dz)
    return found
