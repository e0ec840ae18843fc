"""What other harnesses call: conversations for lmms-eval, and verdicts on the replies that they and VLMEvalKit got.

The folders that `misi export` writes for them hold a few lines that import from here, so that a question reads and
scores the same wherever it is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from misi.dataset.export.parquet import question_of_row
from misi.evaluate.conversation import conversation_of
from misi.evaluate.outcomes import Reply, Verdict, judge
from misi.tasks.columns import COLUMNS, average
from misi.tasks.question import IMAGE_MARK, ImageRef, Question

#: The mark at which lmms-eval's Qwen, Gemma and LLaVA-OneVision-1.5 adapters place pictures (``interleave_visuals``);
#: others leave it in the text, where it still says which picture comes where. `lmms_eval_specific_kwargs` of a task
#: names another for adapters that want one.
NUMBERED_MARK = "<image {number}>"


def doc_to_visual(doc: dict[str, Any]) -> list[Any]:
    """Pictures of a row, in order, as RGB images of PIL."""
    return [picture.convert("RGB") for picture in doc["images"]]


def doc_to_text(doc: dict[str, Any], lmms_eval_specific_kwargs: Mapping[str, str] | None = None) -> str:
    """The question for adapters that take one text: every picture's place is marked."""
    mark = (lmms_eval_specific_kwargs or {}).get("image_mark", NUMBERED_MARK)
    first, *rest = str(doc["question"]).split(IMAGE_MARK)
    return first + "".join(mark.replace("{number}", str(number)) + text for number, text in enumerate(rest, 1))


def doc_to_messages(
    doc: dict[str, Any], lmms_eval_specific_kwargs: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The conversation of `misi eval`, for adapters that take messages: pictures stand between the texts."""
    conversation = conversation_of(question_of_row(doc))
    pictures = iter(doc_to_visual(doc))
    content: list[dict[str, Any]] = [
        {"type": "image", "url": next(pictures)} if isinstance(part, ImageRef) else {"type": "text", "text": part}
        for turn in conversation.turns
        for part in turn.parts
    ]
    return [
        {"role": "system", "content": [{"type": "text", "text": conversation.system}]},
        {"role": "user", "content": content},
    ]


def process_results(doc: dict[str, Any], results: Iterable[object]) -> dict[str, float]:
    """Scores of one reply, 0..1, by the name of the metric.

    ``exact`` is left out where the paper leaves the question out; residue_ligand has each metric also by column.
    """
    question = question_of_row(doc)
    verdict = judge(question, Reply(question.id, str(next(iter(results), ""))))
    scores = {"weighted": verdict.weighted} | ({"exact": verdict.exact} if verdict.counts_exact else {})
    side = verdict.column.removeprefix(question.task).lstrip("_")
    return scores | {f"{name}_{side}": value for name, value in scores.items() if side}


def score_table(questions: Iterable[Question], replies: Mapping[str, str]) -> str:
    """Means by column of the paper's tables, percent, over the questions that were asked.

    Parameters
    ----------
    questions : iterable of Question
    replies : mapping
        Text by id of the question; questions without one were not asked and do not count.
    """
    found: dict[str, list[Verdict]] = defaultdict(list)
    for question in questions:
        if question.id in replies:
            verdict = judge(question, Reply(question.id, replies[question.id]))
            found[verdict.column].append(verdict)
    weighted = {name: _mean([verdict.weighted for verdict in found[name]]) for name in COLUMNS}
    exact = {name: _mean([verdict.exact for verdict in found[name] if verdict.counts_exact]) for name in COLUMNS}
    lines = [f"{'column':<24} {'asked':>6} {'answered':>8} {'weighted':>8} {'exact':>8}"]
    for name in COLUMNS:
        answered = sum(verdict.status == "answered" for verdict in found[name])
        counts = f"{len(found[name]):>6} {answered:>8}"
        lines.append(f"{name:<24} {counts} {_percent(weighted[name])} {_percent(exact[name])}")
    lines.append(f"{'average (paper)':<24} {'':>15} {_percent(average(weighted))} {_percent(average(exact))}")
    return "\n".join(lines)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _percent(value: float | None) -> str:
    return f"{'-':>8}" if value is None else f"{100 * value:8.2f}"
