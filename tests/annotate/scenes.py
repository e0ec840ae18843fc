"""Small pockets and ligands with known geometry, to walk through the limits of the criterion."""

import math
from collections.abc import Sequence

import numpy as np

from misi.annotate.facts import Facts
from misi.annotate.hbonds import annotate
from misi.structures.complex import Complex

from .made import build, join, moved

Vector = Sequence[float]


def turned(xyz: np.ndarray, axis: Vector, degrees: float) -> np.ndarray:
    """Rodrigues rotation about an axis through the origin."""
    k = np.array(axis, float) / np.linalg.norm(axis)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return xyz * c + np.cross(k, xyz) * s + np.outer(xyz @ k, k) * (1 - c)


def aligned(xyz: np.ndarray, start: Vector, end: Vector) -> np.ndarray:
    """Turn so that the direction `start` becomes `end`."""
    a, b = np.array(start, float) / np.linalg.norm(start), np.array(end, float) / np.linalg.norm(end)
    axis = np.cross(a, b)
    if np.linalg.norm(axis) < 1e-9:
        axis = np.cross(a, [1.0, 0.3, 0.2])
        return turned(xyz, axis, 0.0 if a @ b > 0 else 180.0)
    return turned(xyz, axis, math.degrees(math.acos(np.clip(a @ b, -1, 1))))


def polar(bond: float, degrees: float) -> tuple[float, float, float]:
    """A point in the xy plane."""
    return (bond * math.cos(math.radians(degrees)), bond * math.sin(math.radians(degrees)), 0.0)


def amide_nh(hydrogen: bool = False) -> Complex:
    """An N-methylamide as a pocket: N in the origin, its hydrogen (given or implied) along +x."""
    carbon = np.array(polar(1.335, 120.5))
    atoms = [
        ("N", 7, (0, 0, 0)),
        ("C", 6, carbon),
        ("CA", 6, polar(1.46, -120.5)),
        ("O", 8, carbon + polar(1.23, 180)),
        ("CB", 6, carbon + polar(1.52, 60)),
    ]
    bonds = [(0, 1), (0, 2), (1, 3), (1, 4)]
    if hydrogen:
        atoms.append(("HN", 1, (0.91, 0, 0)))
        bonds.append((0, 5))
    return build(atoms, bonds, ligand=False)


def acetone() -> Complex:
    """A ketone as a ligand: O in the origin, its carbon along +x, flat in xy."""
    carbon = np.array((1.22, 0, 0))
    atoms = [
        ("O", 8, (0, 0, 0)),
        ("C", 6, carbon),
        ("C1", 6, carbon + polar(1.51, 60)),
        ("C2", 6, carbon + polar(1.51, -60)),
    ]
    return build(atoms, [(0, 1), (1, 2), (1, 3)])


def serine(name: str = "SER") -> Complex:
    """CA, CB and OG of a serine: OG in the origin, CB along -x."""
    atoms = [("CA", 6, (-1.94, 1.44, 0)), ("CB", 6, (-1.43, 0, 0)), ("OG", 8, (0, 0, 0))]
    return build(atoms, [(0, 1), (1, 2)], ligand=False, residues=[(name, 0)])


def facing(pocket: Complex, ligand: Complex, distance: float, direction: Vector, bond: Vector) -> Facts:
    """Facts of a pocket with its atom in the origin, and the ligand's first atom at a distance from it.

    `bond` is the direction in which the ligand's +x axis is turned.
    """
    xyz = aligned(np.array(ligand.xyz), (1, 0, 0), bond)
    towards = np.array(direction, float) / np.linalg.norm(direction)
    return annotate(join(pocket, moved(ligand, xyz + distance * towards)))
