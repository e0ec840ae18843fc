"""The functional groups of the criterion: which atoms are acceptors and donors, and of which class.

Classes are those of J.E. Mills and P.M. Dean, J. Comput.-Aided Mol. Des. 10 (1996) 607-622, Tables 5-8, in the order
in which UCSF ChimeraX tries them: an atom keeps the first class that claims it. Patterns are explained in
`patterns.py`; groups whose name has no bracket are found by a function below.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from misi.annotate.group_rings import GroupAtoms
from misi.annotate.patterns import Match, Pattern, matches, parse_pattern


class Group(NamedTuple):
    """One class: its number, what a chemist calls it, its pattern or the name of its finder."""

    name: str
    meaning: str
    pattern: str


#: Labels: ``a`` acceptor; ``syn`` and ``centre`` span the plane of syn/anti limits (two ``a`` are each other's syn);
#: ``b`` the bonded atom of in-plane limits; ``p`` the partner of a cone (none: the lone pairs are).
ACCEPTOR_GROUPS: Final = (
    Group("A1", "phosphate with three free O", "centre:Pac(a:O3-, syn:O3-, O3-, sb)"),
    Group("A2", "phosphate diester", "centre:Pac(a:O3-, a:O3-, sb-noO3-, sb-noO3-)"),
    Group("A3", "carboxylate", "centre:Cac(a:O2-, a:O2-, sb)"),
    Group("A4", "thiocarbonyl", "a:S2(b:elemC)"),
    Group("A5", "carboxylic acid", "centre:elemC(a:O2(), syn:O3(H), sb)"),
    Group("A6", "amide", "centre:C2(a:O2, syn:Npl, sb)"),
    Group("A7", "ketone or aldehyde", "b:C2(a:O2, elemC, R)"),
    Group("A8", "ester C=O", "b:C2(a:O2, O3(tet), elemC)"),
    Group("A9", "nitro", "centre:Ntr(a:O2-, a:O2-, sb)"),
    Group("A10", "sulfone", "centre:Son(a:O2, a:O2, sb, sb)"),
    Group("A11", "phosphate ester O", "p:Pac(a:O3, O3-, O3-, sb)"),
    Group("A12", "phosphine oxide", "a:O2(p:Pox)"),
    Group("A13", "sulfoxide", "a:O2(p:Sxd)"),
    Group("A14", "neutral primary amine", "a:N3(p:tet, H, H)"),
    Group("A15", "hydroxyl, not phenol", "a:O3(p:tetX, H)"),
    Group("A16", "sulfate ester O", "p:Sac(O3-, O3-, a:O3(notPac), sb)"),
    Group("A17", "neutral tertiary amine", "a:N3(tet, tet, tet)"),
    Group("A18", "nitrile", "a:N1(p:C1)"),
    Group("A19", "neutral secondary amine", "a:N3(tet, tet, H)"),
    Group("A20", "phenol", "a:O3(p:Car, H)"),
    Group("A21", "aniline", "a:Npl|N3(p:Car, H, H)"),
    Group("A22", "water", "a:elemO(H, H)"),
    Group("A23", "ether or ester O outside rings", "nonring ether"),
    Group("A24", "imine N outside rings", "nonring imine"),
    Group("A25", "symmetric N of a six-ring", "symmetric N in six"),
    Group("A26", "symmetric N of a five-ring", "symmetric N in five"),
    Group("A27", "asymmetric N of a six-ring", "asymmetric N in six"),
    Group("A28", "asymmetric N of a five-ring", "asymmetric N in five"),
    Group("A29", "O of a five-ring", "O in five"),
)

#: Label: ``d`` donor. D19 is every other atom that may have a hydrogen.
DONOR_GROUPS: Final = (
    Group("D1", "carboxylic acid", "d:O3(Cac, H)"),
    Group("D2", "NH2 of an enamine", "d:Npl(C2(sb, sb), H, H)"),
    Group("D3", "amidinium or guanidinium NH2", "d:Ng+(C2, H, H)"),
    Group("D4", "primary ammonium", "d:N3+(tet, H, H, H)"),
    Group("D5", "hydroxyl, not phenol", "d:O3(tet, H)"),
    Group("D6", "amide NH2", "C2(O2, d:elemN(H, H), sb)"),
    Group("D7", "aniline", "aryl amine"),
    Group("D8", "phenol", "d:O3(Car, H)"),
    Group("D9", "neutral primary amine", "d:N3(tet, H, H)"),
    Group("D10", "NH of an enamine", "d:Npl(tet, planar(tetH, tetH), H)"),
    Group("D11", "secondary ammonium", "d:N3+(tet, tet, H, H)"),
    Group("D12", "water", "d:elemO(H, H)"),
    Group("D13", "amide NH", "C2(O2, d:elemN(tet, H), sb)"),
    Group("D14", "tertiary ammonium", "d:N3+(tet, tet, tet, H)"),
    Group("D15", "imine NH", "d:N2(planar, H)"),
    Group("D16", "neutral secondary amine", "d:N3(tet, tet, H)"),
    Group("D17", "NH of a five-ring", "NH in five"),
    Group("D18", "NH of an aromatic six-ring", "NH in aromatic six"),
)


def _nonring_ether(atoms: GroupAtoms, atom: int) -> bool:
    return (
        atoms.types[atom] == "O3" and not atoms.n_links[atom] and _two_carbons(atoms, atom) and not atoms.rings_of(atom)
    )


def _nonring_imine(atoms: GroupAtoms, atom: int) -> bool:
    return atoms.types[atom] == "N2" and _two_carbons(atoms, atom) and not atoms.rings_of(atom)


def _two_carbons(atoms: GroupAtoms, atom: int) -> bool:
    row = atoms.neighbours[atom]
    return len(row) == 2 and all(atoms.element[n] == 6 for n in row)


def _ring_nitrogen(size: int, symmetric: bool) -> Callable[[GroupAtoms, int], bool]:
    """A two-bonded N in exactly one ring of that size, whose neighbours on both sides are, or are not, alike."""

    def finder(atoms: GroupAtoms, atom: int) -> bool:
        kind = atoms.types[atom]
        if kind != "N2" and not (size == 5 and kind in ("Npl", "N2+") and len(atoms.neighbours[atom]) == 2):
            return False
        rings = atoms.rings_of(atom)
        if len(rings) != 1 or len(rings[0]) != size:
            return False
        at = rings[0].index(atom)
        around = [atoms.element[a] for a in (*rings[0][at + 1 :], *rings[0][:at])]
        if kind != "N2" and 7 not in around:
            return False
        alike = around[0] == around[-1] and around[1] == around[-2]
        return alike == symmetric

    return finder


def _oxygen_in_five(atoms: GroupAtoms, atom: int) -> bool:
    if atoms.element[atom] != 8 or atoms.n_links[atom]:
        return False
    return any(len(ring) == 5 for ring in atoms.rings_of(atom))


def _aryl_amine(atoms: GroupAtoms, atom: int) -> bool:
    """Npl with one aromatic carbon as its only carbon, outside aromatic rings."""
    if atoms.types[atom] != "Npl" or atoms.n_links[atom]:
        return False
    kinds = [atoms.types[n] for n in atoms.neighbours[atom] if atoms.element[n] != 1]
    return kinds == ["Car"] and not any(atoms.aromatic(ring) for ring in atoms.rings_of(atom))


def _ring_nh(size: int, aromatic: bool) -> Callable[[GroupAtoms, int], bool]:
    """NH of a ring of that size; every N2 of the same ring is taken along."""

    def carries(atoms: GroupAtoms, atom: int) -> bool:
        if atoms.types[atom] not in ("Npl", "N2+") or atoms.n_links[atom]:
            return False
        rings = atoms.rings_of(atom)
        if len(rings) != 1 or len(rings[0]) != size or (aromatic and not atoms.aromatic(rings[0])):
            return False
        row = atoms.neighbours[atom]
        return len(row) == 2 or (len(row) == 3 and any(atoms.element[n] == 1 for n in row))

    def finder(atoms: GroupAtoms, atom: int) -> bool:
        if atoms.types[atom] == "N2":
            return any(carries(atoms, other) for ring in atoms.rings_of(atom) for other in ring if len(ring) == size)
        return carries(atoms, atom)

    return finder


Finder = Callable[[GroupAtoms, int], bool]
_FINDERS: Final[dict[str, Finder]] = {
    "nonring ether": _nonring_ether,
    "nonring imine": _nonring_imine,
    "symmetric N in six": _ring_nitrogen(6, symmetric=True),
    "asymmetric N in six": _ring_nitrogen(6, symmetric=False),
    "symmetric N in five": _ring_nitrogen(5, symmetric=True),
    "asymmetric N in five": _ring_nitrogen(5, symmetric=False),
    "O in five": _oxygen_in_five,
    "aryl amine": _aryl_amine,
    "NH in five": _ring_nh(5, aromatic=False),
    "NH in aromatic six": _ring_nh(6, aromatic=True),
}


class _Reader(NamedTuple):
    """A group ready for use: its name, and either its pattern or its finder."""

    name: str
    pattern: Pattern | None
    finder: Finder | None


def _reader(group: Group) -> _Reader:
    finder = _FINDERS.get(group.pattern)
    return _Reader(group.name, None if finder else parse_pattern(group.pattern), finder)


#: Elements of which group finders yield atoms.
_FOUND_ELEMENTS: Final = frozenset((7, 8))
#: Readers in order, by the label of the atoms that they yield.
_READERS: Final = {"a": tuple(map(_reader, ACCEPTOR_GROUPS)), "d": tuple(map(_reader, DONOR_GROUPS))}


class Member(NamedTuple):
    """An atom's class and the labelled atoms of the match that gave it (empty for found groups)."""

    name: str
    match: Match


def acceptor_members(atoms: GroupAtoms, wanted: set[int]) -> dict[int, Member]:
    """Acceptor class of each `wanted` atom that one of the classes claims."""
    return _members("a", atoms, wanted)


def donor_members(atoms: GroupAtoms, wanted: set[int]) -> dict[int, Member]:
    """Donor class of each `wanted` atom that one of the classes D1 to D18 claims."""
    return _members("d", atoms, wanted)


def _members(label: str, atoms: GroupAtoms, wanted: set[int]) -> dict[int, Member]:
    found: dict[int, Member] = {}
    # A labelled atom is the root of its pattern or next to it.
    roots = sorted({*wanted, *(n for atom in wanted for n in atoms.neighbours[atom])})
    by_reader: dict[int, list[int]] = {}
    for root in roots:
        for place in _places(label, atoms.types[root], atoms.element[root], root in wanted):
            by_reader.setdefault(place, []).append(root)
    for place in sorted(by_reader):
        name, pattern, finder = _READERS[label][place]
        if finder is not None:
            for atom in by_reader[place]:
                if atom not in found and finder(atoms, atom):
                    found[atom] = Member(name, ())
        elif pattern is not None:
            for root in by_reader[place]:
                if pattern.label == label and root in found:
                    continue
                for match in matches(pattern, atoms, root):
                    for role, atom in match:
                        if role == label and atom in wanted and atom not in found:
                            found[atom] = Member(name, match)
    return found


@lru_cache(maxsize=1024)
def _places(label: str, kind: str, element: int, wanted: bool) -> tuple[int, ...]:
    """Positions of the readers for which an atom of this type may be the root.

    An atom that is not wanted itself may be so only for patterns that yield its neighbours.
    """
    return tuple(
        place
        for place, (_, pattern, _) in enumerate(_READERS[label])
        if (
            wanted and element in _FOUND_ELEMENTS
            if pattern is None
            else pattern.test.accepts(kind, element) and (wanted or pattern.label != label)
        )
    )
