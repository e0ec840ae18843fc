"""The metrics of the paper, as pure functions of two typed answers. Each returns (weighted, exact), both in 0..1.

The paper (arXiv 2512.10867, section 5.1) names "normalized absolute error" without its divisors. The two below are
recovered from its table 1: for every model, published score x number of items x divisor is an integer, and for no
other divisor is it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from misi.scene.motion import Operation
from misi.tasks.contacts import Contact, Contacts, Key
from misi.tasks.grammar import Docking

TRANSLATION_SPAN = 7.0  # angstrom: the 8 values -4..4 without 0 make 7 steps of 1
ROTATION_SPAN = 165.0  # degrees: the 12 values -90..90 without 0 make 11 steps of 15
MOST_OVERCALLS = 2  # more than this times the true number of pairs is enumeration: 0
ENUMERATED = 0.5  # all true pairs among false ones

Scores = tuple[float, float]


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


def contacts_score(given: Contacts, truth: Contacts, symmetry: "Symmetry | None" = None) -> Scores:
    """The share of given pairs that are true; 0.5 if all true ones stand among false ones; 0 beyond twice the truth.

    Parameters
    ----------
    symmetry : Symmetry, optional
        Atoms that count as one.
    """
    if not truth:
        return (float(not given),) * 2
    hits = _hits(given, truth, symmetry)
    if not given or len(given) > MOST_OVERCALLS * len(truth):
        return 0.0, 0.0
    if hits == len(truth) and len(given) > len(truth):
        return ENUMERATED, 0.0
    return hits / len(given), float(hits == len(given) == len(truth))


def retrieval(given: Contacts, truth: Contacts, symmetry: "Symmetry | None" = None) -> Retrieval:
    """Precision, recall and F1; all 1 where both lists are empty."""
    if not given and not truth:
        return Retrieval(1.0, 1.0, 1.0)
    hits = _hits(given, truth, symmetry)
    precision = hits / len(given) if given else 0.0
    recall = hits / len(truth) if truth else 0.0
    return Retrieval(precision, recall, 2 * hits / (len(given) + len(truth)))


class Symmetry:
    """Atoms that a chemist would not tell apart, by name.

    Parameters
    ----------
    ligand : sequence of sequences of str
        Groups of interchangeable ligand atoms.
    residues : mapping of str to sequences of sequences of str
        Groups of interchangeable atoms of each residue name.
    """

    def __init__(self, ligand: Sequence[Sequence[str]], residues: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._ligand = _representatives(ligand)
        self._residues = {name.upper(): _representatives(groups) for name, groups in residues.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Symmetry":
        """From `derivation["symmetry"]`: ``{"ligand": [[..]], "residues": {"ASP": [[..]]}}``."""
        return cls(data.get("ligand", ()), data.get("residues", {}))  # type: ignore[arg-type]

    def fold(self, contact: Contact) -> Key:
        """The contact with each atom replaced by the first of its group."""
        key = contact.key
        atoms = self._residues.get(key.residue, {})
        return key._replace(
            atom=atoms.get(key.atom, key.atom), ligand_atom=self._ligand.get(key.ligand_atom, key.ligand_atom)
        )


def _representatives(groups: Sequence[Sequence[str]]) -> dict[str, str]:
    return {name.upper(): group[0].upper() for group in groups if group for name in group}


def _hits(given: Contacts, truth: Contacts, symmetry: Symmetry | None) -> int:
    """Size of the largest one-to-one matching of equal (or interchangeable) pairs."""
    if symmetry is None:
        return len(given & truth)
    return (Counter(map(symmetry.fold, given)) & Counter(map(symmetry.fold, truth))).total()
