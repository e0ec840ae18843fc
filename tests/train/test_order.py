"""Which question comes when."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.tasks.question import Question
from misi.train.curriculum import difficulty, eligible_share
from misi.train.order import Slot, make_order

SIZES = st.dictionaries(st.sampled_from(("a", "b", "c")), st.integers(1, 9), min_size=1)


@given(SIZES, st.integers(0, 5), st.integers(1, 3))
def test_without_weights_every_question_comes_once_an_epoch(sizes: dict[str, int], seed: int, epochs: int) -> None:
    whole = sum(sizes.values())
    order = make_order({task: [0.0] * n for task, n in sizes.items()}, epochs * whole, seed=seed)
    assert all(count == epochs for count in Counter(order).values())
    assert len(Counter(order)) == whole
    for epoch in range(epochs):
        assert len(set(order[epoch * whole : (epoch + 1) * whole])) == whole


@given(SIZES, st.integers(0, 5), st.integers(1, 60))
def test_with_weights_no_question_of_a_task_comes_again_before_all_have(
    sizes: dict[str, int], seed: int, length: int
) -> None:
    order = make_order(
        {task: [0.0] * n for task, n in sizes.items()}, length, seed=seed, weights=dict.fromkeys(sizes, 1.0)
    )
    assert len(order) == length
    for task, n in sizes.items():
        counts = Counter(slot.index for slot in order if slot.task == task)
        if counts:
            assert max(counts.values()) - (min(counts.values()) if len(counts) == n else 0) <= 1


def test_weights_are_shares() -> None:
    order = make_order({"a": [0.0], "b": [0.0] * 50, "c": [0.0]}, 6000, weights={"a": 3.0, "b": 1.0, "c": 0.0})
    counts = Counter(slot.task for slot in order)
    assert set(counts) == {"a", "b"}
    assert 2.7 < counts["a"] / counts["b"] < 3.3


def test_a_longer_training_starts_with_the_same_questions() -> None:
    """Without a curriculum, which runs over the whole length."""
    values = {"a": [0.0] * 7, "b": [0.0] * 5}
    assert make_order(values, 40, seed=3)[:20] == make_order(values, 20, seed=3)
    assert make_order(values, 40, seed=3) != make_order(values, 40, seed=4)


def test_a_curriculum_begins_with_the_easiest_and_ends_with_all() -> None:
    order = make_order({"a": [float(i) for i in range(100)]}, 1000, start=0.1, ramp=0.5)
    assert {slot.index for slot in order[:10]} == set(range(10))
    assert {slot.index for slot in order[700:]} == set(range(100))
    assert max(slot.index for slot in order[:100]) < 40


def test_eligible_share() -> None:
    assert eligible_share(0.0, 0.2, 0.5) == 0.2
    assert eligible_share(0.25, 0.2, 0.5) == pytest.approx(0.6)
    assert eligible_share(0.5, 0.2, 0.5) == eligible_share(1.0, 0.2, 0.5) == eligible_share(0.0, 0.2, 0.0) == 1.0


def test_difficulty_follows_bonds_and_pixels(questions: list[Question]) -> None:
    residue = [q for q in questions if q.task == "residue_ligand"]
    assert max(residue, key=difficulty).derivation["difficulty"]["bonds"] == max(
        q.derivation["difficulty"]["bonds"] for q in residue
    )
    for task, field in (("rotation", "resolution_px"), ("rotation_rotation", "separation_px")):
        group = [q for q in questions if q.task == task]
        assert max(group, key=difficulty).derivation[field] == min(q.derivation[field] for q in group)


def test_nothing_to_draw_from() -> None:
    assert make_order({}, 5) == []
    assert make_order({"a": [0.0]}, 5, weights={"b": 1.0}) == []
    assert make_order({"a": [0.0]}, 2) == [Slot("a", 0)] * 2
