"""The report as a folder of pages that open without a server: tables, figures, a list of cases, a page for each.

Text of models is untrusted: templates escape everything, hidden characters are written out (`misi.report.cases`), and
the pages forbid themselves to load anything from elsewhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import misi
from misi.dataset.layout import image_path
from misi.errors import MisiError
from misi.paths import child, write_bytes, write_text
from misi.report.cases import KINDS, Case, right_image
from misi.report.depths import Depths
from misi.report.figures import Figure
from misi.report.reference import Mode
from misi.report.stats import Summary
from misi.report.tables import SHORT, TITLES, Row, notes_of
from misi.report.usage import Usage
from misi.tasks.columns import COLUMNS

_TEMPLATES = Path(__file__).parent / "templates"
_STATIC = ("style.css", "cases.js")


@dataclass(frozen=True)
class Content:
    """All that the pages show.

    Attributes
    ----------
    dataset : mapping
        The dataset's manifest.
    tables : mapping
        Mode -> rows.
    summaries : mapping
        Mode or further measure -> a summary for each run.
    usage : sequence of Usage
        For each run.
    manifests : sequence of (str, mapping)
        Name and run.json of each run.
    differing : sequence of str
        Names of manifest entries in which the runs differ.
    warnings : sequence of str
        What a reader of the numbers must know first.
    figures : sequence of Figure
    cases : sequence of Case
    examples : sequence of Case
        One of each task, shown on the first page.
    downloads : sequence of str
        Files of tables.
    depths : mapping
        Complexes at several depths, by id; shown with their zooming items.
    figure_8 : Depths or None
        One of them at two depths.
    """

    dataset: Mapping[str, Any]
    tables: Mapping[Mode, Sequence[Row]]
    summaries: Mapping[str, Sequence[Summary]]
    usage: Sequence[Usage]
    manifests: Sequence[tuple[str, Mapping[str, Any]]]
    differing: Sequence[str]
    warnings: Sequence[str]
    figures: Sequence[Figure]
    cases: Sequence[Case]
    examples: Sequence[Case]
    downloads: Sequence[str]
    depths: Mapping[str, Depths]
    figure_8: Depths | None


def write_pages(out: Path, dataset: Path, content: Content) -> Path:
    """Write index.html, cases.html, cases/<id>.html and copies of the pictures they show; returns the first page.

    Raises
    ------
    MisiError
        The page's template engine is not installed.
    DatasetError
        An image or an id cannot become a file name, or a picture cannot be read.
    """
    environment = _environment()
    shown = {case.question.id: case for case in (*content.examples, *content.cases)}
    side_by_side = [content.depths[case.question.complex_id] for case in shown.values() if _has_depths(case, content)]
    side_by_side += [content.figure_8] if content.figure_8 else []
    pictures = [image for case in shown.values() for image in case.question.images]
    for image in (*pictures, *(image for one in side_by_side for image in one.images)):
        target = image_path(out, image.path)
        if not target.exists():
            write_bytes(target, image_path(dataset, image.path).read_bytes())
    for name in _STATIC:
        write_text(out / name, (_TEMPLATES / name).read_text("utf-8"))
    write_text(out / "index.html", environment.get_template("index.html.j2").render(c=content, root=""))
    runs = [name for name, _ in content.manifests]
    listed = list(content.cases)
    page = environment.get_template("cases.html.j2").render(cases=listed, runs=runs, kinds=KINDS, root="")
    write_text(out / "cases.html", page)
    template = environment.get_template("case.html.j2")
    order = [case.question.id for case in listed]
    for i, case in enumerate(listed):
        around = (order[i - 1] if i else None, order[i + 1] if i + 1 < len(order) else None)
        depths = content.depths[case.question.complex_id] if _has_depths(case, content) else None
        text = template.render(case=case, before=around[0], after=around[1], depths=depths, listed=order, root="../")
        write_text(child(out / "cases", case.question.id, suffix=".html"), text)
    return out / "index.html"


def _has_depths(case: Case, content: Content) -> bool:
    return case.question.task == "zooming" and case.question.complex_id in content.depths


def _environment() -> Any:
    try:
        import jinja2
    except ImportError:
        raise MisiError("pages need jinja2: pip install 'misi-bench[report]'") from None
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals.update(
        version=misi.__version__,
        columns=[(name, SHORT[name]) for name in COLUMNS],
        titles=TITLES,
        notes_of=notes_of,
        right_image=right_image,
    )
    environment.filters["two"] = lambda value: "-" if value is None else f"{value:.2f}"
    environment.filters["whole"] = lambda value: "-" if value is None else f"{value:.0f}"
    environment.filters["thousands"] = lambda value: f"{value:,}"
    environment.filters["spaced"] = lambda text: str(text).replace("_", " ")
    environment.filters["pretty"] = lambda data: json.dumps(data, indent=1, ensure_ascii=False)
    environment.filters["short"] = lambda data: json.dumps(data, ensure_ascii=False)
    return environment
