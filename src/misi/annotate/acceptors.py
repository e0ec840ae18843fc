"""Acceptor atoms of a complex: their class, their limits and the geometry that these refer to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from misi.annotate.atom_types import GEOMETRY, LINEAR, PLANAR, TETRAHEDRAL
from misi.annotate.criteria import (
    ACCEPTOR_LIMITS,
    ACCEPTOR_TAU_SYMMETRY,
    GENERIC_ACCEPTOR_LIMITS,
    AcceptorLimits,
    Block,
    Cone,
    Sphere,
    SynAnti,
)
from misi.annotate.geometry import direction, flatten, minus
from misi.annotate.graph import Graph, Point
from misi.annotate.group_rings import GroupAtoms
from misi.annotate.groups import Member, acceptor_members
from misi.annotate.hydrogens import lone_pair_directions
from misi.annotate.planes import Plane, bonded_plane, plane_through
from misi.annotate.torsion import TauFrame, tau_frame

N, O, S = 7, 8, 16  # noqa: E741


@dataclass(frozen=True, slots=True)
class Acceptor:
    """One acceptor atom.

    Attributes
    ----------
    atom : int
    name : str
        Class, e.g. ``A6`` or ``generic O2 planar``.
    xyz : (x, y, z)
    element, degree : int
        Atomic number; number of neighbours.
    limits : AcceptorLimits
    block : Block or None
        Which limits of a donor hold towards this atom; None for an unknown type, to which no donor gives.
    around : tuple of points
        All neighbours.
    plane : Plane or None
        For in-plane limits; None lets every direction pass.
    side : (x, y, z) or None
        For syn/anti limits: perpendicular to the bond, towards the syn atom.
    partners : tuple of points
        For cones; any one of them suffices.
    tau : TauFrame or None
    lone_pairs : tuple of points
        Of a tetrahedral N: the points opposite to its lone pairs.
    contact_plane : Plane or None
        Of a tetrahedral O or planar N with two neighbours: their plane, which some donors look at.
    """

    atom: int
    name: str
    xyz: Point
    element: int
    degree: int
    limits: AcceptorLimits
    block: Block | None
    around: tuple[Point, ...]
    plane: Plane | None = None
    side: Point | None = None
    partners: tuple[Point, ...] = ()
    tau: TauFrame | None = None
    lone_pairs: tuple[Point, ...] = ()
    contact_plane: Plane | None = None


def find_acceptors(graph: Graph, atoms: GroupAtoms, wanted: Iterable[int]) -> list[Acceptor]:
    """Acceptors among the `wanted` atoms, in atom order."""
    chosen = set(wanted)
    members = acceptor_members(atoms, chosen)
    found = (_acceptor(graph, atoms, atom, members.get(atom)) for atom in sorted(chosen))
    return [acceptor for acceptor in found if acceptor is not None]


def _acceptor(graph: Graph, atoms: GroupAtoms, atom: int, member: Member | None) -> Acceptor | None:
    name = member.name if member else _generic(graph, atoms.types, atom)
    if name is None:
        return None
    limits = ACCEPTOR_LIMITS.get(name) or GENERIC_ACCEPTOR_LIMITS[name]
    row = graph.neighbours[atom]
    around = tuple(graph.xyz[n] for n in row)
    block = _block(graph, atoms.types, atom)
    plane: Plane | None = None
    side: Point | None = None
    partners: tuple[Point, ...] = ()
    if isinstance(limits, SynAnti) and member is not None:
        plane, side = _syn_plane(graph, atom, member)
    elif isinstance(limits, Cone):
        partners = _partners(graph, atom, around, member)
    elif not isinstance(limits, Sphere):
        labelled = [far for role, far in member.match if role == "b"] if member else []
        plane, sensible = bonded_plane(graph, atom, labelled or row)
        if not sensible:
            return None
    has_tau = isinstance(limits, Cone) and limits.tau is not None
    return Acceptor(
        atom,
        name,
        graph.xyz[atom],
        graph.element[atom],
        len(row),
        limits,
        block,
        around,
        plane,
        side,
        partners,
        tau_frame(graph, atoms.types, atom, ACCEPTOR_TAU_SYMMETRY) if has_tau else None,
        tuple(lone_pair_directions(graph, atom)) if block == "sp3 N" else (),
        bonded_plane(graph, atom, row)[0] if block == "sp3 O, sp2 N" and len(row) == 2 else None,
    )


def _syn_plane(graph: Graph, atom: int, member: Member) -> tuple[Plane | None, Point]:
    """Plane of acceptor, centre and syn atom, and the direction from the bond towards the syn side."""
    roles = {role: far for role, far in member.match if role != "a"}
    twins = [far for role, far in member.match if role == "a" and far != atom]
    here, centre = graph.xyz[atom], graph.xyz[roles["centre"]]
    syn = graph.xyz[roles["syn"] if "syn" in roles else twins[0]]
    return plane_through(here, centre, syn, centre), flatten(minus(syn, centre), direction(here, centre))


def _partners(graph: Graph, atom: int, around: tuple[Point, ...], member: Member | None) -> tuple[Point, ...]:
    """The labelled partner of a class, or the only neighbour, or else the lone pairs."""
    named = tuple(graph.xyz[far] for role, far in member.match if role == "p") if member else ()
    if named or (member is None and len(around) == 1):
        return named or around
    return tuple(lone_pair_directions(graph, atom))


def _generic(graph: Graph, types: Sequence[str], atom: int) -> str | None:
    """Rule for an atom outside the classes; None where it accepts nothing."""
    kind, row = types[atom], graph.neighbours[atom]
    around = GEOMETRY.get(types[row[0]]) if row else None
    if kind in ("O2-", "O3-"):
        return None if not row else "generic O- planar" if around == PLANAR else "generic O"
    if kind == "O2":
        by_geometry = {PLANAR: "generic O2 planar", TETRAHEDRAL: "generic O2 tetrahedral"}
        return by_geometry.get(around or LINEAR, "generic O")
    if kind == "O3":
        by_bonds = {0: "generic O", 1: "generic O3 one bond", 2: "generic O3 two bonds"}
        return by_bonds.get(len(row))
    if kind == "N3":
        by_heavy = {0: "generic N3 alone", 1: "generic N3 primary"}
        return by_heavy.get(graph.heavy[atom], "generic N3 secondary or tertiary")
    if kind in ("N2", "N1", "S2"):
        return f"generic {kind}"
    if kind in ("Sar", "S3-"):
        return "generic S"
    return "generic O" if graph.element[atom] == O else None


def _block(graph: Graph, types: Sequence[str], atom: int) -> Block | None:
    geometry, element = GEOMETRY.get(types[atom]), graph.element[atom]
    if geometry is None:
        return None
    if element == O and geometry == PLANAR:
        return "sp2 O"
    if (element == O and geometry == TETRAHEDRAL) or (element == N and geometry == PLANAR):
        return "sp3 O, sp2 N"
    return "sp3 N" if element == N and geometry == TETRAHEDRAL else "other"
