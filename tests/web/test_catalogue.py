"""The index of a dataset, its filters, and loaded runs."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, update

from misi.errors import DatasetError
from misi.evaluate.replies import REPLIES
from misi.evaluate.run import RUN
from misi.tasks.question import Question
from misi.web.catalogue import Filter, beside, find, index_dataset, measures, read_question
from misi.web.database import Database
from misi.web.runs import load_run, remove_run, verdicts_of
from misi.web.tables import ItemRow, Meta, RunRow, VerdictRow


def _ids(database: Database, wanted: Filter) -> set[str]:
    with database.reading() as session:
        rows, total = find(session, wanted, limit=1000)
        assert len(rows) == total
        return {row.id for row in rows}


def test_every_question_is_found_again(database: Database, dataset: Path, questions: dict[str, Question]) -> None:
    with database.reading() as session:
        rows = session.scalars(select(ItemRow).order_by(ItemRow.place)).all()
        assert [row.id for row in rows] == list(questions)
        assert all(read_question(dataset, row) == questions[row.id] for row in rows)


@pytest.mark.parametrize("task", ["docking", "zooming"])
def test_filters_agree_with_the_questions(database: Database, questions: dict[str, Question], task: str) -> None:
    test = {id_ for id_, q in questions.items() if q.task == task and q.split == "test"}
    assert _ids(database, Filter(task=task, split="test")) == test
    one = next(iter(questions.values())).complex_id
    assert _ids(database, Filter(complex_id=one)) == {id_ for id_, q in questions.items() if q.complex_id == one}


def test_difficulty_bounds_include_their_ends(database: Database, questions: dict[str, Question]) -> None:
    difficulties = {id_: question.derivation["difficulty"] for id_, question in questions.items()}
    amounts = {id_: values["amount"] for id_, values in difficulties.items() if "amount" in values}
    low = sorted(amounts.values())[len(amounts) // 2]
    assert _ids(database, Filter(measure="amount", low=low)) == {id_ for id_, value in amounts.items() if value >= low}
    assert _ids(database, Filter(measure="amount", low=low, high=low)) == {
        id_ for id_, value in amounts.items() if value == low
    }
    with database.reading() as session:
        assert "amount" in measures(session)


def test_neighbours_are_those_of_the_filter(database: Database) -> None:
    wanted = Filter(task="rotation", split="test")
    with database.reading() as session:
        rows, _ = find(session, wanted, limit=100)
        for before, row, after in zip([None, *rows[:-1]], rows, [*rows[1:], None], strict=True):
            assert beside(session, wanted, row) == (before and before.id, after and after.id)


def test_a_database_serves_one_dataset(database: Database, dataset: Path) -> None:
    index_dataset(database, dataset)  # the same again: nothing happens
    with database.writing() as session:
        session.execute(update(Meta).values(value="0" * 64))
    with pytest.raises(DatasetError, match="another dataset"):
        index_dataset(database, dataset)


def test_outcomes_of_a_run(database: Database, dataset: Path, runs: dict[str, Path]) -> None:
    oracle = load_run(database, dataset, runs["oracle"])
    chance = load_run(database, dataset, runs["chance"])
    everything = _ids(database, Filter(split="test"))
    assert _ids(database, Filter(run=oracle)) == everything
    assert _ids(database, Filter(run=oracle, outcome="right")) == everything
    assert _ids(database, Filter(run=oracle, outcome="wrong")) == set()
    with database.reading() as session:
        verdicts = {verdict.id: verdict for verdict in verdicts_of(session, chance)}
    for outcome, fits in (
        ("right", lambda v: v.exact == 1),
        ("partial", lambda v: v.weighted > 0 and v.exact < 1),
        ("wrong", lambda v: v.weighted == 0),
    ):
        assert _ids(database, Filter(run=chance, outcome=outcome)) == {i for i, v in verdicts.items() if fits(v)}


def test_loading_twice_is_loading_once(database: Database, dataset: Path, runs: dict[str, Path]) -> None:
    first = load_run(database, dataset, runs["chance"])
    assert load_run(database, dataset, runs["chance"]) == first
    remove_run(database, first)
    with database.reading() as session:
        assert session.scalar(select(RunRow)) is None
        assert session.scalar(select(VerdictRow)) is None


def test_a_run_on_another_dataset_is_refused(
    database: Database, dataset: Path, runs: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(runs["chance"], folder)
    manifest = json.loads((folder / RUN).read_text())
    (folder / RUN).write_text(json.dumps({**manifest, "dataset_sha256": "0" * 64}))
    with pytest.raises(DatasetError, match="not the dataset"):
        load_run(database, dataset, folder)


def test_text_that_a_database_refuses_is_cleaned(
    database: Database, dataset: Path, runs: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(runs["chance"], folder)
    lines = [json.loads(line) for line in (folder / REPLIES).read_text().splitlines()]
    lines[0]["text"] = "\x00 half a pair: \ud800 \nAnswer: move x 1"
    (folder / REPLIES).write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = load_run(database, dataset, folder)
    with database.reading() as session:
        mine = VerdictRow.run_id == run, VerdictRow.item_id == lines[0]["id"]
        row = session.scalars(select(VerdictRow).where(*mine)).one()
        assert "\x00" not in row.text
        assert "half a pair" in row.text
