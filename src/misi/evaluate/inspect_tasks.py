"""The nine tasks for inspect-ai: ``inspect eval misi/rotation --model openai/gpt-5-mini -T dataset=DIR``.

The questions, the examples, the order of pictures, the grammar and the scores are those of `misi eval`; only the
driver is inspect-ai's. `misi score LOG.eval --out RUN` turns its log into a run for tables and pages.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai._util.package import get_installed_package_name
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.event import SampleLimitEvent
from inspect_ai.log import transcript
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import TaskState, generate

from misi.dataset.layout import MANIFEST, image_path, read_manifest, sha256_of
from misi.evaluate.messages import messages_with_paths, reply_of
from misi.evaluate.outcomes import STATUSES, Reply, judge
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.question_index import QuestionIndex
from misi.tasks.columns import COLUMNS, average, column_of, counts_for_exact

#: Bounds that inspect-ai does not set by itself: five retries, ten minutes a try, an hour a call.
CONFIG = GenerateConfig(max_retries=5, attempt_timeout=600, timeout=3600)


def _registered(name: str) -> str:
    """The name to register under so that ``misi/<name>`` is found.

    inspect-ai puts the import name of an installed package before a task's name, but only if a distribution of that
    very name is installed; ours is called misi-bench, so in an editable installation nothing is put there.
    """
    return name if get_installed_package_name(_registered) == "misi" else f"misi/{name}"


def _task(tasks: tuple[str, ...] | None, dataset: str, **settings: Any) -> Task:
    chosen = {key: value for key, value in settings.items() if value is not None}
    plan = Plan(Path(dataset).expanduser().resolve(), Settings(tasks=tasks, **chosen))
    root = str(plan.dataset)
    samples = []
    for name in plan.ids:
        request = plan.request(name)
        question = request.question
        samples.append(
            Sample(
                id=name,
                input=messages_with_paths(
                    request, plan.pictures, root, lambda image: str(image_path(plan.dataset, image.path))
                ),
                target=question.answer,
                metadata={
                    "dataset": root,
                    "task": question.task,
                    "complex_id": question.complex_id,
                    "column": column_of(question),
                    "counts_exact": counts_for_exact(question),
                    "shots": list(request.conversation.shots),
                    "conversation": request.conversation.digest(plan.pictures.sha256),
                    # The log keeps no pictures; these say which ones were sent.
                    "images": [plan.pictures.sent(image.path).as_json() for image in request.conversation.images],
                },
            )
        )
    return Task(
        dataset=MemoryDataset(samples, name=plan.dataset.name, location=root),
        solver=generate(),
        scorer=misi_outcome(),
        config=CONFIG,
        epochs=plan.settings.epochs,
        metadata={
            "dataset": root,
            "dataset_sha256": sha256_of(plan.dataset / MANIFEST),
            "prompt_sha256": plan.prompt_sha256,
            "image_size": read_manifest(plan.dataset)["image_size"],
            "settings": plan.settings.as_json(),
        },
    )


@metric(name=_registered("misi_columns"))
def columns() -> Metric:
    """Weighted score, exact match and outcome rates of each column of the paper's table, and both averages."""

    def measure(scores: list[SampleScore]) -> Value:
        # Annotated with SampleScore: otherwise inspect-ai passes bare scores, without the samples' metadata. One
        # metric for all columns: two `grouped()` metrics in one scorer overwrite each other silently.
        by_column: dict[str, list[SampleScore]] = defaultdict(list)
        for one in scores:
            by_column[_value(one, "column")].append(one)
        table: dict[str, float] = {}
        for mode in ("weighted", "exact"):
            means = {}
            for column in COLUMNS:
                rows = [row for row in by_column[column] if mode == "weighted" or _value(row, "counts_exact")]
                if rows:
                    means[column] = _mean(rows, mode)
                    table[f"{mode}_{column}"] = means[column]
            mean = average(means)
            if mean is not None:
                table[f"{mode}_average"] = mean
        for status in STATUSES:
            table[status] = _mean(scores, status)
        return table

    return measure


def _mean(scores: list[SampleScore], name: str) -> float:
    values: list[Any] = [one.score.value for one in scores]
    return sum(float(value[name]) for value in values) / max(1, len(values))


def _value(one: SampleScore, name: str) -> Any:
    return (one.sample_metadata or {})[name]


def sample_limit() -> str | None:
    """The limit that the sample being scored ran into: time, working, token, cost, message ...; None if none."""
    return next((event.type for event in reversed(transcript().events) if isinstance(event, SampleLimitEvent)), None)


@scorer(metrics=[columns()], name=_registered("misi_outcome"))
def misi_outcome() -> Scorer:
    """Outcome and scores of a reply, by the grammar and the metrics of `misi score`."""
    indexes: dict[str, QuestionIndex] = {}

    async def score(state: TaskState, target: Target) -> Score:
        root = str(state.metadata["dataset"])
        if root not in indexes:
            indexes[root] = QuestionIndex(Path(root), "test")
        name = str(state.sample_id)
        limit = sample_limit()
        # A sample that ran into a limit is scored like any other, and the run is called a success; what was cut off
        # is no answer.
        reply = Reply(name, "", "length", f"{limit} limit") if limit else reply_of(name, state.output, None)
        verdict = judge(indexes[root][name], reply)
        return Score(
            value={
                "weighted": verdict.weighted,
                "exact": verdict.exact,
                **{status: float(verdict.status == status) for status in STATUSES},
            },
            answer=verdict.answer,
            explanation=f"{verdict.status} {verdict.reason}".strip(),
            metadata={"status": verdict.status, "reason": verdict.reason},
        )

    return score


@task(name=_registered("all_tasks"))
def all_tasks(
    dataset: str,
    tiny: bool = False,
    limit: int | None = None,
    shots: int = 2,
    blind: bool = False,
    epochs: int = 1,
) -> Task:
    """All tasks of a dataset in one evaluation, with the paper's average.

    Parameters
    ----------
    dataset : str
        Folder of a finished dataset.
    tiny : bool
        The small subset: 50 questions a column.
    limit : int, optional
        At most so many questions of each task.
    shots : int
        Worked examples before each question.
    blind : bool
        Withhold the pictures.
    epochs : int
        How often each question is asked.
    """
    return _task(None, dataset, tiny=tiny, limit=limit, shots=shots, blind=blind, epochs=epochs)


def _single(name: str) -> Callable[..., Task]:
    """The task of this name, with the parameters of `all_tasks`."""

    def make(
        dataset: str,
        tiny: bool = False,
        limit: int | None = None,
        shots: int = 2,
        blind: bool = False,
        epochs: int = 1,
    ) -> Task:
        return _task((name,), dataset, tiny=tiny, limit=limit, shots=shots, blind=blind, epochs=epochs)

    make.__name__ = name
    make.__doc__ = f"The {name} questions of a dataset; parameters as in `all_tasks`."
    registered: Callable[..., Task] = task(name=_registered(name))(make)
    return registered


translation = _single("translation")
rotation = _single("rotation")
zooming = _single("zooming")
residue_ligand = _single("residue_ligand")
translation_rotation = _single("translation_rotation")
rotation_rotation = _single("rotation_rotation")
docking = _single("docking")
interaction_location = _single("interaction_location")
pocket_ligand = _single("pocket_ligand")
