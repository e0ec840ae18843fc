"""Asking a model or a baseline into a run's folder: the function behind `misi eval`."""

import asyncio
import platform
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import misi
from misi.dataset.layout import MANIFEST, dumps, read_lines, read_manifest, sha256_of
from misi.errors import DatasetError, MisiError
from misi.evaluate.asking import Asker, Finished, Purse, ask_all
from misi.evaluate.baselines import BASELINES, EXPLOITS, NEEDS_TRAIN, Answerer, baseline
from misi.evaluate.few_shot import DEFAULT_SHOTS
from misi.evaluate.outcomes import Reply
from misi.evaluate.pictures import scaled_size
from misi.evaluate.plan import Plan, Request, Settings
from misi.evaluate.prices import Price, price_of
from misi.evaluate.question_index import QuestionIndex
from misi.evaluate.replies import REPLIES, latest_replies, read_replies, reply_log
from misi.evaluate.run import FORMAT, IMAGES, start_run, update_run
from misi.evaluate.vendors import Decoding, Transport, VendorModel

#: Packages whose version can change a reply, a score or what is sent.
_PACKAGES = ("inspect-ai", "openai", "anthropic", "google-genai", "transformers", "torch", "pillow")

Progress = Callable[[int, int], None]


def is_baseline(model: str) -> bool:
    """Whether a model needs nobody to be asked."""
    return model.removeprefix("misi/") in BASELINES + EXPLOITS


def ask(
    dataset: Path,
    model: str,
    run: Path,
    settings: Settings,
    *,
    decoding: Decoding = Decoding(),
    transport: Transport = Transport(),
    max_cost: float | None = None,
    price: tuple[float, float] | None = None,
    progress: Progress = lambda *_: None,
) -> Finished:
    """Ask everything that the run's folder has no reply for yet.

    A run of the same model, dataset, settings and decoding is taken up where it stopped: replies are kept, errors are
    asked again. The folder may be moved; addresses, speed and the cap on money may change in between.

    Parameters
    ----------
    model : str
        A baseline's name, or a model as inspect-ai writes it.
    run : Path
        Folder of the run; made if it is not there.
    max_cost : float, optional
        US dollars for the whole run, earlier sessions too; no call is started that might go over.
    price : tuple of float, optional
        (input, output), US dollars per million tokens, instead of the table's.
    progress : callable
        Told (done, total).

    Raises
    ------
    DatasetError
        The dataset or the run cannot be read, or the folder holds something else.
    MisiError
        The model cannot be reached at all, or a cap is set without a known price.
    """
    plan = Plan(dataset, settings)
    cost = price_of(model, override=price, batch=transport.batch is not None)
    if max_cost is not None and not (is_baseline(model) or cost.known):
        raise MisiError(f"no price is known for {model}, so --max-cost cannot be kept; give --price IN,OUT")
    asker = _asker(plan, model, decoding, transport, cost)
    resumed = start_run(run, manifest_of(plan, model, decoding, transport, cost, max_cost), plan.asked)
    done = {key for key, reply in latest_replies(run).items() if reply.ending != "error"} if resumed else set()
    spent = sum(reply.cost or 0.0 for reply in read_replies(run / REPLIES)) if resumed else 0.0
    todo = [turn for turn in plan.turns() if turn not in done]
    total = len(done) + len(todo)
    note = _image_log(plan, run)
    with reply_log(run) as log:
        asking = ask_all(
            plan,
            todo,
            asker,
            log,
            connections=transport.connections,
            purse=Purse(max_cost, spent),
            note=note,
            progress=lambda n: progress(len(done) + n, total),
        )
        finished = asyncio.run(_closing(asker, asking))
    update_run(
        run,
        ended={
            "at": _now(),
            "missing": finished.missing,
            "spent": round(finished.spent, 6) if cost.known else None,
            "stopped_by": finished.stopped_by,
        },
    )
    return finished


async def _closing(asker: Asker, asking: Coroutine[Any, Any, Finished]) -> Finished:
    try:
        return await asking
    finally:
        await asker.close()


def _asker(plan: Plan, model: str, decoding: Decoding, transport: Transport, price: Price) -> Asker:
    if is_baseline(model):
        name = model.removeprefix("misi/")
        train: QuestionIndex | None = None
        if name in NEEDS_TRAIN:
            train = QuestionIndex(plan.dataset, "train", [task for task, ids in plan.questions.by_task.items() if ids])
        return BaselineModel(baseline(name, (train[one] for one in train) if train else (), plan.settings.seed))
    return VendorModel(model, decoding, transport, plan.pictures, price, sent_size(plan))


class BaselineModel:
    """An `Asker` that asks nobody."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def expected_cost(self, request: Request) -> float:
        return 0.0

    async def ask(self, request: Request) -> Reply:
        return Reply(request.question.id, self._answerer(request.question, request.shots))

    async def close(self) -> None:
        return


def ask_baseline(
    dataset: Path,
    model: str,
    run: Path,
    *,
    tasks: Sequence[str] | None = None,
    tiny: bool = False,
    limit: int | None = None,
    seed: int = 0,
) -> Finished:
    """Write a run of a baseline's replies.

    Raises
    ------
    DatasetError
        Unknown baseline, or no questions to ask.
    """
    if not is_baseline(model):
        raise DatasetError(f"no baseline {model!r}; there are {', '.join(BASELINES + EXPLOITS)}")
    # Worked examples are shown to the one baseline that looks at them; the others run on test questions alone.
    shots = DEFAULT_SHOTS if model.removeprefix("misi/") == "echo-shot" else 0
    chosen = None if tasks is None else tuple(tasks)
    return ask(dataset, model, run, Settings(tasks=chosen, tiny=tiny, limit=limit, shots=shots, seed=seed))


def sent_size(plan: Plan) -> tuple[int, int]:
    """(width, height) of the dataset's pictures as they are sent, pixels."""
    width, height = read_manifest(plan.dataset)["image_size"]
    most = plan.settings.max_pixels
    return (width, height) if most is None else scaled_size(width, height, most)


def manifest_of(
    plan: Plan, model: str, decoding: Decoding, transport: Transport, price: Price, max_cost: float | None
) -> dict[str, Any]:
    """Everything that a number of this run depends on, as run.json keeps it."""
    dataset = read_manifest(plan.dataset)
    return {
        "format": FORMAT,
        "model": model,
        "dataset": str(plan.dataset.resolve()),
        "dataset_name": dataset.get("name", ""),
        "dataset_sha256": sha256_of(plan.dataset / MANIFEST),
        "settings": plan.settings.as_json(),
        "decoding": decoding.as_json(),
        "prompt_sha256": plan.prompt_sha256,
        "questions": len(plan.ids),
        "image_size": list(sent_size(plan)),
        "transport": transport.as_json(),
        "price": {"input": price.input, "cached": price.cached, "output": price.output, "source": price.source},
        "max_cost": max_cost,
        "versions": {"misi": misi.__version__, "python": platform.python_version(), **_versions()},
        "begun": _now(),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _image_log(plan: Plan, run: Path) -> Callable[[Request], None]:
    """A function that appends to images.jsonl the pictures of a request that are not there yet."""
    path = run / IMAGES
    listed = {str(row.get("path")) for row in read_lines(path)} if path.exists() else set()

    def note(request: Request) -> None:
        fresh = dict.fromkeys(image.path for image in request.conversation.images if image.path not in listed)
        if fresh:
            with path.open("a", encoding="utf-8", newline="\n") as handle:
                handle.writelines(dumps(plan.pictures.sent(one).as_json()) + "\n" for one in fresh)
            listed.update(fresh)

    return note
