"""Asking into a folder: nothing twice, nothing lost, no bill without end."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from misi.errors import DatasetError, MisiError
from misi.evaluate import ask as asking
from misi.evaluate.ask import ask, ask_baseline
from misi.evaluate.asking import PATIENCE, Finished
from misi.evaluate.outcomes import NOT_ASKED, Reply
from misi.evaluate.plan import Plan, Request, Settings
from misi.evaluate.replies import REPLIES, latest_replies, read_replies, reply_log
from misi.evaluate.run import score_run
from misi.evaluate.vendors import Decoding, Transport

SETTINGS = Settings(tasks=("translation", "rotation"), shots=0, epochs=2)


class Fake:
    """A model that says what it is told and counts its calls."""

    def __init__(self, say: Callable[[int, Request], Reply], cost: float = 0.0) -> None:
        self.say = say
        self.cost = cost
        self.calls: list[tuple[str, int]] = []
        self.under_way = self.most_at_once = 0

    def expected_cost(self, request: Request) -> float:
        return self.cost

    async def ask(self, request: Request) -> Reply:
        self.calls.append((request.question.id, request.epoch))
        n = len(self.calls)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        await asyncio.sleep(0)
        try:
            return self.say(n, request)
        finally:
            self.under_way -= 1

    async def close(self) -> None:
        return


def right(_: int, request: Request) -> Reply:
    return Reply(request.question.id, f"Answer: {request.question.answer}", cost=0.01)


@pytest.fixture
def put(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Finished]:
    def put(fake: Fake, settings: Settings = SETTINGS, model: str = "openai/gpt-5-mini", **options: object) -> Finished:
        monkeypatch.setattr(asking, "_asker", lambda *_: fake)
        return ask(dataset, model, tmp_path / "run", settings, **options)  # type: ignore[arg-type]

    return put


def test_everything_is_asked_once_and_stored_in_full(
    put: Callable[..., Finished], dataset: Path, tmp_path: Path
) -> None:
    fake = Fake(right)
    finished = put(fake)
    plan = Plan(dataset, SETTINGS)
    assert Counter(fake.calls) == Counter(plan.turns())
    assert (finished.asked, finished.missing, finished.errors) == (len(fake.calls), 0, 0)
    assert {verdict.exact for verdict in score_run(tmp_path / "run").verdicts} == {1.0}
    assert fake.most_at_once <= Transport().connections


@pytest.mark.parametrize("connections", [1, 3])
def test_no_more_calls_at_once_than_allowed(connections: int, put: Callable[..., Finished]) -> None:
    fake = Fake(right)
    put(fake, transport=Transport(connections=connections))
    assert fake.most_at_once == connections


def test_interrupted_at_half_and_resumed_makes_exactly_the_missing_calls(
    put: Callable[..., Finished], dataset: Path, tmp_path: Path
) -> None:
    turns = list(Plan(dataset, SETTINGS).turns())
    half = len(turns) // 2

    def until_half(n: int, request: Request) -> Reply:
        if n > half:
            raise KeyboardInterrupt
        return right(n, request)

    first = Fake(until_half)
    with pytest.raises(KeyboardInterrupt):
        put(first, transport=Transport(connections=1))
    stored = [(reply.id, reply.epoch) for reply in read_replies(tmp_path / "run" / REPLIES)]
    assert stored == turns[:half]
    second = Fake(right)
    finished = put(second, transport=Transport(connections=1))
    assert second.calls == turns[half:]
    assert finished.missing == 0
    third = Fake(right)
    put(third)
    assert third.calls == []
    assert all(verdict.exact == 1 for verdict in score_run(tmp_path / "run").verdicts)


def test_a_line_cut_off_by_a_crash_is_asked_again_and_harms_no_other(
    put: Callable[..., Finished], tmp_path: Path
) -> None:
    put(Fake(right))
    path = tmp_path / "run" / REPLIES
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    torn = json.loads(whole.splitlines()[-1])
    fake = Fake(right)
    put(fake)
    assert fake.calls == [(torn["id"], torn["epoch"])]
    assert len(list(read_replies(path))) == len(whole.splitlines())


def test_failed_calls_are_asked_again_and_answers_are_not(put: Callable[..., Finished], tmp_path: Path) -> None:
    def sometimes(n: int, request: Request) -> Reply:
        return Reply(request.question.id, "", "error", "server down") if n % 3 == 0 else right(n, request)

    first = Fake(sometimes)
    finished = put(first)
    assert finished.errors == finished.missing == len(first.calls) // 3
    second = Fake(right)
    put(second)
    assert len(second.calls) == finished.errors
    assert all(verdict.status == "answered" for verdict in score_run(tmp_path / "run").verdicts)


@pytest.mark.parametrize("ending", ["length", "refusal"])
def test_cut_off_and_refused_replies_are_kept(ending: str, put: Callable[..., Finished]) -> None:
    put(Fake(lambda _, request: Reply(request.question.id, "", ending)))  # type: ignore[arg-type]
    again = Fake(right)
    put(again)
    assert again.calls == []


def test_an_error_never_replaces_a_reply(tmp_path: Path) -> None:
    with reply_log(_folder(tmp_path)) as log:
        log.add(Reply("a", "Answer: B"))
        log.add(Reply("a", "", "error", "later failure"))
        log.add(Reply("b", "", "error"))
        log.add(Reply("b", "Answer: C"))
    latest = latest_replies(tmp_path)
    assert [latest[name, 1].text for name in "ab"] == ["Answer: B", "Answer: C"]


@pytest.mark.parametrize("connections", [1, 4])
def test_the_cap_on_money_is_never_passed(connections: int, put: Callable[..., Finished], tmp_path: Path) -> None:
    fake = Fake(lambda n, request: Reply(request.question.id, "Answer: move x 1", cost=0.3), cost=0.3)
    finished = put(fake, max_cost=1.0, price=(1, 1), transport=Transport(connections=connections))
    assert finished.stopped_by == "max_cost"
    assert finished.spent == pytest.approx(0.9)
    assert len(fake.calls) == 3
    more = Fake(fake.say, cost=0.3)
    assert put(more, max_cost=1.3, price=(1, 1)).spent == pytest.approx(1.2)
    assert len(more.calls) == 1
    verdicts = score_run(tmp_path / "run").verdicts
    unasked = [verdict for verdict in verdicts if verdict.reason == NOT_ASKED]
    assert len(unasked) == len(verdicts) - 4
    assert {verdict.status for verdict in unasked} == {"error"}


def test_calls_that_come_out_cheaper_than_feared_do_not_end_a_run(put: Callable[..., Finished]) -> None:
    fake = Fake(lambda n, request: Reply(request.question.id, "Answer: move x 1", cost=0.001), cost=0.4)
    assert put(fake, max_cost=1.0, price=(1, 1), transport=Transport(connections=8)).stopped_by == ""
    assert fake.most_at_once == 2


def test_a_cap_without_a_price_is_refused_before_anything_is_sent(put: Callable[..., Finished], tmp_path: Path) -> None:
    fake = Fake(right)
    with pytest.raises(MisiError, match="--price"):
        put(fake, model="openai-api/home/unheard-of", max_cost=1.0)
    assert not fake.calls
    assert not (tmp_path / "run").exists()


def test_a_source_that_fails_at_every_call_is_left_alone(put: Callable[..., Finished]) -> None:
    fake = Fake(lambda _, request: Reply(request.question.id, "", "error", "401 bad key"))
    finished = put(fake, Settings(shots=0), transport=Transport(connections=2))
    assert "401 bad key" in finished.stopped_by
    assert len(fake.calls) <= PATIENCE + 4


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"settings": Settings(tasks=("translation",), shots=0, epochs=2)}, "settings.tasks"),
        ({"settings": Settings(tasks=("translation", "rotation"), shots=1, epochs=2)}, "settings.shots"),
        ({"decoding": Decoding(temperature=0.5)}, "decoding.temperature"),
        ({"model": "openai/o3"}, "model"),
    ],
)
def test_another_experiment_is_not_mixed_into_a_run(
    change: dict[str, object], named: str, put: Callable[..., Finished]
) -> None:
    put(Fake(right))
    with pytest.raises(DatasetError, match=named):
        put(Fake(right), **change)


def test_speed_address_and_client_arguments_may_change_on_resuming(put: Callable[..., Finished]) -> None:
    """inspect-ai counts a model's arguments into a task's identity and refuses to resume when one changes."""
    put(Fake(right))
    other = Transport(base_url="http://127.0.0.1:1/v1", connections=3, timeout=5, model_args={"responses_api": True})
    assert put(Fake(right), transport=other, max_cost=7.0).asked == 0


def test_two_processes_cannot_ask_into_one_run(tmp_path: Path) -> None:
    root = _folder(tmp_path)
    with reply_log(root), pytest.raises(DatasetError, match="another process"), reply_log(root):
        pass


def test_a_folder_with_other_files_is_not_taken(put: Callable[..., Finished], tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.tex").write_text("precious")
    with pytest.raises(DatasetError, match="not empty"):
        put(Fake(right))


def test_any_text_can_be_stored(tmp_path: Path) -> None:
    root = _folder(tmp_path)
    text = "a\u2028b\x00c\ud800d\r\n\U0001f600"
    with reply_log(root) as log:
        log.add(Reply("a", text))
    (reply,) = read_replies(root / REPLIES)
    assert reply.text == text.replace("\ud800", "?")


def test_a_picture_that_was_exchanged_is_not_sent(dataset: Path, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(dataset, tmp_path / "copy")
    plan = Plan(copy, Settings(limit=1, shots=0))
    first, second = plan.request(plan.ids[0]).conversation.images[:2]
    shutil.copyfile(copy / second.path, copy / first.path)
    with pytest.raises(DatasetError, match="is not the picture"):
        plan.pictures.data_uri(first.path)


def test_the_manifest_says_what_the_numbers_depend_on(put: Callable[..., Finished], tmp_path: Path) -> None:
    put(Fake(right), decoding=Decoding(max_tokens=100))
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    assert manifest["decoding"]["max_tokens"] == 100
    assert manifest["settings"]["epochs"] == 2
    assert manifest["image_size"] == [160, 120]
    assert len(manifest["prompt_sha256"]) == 64
    assert manifest["versions"]["misi"]
    assert manifest["ended"]["missing"] == 0
    requests = [json.loads(line) for line in (tmp_path / "run" / "requests.jsonl").read_text().splitlines()]
    assert len(requests) == manifest["questions"]
    images = [json.loads(line) for line in (tmp_path / "run" / "images.jsonl").read_text().splitlines()]
    assert len({row["path"] for row in images}) == len(images) > 0
    assert all(len(row["sha256"]) == 64 and row["width"] == 160 for row in images)


def test_a_damaged_run_is_one_clear_line(dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ask_baseline(dataset, "oracle", run, limit=1)
    whole = (run / REPLIES).read_text()
    (run / REPLIES).write_text(whole + '{"id": 3}\n')
    with pytest.raises(DatasetError, match="line 10 is not a reply"):
        score_run(run)
    (run / REPLIES).write_text(whole)
    (run / "run.json").write_text("{}")
    with pytest.raises(DatasetError, match="not a run of format"):
        score_run(run)


def _folder(path: Path) -> Path:
    (path / REPLIES).touch()
    return path
