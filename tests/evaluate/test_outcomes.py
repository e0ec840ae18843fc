"""Each reply is exactly one of five things, and only an answer can score."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.errors import DatasetError
from misi.evaluate.ask import ask_baseline
from misi.evaluate.outcomes import STATUSES, Reply, judge
from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.run import score_run
from misi.tasks.question import Question


def contacts_question(pairs: list[tuple[str, str, str]], **derivation: object) -> Question:
    """A residue_ligand question about ARG 45 of chain A with these (residue, atom, ligand atom) bonds."""
    named = [
        {"residue": residue, "number": 45, "icode": "", "chain": "A", "atom": atom, "ligand_atom": ligand_atom}
        for residue, atom, ligand_atom in pairs
    ]
    answer = "Yes: " + "; ".join(f"{r} {a}, {b}" for r, a, b in pairs) if pairs else "No"
    stored = {
        "residue": ["A", 45, "", "ARG"],
        "pairs": named,
        "bonds": [[{"margin": 0.9}] for _ in pairs],
        "near_misses": [],
        "symmetry": {"exchanges": [], "leaves": [], "permutations": []},
    }
    stored.update(derivation)
    return Question("residue_ligand-x-45", "residue_ligand", "test", "x", "", (), (), answer, stored)


ROTATION = Question("rotation-x-0", "rotation", "test", "x", "", (), (), "roll x 45", {"operations": "roll x 45"})


@pytest.mark.parametrize(
    ("reply", "status", "weighted"),
    [
        (Reply("q", "Answer: roll x 45"), "answered", 1.0),
        (Reply("q", "Answer: roll x 30"), "answered", 1 - 15 / 165),
        (Reply("q", "Answer: roll y 45"), "answered", 0.0),
        (Reply("q", ""), "unparsed", 0.0),
        (Reply("q", "perhaps a turn"), "unparsed", 0.0),
        (Reply("q", "Answer: roll x 45 or roll y 45"), "unparsed", 0.0),
        (Reply("q", "I cannot help with this request."), "refused", 0.0),
        (Reply("q", "", "refusal"), "refused", 0.0),
        (Reply("q", "Answer: roll x 45", "refusal"), "refused", 0.0),
        (Reply("q", "Answer: roll x 4", "length"), "truncated", 0.0),
        (Reply("q", "Answer: roll x 45", "length"), "truncated", 0.0),
        (Reply("q", "Answer: roll x 45", "error", "HTTP 500"), "error", 0.0),
    ],
)
def test_status_and_score(reply: Reply, status: str, weighted: float) -> None:
    verdict = judge(ROTATION, reply)
    assert verdict.status == status
    assert verdict.weighted == pytest.approx(weighted)
    assert (verdict.answer is not None) == (status == "answered")
    if status not in ("answered", "error", "truncated"):
        assert verdict.exact == 0


@given(
    st.sampled_from(("translation", "rotation", "zooming", "docking", "residue_ligand", "pocket_ligand", "option")),
    st.text(max_size=300) | st.text("Answer: movelrxyzNoYsABCD0123456789-,;*{}\\$\n ", max_size=120),
    st.sampled_from(("stop", "length", "refusal", "error")),
)
@settings(deadline=None, max_examples=400)
def test_no_text_makes_judging_fail(kind: str, text: str, ending: str) -> None:
    question = QUESTIONS[kind]
    verdict = judge(question, Reply(question.id, text, ending))  # type: ignore[arg-type]
    assert verdict.status in STATUSES
    assert 0 <= verdict.weighted <= 1
    assert verdict.exact in (0, 1)
    assert verdict.exact <= verdict.weighted
    if verdict.status != "answered":
        assert verdict.weighted == 0


_MOVES = ("move x 1, move y 2, move z 50", "move x 2, move y 2, move z 50")
QUESTIONS = {
    "translation": Question("t", "translation", "test", "x", "", (), (), "move x 3", {}),
    "rotation": ROTATION,
    "zooming": Question("z", "zooming", "test", "x", "", (), (), "move z 50", {}),
    "docking": Question("d", "docking", "test", "x", "", (), (), "roll y 45, move x -12", {}),
    "residue_ligand": contacts_question([("ARG", "NH2", "O22"), ("ARG", "N", "O23")]),
    "pocket_ligand": Question(
        "p",
        "pocket_ligand",
        "test",
        "x",
        "",
        (),
        (),
        "None",
        {"pairs": [], "bonds": [], "near_misses": [], "symmetry": {"exchanges": [], "leaves": [], "permutations": []}},
    ),
    "option": Question("i", "interaction_location", "test", "x", "", (), _MOVES, "B", {}),
}

TEN = [("ARG", f"N{i}", f"O{i}") for i in range(10)]


def test_one_sure_bond_of_ten_scores_in_full_by_the_papers_metric_and_not_by_f1() -> None:
    verdict = judge(contacts_question(TEN), Reply("q", "Answer: Yes: ARG N3, O3"))
    assert (verdict.weighted, verdict.exact) == (1.0, 0.0)
    assert verdict.contacts is not None
    assert verdict.contacts.precision == 1.0
    assert verdict.contacts.recall == pytest.approx(0.1)
    assert verdict.contacts.f1 == pytest.approx(2 / 11)


def test_all_true_bonds_among_false_ones_score_a_half_and_too_many_nothing() -> None:
    question = contacts_question(TEN[:2])
    some = "; ".join(f"ARG {a}, {b}" for _, a, b in TEN[:3])
    many = "; ".join(f"ARG {a}, {b}" for _, a, b in TEN[:5])
    assert judge(question, Reply("q", f"Answer: Yes: {some}")).weighted == 0.5
    assert judge(question, Reply("q", f"Answer: Yes: {many}")).weighted == 0.0


def test_exchangeable_atoms_count_as_one_beside_the_plain_score() -> None:
    exchange = {"chain": "A", "number": 45, "icode": "", "name": "ARG", "atoms": [["NH1", "NH2"]]}
    symmetry = {"exchanges": [exchange], "leaves": [["O1", "O2"]], "permutations": []}
    verdict = judge(
        contacts_question([("ARG", "NH1", "O1")], symmetry=symmetry), Reply("q", "Answer: Yes: ARG NH2, O2")
    )
    assert verdict.contacts is not None
    assert (verdict.weighted, verdict.contacts.symmetric, verdict.contacts.symmetric_exact) == (0.0, 1.0, 1.0)


def test_bonds_at_the_limit_are_neither_asked_for_nor_held_against_anyone() -> None:
    bonds = [[{"margin": 0.9}], [{"margin": 0.01}]]
    question = contacts_question([("ARG", "N", "O1"), ("ARG", "NE", "O2")], bonds=bonds)
    for reply in ("Yes: ARG N, O1", "Yes: ARG N, O1; ARG NE, O2"):
        verdict = judge(question, Reply("q", f"Answer: {reply}"))
        assert verdict.contacts is not None
        assert verdict.contacts.uncontested_exact == 1.0


def test_an_unanswered_interaction_scores_nothing_by_any_measure() -> None:
    verdict = judge(contacts_question(TEN[:2]), Reply("q", "", "error"))
    assert verdict.contacts is not None
    assert set(verdict.contacts) == {0.0}


def test_a_derivation_of_another_version_is_named_not_a_traceback() -> None:
    question = contacts_question(TEN[:1])
    question.derivation.pop("near_misses")
    with pytest.raises(DatasetError, match="residue_ligand-x-45"):
        judge(question, Reply("q", "Answer: No"))


def test_scoring_again_gives_the_same_bytes_and_asks_nobody(dataset: Path, tmp_path: Path) -> None:
    ask_baseline(dataset, "chance", tmp_path / "run", seed=3)
    score_run(tmp_path / "run")
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    score_run(tmp_path / "run")
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before


def test_a_run_follows_its_dataset_to_another_place_but_not_to_another_dataset(dataset: Path, tmp_path: Path) -> None:
    import shutil

    moved = shutil.copytree(dataset, tmp_path / "moved")
    ask_baseline(moved, "oracle", tmp_path / "run", limit=1)
    moved.rename(tmp_path / "again")
    with pytest.raises(DatasetError, match="--dataset"):
        score_run(tmp_path / "run")
    assert score_run(tmp_path / "run", tmp_path / "again").verdicts
    manifest = tmp_path / "again" / "dataset.json"
    manifest.write_text(manifest.read_text().replace('"seed": 0', '"seed": 1'))
    with pytest.raises(DatasetError, match="not the dataset"):
        score_run(tmp_path / "run", tmp_path / "again")


def test_epochs_are_judged_apart(dataset: Path) -> None:
    index = QuestionIndex(dataset, "test", ["rotation"])
    question = index[next(iter(index))]
    verdicts = [judge(question, Reply(question.id, f"Answer: {question.answer}", epoch=n)) for n in (1, 2)]
    assert [verdict.epoch for verdict in verdicts] == [1, 2]
