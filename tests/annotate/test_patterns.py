"""The pattern language and its matcher."""

from collections.abc import Sequence

import pytest

from misi.annotate.groups import ACCEPTOR_GROUPS, DONOR_GROUPS
from misi.annotate.patterns import TypedAtoms, matches, parse_pattern

ELEMENTS = {"H": 1, "C": 6, "N": 7, "O": 8, "P": 15, "S": 16}


def star(types: Sequence[str], links: Sequence[int] = ()) -> TypedAtoms:
    """The first atom bonded to all others."""
    n = len(types)
    neighbours = [tuple(range(1, n))] + [(0,)] * (n - 1)
    n_links = [links.count(atom) for atom in range(n)]
    return TypedAtoms(types, [ELEMENTS[kind[0]] for kind in types], neighbours, n_links)


def labelled(text: str, atoms: TypedAtoms, root: int = 0) -> list[dict[str, int]]:
    return [dict(match) for match in matches(parse_pattern(text), atoms, root)]


def test_all_neighbours_must_be_used() -> None:
    assert labelled("C2(a:O2, C3)", star(["C2", "O2", "C3"]))
    assert not labelled("C2(a:O2, C3)", star(["C2", "O2", "C3", "HC"]))


@pytest.mark.parametrize(("entry", "may_be_absent"), [("H", True), ("sb", True), ("R", True), ("tetH", True)])
def test_a_hydrogen_may_be_absent(entry: str, may_be_absent: bool) -> None:
    assert bool(labelled(f"O3(C3, {entry})", star(["O3", "C3"]))) == may_be_absent


@pytest.mark.parametrize("entry", ["tet", "tetX", "planar", "C3", "elemC"])
def test_other_neighbours_may_not_be_absent(entry: str) -> None:
    assert not labelled(f"O3(C3, {entry})", star(["O3", "C3"]))


def test_several_hydrogens_may_be_absent() -> None:
    assert labelled("d:N3+(tet, H, H, H)", star(["N3+", "C3"])) == [{"d": 0}]
    assert labelled("d:elemO(H, H)", star(["O3"])) == [{"d": 0}]


def test_a_link_blocks_brackets_but_not_leaves() -> None:
    amide = ["C2", "O2", "Npl", "C3"]
    assert labelled("C2(O2, d:Npl, sb)", star(amide, links=[2]))
    assert not labelled("C2(O2, d:Npl(), sb)", star(amide, links=[2]))
    assert not labelled("C2(O2, d:Npl, sb)", star(amide, links=[0]))


def test_equal_entries_give_one_match_with_atoms_in_stored_order() -> None:
    phosphate = star(["Pac", "O3", "O3-", "O3-", "O3-"])
    assert labelled("centre:Pac(a:O3-, syn:O3-, O3-, sb)", phosphate) == [{"centre": 0, "a": 2, "syn": 3}]


def test_brackets_without_entries_mean_no_other_neighbour() -> None:
    acid = TypedAtoms(["C2", "O2", "O3", "C3"], [6, 8, 8, 6], [(1, 2, 3), (0,), (0,), (0,)], [0] * 4)
    ester = TypedAtoms(["C2", "O2", "O3", "C3"], [6, 8, 8, 6], [(1, 2, 3), (0, 3), (0,), (0, 1)], [0] * 4)
    assert labelled("elemC(a:O2(), O3(H), sb)", acid)
    assert not labelled("elemC(a:O2(), O3(H), sb)", ester)


@pytest.mark.parametrize(
    ("name", "types", "bonds"),
    [
        ("D2", ["Npl", "C2", "C3", "C3"], [(0, 1), (1, 2), (1, 3)]),
        ("D10", ["Npl", "C3", "C2", "C3", "HC"], [(0, 1), (0, 2), (2, 3), (2, 4)]),
    ],
)
def test_rare_donors(name: str, types: list[str], bonds: list[tuple[int, int]]) -> None:
    neighbours: list[list[int]] = [[] for _ in types]
    for a, b in bonds:
        neighbours[a].append(b)
        neighbours[b].append(a)
    atoms = TypedAtoms(types, [ELEMENTS[kind[0]] for kind in types], neighbours, [0] * len(types))
    text = {group.name: group.pattern for group in DONOR_GROUPS}[name]
    assert labelled(text, atoms) == [{"d": 0}]


@pytest.mark.parametrize("text", ["C2(O2", "C2 O2", "C2(O2,,)", "", "C2)", "(C2)"])
def test_text_that_is_no_pattern(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        parse_pattern(text)


def test_classes_are_complete_and_in_order() -> None:
    assert [group.name for group in ACCEPTOR_GROUPS] == [f"A{n}" for n in range(1, 30)]
    assert [group.name for group in DONOR_GROUPS] == [f"D{n}" for n in range(1, 19)]
