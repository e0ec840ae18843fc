"""A log of inspect-ai becomes a run: replies, limits and errors, without its pictures and events.

Samples are read one at a time: a log of the full test split, read whole, takes over a gigabyte.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from misi.errors import DatasetError, MisiError
from misi.evaluate.messages import reply_of
from misi.evaluate.outcomes import Reply
from misi.evaluate.prices import Price, price_of
from misi.evaluate.replies import reply_log
from misi.evaluate.run import FORMAT, Asked, start_run

_LONGEST_DETAIL = 300


def run_from_log(log: Path, root: Path, dataset: Path | None = None) -> None:
    """Write a run's folder from the log of one of our tasks.

    Parameters
    ----------
    log : Path
        A ``.eval`` or ``.json`` file of inspect-ai.
    root : Path
        Folder of the run, new or empty.
    dataset : Path, optional
        Where the dataset lies now.

    Raises
    ------
    DatasetError
        The log is none of ours, or cannot be read; or `root` is in use.
    MisiError
        inspect-ai is not installed.
    """
    try:
        from inspect_ai.log import read_eval_log, read_eval_log_samples
    except ImportError:
        raise MisiError("reading such a log needs inspect-ai: pip install 'misi-bench[eval]'") from None
    try:
        header = read_eval_log(str(log), header_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise DatasetError(f"{log}: cannot be read as a log of inspect-ai ({error})") from None
    about = header.eval.metadata or {}
    if not {"dataset", "dataset_sha256", "settings", "prompt_sha256"} <= set(about):
        raise DatasetError(f"{log}: is not the log of a misi task")
    config = header.eval.model_generate_config.model_dump(exclude_none=True)
    config |= header.plan.config.model_dump(exclude_none=True)
    price = price_of(header.eval.model)
    rows = list(_rows(read_eval_log_samples(str(log), all_samples_required=False), price))
    if not rows:
        raise DatasetError(f"{log}: holds no samples")
    epochs = max(reply.epoch for _, reply in rows)
    asked = list({one.id: one for one, _ in rows}.values())
    decoding = ("temperature", "top_p", "max_tokens", "reasoning_effort", "reasoning_tokens", "seed")
    manifest = {
        "format": FORMAT,
        "model": header.eval.model,
        "dataset": str((dataset or Path(about["dataset"])).resolve()),
        "dataset_name": header.eval.dataset.name or "",
        "dataset_sha256": about["dataset_sha256"],
        "settings": {**about["settings"], "epochs": epochs},
        "decoding": {name: config.get(name) for name in decoding},
        "prompt_sha256": about["prompt_sha256"],
        "questions": len(asked),
        "image_size": about.get("image_size"),
        "price": {"input": price.input, "cached": price.cached, "output": price.output, "source": price.source},
        "versions": {**header.eval.packages},
        "begun": header.eval.created,
        "source": log.name,
    }
    if start_run(root, manifest, asked):
        raise DatasetError(f"{root}: holds a run already; choose another --out")
    with reply_log(root) as replies:
        for _, reply in rows:
            replies.add(reply)


def _rows(samples: Iterator[Any], price: Price) -> Iterator[tuple[Asked, Reply]]:
    for sample in samples:
        about = sample.metadata or {}
        asked = Asked(str(sample.id), tuple(about.get("shots", ())), str(about.get("conversation", "")))
        yield asked, _reply(sample, price)


def _reply(sample: Any, price: Price) -> Reply:
    name, epoch = str(sample.id), int(sample.epoch)
    if sample.error is not None:
        said = " ".join(str(sample.error.message).split())
        return Reply(name, "", "error", said[:_LONGEST_DETAIL], epoch)
    if sample.limit is not None:
        # Such a sample has a score of 0 in the log, and the log's status is success.
        return Reply(name, "", "length", f"{sample.limit.type} limit", epoch)
    return replace(reply_of(name, sample.output, price), epoch=epoch)
