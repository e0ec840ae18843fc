"""Rewards pay right answers and nothing that games the scores."""

from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.dataset.layout import read_questions
from misi.evaluate.baselines import EXPLOITS, baseline
from misi.tasks.question import Question
from misi.train.prompt import completion_of
from misi.train.rationale import rationale_of
from misi.train.reward import Mode, RewardFunction, blind_levels, calibrated, reward_of, text_of

MODES: tuple[Mode, ...] = ("weighted", "exact")


@pytest.fixture(scope="module")
def train(dataset: Path) -> list[Question]:
    return list(read_questions(dataset, split="train"))


def total(question: Question, reply: str, mode: Mode, levels: dict[str, float], form: float = 0.1) -> float:
    reward = reward_of(question, reply, mode=mode, level=levels[question.task])
    return reward.score + form * reward.form


@pytest.mark.parametrize("mode", MODES)
def test_the_truth_earns_everything(train: list[Question], mode: Mode) -> None:
    levels = blind_levels(train, mode)
    for question in train:
        explained = completion_of(question.answer, rationale_of(question))
        for text in (f"Answer: {question.answer}", text_of(explained)):
            reward = reward_of(question, text, mode=mode, level=levels[question.task])
            assert reward.score == pytest.approx(1.0)
            assert reward.form == 1.0, text


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", [*EXPLOITS, "constant", "chance", "echo", "empty"])
def test_exploits_earn_no_more_than_the_form(train: list[Question], mode: Mode, name: str) -> None:
    levels = blind_levels(train, mode)

    def reply(question: Question) -> str:
        if name in ("echo", "empty"):
            return question.question if name == "echo" else ""
        return baseline(name, train, 0)(question, ())

    for task in {question.task for question in train}:
        group = [question for question in train if question.task == task]
        # 0 is what a blind constant earns, 1 the truth; the bonus for form is 0.1
        assert mean(total(question, reply(question), mode, levels) for question in group) <= 0.11, task


def test_without_calibration_always_no_would_pay(train: list[Question]) -> None:
    """The reason for it."""
    group = [question for question in train if question.task == "residue_ligand"]
    assert mean(reward_of(question, "Answer: No", mode="exact").score for question in group) > 0.2


def test_listing_every_pair_is_worse_than_one_true_pair(train: list[Question]) -> None:
    levels = blind_levels(train, "weighted")
    listing = baseline("enumerate", train, 0)
    for question in train:
        if question.task == "pocket_ligand" and question.answer != "None":
            one = question.answer.split("; ")[0]
            assert total(question, f"Answer: {one}", "weighted", levels) > total(
                question, listing(question, ()), "weighted", levels
            )


def test_silence_costs_more_than_a_wrong_pair(train: list[Question]) -> None:
    question = next(q for q in train if q.task == "residue_ligand" and q.answer != "No")
    name = question.derivation["residue"][3]
    silent = reward_of(question, "Answer: No").score
    assert silent < reward_of(question, f"Answer: Yes: {name} XX, YY").score == 0.0


@pytest.mark.parametrize(
    "reply",
    [
        "move x 1",
        "Answer: move x 1\nThat is it.",
        "Answer: move x 1\nAnswer: move x 1",
        "Answer: left",
        "",
    ],
)
def test_form_wants_one_answer_line_at_the_end(train: list[Question], reply: str) -> None:
    question = next(q for q in train if q.task == "translation")
    assert reward_of(question, reply).form == 0.0


def test_an_echo_of_the_prompt_has_no_form(train: list[Question]) -> None:
    question = next(q for q in train if q.task == "rotation")
    stretch = question.question[100:220].replace("\n", " ")
    assert reward_of(question, f"{stretch}\nAnswer: {question.answer}").form == 0.0
    assert reward_of(question, f"It turned.\nAnswer: {question.answer}").form == 1.0


def test_a_reply_cut_at_the_limit_has_no_form(train: list[Question]) -> None:
    question = train[0]
    assert reward_of(question, f"Answer: {question.answer}", complete=False).form == 0.0


def test_calibration_is_a_line_through_blind_and_truth() -> None:
    assert calibrated(0.5, 0.5) == 0.0
    assert calibrated(1.0, 0.5) == 1.0
    assert calibrated(0.0, 0.5) == -1.0
    assert calibrated(1.0, 1.0) == 0.0


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_has_a_reward(question_text: str) -> None:
    question = Question("a", "rotation", "train", "c", "Q <image>", (), (), "roll x 15", {})
    reward = reward_of(question, question_text)
    assert reward.score <= 1.0
    assert reward.form in (0.0, 1.0)


def test_as_the_trainer_calls_it(train: list[Question]) -> None:
    question = next(q for q in train if q.task == "translation")
    function = RewardFunction("score", "exact", {}, [9])
    completions = [[{"role": "assistant", "content": text}] for text in (f"Answer: {question.answer}", "no")]
    assert function(completions, [[1, 9], [1, 2]], [question] * 2, prompts=[], trainer_state=None) == [1.0, 0.0]
    assert function.__name__ == "score_exact"
    assert RewardFunction("form", "exact", {}, [9])(completions, [[1, 2], [1, 9]], [question] * 2) == [0.0, 0.0]
    assert text_of([{"role": "assistant", "content": [{"type": "text", "text": "a"}]}]) == text_of("a") == "a"
