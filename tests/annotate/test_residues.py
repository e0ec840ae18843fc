"""Types and classes of standard residues, gaps, ends of chains, truncated and modified residues."""

from dataclasses import replace

import numpy as np
import pytest

from misi.annotate.hbonds import annotate
from misi.annotate.idatm import assign_types
from misi.structures.complex import Complex, frozen

from .made import build, classes, join, peptide


def middle(letter: str) -> dict[str, tuple[str, str | None, str | None]]:
    """Side-chain and backbone atoms of a residue between two glycines."""
    return {name: found for (row, name), found in classes(peptide(f"G{letter}G")).items() if row == 1}


@pytest.mark.parametrize(
    ("letter", "atom", "kind", "donor", "acceptor"),
    [
        ("A", "N", "Npl", "D13", None),
        ("A", "O", "O2", None, "A6"),
        ("P", "N", "Npl", None, None),
        ("R", "NE", "Ng+", "generic N", None),
        ("R", "NH1", "Ng+", "D3", None),
        ("R", "NH2", "Ng+", "D3", None),
        ("N", "ND2", "Npl", "D6", None),
        ("N", "OD1", "O2", None, "A6"),
        ("Q", "NE2", "Npl", "D6", None),
        ("Q", "OE1", "O2", None, "A6"),
        ("D", "OD1", "O2-", None, "A3"),
        ("D", "OD2", "O2-", None, "A3"),
        ("E", "OE1", "O2-", None, "A3"),
        ("C", "SG", "S3", "generic S", None),
        ("M", "SD", "S3", None, None),
        ("H", "ND1", "Npl", "D17", "A28"),
        ("H", "NE2", "Npl", "D17", "A28"),
        ("K", "NZ", "N3+", "D4", None),
        ("S", "OG", "O3", "D5", "A15"),
        ("T", "OG1", "O3", "D5", "A15"),
        ("Y", "OH", "O3", "D8", "A20"),
        ("W", "NE1", "Npl", "D17", None),
    ],
)
def test_standard_residues(letter: str, atom: str, kind: str, donor: str | None, acceptor: str | None) -> None:
    assert middle(letter)[atom] == (kind, donor, acceptor)


@pytest.mark.parametrize(("sequence", "donor"), [("AG", "D4"), ("PG", "D11")])
def test_first_nitrogen_of_a_chain_is_an_ammonium(sequence: str, donor: str) -> None:
    assert classes(peptide(sequence))[0, "N"] == ("N3+", donor, None)


def test_last_residue_ends_in_a_carboxylate_only_with_oxt() -> None:
    ended = classes(peptide("AG"))
    assert ended[1, "O"] == ended[1, "OXT"] == ("O2-", None, "A3")
    assert classes(peptide("AG", amide_end=True))[1, "O"] == ("O2", None, "A7")


def gapped(sequence: str) -> Complex:
    """A peptide whose bond between its second and third residue is a missing-structure link instead."""
    source = peptide(sequence)
    names, residue = source.name.tolist(), source.residue.tolist()
    bonds, links = [], []
    for a, b in source.bonds.tolist():
        crosses = {residue[a], residue[b]} == {1, 2} and {names[a], names[b]} == {"C", "N"}
        (links if crosses else bonds).append((a, b))
    assert len(links) == 1
    return replace(source, bonds=frozen(bonds, np.int32, (-1, 2)), links=frozen(links, np.int32, (-1, 2)))


@pytest.mark.parametrize("letter", ["A", "P"])
def test_atoms_beside_a_gap_lose_their_class(letter: str) -> None:
    found = classes(gapped(f"GG{letter}G"))
    assert found[1, "O"] == ("O2", None, "generic O2 planar")
    assert found[2, "N"] == ("N3+", "generic N", None)


def renamed(source: Complex, row: int, name: str) -> Complex:
    names = source.residue_name.tolist()
    names[row] = name
    return replace(source, residue_name=frozen(names, np.str_))


@pytest.mark.parametrize(("name", "bare"), [("HID", "NE2"), ("HIE", "ND1")])
def test_histidine_tautomers_accept_at_the_bare_nitrogen(name: str, bare: str) -> None:
    found = classes(renamed(peptide("GHG"), 1, name))
    protonated = {"ND1": "NE2", "NE2": "ND1"}[bare]
    assert found[1, bare][0] == "N2"
    assert found[1, bare][2] == "A28"
    assert found[1, protonated][:2] == ("Npl", "D17")


@pytest.mark.parametrize(("hydrogen", "acid"), [("HD1", "OD1"), ("HD2", "OD2")])
def test_a_proton_on_aspartate_makes_it_an_acid(hydrogen: str, acid: str) -> None:
    source = peptide("GDG")
    atoms = list(zip(source.name.tolist(), source.element.tolist(), source.xyz.tolist(), strict=True))
    rows = [row for row in range(len(source)) if source.residue[row] == 1]
    where = {atoms[row][0]: row for row in rows}
    at = rows[-1] + 1
    place = np.add(atoms[where[acid]][2], (0.3, 0.3, 0.8)).tolist()
    shift = [row if row < at else row + 1 for row in range(len(source))]
    bonds = [(shift[a], shift[b]) for a, b in source.bonds.tolist()] + [(where[acid], at)]
    starts = [0, int(source.residue_start[1]), at + 1]
    made = build(
        [*atoms[:at], (hydrogen, 1, place), *atoms[at:]],
        bonds,
        ligand=False,
        residues=list(zip(source.residue_name.tolist(), starts, strict=True)),
    )
    found = classes(made)
    other = {"OD1": "OD2", "OD2": "OD1"}[acid]
    assert found[1, acid][:2] == ("O3", "generic O")
    assert found[1, other] == ("O2", None, "A5")


def test_a_recorded_disulfide_has_no_thiol() -> None:
    source = peptide("GCCG")
    sulfurs = [row for row, name in enumerate(source.name.tolist()) if name == "SG"]
    bonds = [*source.bonds.tolist(), sulfurs]
    bridged = replace(source, bonds=frozen(bonds, np.int32))
    assert classes(bridged)[1, "SG"] == ("S3", None, None)
    assert classes(source)[1, "SG"] == ("S3", "generic S", None)


def test_a_glycosylated_residue_is_computed_not_looked_up() -> None:
    source = peptide("GNG")
    nd2 = source.name.tolist().index("ND2")
    sugar = build([("C1", 6, source.xyz[nd2] + (0.0, 0.0, 1.45))], [], ligand=False, residues=[("NAG", 0)])
    both = join(source, sugar)
    linked = replace(
        both,
        is_ligand=frozen([False] * len(both), bool),
        residue_is_ligand=frozen([False] * both.n_residues, bool),
        bonds=frozen([*both.bonds.tolist(), (nd2, len(source))], np.int32),
    )
    untouched = assign_types(source)
    ca = next(row for row, name in enumerate(source.name.tolist()) if name == "CA" and source.residue[row] == 1)
    assert untouched[ca] == "C3"
    # flat coordinates: computed from geometry the alpha carbon of the drawing is planar
    assert assign_types(linked)[ca] != "C3"


def test_atoms_of_truncated_residues_make_no_bonds() -> None:
    carbonyl = build([("C1", 6, (0, 0, 3.9)), ("O1", 8, (0, 0, 2.7)), ("C2", 6, (1.2, 0, 4.7))], [(0, 1), (0, 2)])
    serine = [("CB", 6, (0.9, 0, -1.05)), ("OG", 8, (0, 0, 0))]
    whole = build(serine, [(0, 1)], ligand=False, residues=[("SER", 0)])
    cut = build(serine[1:], [], ligand=False, residues=[("SER", 0)])
    assert annotate(join(whole, carbonyl)).pairs == ((1, 3),)
    assert annotate(join(cut, carbonyl)).pairs == ()


def test_unknown_residue_with_a_backbone_counts_as_glycine() -> None:
    source = renamed(peptide("GAG"), 1, "UNK")
    types = dict(zip(source.name[source.residue == 1].tolist(), assign_types(source)[4:9], strict=True))
    assert (types["N"], types["CA"], types["C"], types["O"]) == ("Npl", "C3", "C2", "O2")
