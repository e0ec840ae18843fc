"""The metrics of the paper, as pure functions of two typed answers. Each returns (weighted, exact), both in 0..1.

The paper (arXiv 2512.10867, section 5.1) names "normalized absolute error" without its divisors. The two below are
recovered from its table 1: for every model, published score x number of items x divisor is an integer, and for no
other divisor is it.
"""

from collections.abc import Callable
from typing import NamedTuple

from misi.scene.motion import Operation
from misi.tasks.contacts import Contacts
from misi.tasks.grammar import Docking

TRANSLATION_SPAN = 7.0  # angstrom: the 8 values -4..4 without 0 make 7 steps of 1
ROTATION_SPAN = 165.0  # degrees: the 12 values -90..90 without 0 make 11 steps of 15
MOST_OVERCALLS = 2  # more than this times the true number of pairs is enumeration: 0
ENUMERATED = 0.5  # all true pairs among false ones

Scores = tuple[float, float]
Hits = Callable[[Contacts, Contacts], int]


class Retrieval(NamedTuple):
    """Precision, recall and F1 of a list of contacts."""

    precision: float
    recall: float
    f1: float


def motion_score(given: Operation, truth: Operation, span: float) -> Scores:
    """Nothing for a wrong axis, else 1 - |error| / span."""
    if (given.verb, given.axis) != (truth.verb, truth.axis):
        return 0.0, 0.0
    return max(0.0, 1.0 - abs(given.amount - truth.amount) / span), float(given.amount == truth.amount)


def zoom_score(given: Operation, truth: Operation) -> Scores:
    """Accuracy."""
    return (float(given == truth),) * 2


def option_score(given: str, truth: str) -> Scores:
    """Accuracy."""
    return (float(given == truth),) * 2


def docking_score(given: Docking, truth: Docking) -> Scores:
    """Half for the roll, half for the move.

    The move counts only with the right axis and sign; the paper gives no divisor for its error, ours is the true
    distance, so that a move of no length earns nothing.
    """
    roll, roll_exact = motion_score(given.roll, truth.roll, ROTATION_SPAN)
    same_side = given.move.amount * truth.move.amount > 0
    move, move_exact = motion_score(given.move, truth.move, abs(truth.move.amount)) if same_side else (0.0, 0.0)
    return (roll + move) / 2, roll_exact * move_exact


def overlap(given: Contacts, truth: Contacts) -> int:
    """Given pairs that are true, by name."""
    return len(given & truth)


def contacts_score(given: Contacts, truth: Contacts, hits_of: Hits = overlap) -> Scores:
    """The share of given pairs that are true; 0.5 if all true ones stand among false ones; 0 beyond twice the truth.

    Parameters
    ----------
    hits_of : callable
        Number of given pairs that are true, e.g. up to symmetry (`misi.tasks.symmetry.NamedSymmetry.hits`).
    """
    if not truth:
        return (float(not given),) * 2
    if not given or len(given) > MOST_OVERCALLS * len(truth):
        return 0.0, 0.0
    hits = hits_of(given, truth)
    if hits == len(truth) and len(given) > len(truth):
        return ENUMERATED, 0.0
    return hits / len(given), float(hits == len(given) == len(truth))


def retrieval(given: Contacts, truth: Contacts, hits_of: Hits = overlap) -> Retrieval:
    """Precision, recall and F1; all 1 where both lists are empty."""
    if not given and not truth:
        return Retrieval(1.0, 1.0, 1.0)
    hits = hits_of(given, truth) if given and truth else 0
    precision = hits / len(given) if given else 0.0
    recall = hits / len(truth) if truth else 0.0
    return Retrieval(precision, recall, 2 * hits / (len(given) + len(truth)))
