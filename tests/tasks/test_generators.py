"""All nine generators on made-up complexes: counts, texts, derivations, determinism."""

import dataclasses
import json
import re
from collections import Counter
from random import Random

import pytest

from misi.scene.motion import VIEWS
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS, column_of, counts_for_exact
from misi.tasks.question import IMAGE_MARK, Question
from misi.tasks.task import chance_expectation, register

from .complexes import make_all, make_context, make_facts

FACTS = make_all(4)
COUNTS = {
    "translation": (4, 2),
    "rotation": (6, 3),
    "zooming": (4, 2),
    "residue_ligand": (6, 6),
    "translation_rotation": (6, 3),
    "rotation_rotation": (6, 3),
    "docking": (6, 3),
    "interaction_location": (4, 4),
    "pocket_ligand": (1, 1),
}
ITEMS = {
    (name, split, complex_id): task.make(facts, make_context(FACTS, split))
    for name, task in TASKS.items()
    for split in ("train", "test")
    for complex_id, facts in FACTS.items()
}
ALL = [item for items, _ in ITEMS.values() for item in items]
by_item = pytest.mark.parametrize("item", ALL, ids=[f"{item.question.split}-{item.question.id}" for item in ALL])


def test_the_nine_are_registered_in_the_order_of_the_columns():
    assert list(TASKS) == list(COUNTS)
    assert list(dict.fromkeys(name.removesuffix("_positive").removesuffix("_negative") for name in COLUMNS)) == list(
        COUNTS
    )
    with pytest.raises(ValueError, match="twice"):
        register(TASKS["docking"])


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("split", ["train", "test"])
def test_counts(name, split):
    for complex_id in FACTS:
        items, rejections = ITEMS[name, split, complex_id]
        assert not rejections
        assert len(items) == COUNTS[name][split == "test"]
        assert len({item.question.id for item in items}) == len(items)


@by_item
def test_item_holds_together(item):
    question, task = item.question, TASKS[item.question.task]
    assert question.question.count(IMAGE_MARK) == len(question.images)
    before = question.question.split(IMAGE_MARK)
    assert all(text.endswith(f"{image.label}: ") for text, image in zip(before, question.images, strict=False))
    assert len({image.path for image in question.images}) == len(question.images)
    assert set(item.pictures) == {image.path for image in question.images}
    for path, (_, picture) in item.pictures.items():
        assert path.startswith("images/")
        assert picture.view in VIEWS
    json.dumps(question.as_json(), allow_nan=False)
    assert Question.from_json(json.loads(json.dumps(question.as_json()))) == question
    assert column_of(question) in COLUMNS
    assert counts_for_exact(question) or question.task == "pocket_ligand"
    assert task.name == question.task


@by_item
def test_oracle_is_right_and_does_not_copy(item):
    question, task = item.question, TASKS[item.question.task]
    blank = dataclasses.replace(question, answer="")
    assert task.oracle(blank) == question.answer
    answer = task.parse(task.oracle(blank), question)
    assert task.format(answer) == question.answer
    assert task.score(answer, question) == (1.0, 1.0)


@by_item
def test_chance_is_valid_and_below_the_oracle(item):
    question, task = item.question, TASKS[item.question.task]
    rng = Random(1)
    for _ in range(20):
        reply = task.chance(question, rng)
        weighted, exact = task.score(task.parse(reply, question), question)
        assert 0 <= exact <= weighted <= 1
    if question.task != "docking":
        weighted, exact = chance_expectation(task, question)
        assert 0 <= exact <= weighted <= 0.5


@by_item
def test_nothing_shown_gives_the_answer_away(item):
    """Neither the text nor a path holds the answer, nor does copying the example score."""
    question, task = item.question, TASKS[item.question.task]
    if len(question.answer) > 4 and not question.options:
        assert not re.search(rf"{re.escape(question.answer)}(?!\d)", question.question)
    shown = " ".join(path for path in item.pictures)
    assert not any(word in shown for word in ("truth", "decoy", "positive", "negative", "yes", "no-"))
    example = question.question.rsplit("Answer: ", 1)[1]
    if "<" not in example:
        assert task.score(task.parse(example, question), question) == (0.0, 0.0)


def test_expected_scores_of_chance():
    question = ITEMS["translation", "test", "c0"][0][0].question
    # one axis in two; then the mean of 1 - |d' - d| / 7 over 8 values, between 3.5/8 + ... for the middle and the ends
    weighted, exact = chance_expectation(TASKS["translation"], question)
    assert exact == 1 / 16
    assert 0.2 < weighted < 0.4
    for name, share in (("zooming", 1 / 21), ("rotation_rotation", 1 / 4), ("interaction_location", 1 / 4)):
        question = ITEMS[name, "test", "c0"][0][0].question
        assert chance_expectation(TASKS[name], question) == pytest.approx((share, share))


@pytest.mark.parametrize("name", COUNTS)
def test_items_do_not_depend_on_other_complexes(name):
    """But for the composites' partner, which changes only if the new complex is the new partner."""
    alone = {"c1": FACTS["c1"], "c2": FACTS["c2"]}
    before = TASKS[name].make(FACTS["c1"], make_context(alone))[0]
    after = TASKS[name].make(FACTS["c1"], make_context(FACTS))[0]
    if name in ("translation_rotation", "rotation_rotation"):
        before = [item for item in before if item.question.derivation["partner"] == "c2"]
        after = [item for item in after if item.question.derivation["partner"] == "c2"]
    assert [item.question for item in before] == [item.question for item in after] or not after


def _gist(item):
    return item.question.id, item.question.answer, item.question.options


@pytest.mark.parametrize("name", COUNTS)
def test_the_seed_decides(name):
    items = {
        seed: [_gist(item) for item in TASKS[name].make(FACTS["c0"], make_context(FACTS, seed=seed))[0]]
        for seed in (1, 2)
    }
    again = [_gist(item) for item in TASKS[name].make(FACTS["c0"], make_context(FACTS, seed=1))[0]]
    assert again == items[1]
    if name != "pocket_ligand":
        assert items[1] != items[2]


@pytest.mark.parametrize("name", ["translation", "rotation", "zooming", "docking"])
def test_values_differ_within_a_complex(name):
    for complex_id in FACTS:
        answers = [item.question.answer for item in ITEMS[name, "train", complex_id][0]]
        assert len(set(answers)) == len(answers)


def test_axes_are_balanced():
    for name, each in (("translation", 2), ("rotation", 2)):
        for complex_id in FACTS:
            axes = Counter(item.question.answer.split()[1] for item in ITEMS[name, "train", complex_id][0])
            assert set(axes.values()) == {each}


@pytest.mark.parametrize("name", ["translation_rotation", "rotation_rotation", "interaction_location"])
def test_option_positions_are_uniform(name):
    """Chi-square over many items; 16.27 is the 0.1 % point for 3 degrees of freedom."""
    facts = {f"p{i}": make_facts(f"p{i}", i, residues=6, bonds=4) for i in range(2)}
    letters = Counter()
    for seed in range(36):
        letters.update(
            item.question.answer for item in TASKS[name].make(facts["p0"], make_context(facts, seed=seed))[0]
        )
    expected = letters.total() / 4
    assert letters.total() >= 150
    assert sum((letters[letter] - expected) ** 2 / expected for letter in "ABCD") < 16.27


def test_every_answer_of_a_task_can_be_drawn():
    seen = {"translation": set(), "rotation": set()}
    for seed in range(40):
        for name, answers in seen.items():
            items, _ = TASKS[name].make(FACTS["c0"], make_context(FACTS, seed=seed))
            answers.update(item.question.answer for item in items)
    assert len(seen["translation"]) == 16
    assert len(seen["rotation"]) == 36
