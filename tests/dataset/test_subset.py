from misi.dataset.subset import choose_tiny
from misi.tasks.question import Question


def questions(complexes: int, each: int) -> list[Question]:
    return [
        Question(f"rotation-c{c}-{k}", "rotation", "test", f"c{c}", "", (), (), "roll x 15", {})
        for c in range(complexes)
        for k in range(each)
    ]


def test_no_complex_twice_where_enough_have_an_item() -> None:
    chosen = choose_tiny(questions(80, 3))
    assert len(chosen) == 50
    assert len({name.rsplit("-", 1)[0] for name in chosen}) == 50


def test_second_items_fill_up_where_complexes_are_few() -> None:
    chosen = choose_tiny(questions(30, 3))
    assert len(chosen) == 50
    assert len({name.rsplit("-", 1)[0] for name in chosen}) == 30


def test_dropping_an_item_changes_the_choice_by_one() -> None:
    every = questions(80, 1)
    before = choose_tiny(every)
    after = choose_tiny([question for question in every if question.id != before[0]])
    assert len(set(before) ^ set(after)) == 2


def test_columns_are_chosen_apart() -> None:
    mixed = [
        Question(f"residue_ligand-c{c}-{k}", "residue_ligand", "test", f"c{c}", "", (), (), answer, {})
        for c in range(60)
        for k, answer in enumerate(("No", "Yes: ARG N, O1"))
    ]
    chosen = choose_tiny(mixed)
    assert len(chosen) == 100
    assert sum(name.endswith("-0") for name in chosen) == 50
