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


@dataclass(slots=True)
class Acceptor:
    """One acceptor atom.

    Attributes
    ----------
    atom : int
    name : str
        Class, e.g. ``A6`` or ``generic O2 planar``.
    xyz : (x, y, z)
    limits : AcceptorLimits
    block : Block or None
        Which limits of a donor hold towards this atom; None for an unknown type, to which no donor gives.
    plane : Plane or None
        For in-plane limits; None lets every direction pass.
    side : (x, y, z) or None
        Perpendicular to the bond, towards the syn atom.
    partners : list of points
        For cones; any one of them suffices.
    around : list of points
        All neighbours.
    tau : TauFrame or None
    lone_pairs : list of points
        Points opposite to the lone pairs of a tetrahedral N with more than one neighbour... see `donors`.
    contact_plane : Plane or None
        Plane of the two neighbours, for donors that look at it; None with another number of neighbours.
    metals : list of points
        Metals that the atom coordinates.
    """

    atom: int
    name: str
    xyz: Point
    element: int
    limits: AcceptorLimits
    block: Block | None
    degree: int
    plane: Plane | None
    side: Point | None
    partners: list[Point]
    around: list[Point]
    tau: TauFrame | None
    lone_pairs: list[Point]
    contact_plane: Plane | None
    metals: list[Point]


def find_acceptors(graph: Graph, atoms: GroupAtoms, wanted: Iterable[int]) -> list[Acceptor]:
    """Acceptors among the `wanted` atoms, in atom order."""
    chosen = set(wanted)
    members = acceptor_members(atoms, chosen)
    found = []
    for atom in sorted(chosen):
        acceptor = _acceptor(graph, atoms, atom, members.get(atom))
        if acceptor is not None:
            found.append(acceptor)
    return found


def _acceptor(graph: Graph, atoms: GroupAtoms, atom: int, member: Member | None) -> Acceptor | None:
    name = member.name if member else _generic(graph, atoms.types, atom)
    if name is None:
        return None
    limits = ACCEPTOR_LIMITS.get(name) or GENERIC_ACCEPTOR_LIMITS[name]
    row = graph.neighbours[atom]
    acceptor = Acceptor(
        atom,
        name,
        graph.xyz[atom],
        graph.element[atom],
        limits,
        _block(graph, atoms.types, atom),
        len(row),
        plane=None,
        side=None,
        partners=[],
        around=[graph.xyz[n] for n in row],
        tau=None,
        lone_pairs=[],
        contact_plane=None,
        metals=[],
    )
    if isinstance(limits, SynAnti):
        assert member is not None
        _set_syn_plane(graph, acceptor, member)
    elif isinstance(limits, Cone):
        acceptor.partners = _partners(graph, acceptor, member)
        if limits.tau is not None:
            acceptor.tau = tau_frame(graph, atoms.types, atom, ACCEPTOR_TAU_SYMMETRY)
    elif not isinstance(limits, Sphere):
        labels = [far for role, far in member.match if role == "b"] if member else []
        acceptor.plane, sensible = bonded_plane(graph, atom, labels or row)
        if not sensible:
            return None
    if acceptor.block == "sp3 N":
        acceptor.lone_pairs = lone_pair_directions(graph, atom)
    elif acceptor.block == "sp3 O, sp2 N" and len(row) == 2:
        acceptor.contact_plane = bonded_plane(graph, atom, row)[0]
    return acceptor


def _set_syn_plane(graph: Graph, acceptor: Acceptor, member: Member) -> None:
    roles = {role: atom for role, atom in member.match if role != "a"}
    twins = [atom for role, atom in member.match if role == "a" and atom != acceptor.atom]
    centre, syn = graph.xyz[roles["centre"]], graph.xyz[roles["syn"] if "syn" in roles else twins[0]]
    acceptor.plane = plane_through(acceptor.xyz, centre, syn, centre)
    acceptor.side = flatten(minus(syn, centre), direction(acceptor.xyz, centre))


def _partners(graph: Graph, acceptor: Acceptor, member: Member | None) -> list[Point]:
    if member is not None:
        named = [graph.xyz[atom] for role, atom in member.match if role == "p"]
        return named or lone_pair_directions(graph, acceptor.atom)
    return acceptor.around if acceptor.degree == 1 else lone_pair_directions(graph, acceptor.atom)


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
