"""Every baseline and exploit scores what docs/metrics.md says, so no rule of the metric pays more than is known."""

import math
from collections import Counter
from pathlib import Path

import pytest

from misi.errors import DatasetError
from misi.evaluate.ask import ask_baseline
from misi.evaluate.baselines import BASELINES, EXPLOITS, best_constant, chance
from misi.evaluate.few_shot import choose_shots
from misi.evaluate.outcomes import Reply, judge
from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.run import score_run
from misi.report.stats import Summary, summarise
from misi.scene.motion import Operation
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS
from misi.tasks.question import Question
from misi.tasks.scores import ROTATION_SPAN, TRANSLATION_SPAN, motion_score
from misi.tasks.task import chance_expectation

Rows = dict[str, dict[str, Summary]]


@pytest.fixture(scope="module")
def rows(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    found: Rows = {}
    for name in BASELINES + EXPLOITS:
        root = tmp_path_factory.mktemp("runs") / name
        ask_baseline(dataset, name, root)
        verdicts = score_run(root).verdicts
        found[name] = {mode: summarise(name, verdicts, mode) for mode in ("weighted", "exact", "f1")}
    return found


@pytest.fixture(scope="module")
def questions(dataset: Path) -> list[Question]:
    index = QuestionIndex(dataset, "test")
    return [index[name] for name in index]


def test_oracle_is_right_everywhere(rows: Rows) -> None:
    for mode in ("weighted", "exact"):
        assert {cell.mean for cell in rows["oracle"][mode].columns.values()} == {100.0}
        assert set(rows["oracle"][mode].columns) == set(COLUMNS)
        assert rows["oracle"][mode].average == 100.0


def test_chance_scores_its_expectation(questions: list[Question]) -> None:
    seeds = 40
    answerers = [chance(seed) for seed in range(seeds)]
    by_task: dict[str, list[tuple[float, float]]] = {}
    for question in questions:
        if question.task == "docking" and question.id.endswith(("-1", "-2")):
            continue  # thousands of possible answers each; one item a complex is enough
        expected = chance_expectation(TASKS[question.task], question)[0]
        got = [judge(question, Reply(question.id, answer(question, ()))).weighted for answer in answerers]
        by_task.setdefault(question.task, []).append((sum(got) / seeds, expected))
    for task, pairs in by_task.items():
        error = math.sqrt(0.25 / (seeds * len(pairs)))  # at most, for values in 0..1
        mean, expected = (sum(pair[i] for pair in pairs) / len(pairs) for i in (0, 1))
        assert abs(mean - expected) < 4 * error, task


def test_constant_scores_as_often_as_its_answer_is_right(rows: Rows, dataset: Path, questions: list[Question]) -> None:
    train = QuestionIndex(dataset, "train")
    for task in ("zooming", "translation_rotation", "rotation_rotation", "interaction_location"):
        counts = Counter(train[name].answer for name in train.by_task[task])
        most = max(counts.values())
        answer = min(answer for answer, n in counts.items() if n == most)
        asked = [question for question in questions if question.task == task]
        share = sum(question.answer == answer for question in asked) / len(asked)
        assert rows["constant"]["weighted"].columns[task].mean == pytest.approx(100 * share)


def test_always_no_wins_the_negatives_and_nothing_else(rows: Rows, questions: list[Question]) -> None:
    row = rows["always-no"]["weighted"]
    assert row.columns["residue_ligand_negative"].mean == 100
    pockets = [question.answer == "None" for question in questions if question.task == "pocket_ligand"]
    assert row.columns["pocket_ligand"].mean == pytest.approx(100 * sum(pockets) / len(pockets))
    others = set(COLUMNS) - {"residue_ligand_negative", "pocket_ligand"}
    assert {row.columns[name].mean for name in others} == {0.0}
    assert row.by_column["rotation"]["unparsed"] == sum(row.by_column["rotation"].values())


def test_enumerating_everything_earns_nothing(rows: Rows) -> None:
    for mode in ("weighted", "exact"):
        assert {cell.mean for cell in rows["enumerate"][mode].columns.values()} == {0.0}


def test_one_guessed_pair_earns_as_often_as_it_is_true(rows: Rows, questions: list[Question]) -> None:
    expected: dict[str, list[float]] = {}
    for question in questions:
        task = TASKS[question.task]
        answer = next(answer for answer in task.answers(question) if answer)
        column = "residue_ligand_positive" if question.answer.startswith("Yes") else question.task
        expected.setdefault(column, []).append(task.score(answer, question)[0])
    for column in ("residue_ligand_positive", "pocket_ligand"):
        mean = sum(expected[column]) / len(expected[column])
        assert rows["one-pair"]["weighted"].columns[column].mean == pytest.approx(100 * mean)
    assert rows["one-pair"]["weighted"].columns["residue_ligand_negative"].mean == 0


def test_echoing_the_last_example_scores_what_that_answer_is_worth(
    rows: Rows, dataset: Path, questions: list[Question]
) -> None:
    train = QuestionIndex(dataset, "train")
    worth: dict[str, list[float]] = {}
    for question in questions:
        task = TASKS[question.task]
        shown = choose_shots(question, train, 2)[-1]
        answer = task.parse(shown.answer, question)
        worth.setdefault(question.task, []).append(task.score(answer, question)[0])
    for task in ("translation", "rotation", "zooming", "docking", "rotation_rotation"):
        mean = sum(worth[task]) / len(worth[task])
        assert rows["echo-shot"]["weighted"].columns[task].mean == pytest.approx(100 * mean)


def test_echo_without_examples_says_nothing() -> None:
    from misi.evaluate.baselines import echo_shot

    question = Question("q", "zooming", "test", "x", "", (), (), "move z 50", {})
    assert echo_shot()(question, ()) == ""


@pytest.mark.parametrize(
    ("verb", "axes", "values", "span", "expected"),
    [
        ("move", "xy", [n for n in range(-4, 5) if n], TRANSLATION_SPAN, 32.14),
        ("roll", "xyz", [n for n in range(-90, 91, 15) if n], ROTATION_SPAN, 22.73),
    ],
)
def test_best_constant_earns_what_the_documentation_says(
    verb: str, axes: str, values: list[int], span: float, expected: float
) -> None:
    truths = [Operation(verb, axis, float(value)) for axis in axes for value in values]  # type: ignore[arg-type]
    best = max(sum(motion_score(given, truth, span)[0] for truth in truths) / len(truths) for given in truths)
    assert 100 * best == pytest.approx(expected, abs=0.005)


def test_best_constant_hedges(rows: Rows, dataset: Path) -> None:
    train = QuestionIndex(dataset, "train")
    answer = best_constant(train[name] for name in train)
    questions = [train[name] for name in train.by_task["rotation"]]
    task = TASKS["rotation"]
    given = task.parse(answer(questions[0], ()), questions[0])
    means = {
        value: sum(task.score(task.parse(value, question), question)[0] for question in questions)
        for value in {question.answer for question in questions}
    }
    assert means[task.format(given)] == max(means.values())


def test_chance_is_the_same_every_time_and_differs_by_seed(questions: list[Question]) -> None:
    said = [[chance(seed)(question, ()) for question in questions] for seed in (1, 1, 2)]
    assert said[0] == said[1]
    assert said[0] != said[2]


def test_an_unknown_baseline_is_named(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no baseline 'orakle'"):
        ask_baseline(dataset, "orakle", tmp_path / "run")


def test_baselines_run_without_a_train_split(dataset: Path, tmp_path: Path) -> None:
    """All but those that learn from it."""
    import json
    import shutil

    copy = shutil.copytree(dataset, tmp_path / "copy")
    manifest = json.loads((copy / "dataset.json").read_text())
    for task, counts in manifest["counts"]["questions"].items():
        counts["train"] = 0
        (copy / "questions" / f"{task}.train.jsonl").unlink()
    (copy / "dataset.json").write_text(json.dumps(manifest))
    for name in ("oracle", "chance", "always-no", "enumerate", "one-pair", "constant"):
        ask_baseline(copy, name, tmp_path / name, limit=2)
    assert {verdict.status for verdict in score_run(tmp_path / "constant").verdicts} == {"unparsed"}
