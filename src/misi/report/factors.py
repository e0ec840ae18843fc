"""What makes questions hard: scores by number of bonds, zoom depth, ligand size, hidden atoms, angle, margin."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from misi.evaluate.outcomes import Verdict
from misi.report.bootstrap import mean_interval, sample_of
from misi.scene.motion import parse_operations
from misi.tasks.columns import column_of
from misi.tasks.question import Question


@dataclass(frozen=True)
class Bin:
    """Questions whose factor lies in [low, high), and a run's mean over them.

    Attributes
    ----------
    label : str
    mean : float
        Percent.
    low, high : float or None
        95 % interval of the mean, complexes resampled; percent.
    n : int
        Questions.
    """

    label: str
    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Factor:
    """A property of questions that scores are plotted against.

    Attributes
    ----------
    name, title, axis : str
        File name, heading, and label of the horizontal axis with its unit.
    columns : tuple of str
        Where it applies; each gets a panel.
    measure : str
        ``exact``, ``weighted``, or ``error`` (1 - exact).
    edges : tuple of float
        Bins are [edge, next edge); the last edge closes the last bin.
    labels : tuple of str
        One a bin.
    value : callable
        (question, heavy atoms of its ligand or None) -> value, or None where it has none.
    """

    name: str
    title: str
    axis: str
    columns: tuple[str, ...]
    measure: str
    edges: tuple[float, ...]
    labels: tuple[str, ...]
    value: Callable[[Question, int | None], float | None]


def _difficulty(name: str) -> Callable[[Question, int | None], float | None]:
    def value(question: Question, _: int | None) -> float | None:
        found = question.derivation.get("difficulty", {}).get(name)
        return float(found) if isinstance(found, int | float) else None

    return value


def _ligand_size(question: Question, heavy_atoms: int | None) -> float | None:
    stored = _difficulty("ligand_heavy_atoms")(question, None)
    return stored if stored is not None else heavy_atoms


def _hidden(question: Question, _: int | None) -> float | None:
    """Views of the six in which the worst-seen atom asked about is covered."""
    seen = _difficulty("seen")(question, None)
    return None if seen is None else 6 - seen


def _angle(question: Question, _: int | None) -> float | None:
    """Degrees of the turn; of the first of two."""
    text = question.derivation.get("operations") or question.derivation.get("undocking", "")
    rolls = [abs(move.amount) for move in parse_operations(text) if move.verb == "roll"]
    return float(rolls[0]) if rolls else None


def _margin(question: Question, _: int | None) -> float | None:
    """Smallest margin of the bonds asked about; a pair that bonds both ways counts with its surer one."""
    bonds = question.derivation.get("bonds") or []
    pairs: list[list[Mapping[str, Any]]] = [bonds] if question.task == "interaction_location" else bonds
    margins = [max(float(bond["margin"]) for bond in pair) for pair in pairs if pair]
    return min(margins) if margins else None


_INTERACTIONS = ("residue_ligand_positive", "interaction_location", "pocket_ligand")
_INFINITY = float("inf")

FACTORS = (
    Factor(
        "figure-4a-bonds",
        "Score against number of hydrogen bonds (figure 4a)",
        "hydrogen bonds of the item",
        ("residue_ligand_positive", "pocket_ligand"),
        "exact",
        (1, 2, 3, 4, 5, 7, 10, _INFINITY),
        ("1", "2", "3", "4", "5-6", "7-9", "10+"),
        _difficulty("bonds"),
    ),
    Factor(
        "figure-4b-depth",
        "Error rate against zoom depth (figure 4b)",
        "depth, Å",
        ("zooming",),
        "error",
        (40, 43, 46, 49, 52, 55, 58, 61),
        ("40-42", "43-45", "46-48", "49-51", "52-54", "55-57", "58-60"),
        _difficulty("amount"),
    ),
    Factor(
        "ligand-size",
        "Score against size of the ligand",
        "heavy atoms of the ligand",
        ("residue_ligand_positive", "residue_ligand_negative", "docking", "interaction_location", "pocket_ligand"),
        "weighted",
        (0, 13, 20, 27, 35, _INFINITY),
        ("≤12", "13-19", "20-26", "27-34", "35+"),
        _ligand_size,
    ),
    Factor(
        "occlusion",
        "Score against occlusion",
        "views of six that hide an atom asked about",
        _INTERACTIONS,
        "weighted",
        (0, 1, 2, 3, 4, 5, 6, 7),
        ("0", "1", "2", "3", "4", "5", "6"),
        _hidden,
    ),
    Factor(
        "angle",
        "Score against angle of the turn",
        "angle, degrees",
        ("rotation", "docking", "translation_rotation", "rotation_rotation"),
        "weighted",
        (0, 20, 35, 50, 65, 80, 95),
        ("15", "30", "45", "60", "75", "90"),
        _angle,
    ),
    Factor(
        "margin",
        "Score against margin of the hydrogen bond",
        "smallest margin (0 = at the limit)",
        _INTERACTIONS,
        "weighted",
        (-_INFINITY, 0.1, 0.3, 0.6, 1.0, _INFINITY),
        ("<0.1", "0.1-0.3", "0.3-0.6", "0.6-1", "≥1"),
        _margin,
    ),
)


def binned(
    factor: Factor,
    column: str,
    questions: Mapping[str, Question],
    sizes: Mapping[str, int],
    verdicts: Iterable[Verdict],
) -> list[Bin]:
    """Means of one run by bins of a factor in one column; empty bins are left out.

    Parameters
    ----------
    questions : mapping
        By id; verdicts on others are left out.
    sizes : mapping
        Heavy atoms of the ligand by complex id.
    """
    groups: dict[int, dict[str, list[float]]] = {}
    for verdict in verdicts:
        question = questions.get(verdict.id)
        if question is None or verdict.column != column or (factor.measure != "weighted" and not verdict.counts_exact):
            continue
        value = factor.value(question, sizes.get(question.complex_id))
        place = None if value is None else bin_of(value, factor.edges)
        if place is not None:
            score = verdict.weighted if factor.measure == "weighted" else verdict.exact
            score = 1 - score if factor.measure == "error" else score
            groups.setdefault(place, {}).setdefault(verdict.complex_id, []).append(score)
    bins = []
    for place, values in sorted(groups.items()):
        sample = sample_of(values, sorted(values))
        low, high = mean_interval(sample) or (None, None)
        percent = [None if edge is None else 100 * edge for edge in (low, high)]
        bins.append(Bin(factor.labels[place], 100 * sample.mean, percent[0], percent[1], sample.n))
    return bins


def bin_of(value: float, edges: Sequence[float]) -> int | None:
    """Index of the bin [edge, next edge) that holds the value; None outside of all."""
    return next((i for i in range(len(edges) - 1) if edges[i] <= value < edges[i + 1]), None)


def tally(questions: Iterable[Question]) -> tuple[dict[str, int], list[float]]:
    """Number of questions in each column (figure 3), and the depths, angstrom, that bring interactions to the screen's
    centre (figure 7)."""
    counts: dict[str, int] = {}
    depths = []
    for question in questions:
        column = column_of(question)
        counts[column] = counts.get(column, 0) + 1
        depth = question.derivation.get("depth") if question.task == "interaction_location" else None
        if isinstance(depth, int | float):
            depths.append(float(depth))
    return counts, depths
