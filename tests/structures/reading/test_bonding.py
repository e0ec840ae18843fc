"""Bonds of PDB files, rule by rule."""

from collections.abc import Callable

import pytest

from misi.errors import StructureError
from misi.structures.bonding import bond_records
from misi.structures.read_pdb import parse_pdb

Line = Callable[..., str]
Backbone = Callable[..., list[str]]
Named = set[frozenset[str]]


def _bonds(lines: list[str]) -> tuple[Named, Named]:
    """Bonds and links as pairs of "number+name"."""
    records = parse_pdb("\n".join(lines), "x.pdb")
    labels = [f"{atom.residue_id.number}{atom.name}" for atom in records.atoms]
    bonds, links = (
        {frozenset((labels[a], labels[b])) for a, b in pairs.tolist()} for pairs in bond_records(records, "x.pdb")
    )
    return bonds, links


def _pair(first: str, second: str) -> frozenset[str]:
    return frozenset((first, second))


def _between(bonds: Named) -> Named:
    return {bond for bond in bonds if len({end.rstrip("'ABCDEFGHIJKLMNOPQRSTUVWXYZ") for end in bond}) == 2}


# Inside a residue


def test_template_bonds_at_any_distance(atom_line: Line) -> None:
    lines = [
        atom_line(1, "N", "ALA", 1, (0, 0, 0)),
        atom_line(2, "CA", "ALA", 1, (9, 0, 0)),
        atom_line(3, "CB", "ALA", 1, (0, 1.2, 0)),
    ]
    bonds, _ = _bonds(lines)
    assert bonds == {_pair("1N", "1CA"), _pair("1CA", "1CB")}, "N and CB are near, but no template joins them"


def test_every_template_bond_goes_to_the_first_atom_of_a_name(atom_line: Line) -> None:
    lines = [
        atom_line(1, "CZ", "ARG", 1, (0, 0, 0), element="C"),
        atom_line(2, "CZ", "ARG", 1, (0.3, 0, 0), element="C"),
        atom_line(3, "NH1", "ARG", 1, (1.3, 0, 0), element="N"),
        atom_line(4, "NH1", "ARG", 1, (1.5, 0, 0), element="N"),
    ]
    bonds, _ = bond_records(parse_pdb("\n".join(lines), "x.pdb"), "x.pdb")
    assert sorted(map(sorted, bonds.tolist())) == [[0, 2], [0, 3], [1, 2]]


def test_by_distance_outside_templates(atom_line: Line) -> None:
    lines = [
        atom_line(1, "C1", "LIG", 1, (0, 0, 0), element="C", het=True),
        atom_line(2, "C2", "LIG", 1, (1.75, 0, 0), element="C", het=True),
        atom_line(3, "C3", "LIG", 1, (3.52, 0, 0), element="C", het=True),
        atom_line(4, "C4", "LIG", 1, (3.52, 0, 0), element="C", het=True),
        atom_line(5, "HE", "LIG", 1, (0, 0.6, 0), element="HE", het=True),
        atom_line(6, "NE", "LIG", 1, (0, 0.5, 0.3), element="NE", het=True),
    ]
    bonds, _ = _bonds(lines)
    carbons = {bond for bond in bonds if bond <= {"1C1", "1C2", "1C3", "1C4"}}
    assert carbons == {_pair("1C1", "1C2")}, "the limit is 0.68 + 0.68 + 0.4; nothing bonds at distance 0"
    assert _pair("1HE", "1NE") not in bonds, "noble gases have no radius"


def test_a_hydrogen_bonds_once(atom_line: Line) -> None:
    lines = [
        atom_line(1, "H", "LIG", 1, (0.6, 0, 0), element="H", het=True),
        atom_line(2, "O", "LIG", 1, (0, 0, 0), element="O", het=True),
        atom_line(3, "N", "LIG", 1, (1.1, 0, 0), element="N", het=True),
        atom_line(4, "H2", "LIG", 1, (0.7, 0.1, 0), element="H", het=True),
    ]
    bonds, _ = _bonds(lines)
    assert _pair("1H", "1N") in bonds, "the nearest one where it stands before them"
    assert sum("1H" in bond for bond in bonds) == 1
    assert _pair("1H", "1H2") not in bonds


def test_hydrogens_of_another_dialect(atom_line: Line) -> None:
    lines = [
        atom_line(1, "CB", "ALA", 1, (0, 0, 0), element="C"),
        atom_line(2, "1HB", "ALA", 1, (0.9, 0, 0), element="H"),
    ]
    assert _bonds(lines)[0] == {_pair("1CB", "11HB")}


def test_stacked_atoms_are_refused(atom_line: Line) -> None:
    lines = [atom_line(n, f"C{n}", "LIG", 1, (n / 1000, 0, 0), element="C", het=True) for n in range(300)]
    with pytest.raises(StructureError) as caught:
        _bonds(lines)
    assert caught.value.reason == "stacked_atoms"


# Along a chain


def test_a_gap_is_a_link_and_no_bond(backbone: Backbone) -> None:
    bonds, links = _bonds([*backbone(7, 0), *backbone(8, 4.2), *backbone(12, 30)])
    assert _between(bonds) == {_pair("7C", "8N")}
    assert links == {_pair("8C", "12N")}


def test_neighbours_by_number_are_never_a_gap(backbone: Backbone) -> None:
    bonds, links = _bonds([*backbone(7, 0), *backbone(8, 30)])
    assert _between(bonds) == {_pair("7C", "8N")}
    assert not links


def test_a_residue_cut_after_ca_is_joined_from_there(backbone: Backbone) -> None:
    """Such a bond is always a gap, even between neighbours."""
    bonds, links = _bonds([*backbone(7, 0)[:2], *backbone(8, 2.8)])
    assert not _between(bonds)
    assert links == {_pair("7CA", "8N")}


@pytest.mark.parametrize("interruption", ["TER", "chain", "number and OXT"])
def test_segments_are_not_joined(backbone: Backbone, atom_line: Line, interruption: str) -> None:
    first, second = backbone(20, 0), backbone(21, 4.2)
    if interruption == "TER":
        lines = [*first, "TER", *second]
    elif interruption == "chain":
        lines = [*first, *backbone(21, 4.2, chain="B")]
    else:
        lines = [*first, atom_line(9, "OXT", "ALA", 20, (2.8, -1.2, 0)), *backbone(3, 4.2)]
    bonds, links = _bonds(lines)
    assert not _between(bonds)
    assert not links


def test_a_drop_in_numbers_alone_is_no_break(backbone: Backbone) -> None:
    bonds, _ = _bonds([*backbone(20, 0), *backbone(3, 4.2)])
    assert _between(bonds) == {_pair("20C", "3N")}


def test_unmarked_modified_residue_in_a_chain(backbone: Backbone) -> None:
    """The HETATM starts a segment, until a standard ATOM residue of the same chain follows it."""
    lines = [*backbone(1, 0), *backbone(2, 4.2, "MSE", het=True), *backbone(3, 8.4)]
    assert _between(_bonds(lines)[0]) == {_pair("1C", "2N"), _pair("2C", "3N")}
    assert not _between(_bonds(lines[:8])[0]) & {_pair("1CA", "2N")}
    blank = [line[:21] + " " + line[22:] for line in lines]
    assert _pair("2C", "3N") in _between(_bonds(blank)[0]), "joined forward in any case"


def test_prepared_files_cut_without_trace(backbone: Backbone) -> None:
    """With a non-standard name in ATOM records (HIE), a long bond at it leaves no link."""
    bonds, links = _bonds([*backbone(7, 0, "HIE"), *backbone(12, 30), *backbone(20, 60)])
    assert not _between(bonds)
    assert links == {_pair("12C", "20N")}


def test_effective_connections_spare_them(backbone: Backbone, atom_line: Line) -> None:
    extra = [
        atom_line(900, "C1", "LIG", 90, (0, 50, 0), het=True),
        atom_line(901, "C2", "LIG", 90, (1.5, 50, 0), het=True),
    ]
    _, links = _bonds([*backbone(7, 0, "HIE"), *backbone(12, 30), *extra, "CONECT  900  901"])
    assert links == {_pair("7C", "12N")}


def test_non_polymer_residue_joins_by_its_nearest_pair(atom_line: Line, backbone: Backbone) -> None:
    """An ATOM residue of an unknown name in the middle of a segment."""
    odd = [
        atom_line(50, "C9", "XYZ", 8, (4.2, 0, 0), element="C"),
        atom_line(51, "C8", "XYZ", 8, (5.7, 0, 0), element="C"),
    ]
    bonds, _ = _bonds([*backbone(7, 0), *odd])
    assert _pair("7C", "8C9") in bonds


# Records and metals


def test_disulfides_only_by_record(atom_line: Line) -> None:
    lines = [
        atom_line(1, "SG", "CYS", 3, (0, 0, 0), element="S"),
        "TER",
        atom_line(2, "SG", "CYS", 40, (2.04, 0, 0), element="S"),
    ]
    record = "SSBOND   1 CYS A    3    CYS A   40"
    assert not _bonds(lines)[0]
    assert _bonds([record, *lines])[0] == {_pair("3SG", "40SG")}
    far = [lines[0], "TER", atom_line(2, "SG", "CYS", 40, (9.0, 0, 0), element="S")]
    assert _bonds([record, *far]) == (set(), {_pair("3SG", "40SG")}), "a long one is reviewed as a gap"


def test_conect_tells_all_bonds_of_an_atom(atom_line: Line) -> None:
    lines = [
        atom_line(1, "C1", "LIG", 1, (0, 0, 0), element="C", het=True),
        atom_line(2, "C2", "LIG", 1, (1.5, 0, 0), element="C", het=True),
        atom_line(3, "C3", "LIG", 1, (3.0, 0, 0), element="C", het=True),
    ]
    assert _bonds([*lines, "CONECT    1    3", "CONECT    2    1", "CONECT    3    1"])[0] == {
        _pair("1C1", "1C3"),
        _pair("1C1", "1C2"),
    }


def test_a_record_of_a_missing_atom_ends_the_reading(atom_line: Line) -> None:
    lines = [atom_line(n, f"C{n}", "LIG", 1, (9 * n, 0, 0), element="C", het=True) for n in (1, 2)]
    assert not _bonds([*lines, "CONECT   99    1", "CONECT    1    2"])[0]
    assert _bonds([*lines, "CONECT    1   99    2"])[0] == {_pair("1C1", "1C2")}


def test_metals_leave_the_graph(atom_line: Line) -> None:
    """Coordination to another residue goes; so does a metal's bond to an atom with a partner of its own."""
    zinc = atom_line(1, "ZN", "ZN", 1, (0, 0, 0), element="ZN", het=True)
    histidine = [
        atom_line(2, "NE2", "HIS", 5, (2.05, 0, 0), element="N"),
        atom_line(3, "CE1", "HIS", 5, (3.2, 0.5, 0), element="C"),
    ]
    link = "LINK        ZN    ZN A   1                 NE2 HIS A   5     1555   1555"
    assert _bonds([link, *histidine, zinc])[0] == {_pair("5NE2", "5CE1")}
    porphyrin = [
        atom_line(n, name, "HEM", 9, xyz, element=element, het=True)
        for n, (name, element, xyz) in enumerate(
            [("FE", "FE", (0, 0, 0)), ("NA", "N", (2.0, 0, 0)), ("C1A", "C", (3.3, 0, 0)), ("O1", "O", (0, 1.9, 0))]
        )
    ]
    assert _bonds(porphyrin)[0] == {_pair("9NA", "9C1A"), _pair("9FE", "9O1")}


def test_bonds_come_in_order_of_creation(backbone: Backbone) -> None:
    """Records first, then residue by residue: inside it, then to the one before."""
    lines = [*backbone(1, 0), *backbone(2, 4.2), "CONECT   23   22"]
    bonds, _ = bond_records(parse_pdb("\n".join(lines), "x.pdb"), "x.pdb")
    assert bonds.tolist() == [[7, 6], [0, 1], [1, 2], [2, 3], [4, 5], [5, 6], [2, 4]]
