"""What a model is shown, and the examples before it."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.errors import DatasetError
from misi.evaluate.conversation import WITHHELD, conversation_of, parts_of
from misi.evaluate.few_shot import choose_shots
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.question_index import QuestionIndex, complexes_of
from misi.tasks.prompts import system_text
from misi.tasks.question import IMAGE_MARK, ImageRef, Question


def question_with(text: str, images: tuple[ImageRef, ...]) -> Question:
    return Question("translation-x-0", "translation", "test", "x", text, images, (), "move x 1", {"seed": 0})


def test_each_picture_follows_a_text_that_ends_with_its_label() -> None:
    images = (ImageRef("Front view", "images/x/a.png"), ImageRef("Top view", "images/x/b.png"))
    text = f"Look.\n\nFront view: {IMAGE_MARK}\nTop view: {IMAGE_MARK}\n\nWhich?"
    assert parts_of(question_with(text, images)) == (
        "Look.\n\nFront view:",
        images[0],
        "Top view:",
        images[1],
        "Which?",
    )


def test_a_label_that_the_text_forgot_is_put_in() -> None:
    images = (ImageRef("Front view", "images/x/a.png"), ImageRef("Top view", "images/x/b.png"))
    parts = parts_of(question_with(f"{IMAGE_MARK}{IMAGE_MARK}", images))
    assert parts == ("Front view:", images[0], "Top view:", images[1])


def test_marks_and_pictures_must_be_as_many() -> None:
    with pytest.raises(DatasetError, match="2 image marks for 1 images"):
        parts_of(question_with(f"{IMAGE_MARK} {IMAGE_MARK}", (ImageRef("a", "images/x/a.png"),)))


@given(st.lists(st.text(max_size=20).filter(lambda text: IMAGE_MARK not in text), min_size=1, max_size=6))
@settings(deadline=None)
def test_no_text_block_is_blank_and_no_picture_is_lost(pieces: list[str]) -> None:
    images = tuple(ImageRef(f"View {i}", f"images/x/{i}.png") for i in range(len(pieces) - 1))
    parts = parts_of(question_with(IMAGE_MARK.join(pieces), images))
    assert [part for part in parts if isinstance(part, ImageRef)] == list(images)
    assert all(part.strip() for part in parts if isinstance(part, str))
    for before, part in pairwise(parts):
        if isinstance(part, ImageRef):
            assert isinstance(before, str)
            assert before.endswith((part.label, f"{part.label}:"))


def test_system_text_states_the_conventions() -> None:
    said = system_text()
    for word in ("angstrom", "degrees", "roll", "move", "Answer:", "right-handed"):
        assert word in said
    conversation = conversation_of(question_with("?", ()))
    assert conversation.system == said


def test_blind_keeps_every_word_and_no_picture() -> None:
    images = (ImageRef("Front view", "images/x/a.png"),)
    conversation = conversation_of(question_with(f"Front view: {IMAGE_MARK} Which?", images), blind=True)
    assert conversation.images == ()
    assert conversation.turns[-1].parts == (f"Front view: {WITHHELD} Which?",)


def test_digest_changes_with_words_pictures_and_order() -> None:
    images = (ImageRef("Front", "images/x/a.png"), ImageRef("Top", "images/x/b.png"))
    text = f"Front: {IMAGE_MARK} Top: {IMAGE_MARK}"
    known = {"images/x/a.png": "1", "images/x/b.png": "2"}
    base = conversation_of(question_with(text, images))
    others = [
        conversation_of(question_with(text + "!", images)).digest(known),
        conversation_of(question_with(text, images[::-1])).digest(known),
        base.digest({**known, "images/x/b.png": "3"}),
        conversation_of(question_with(text, images), blind=True).digest(known),
    ]
    assert len({base.digest(known), *others}) == 5
    assert base.digest(known) == conversation_of(question_with(text, images)).digest(dict(known))


def test_shots_come_from_train_and_share_no_complex(dataset: Path) -> None:
    train = QuestionIndex(dataset, "train")
    test = QuestionIndex(dataset, "test")
    for name in test:
        question = test[name]
        shots = choose_shots(question, train, 2)
        assert len({shot.id for shot in shots}) == 2
        for shot in shots:
            assert shot.split == "train"
            assert shot.task == question.task
            assert not complexes_of(shot) & complexes_of(question)


def test_shots_avoid_a_complex_of_the_item_even_within_train(dataset: Path) -> None:
    train = QuestionIndex(dataset, "train")
    question = train[train.by_task["rotation"][0]]
    for seed in range(20):
        moved = replace(question, id=f"rotation-again-{seed}")
        for shot in choose_shots(moved, train, 2):
            assert shot.complex_id != question.complex_id


def test_shots_show_different_complexes_while_there_are_any(dataset: Path) -> None:
    train, test = QuestionIndex(dataset, "train"), QuestionIndex(dataset, "test")
    for name in test.by_task["zooming"]:
        shots = choose_shots(test[name], train, 2)
        assert len({shot.complex_id for shot in shots}) == 2


def test_shots_are_the_same_every_time_and_differ_between_items(dataset: Path) -> None:
    train, test = QuestionIndex(dataset, "train"), QuestionIndex(dataset, "test")
    chosen = {name: tuple(shot.id for shot in choose_shots(test[name], train, 2)) for name in test.by_task["rotation"]}
    again = {name: tuple(shot.id for shot in choose_shots(test[name], train, 2)) for name in test.by_task["rotation"]}
    assert chosen == again
    assert len(set(chosen.values())) > 1


def test_too_few_examples_are_an_error_with_advice(dataset: Path) -> None:
    train, test = QuestionIndex(dataset, "train"), QuestionIndex(dataset, "test")
    question = test[test.by_task["pocket_ligand"][0]]
    with pytest.raises(DatasetError, match=r"--shots 0"):
        choose_shots(question, train, 50)


def test_examples_carry_the_right_answer_in_the_asked_form(dataset: Path) -> None:
    plan = Plan(dataset, Settings(tasks=("docking",), limit=1, shots=2))
    request = plan.request(plan.ids[0])
    said = [turn.parts for turn in request.conversation.turns if turn.role == "assistant"]
    assert said == [(f"Answer: {shot.answer}",) for shot in request.shots]
    assert request.conversation.shots == tuple(shot.id for shot in request.shots)


def test_index_reads_each_question_by_its_id(dataset: Path) -> None:
    index = QuestionIndex(dataset, "test")
    assert [index[name].id for name in index] == list(index)
    assert len(index) == sum(len(names) for names in index.by_task.values())


def test_index_notices_a_list_that_changed_under_it(dataset: Path, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(dataset, tmp_path / "copy")
    index = QuestionIndex(copy, "test", ["zooming"])
    path = copy / "questions" / "zooming.test.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(reversed(lines)))
    with pytest.raises(DatasetError, match="changed"):
        [index[name] for name in index]
