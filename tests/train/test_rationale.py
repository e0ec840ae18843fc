"""Rationales agree with the derivation, and the completion still reads as the right answer."""

import pytest

from misi.evaluate.outcomes import Reply, judge
from misi.scene.motion import Operation
from misi.tasks.question import Question
from misi.train.prompt import completion_of
from misi.train.rationale import motion_words, rationale_of


def completion_text(question: Question) -> str:
    return str(completion_of(question.answer, rationale_of(question))[0]["content"][0]["text"])


def test_every_completion_scores_in_full(questions: list[Question]) -> None:
    for question in questions:
        verdict = judge(question, Reply(question.id, completion_text(question)))
        assert (verdict.status, verdict.weighted, verdict.exact) == ("answered", 1.0, 1.0), question.id


def test_every_task_is_explained(questions: list[Question]) -> None:
    assert {question.task for question in questions if rationale_of(question)} == {q.task for q in questions}


def test_no_line_of_a_rationale_reads_as_an_answer(questions: list[Question]) -> None:
    for question in questions:
        assert "answer" not in rationale_of(question).lower(), question.id


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (Operation("move", "x", 3), "to the right by 3"),
        (Operation("move", "x", -3), "to the left by 3"),
        (Operation("move", "y", 2), "up by 2"),
        (Operation("move", "z", 50), "toward the viewer by 50"),
        (Operation("roll", "x", 30), "the top comes toward the viewer"),
        (Operation("roll", "y", 30), "the front goes to the right"),
        (Operation("roll", "z", -30), "turns clockwise"),
    ],
)
def test_directions_are_those_of_the_conventions(operation: Operation, words: str) -> None:
    assert words in motion_words(operation)


def test_bonds_name_donor_acceptor_distance_and_class(questions: list[Question]) -> None:
    bonded = [q for q in questions if q.task == "residue_ligand" and q.answer != "No"]
    assert bonded
    for question in bonded:
        text = rationale_of(question)
        for pair, bonds in zip(question.derivation["pairs"], question.derivation["bonds"], strict=True):
            assert f"{pair['atom']} of {pair['residue']}" in text
            assert f"{pair['ligand_atom']} of the ligand" in text
            assert f"{bonds[0]['distance']:.2f} Å apart" in text
            gives = pair["ligand_atom"] if bonds[0]["donor_side"] == "ligand" else pair["atom"]
            assert any(line.startswith(f"{gives} of") and "gives" in line for line in text.splitlines())


def test_far_residues_are_explained_by_distance(questions: list[Question]) -> None:
    far = [q for q in questions if q.answer == "No" and q.derivation["distance"] > 5]
    assert far
    assert all(f"{q.derivation['distance']:.1f} Å apart, farther" in rationale_of(q) for q in far)
