"""Donor atoms of a complex: their class, their limits, and where their hydrogens are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from misi.annotate.atom_types import TYPE_INFO
from misi.annotate.criteria import DONOR_LIMITS, GENERIC_DONOR_LIMITS, TAU_SYMMETRY, DonorLimits
from misi.annotate.graph import Graph, Point
from misi.annotate.group_rings import GroupAtoms
from misi.annotate.groups import donor_members
from misi.annotate.hydrogens import explicit_hydrogens, hydrogen_positions
from misi.annotate.torsion import TauFrame, tau_frame
from misi.structures.complex import HYDROGEN

N, O, S = 7, 8, 16  # noqa: E741
_PLANAR_N = ("Npl", "N2+")


@dataclass(frozen=True, slots=True)
class Donor:
    """One donor atom.

    Attributes
    ----------
    atom : int
    name : str
        Class, e.g. ``D13`` or ``generic N``.
    xyz : (x, y, z)
    element : int
    limits : DonorLimits
        By block of the acceptor.
    hydrogens : tuple of points
        As in the file, else ideal ones where their place is unique; may be empty.
    explicit : tuple of int
        Atom rows parallel to `hydrogens`; empty if those are ideal.
    heavy : tuple of points
        Heavy neighbours.
    tau : TauFrame or None
    """

    atom: int
    name: str
    xyz: Point
    element: int
    limits: DonorLimits
    hydrogens: tuple[Point, ...]
    explicit: tuple[int, ...]
    heavy: tuple[Point, ...]
    tau: TauFrame | None


def find_donors(graph: Graph, atoms: GroupAtoms, wanted: Iterable[int]) -> list[Donor]:
    """Donors among the `wanted` atoms, in atom order."""
    chosen = set(wanted)
    members = donor_members(atoms, chosen)
    found = []
    for atom in sorted(chosen):
        name = members[atom].name if atom in members else _generic(graph, atoms.types, atom)
        if name is None:
            continue
        symmetry = TAU_SYMMETRY.get(name)
        found.append(
            Donor(
                atom,
                name,
                graph.xyz[atom],
                graph.element[atom],
                DONOR_LIMITS.get(name) or GENERIC_DONOR_LIMITS[name],
                tuple(hydrogen_positions(graph, atoms.types, atom)),
                tuple(explicit_hydrogens(graph, atom)),
                tuple(graph.xyz[n] for n in graph.neighbours[atom] if graph.element[n] != HYDROGEN),
                tau_frame(graph, atoms.types, atom, symmetry) if symmetry else None,
            )
        )
    return found


def _generic(graph: Graph, types: Sequence[str], atom: int) -> str | None:
    """Class D19: any other N, O or S that has a hydrogen, or has room for one."""
    kind, row = types[atom], graph.neighbours[atom]
    has_hydrogen = any(graph.element[n] == HYDROGEN for n in row)
    if kind == "Npl" and len(row) == 2 and has_hydrogen:
        return None
    info = TYPE_INFO.get(kind)
    if not has_hydrogen and (info is None or len(row) >= info.substituents):
        return None
    if kind in _PLANAR_N:
        return "generic planar N" if graph.heavy[atom] > 1 else "generic planar N, one heavy neighbour"
    return {N: "generic N", O: "generic O", S: "generic S"}[graph.element[atom]]
