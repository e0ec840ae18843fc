"""Answer forms: whatever the grammar can say can be filled in, and nothing else."""

import pytest

from misi.errors import ParseFailure
from misi.seeds import rng_for
from misi.tasks import TASKS
from misi.tasks.question import Question
from misi.web.widgets import compose, filled_of, form_of


def test_every_right_answer_can_be_filled_in(questions: dict[str, Question]) -> None:
    for question in questions.values():
        task = TASKS[question.task]
        canonical = task.format(task.parse(question.answer, question))
        assert compose(question, filled_of(question, canonical)) == canonical


def test_every_chance_answer_can_be_filled_in(questions: dict[str, Question]) -> None:
    for question in questions.values():
        text = TASKS[question.task].chance(question, rng_for(0, "form", question.id))
        assert compose(question, filled_of(question, text)) == text


def test_forms_do_not_depend_on_the_truth(questions: dict[str, Question]) -> None:
    """A form looks the same whatever is right: it is made from a question whose answer is taken away."""
    for question in questions.values():
        kept = {name: question.derivation[name] for name in _HARMLESS if name in question.derivation}
        bare = Question.from_json({**question.as_json(), "answer": "", "derivation": kept})
        assert form_of(bare) == form_of(question)


_HARMLESS = ("residue", "residue_atoms", "ligand_atoms")


def test_kinds(questions: dict[str, Question]) -> None:
    kinds = {question.task: form_of(question).kind for question in questions.values()}
    assert kinds == {
        "translation": "motions",
        "rotation": "motions",
        "zooming": "motions",
        "docking": "motions",
        "translation_rotation": "option",
        "rotation_rotation": "option",
        "interaction_location": "option",
        "residue_ligand": "contacts",
        "pocket_ligand": "contacts",
    }


def _first(questions: dict[str, Question], task: str) -> Question:
    return next(question for question in questions.values() if question.task == task)


@pytest.mark.parametrize(
    ("task", "filled"),
    [
        ("translation", {"move_axis": "x"}),
        ("translation", {"move_value": "3"}),
        ("docking", {"roll_axis": "x", "roll_value": "30"}),
        ("rotation_rotation", {}),
        ("residue_ligand", {"contacts": "some"}),
        ("pocket_ligand", {"contacts": "some", "pairs": " \n"}),
    ],
)
def test_unfinished_forms_say_nothing(questions: dict[str, Question], task: str, filled: dict[str, str]) -> None:
    assert compose(_first(questions, task), filled) is None


@pytest.mark.parametrize(
    ("task", "filled"),
    [
        ("translation", {"move_axis": "z", "move_value": "3"}),
        ("translation", {"move_axis": "x", "move_value": "9999"}),
        ("translation", {"move_axis": "x", "move_value": "3; drop"}),
        ("zooming", {"move_value": "61"}),
        ("rotation_rotation", {"option": "E"}),
        ("rotation_rotation", {"option": "A or B"}),
        ("pocket_ligand", {"contacts": "some", "pairs": "nonsense"}),
        ("residue_ligand", {"contacts": "none", "pairs": "ARG NH2, O22"}),
    ],
)
def test_what_the_grammar_does_not_know_is_refused(
    questions: dict[str, Question], task: str, filled: dict[str, str]
) -> None:
    with pytest.raises(ParseFailure):
        compose(_first(questions, task), filled)


def test_denials(questions: dict[str, Question]) -> None:
    assert compose(_first(questions, "residue_ligand"), {"contacts": "none"}) == "No"
    assert compose(_first(questions, "pocket_ligand"), {"contacts": "none"}) == "None"
