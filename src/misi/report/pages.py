"""A static page: the table, and for each task one item with its pictures, question, truth and replies."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import misi
from misi.dataset.layout import dumps, image_path
from misi.errors import MisiError
from misi.evaluate.outcomes import Verdict
from misi.paths import write_bytes, write_text
from misi.report.reference import Mode, paper_rows
from misi.report.stats import Summary
from misi.report.tables import SHORT
from misi.tasks.columns import COLUMNS
from misi.tasks.question import IMAGE_MARK, Question

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Case:
    """One item on a page, with the replies of each model by name."""

    question: Question
    replies: Mapping[str, tuple[str, Verdict]]


def question_html(question: Question, source: str) -> str:
    """The question's text, escaped, with an <img> at each mark; `source` is the folder of the images."""
    parts = question.question.split(IMAGE_MARK)
    pieces = [_prose(parts[0])]
    for image, text in zip(question.images, parts[1:], strict=True):
        address, label = escape(source + image.path, quote=True), escape(image.label, quote=True)
        pieces.append(f'<img loading="lazy" src="{address}" alt="{label}">')
        pieces.append(_prose(text))
    return "".join(pieces)


def _prose(text: str) -> str:
    return f'<span class="prose">{escape(text.strip())}</span>' if text.strip() else ""


def write_page(
    out: Path,
    dataset: Path,
    title: str,
    summaries: Mapping[Mode, Sequence[Summary]],
    cases: Sequence[Case],
    manifest: Mapping[str, Any],
) -> Path:
    """Write `out`/index.html and copies of the pictures it shows; returns the path of the page.

    Raises
    ------
    MisiError
        The page's template engine is not installed.
    DatasetError
        An image of a case has a name that is no image path.
    """
    try:
        import jinja2
    except ImportError:
        raise MisiError("pages need jinja2: pip install 'misi-bench[report]'") from None
    for case in cases:
        for image in case.question.images:
            target = image_path(out, image.path)
            if not target.exists():
                write_bytes(target, image_path(dataset, image.path).read_bytes())
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["question_html"] = lambda question: question_html(question, "")
    environment.filters["pretty"] = lambda data: dumps(data) if not isinstance(data, str) else data
    page = environment.get_template("index.html.j2").render(
        title=title,
        version=misi.__version__,
        manifest=manifest,
        columns=[(name, SHORT[name]) for name in COLUMNS],
        tables=[(mode, rows, paper_rows(mode)) for mode, rows in summaries.items()],
        cases=cases,
    )
    shutil.copyfile(_TEMPLATES / "style.css", _ready(out) / "style.css")
    write_text(out / "index.html", page)
    return out / "index.html"


def _ready(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
