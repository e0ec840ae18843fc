"""The paper's figures 3, 4 and 7 for any dataset and any runs, and scores against further factors; SVG, light and dark.

Needs matplotlib. The same input gives the same bytes.
"""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from misi.errors import MisiError
from misi.paths import write_text
from misi.report.factors import Bin, Factor
from misi.report.tables import SHORT
from misi.tasks.columns import COLUMNS

#: Figure 3 of the paper, from its section 4: questions by column, train and test. pocket_ligand, the composites and
#: docking follow from its numbers of complexes; interaction_location is what is left of its totals.
PAPER_COUNTS = {
    "translation": (14012, 980),
    "rotation": (21018, 1470),
    "zooming": (14012, 980),
    "residue_ligand_positive": (11572, 1499),
    "residue_ligand_negative": (12125, 1603),
    "translation_rotation": (21018, 1470),
    "rotation_rotation": (21018, 1470),
    "docking": (21018, 1470),
    "interaction_location": (11301, 1485),
    "pocket_ligand": (3503, 490),
}

#: Okabe & Ito (2008): eight colours that people with colour-blindness tell apart, those legible on both grounds first.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C", "#B8A800")
_MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")
_GROUNDS = {"light": ("#1c1f24", "#d9dde3"), "dark": ("#e6e8eb", "#353a42")}


@dataclass(frozen=True)
class Figure:
    """A figure on disk, twice.

    Attributes
    ----------
    name, title, caption : str
    light, dark : str
        File names.
    wide : bool
        More than two panels side by side.
    """

    name: str
    title: str
    caption: str
    light: str
    dark: str
    wide: bool = False


def matplotlib_or_fail() -> Any:
    """matplotlib, set to draw files alone.

    Raises
    ------
    MisiError
        It is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise MisiError("figures need matplotlib: pip install 'misi-bench[report]'") from None
    matplotlib.use("svg")
    return matplotlib


def counts_figure(folder: Path, train: Mapping[str, int], test: Mapping[str, int]) -> Figure:
    """Questions by column, train and test, beside the paper's shares (figure 3)."""

    def draw(plt: Any, ink: str, line: str) -> Any:
        figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
        for panel, ours, side, name in zip(axes, (train, test), (0, 1), ("train", "test"), strict=True):
            places = range(len(COLUMNS))
            shares = _shares([ours.get(column, 0) for column in COLUMNS])
            paper = _shares([PAPER_COUNTS[column][side] for column in COLUMNS])
            panel.barh([y - 0.2 for y in places], shares, 0.4, color=_COLORS[0], label="this dataset")
            panel.barh([y + 0.2 for y in places], paper, 0.4, color=line, label="paper")
            for y, column in zip(places, COLUMNS, strict=True):
                panel.text(shares[y] + 0.3, y - 0.2, f"{ours.get(column, 0):,}", va="center", fontsize=7, color=ink)
            panel.set_title(f"{name}: {sum(ours.values()):,} questions", fontsize=10)
            panel.set_yticks(list(places), [SHORT[column] for column in COLUMNS])
            panel.set_xlabel("share of the split, percent")
        axes[0].invert_yaxis()
        axes[1].legend(frameon=False, fontsize=8)
        return figure

    caption = "Questions by column; figures at the bars are numbers of this dataset. Gray: shares in the paper."
    return _write(folder, "figure-3-counts", "Number of questions (figure 3)", caption, draw)


def depth_figure(folder: Path, depths: Sequence[float]) -> Figure:
    """Density of the depth that brings each interaction to the centre of the screen (figure 7)."""

    def draw(plt: Any, ink: str, line: str) -> Any:
        figure, panel = plt.subplots(figsize=(6.2, 3.0))
        grid, density = kernel_density(depths)
        panel.axvspan(40, 60, color=line, alpha=0.6, lw=0, label="range of the zooming task")
        panel.plot(grid, density, color=_COLORS[0])
        panel.plot(depths, [-0.02 * max(density)] * len(depths), "|", color=ink, alpha=0.4, ms=5)
        panel.set_xlabel("depth, Å")
        panel.set_ylabel("density, 1/Å")
        panel.legend(frameon=False, fontsize=8)
        return figure

    inside = sum(20 <= depth <= 80 for depth in depths) / len(depths)
    caption = (
        f"{len(depths):,} interactions; {100 * inside:.0f} % lie at 20 to 80 Å (the paper: most). Gaussian kernel, "
        "width by Scott's rule."
    )
    return _write(folder, "figure-7-depth", "Depth that brings an interaction to the centre (figure 7)", caption, draw)


def factor_figure(folder: Path, factor: Factor, panels: Mapping[str, Mapping[str, Sequence[Bin]]]) -> Figure:
    """A score against a factor: one panel a column, one line a run.

    Parameters
    ----------
    panels : mapping
        Column -> run's name -> bins.
    """

    def draw(plt: Any, ink: str, line: str) -> Any:
        across = min(3, len(panels))
        down = math.ceil(len(panels) / across)
        figure, grid = plt.subplots(
            down, across, figsize=(max(5.6, 3.3 * across + 0.6), 2.6 * down + 0.5), squeeze=False
        )
        for panel in grid.flat[len(panels) :]:
            panel.set_visible(False)
        names: dict[str, Any] = {}
        for panel, (column, runs) in zip(grid.flat, panels.items(), strict=False):
            used = [
                label for label in factor.labels if any(bin_.label == label for run in runs.values() for bin_ in run)
            ]
            for i, (run, bins) in enumerate(runs.items()):
                # Runs are set side by side a little, so that equal values do not hide each other.
                shift = (i - (len(runs) - 1) / 2) * 0.5 / max(4, len(runs))
                x = [used.index(bin_.label) + shift for bin_ in bins]
                mean = [bin_.mean for bin_ in bins]
                low = [bin_.mean - (bin_.mean if bin_.low is None else min(bin_.low, bin_.mean)) for bin_ in bins]
                high = [(bin_.mean if bin_.high is None else max(bin_.high, bin_.mean)) - bin_.mean for bin_ in bins]
                color, mark = _COLORS[i % len(_COLORS)], _MARKS[i % len(_MARKS)]
                names[run] = panel.errorbar(
                    x, mean, [low, high], color=color, marker=mark, ms=4, lw=1.2, elinewidth=0.8, capsize=2
                )
            panel.set_title(column.replace("_", " "), fontsize=9)
            panel.set_xticks(range(len(used)), used, fontsize=8)
            panel.set_xlim(-0.5, len(used) - 0.5)
            panel.set_ylim(-4, 104)
            panel.set_xlabel(factor.axis, fontsize=8)
        for row in grid:
            row[0].set_ylabel(
                "error, percent" if factor.measure == "error" else f"{factor.measure}, percent", fontsize=8
            )
        figure.legend(
            list(names.values()),
            list(names),
            loc="outside lower center",
            ncols=min(2 * across, len(names)),
            frameon=False,
            fontsize=8,
        )
        return figure

    counts = {column: {bin_.label: bin_.n for run in runs.values() for bin_ in run} for column, runs in panels.items()}
    listed = "; ".join(
        f"{column.replace('_', ' ')} " + ", ".join(f"{label}: {n}" for label, n in by.items())
        for column, by in counts.items()
    )
    caption = f"95 % intervals, complexes resampled. Questions: {listed}."
    return replace(_write(folder, factor.name, factor.title, caption, draw), wide=len(panels) > 2)


def kernel_density(values: Sequence[float], points: int = 200) -> tuple[list[float], list[float]]:
    """Gaussian kernel density on an even grid; width by Scott's rule (1992), s n^(-1/5)."""
    n = len(values)
    mean = math.fsum(values) / n
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / max(1, n - 1)) or 1.0
    width = spread * n ** (-0.2)
    start, end = min(values) - 3 * width, max(values) + 3 * width
    grid = [start + (end - start) * i / (points - 1) for i in range(points)]
    scale = 1 / (n * width * math.sqrt(2 * math.pi))
    density = [scale * math.fsum(math.exp(-0.5 * ((x - value) / width) ** 2) for value in values) for x in grid]
    return grid, density


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts) or 1
    return [100 * count / total for count in counts]


def _write(folder: Path, name: str, title: str, caption: str, draw: Any) -> Figure:
    """Draw once, and write for light and for dark pages: the two differ in the colours of ink and lines alone."""
    matplotlib = matplotlib_or_fail()
    from matplotlib import pyplot

    ink, line = _GROUNDS["light"]
    settings = {
        "svg.hashsalt": name,  # ids in the file come from this, not from chance
        "svg.fonttype": "path",
        "font.size": 9,
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": ink,
        "axes.labelcolor": ink,
        "axes.titlecolor": ink,
        "text.color": ink,
        "xtick.color": ink,
        "ytick.color": ink,
        "savefig.transparent": True,
    }
    buffer = io.StringIO()
    with matplotlib.rc_context(settings):
        figure = draw(pyplot, ink, line)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        pyplot.close(figure)
    files = {}
    for ground, colors in _GROUNDS.items():
        drawn = buffer.getvalue()
        for color, other in zip((ink, line), colors, strict=True):
            drawn = drawn.replace(color, other)
        files[ground] = f"{name}-{ground}.svg"
        write_text(folder / files[ground], drawn)
    return Figure(name, title, caption, files["light"], files["dark"])
