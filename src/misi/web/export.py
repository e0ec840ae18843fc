"""A study as files: run folders that `misi report` reads, tables of answers and raters, agreement.

```
<study>/
  human/             all raters together: a run whose k-th epoch is the k-th answer to a question
  raters/<label>/    one run each; what a rater left open counts as an error
  answers.csv        every saving of every answer, with times
  raters.csv         profiles
  agreement.json     Krippendorff's alpha by column
```
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

import misi
from misi.dataset.layout import MANIFEST, dumps, sha256_of
from misi.errors import DatasetError
from misi.evaluate.outcomes import Reply
from misi.evaluate.replies import REPLIES
from misi.evaluate.run import FORMAT, REQUESTS, RUN
from misi.paths import write_text
from misi.tasks import TASKS
from misi.web.board import harmless
from misi.web.clock import written
from misi.web.people import Sitting, agreement, sittings
from misi.web.tables import AnswerRow, Rater, Study

POOLED = "human"


def write_study(session: Session, dataset: Path, study: Study, folder: Path) -> None:
    """Write all files of a study.

    Raises
    ------
    DatasetError
        Nobody has answered anything.
    """
    sat = [one for one in sittings(session, dataset, study) if one.replies(unanswered=False)]
    if not sat:
        raise DatasetError("Nobody has answered anything yet.")
    name = f"Human ({len(sat)} rater{'s' if len(sat) > 1 else ''})"
    write_human_run(folder / POOLED, dataset, name, [one.replies(unanswered=False) for one in sat], study.name)
    for place, one in enumerate(sat, 1):
        target = folder / "raters" / f"{place:02d}-{_file_name(one.rater.label)}"
        write_human_run(target, dataset, f"Human {one.rater.label}", [one.replies(unanswered=True)], study.name)
    write_text(folder / "answers.csv", _answers_csv(session, sat))
    write_text(folder / "raters.csv", _raters_csv(session, study))
    found = [asdict(row) for row in agreement(sat)]
    write_text(folder / "agreement.json", json.dumps(found, indent=2) + "\n")


def zip_study(session: Session, dataset: Path, study: Study) -> BinaryIO:
    """The same as one archive, in a temporary file that is gone when closed."""
    archive: BinaryIO = tempfile.TemporaryFile(prefix="misi-study-")  # noqa: SIM115
    with (
        tempfile.TemporaryDirectory(prefix="misi-study-") as name,
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        folder = Path(name)
        write_study(session, dataset, study, folder)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                out.write(path, f"study-{study.id}/{path.relative_to(folder)}")
    archive.seek(0)
    return archive


def write_human_run(root: Path, dataset: Path, model: str, sat: Sequence[Iterable[Reply]], study: str) -> None:
    """One run of the replies of one or more raters.

    Raters may have answered different questions, so the epochs of a question number its answers, not the raters, and
    each request says how many it has; whose an answer is, its reply says.
    """
    by_item: dict[str, list[Reply]] = {}
    for place, replies in enumerate(sat, 1):
        for reply in replies:
            rows = by_item.setdefault(reply.id, [])
            rows.append(replace(reply, epoch=len(rows) + 1, served_by=f"rater {place:02d}"))
    order = {task: place for place, task in enumerate(TASKS)}
    ids = sorted(by_item, key=lambda id_: (order.get(id_.split("-")[0], len(order)), id_))
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "model": model,
        "dataset": str(dataset.resolve()),
        "dataset_sha256": sha256_of(dataset / MANIFEST),
        "settings": {"study": study, "raters": len(sat), "shots": 0, "epochs": max(map(len, by_item.values()))},
        "versions": {"misi": misi.__version__},
    }
    requests = [{"id": id_, "shots": [], "conversation": "", "epochs": len(by_item[id_])} for id_ in ids]
    write_text(root / REQUESTS, "".join(dumps(line) + "\n" for line in requests))
    replies_text = "".join(dumps(reply.as_json()) + "\n" for id_ in ids for reply in by_item[id_])
    write_text(root / REPLIES, replies_text)
    write_text(root / RUN, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _file_name(label: str) -> str:
    kept = "".join(ch if ch.isascii() and (ch.isalnum() or ch in "_-") else "_" for ch in label)
    return kept[:40]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def _answers_csv(session: Session, sat: Sequence[Sitting]) -> str:
    rows = []
    for one in sat:
        query = (
            select(AnswerRow)
            .where(AnswerRow.rater_id == one.rater.id, AnswerRow.phase == "test")
            .order_by(AnswerRow.id)
        )
        for row in session.scalars(query):
            rows.append(
                (
                    one.rater.label,
                    row.place,
                    one.asked[row.place].id,
                    row.text or "",
                    int(row.flagged),
                    f"{row.seconds:.1f}",
                    written(row.at),
                )
            )
    return _table(("rater", "place", "question", "answer", "flagged", "seconds", "at"), rows)


def _raters_csv(session: Session, study: Study) -> str:
    query = select(Rater).where(Rater.study_id == study.id).order_by(Rater.label)
    rows = [
        (
            rater.label,
            rater.field or "",
            rater.degree or "",
            rater.experience or "",
            " ".join(rater.tasks),
            written(rater.consented_at),
            written(rater.begun_at),
            written(rater.finished_at),
        )
        for rater in session.scalars(query)
    ]
    return _table(("rater", "field", "degree", "experience", "tasks", "consented", "begun", "finished"), rows)
