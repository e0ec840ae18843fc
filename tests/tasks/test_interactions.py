"""residue_ligand and pocket_ligand: which bonds are asked about, negatives, symmetry, contested bonds."""

import dataclasses

import pytest

from misi.annotate.facts import Facts
from misi.tasks import TASKS
from misi.tasks.bonding import named_pocket_atoms, shares_label
from misi.tasks.contacts import parse_list
from misi.tasks.contested import contested
from misi.tasks.grammar import parse_contacts
from misi.tasks.residue_ligand import NEAR, WITHOUT_BONDS, distance_to_ligand, negatives
from misi.tasks.symmetry import NamedSymmetry

from .complexes import LIGAND, _bond, make_context, make_facts

RESIDUE, POCKET, LOCATION = (TASKS[name] for name in ("residue_ligand", "pocket_ligand", "interaction_location"))


def make(task, facts, **changes):
    return task.make(facts, make_context({facts.complex.id: facts}, **changes))


def test_as_many_negatives_as_positives():
    facts = make_facts(bonds=5)
    items, rejections = make(RESIDUE, facts)
    assert not rejections
    answers = [item.question.answer for item in items]
    assert answers.count("No") == 5
    assert len(answers) == 10
    rows = [item.question.derivation["row"] for item in items]
    assert rows == sorted(rows)
    bonded = {int(facts.complex.residue[atom]) for atom, _ in facts.pairs}
    for item in items:
        derivation = item.question.derivation
        assert (derivation["row"] in bonded) == (item.question.answer != "No")
        assert derivation["distance"] == pytest.approx(distance_to_ligand(facts.complex, derivation["row"]), abs=1e-3)
        assert all(picture.residue == derivation["row"] for _, picture in item.pictures.values())


def test_a_complex_without_bonds_gives_a_few_negatives():
    items, _ = make(RESIDUE, make_facts(bonds=0))
    assert [item.question.answer for item in items] == ["No"] * WITHOUT_BONDS
    items, _ = make(POCKET, make_facts(bonds=0))
    assert [item.question.answer for item in items] == ["None"]
    assert make(LOCATION, make_facts(bonds=0)) == ([], [])


def test_near_negatives_are_near():
    facts = make_facts(bonds=4, spread=5.0)
    context = make_context({"made": facts}, negatives="near")
    chosen = negatives(facts, frozenset(), context)
    assert chosen
    assert all(distance_to_ligand(facts.complex, row) <= NEAR for row in chosen)
    assert len(chosen) < facts.complex.n_residues - 1
    assert set(chosen) < set(negatives(facts, frozenset(), make_context({"made": facts})))


def test_too_few_negatives_are_reported():
    items, rejections = make(RESIDUE, make_facts(residues=5, bonds=4))
    assert [rejection.reason for rejection in rejections] == ["few_negatives"]
    assert len(items) == 5


def test_repeated_ligand_names_are_not_asked():
    facts = make_facts(ligand=("C1", "C2", "O", "N1", "C3", "O", "C4"), bonds=4)
    doubtful = sum(str(facts.complex.name[ligand]) == "O" for _, ligand in facts.pairs)
    assert doubtful
    items, rejections = make(POCKET, facts)
    assert not items
    assert [rejection.reason for rejection in rejections] == ["repeated_ligand_atom"]
    items, rejections = make(LOCATION, facts)
    assert len(rejections) == doubtful
    assert len(items) == len(facts.pairs) - doubtful
    items, rejections = make(RESIDUE, facts)
    assert {rejection.reason for rejection in rejections} == {"repeated_ligand_atom"}
    assert sum(item.question.answer == "No" for item in items) == sum(item.question.answer != "No" for item in items)


def test_repeated_residues_are_neither_asked_nor_negatives():
    facts = make_facts(names=["SER"] * 30, bonds=3)
    row = int(facts.complex.residue[facts.pairs[0][0]])
    other = next(r for r in range(30) if r not in {int(facts.complex.residue[a]) for a, _ in facts.pairs})
    facts = make_facts(names=["SER"] * 30, bonds=3, keys={row: ("a", 900, ""), other: ("A", 900, "")})
    items, rejections = make(RESIDUE, facts)
    assert "repeated_residue" in {rejection.reason for rejection in rejections}
    assert not {row, other} & {item.question.derivation["row"] for item in items}
    assert make(POCKET, facts)[1][0].reason == "repeated_residue"


def test_unwritable_names_are_not_asked():
    facts = make_facts(ligand=[name.replace("O1", "O,1").replace("N1", "N;1") for name in LIGAND], bonds=3)
    _, rejections = make(POCKET, facts)
    assert [rejection.reason for rejection in rejections] == ["unwritable_name"]


def test_troublesome_keys_are_written_and_read():
    facts = make_facts(bonds=30, keys={0: ("", 5, ""), 1: ("A", -3, ""), 2: ("B", 82, "A"), 3: ("1", 7, "")})
    (item,) = make(POCKET, facts)[0]
    text = item.question.answer
    assert " -3 " in text
    assert " 82A " in text
    assert POCKET.format(POCKET.parse(f"Answer: {text}", item.question)) == text
    assert " no chain name: " in item.question.question


@pytest.mark.parametrize(
    "form", ["{name} {atom}, {ligand}", "{name} {number} {atom}, {ligand}", "{name}{number} {atom} {chain}, {ligand}"]
)
def test_the_residue_may_be_named_in_full(form):
    item = [item for item in make(RESIDUE, make_facts())[0] if item.question.answer != "No"][-1]
    derivation = item.question.derivation
    chain, number, _, name = derivation["residue"]
    pairs = "; ".join(
        form.format(name=name, number=number, chain=chain, atom=pair["atom"], ligand=pair["ligand_atom"])
        for pair in derivation["pairs"]
    )
    assert RESIDUE.score(RESIDUE.parse(f"Yes: {pairs}", item.question), item.question) == (1, 1)
    other = pairs.replace(f"{number} ", f"{number + 1} ")
    if other != pairs:
        assert RESIDUE.score(RESIDUE.parse(f"Yes: {other}", item.question), item.question) == (0, 0)


def symmetric():
    return NamedSymmetry(
        {
            "exchanges": [{"chain": "A", "number": 5, "icode": "", "name": "ASP", "atoms": [["OD1", "OD2"]]}],
            "leaves": [["O1", "O2"]],
            "permutations": [{"N1": "N2", "N2": "N1", "N3": "N4", "N4": "N3"}],
        }
    )


@pytest.mark.parametrize(
    ("given", "truth", "hits"),
    [
        ("ASP 5 OD2 A, N9", "ASP 5 OD1 A, N9", 1),
        ("ASP 5 OD1 A, N9; ASP 5 OD2 A, N9", "ASP 5 OD1 A, N9", 1),
        ("ASP 6 OD2 A, N9", "ASP 6 OD1 A, N9", 0),
        ("SER 1 OG A, O2", "SER 1 OG A, O1", 1),
        ("SER 1 OG A, N1; SER 2 OG A, N3", "SER 1 OG A, N2; SER 2 OG A, N4", 2),
        ("SER 1 OG A, N1; SER 2 OG A, N4", "SER 1 OG A, N2; SER 2 OG A, N4", 1),
        ("SER 1 OG A, O3", "SER 1 OG A, O1", 0),
    ],
)
def test_hits_up_to_symmetry(given, truth, hits):
    assert symmetric().hits(parse_list(given), parse_list(truth)) == hits


def test_symmetry_of_a_residue_without_number():
    given, truth = (parse_contacts(f"Yes: ASP {atom}, N9", numbered=False) for atom in ("OD2", "OD1"))
    assert symmetric().hits(given, truth) == 1


def test_symmetry_is_stored_with_the_question():
    facts = make_facts(names=["ASP"] * 6, residues=6, bonds=2)
    start = facts.complex.residue_start
    ligand = int(start[6])
    bond = _bond(int(start[2]) + 6, ligand + 3)
    facts = Facts(facts.complex, facts.types, (bond,))
    item = next(item for item in make(RESIDUE, facts)[0] if item.question.answer != "No")
    assert item.question.answer == "Yes: ASP OD1, N1"
    mirrored = RESIDUE.parse("Yes: ASP OD2, N1", item.question)
    assert RESIDUE.score(mirrored, item.question) == (0, 0)
    assert RESIDUE.score_up_to_symmetry(mirrored, item.question) == (1, 1)


def test_contested_bonds_count_for_nobody():
    facts = make_facts(bonds=3)
    weak = tuple(dataclasses.replace(bond, margin=0.05) if i == 0 else bond for i, bond in enumerate(facts.hbonds))
    start = facts.complex.residue_start
    free = next(r for r in range(30) if r not in {int(facts.complex.residue[a]) for a, _ in facts.pairs})
    miss = _bond(int(start[free]), facts.hbonds[0].acceptor, -0.02)
    facts = Facts(facts.complex, facts.types, weak, (miss,))
    (item,) = make(POCKET, facts)[0]
    question = item.question
    open_ = contested(question.derivation, numbered=True)
    assert len(open_) == 2
    truth = POCKET.parse(question.answer, question)
    sure = truth - open_
    assert POCKET.score_uncontested(sure, question) == (1, 1)
    assert POCKET.score_uncontested(sure | open_, question) == (1, 1)
    assert POCKET.score(sure, question)[1] == 0
    assert POCKET.retrieval(sure, question).recall == len(sure) / len(truth)


def test_labels_are_shared_by_copies_of_one_chain_alone():
    keys = {
        0: ("A", 900, ""),
        1: ("B", 900, ""),
        2: ("", 901, ""),
        3: ("", 901, ""),
        4: ("A", 902, ""),
        5: ("", 902, ""),
    }
    source = make_facts(names=["SER"] * 30, keys=keys).complex
    assert [row for row in range(30) if shares_label(source, row)] == [2, 3]
    other_icode = make_facts(names=["SER"] * 30, keys={0: ("A", 900, ""), 1: ("A", 900, "B")}).complex
    assert not any(shares_label(other_icode, row) for row in range(30))


def test_random_answers_hold_named_atoms_alone():
    facts = make_facts(bonds=0)
    (item,) = make(POCKET, facts)[0]
    named = named_pocket_atoms(facts.complex)
    assert 0 < len(named) < sum(facts.complex.element[: facts.complex.residue_start[30]] != 6)
    assert len(item.question.derivation["residue_atoms"]) == len(named)


def test_questions_say_what_is_named():
    for task in (POCKET, LOCATION):
        text = make(task, make_facts())[0][0].question.question
        assert "within 5 Å of the ligand" in text
    assert "all atoms of the ligand" in make(RESIDUE, make_facts())[0][0].question.question
