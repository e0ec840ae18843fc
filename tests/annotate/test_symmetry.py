"""Atoms that chemistry does not tell apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.annotate.automorphisms import automorphisms
from misi.annotate.facts import Facts
from misi.annotate.idatm import assign_types
from misi.annotate.symmetry import aligned_pairs, canonical_pairs, equivalent_atoms, symmetry_of

from .made import join, ligand, peptide


def typed(sequence: str, smiles: str) -> Facts:
    source = join(peptide(sequence), ligand(smiles))
    return Facts(source, assign_types(source), ())


def names(facts: Facts) -> set[frozenset[str]]:
    found = facts.complex
    return {
        frozenset(("" if found.is_ligand[atom] else "pocket ") + str(found.name[atom]) for atom in group)
        for group in equivalent_atoms(facts)
    }


@pytest.mark.parametrize(
    ("sequence", "pairs"),
    [
        ("GDG", {"OD1 OD2", "O OXT"}),
        ("GEG", {"OE1 OE2", "O OXT"}),
        ("GRG", {"NH1 NH2", "O OXT"}),
        ("GFG", {"CD1 CD2", "CE1 CE2", "O OXT"}),
        ("GYG", {"CD1 CD2", "CE1 CE2", "O OXT"}),
        ("GNG", {"O OXT"}),  # an amide's O and N are told apart
        ("GHG", {"O OXT"}),
        ("GVG", {"O OXT"}),  # the two methyl groups of valine are: the carbon is prochiral
    ],
)
def test_residues(sequence: str, pairs: set[str]) -> None:
    expected = {frozenset(f"pocket {name}" for name in pair.split()) for pair in pairs}
    assert {group for group in names(typed(sequence, "O")) if any("pocket" in name for name in group)} == expected


@pytest.mark.parametrize(
    ("smiles", "groups"),
    [
        ("CC(=O)[O-]", ["O3 O4"]),
        ("CC(=O)O", []),
        ("COP(=O)([O-])[O-]", ["O4 O5 O6"]),
        ("CS(=O)(=O)[O-]", ["O3 O4 O5"]),
        ("CC(=[NH2+])N", ["N3 N4"]),
        ("Cc1ccccc1", ["C3 C7", "C4 C6"]),
        ("[O-]C(=O)CC(=O)[O-]", ["C2 C5", "O1 O3 O6 O7"]),
        ("NCCN", ["N1 N4", "C2 C3"]),
        ("CCO", []),
    ],
)
def test_ligands(smiles: str, groups: list[str]) -> None:
    found = {group for group in names(typed("GG", smiles)) if not any("pocket" in name for name in group)}
    assert found == {frozenset(group.split()) for group in groups}


def row(facts: Facts, name: str, *, ligand_side: bool) -> int:
    found = facts.complex
    return next(a for a in range(len(found)) if found.name[a] == name and found.is_ligand[a] == ligand_side)


def test_pairs_up_to_symmetry() -> None:
    facts = typed("GRG", "CC(=O)[O-]")
    nh1, nh2, ne = (row(facts, name, ligand_side=False) for name in ("NH1", "NH2", "NE"))
    o3, o4 = (row(facts, name, ligand_side=True) for name in ("O3", "O4"))
    straight = [(nh1, o3), (nh2, o4)]
    assert canonical_pairs(facts, straight) == canonical_pairs(facts, [(nh1, o4), (nh2, o3)])
    assert canonical_pairs(facts, straight) != canonical_pairs(facts, [(nh1, o3), (nh2, o3)])
    assert canonical_pairs(facts, [(ne, o3)]) == canonical_pairs(facts, [(ne, o4)])
    assert canonical_pairs(facts, [(ne, o3)]) != canonical_pairs(facts, [(nh1, o3)])
    assert canonical_pairs(facts, []) == ()


def test_an_answer_is_turned_towards_the_truth() -> None:
    facts = typed("GRG", "[O-]C(=O)CCC(=O)[O-]")
    nh1, nh2 = (row(facts, name, ligand_side=False) for name in ("NH1", "NH2"))
    o1, o3, o7, o8 = (row(facts, name, ligand_side=True) for name in ("O1", "O3", "O7", "O8"))
    truth = [(nh1, o1), (nh2, o3)]
    assert aligned_pairs(facts, [(nh2, o8), (nh1, o7)], truth) == tuple(sorted(truth))
    assert len({*aligned_pairs(facts, [(nh2, o8), (nh1, o1)], truth)} & {*truth}) == 1
    assert aligned_pairs(facts, truth, truth) == tuple(sorted(truth))


@given(st.lists(st.tuples(st.integers(0, 24), st.integers(0, 7)), max_size=6), st.data())
def test_images_have_one_representative(picked: list[tuple[int, int]], data: st.DataObject) -> None:
    facts = typed("GDRG", "[O-]C(=O)CCC(=O)[O-]")
    found = facts.complex
    heavy = [atom for atom in range(len(found)) if found.is_ligand[atom] and found.element[atom] > 1]
    pairs = [(pocket, heavy[ligand_atom]) for pocket, ligand_atom in picked]
    symmetry = symmetry_of(facts)
    image = dict(data.draw(st.sampled_from(symmetry.cores)))
    for group in symmetry.leaves:
        order = data.draw(st.permutations(group))
        image.update(
            {atom: order[group.index(image.get(atom, atom))] for atom in image if image.get(atom, atom) in group}
        )
        image.update({atom: order[i] for i, atom in enumerate(group) if atom not in image})
    for exchange in symmetry.exchanges:
        if data.draw(st.booleans()):
            image.update(dict(exchange) | {b: a for a, b in exchange})
    turned = [(image.get(a, a), image.get(b, b)) for a, b in pairs]
    assert canonical_pairs(facts, turned) == canonical_pairs(facts, pairs)
    assert len(canonical_pairs(facts, pairs)) == len(set(pairs))


def test_too_many_symmetries_leave_the_identity() -> None:
    star = {0: list(range(1, 9)), **{n: [0] for n in range(1, 9)}}
    assert automorphisms(star, dict.fromkeys(star, "C")) == [{n: n for n in star}]
    ring = {n: [(n - 1) % 6, (n + 1) % 6] for n in range(6)}
    assert len(automorphisms(ring, dict.fromkeys(ring, "C"))) == 12
