"""Small made-up complexes with coordinates written down, so that pictures of them can be kept."""

from collections.abc import Sequence

import numpy as np

from misi.structures.complex import Complex, frozen

# One residue in its own frame, angstrom: backbone along x, side chain up. Bonds follow as pairs.
_RESIDUE = (
    ("N", 7, (0.0, 0.0, 0.0)),
    ("CA", 6, (1.2, 0.6, 0.3)),
    ("C", 6, (2.4, -0.2, 0.0)),
    ("O", 8, (2.5, -1.4, 0.2)),
    ("CB", 6, (1.2, 1.9, -0.5)),
    ("OG", 8, (2.2, 2.8, -0.2)),
    ("H", 1, (0.0, -0.9, 0.4)),
)
_RESIDUE_BONDS = ((0, 1), (1, 2), (2, 3), (1, 4), (4, 5), (0, 6))
_LIGAND = (
    ("C1", 6, (0.0, 1.4, 0.0)),
    ("C2", 6, (1.2, 0.7, 0.1)),
    ("C3", 6, (1.2, -0.7, 0.1)),
    ("N4", 7, (0.0, -1.4, 0.0)),
    ("C5", 6, (-1.2, -0.7, -0.1)),
    ("C6", 6, (-1.2, 0.7, -0.1)),
    ("O7", 8, (0.0, 2.8, 0.2)),
    ("CL8", 17, (2.6, -1.5, 0.2)),
    ("H9", 1, (-2.1, -1.2, -0.2)),
)
_LIGAND_BONDS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (0, 6), (2, 7), (4, 8))
#: Places and turns about z (quarters) of the residues around the ligand at the origin.
_PLACES = (((-6.0, 3.0, 1.0), 0), ((4.0, 4.5, -3.0), 1), ((5.5, -4.0, 2.5), 2), ((-5.0, -3.0, -4.0), 3))
_NAMES = ("SER", "ARG", "ILE", "HIS")


def made(residues: int = 4, *, metal: bool = False, complex_id: str = "made") -> Complex:
    """Residues around a six-ring with an oxygen and a chlorine; `metal` adds a lone zinc."""
    xyz: list[Sequence[float]] = []
    names: list[str] = []
    elements: list[int] = []
    rows: list[int] = []
    bonds: list[tuple[int, int]] = []
    starts = [0]
    for row in range(residues):
        (px, py, pz), quarter = _PLACES[row % 4]
        lift = 7.0 * (row // 4)
        for name, element, (x, y, z) in _RESIDUE:
            for _ in range(quarter):
                x, y = -y, x
            xyz.append((px + x, py + y, pz + z + lift))
            names.append(name)
            elements.append(element)
            rows.append(row)
        bonds += [(starts[-1] + a, starts[-1] + b) for a, b in _RESIDUE_BONDS]
        starts.append(len(xyz))
    chains, numbers = ["A"] * residues, [10 * row + 5 for row in range(residues)]
    residue_names = [_NAMES[row % 4] for row in range(residues)]
    if metal:
        xyz.append((0.0, -4.5, 1.5))
        names.append("ZN")
        elements.append(30)
        rows.append(residues)
        starts.append(len(xyz))
        chains, numbers, residue_names = [*chains, "A"], [*numbers, 301], [*residue_names, "ZN"]
    pocket = len(xyz)
    for name, element, place in _LIGAND:
        xyz.append(place)
        names.append(name)
        elements.append(element)
        rows.append(len(numbers))
    bonds += [(pocket + a, pocket + b) for a, b in _LIGAND_BONDS]
    starts.append(len(xyz))
    is_ligand = np.arange(len(xyz)) >= pocket
    n = len(numbers)
    return Complex(
        id=complex_id,
        xyz=frozen(xyz, float),
        element=frozen(elements, np.int32),
        name=frozen(names, str),
        residue=frozen(rows, np.int32),
        is_ligand=frozen(is_ligand, bool),
        file_index=frozen(np.arange(len(xyz)) - np.where(is_ligand, pocket, 0), np.int32),
        bonds=frozen(bonds, np.int32, (-1, 2)),
        links=frozen([], np.int32, (-1, 2)),
        residue_chain=frozen([*chains, ""], str),
        residue_number=frozen([*numbers, 1], np.int32),
        residue_icode=frozen([""] * (n + 1), str),
        residue_name=frozen([*residue_names, "LIG"], str),
        residue_start=frozen(starts, np.int32),
        residue_is_ligand=frozen([False] * n + [True], bool),
    )
