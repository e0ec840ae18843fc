"""From scored runs to tables and pages."""

from collections.abc import Sequence
from pathlib import Path

from misi.dataset.layout import read_manifest, read_questions
from misi.errors import DatasetError
from misi.evaluate.outcomes import Reply
from misi.evaluate.run import REPLIES, Run, read_replies
from misi.report.pages import Case, write_page
from misi.report.reference import Mode
from misi.report.stats import Summary, summarise
from misi.tasks.question import Question

MODES: tuple[Mode, Mode] = ("weighted", "exact")


def summaries_of(runs: Sequence[Run]) -> dict[Mode, list[Summary]]:
    """Rows of both tables for scored runs."""
    return {mode: [summarise(run.model, run.verdicts, mode) for run in runs] for mode in MODES}


def write_report(runs: Sequence[Run], out: Path, dataset: Path | None = None) -> Path:
    """Write the page of runs on one dataset; returns its path.

    Raises
    ------
    DatasetError
        The runs were asked on different datasets.
    """
    if len({run.manifest["dataset_sha256"] for run in runs}) != 1:
        raise DatasetError("the runs were asked on different datasets; report them one by one")
    root = dataset or Path(runs[0].manifest["dataset"])
    first: dict[str, Question] = {}
    asked = {verdict.id for run in runs for verdict in run.verdicts}
    for question in read_questions(root, split="test"):
        if question.id in asked and _shows_more(question, first.get(question.task)):
            first[question.task] = question
    replies: list[dict[str, Reply]] = [{reply.id: reply for reply in read_replies(run.root / REPLIES)} for run in runs]
    verdicts = [{verdict.id: verdict for verdict in run.verdicts} for run in runs]
    cases = [
        Case(
            question,
            {
                run.model: (stored[question.id].text, judged[question.id])
                for run, stored, judged in zip(runs, replies, verdicts, strict=True)
                if question.id in stored and question.id in judged
            },
        )
        for question in first.values()
    ]
    return write_page(out, root, "misi report", summaries_of(runs), cases, read_manifest(root))


def _shows_more(question: Question, other: Question | None) -> bool:
    """Whether a question is a better example of its task: the first one, but not an empty interaction list."""
    return other is None or (other.answer in ("No", "None") and question.answer not in ("No", "None"))
