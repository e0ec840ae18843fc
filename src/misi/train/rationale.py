"""Why an answer is right, in words, by rule from the question's derivation.

A rationale goes before the answer in a training completion. It states what the derivation holds and nothing else: which
way things moved and by how much, which option shows that, donor, acceptor, distance and the class that allows it. It
never holds a line that reads as an answer (a test parses every completion).
"""

from collections.abc import Callable
from typing import Any

from misi.annotate.criteria import ACCEPTOR_LIMITS, GENERIC_ACCEPTOR_LIMITS, REACH
from misi.scene.motion import Operation, parse_operations
from misi.tasks.question import Question
from misi.train.knowledge import ACCEPTORS, DONORS, acceptor_reach

_DIRECTIONS = {
    ("x", True): "to the right",
    ("x", False): "to the left",
    ("y", True): "up",
    ("y", False): "down",
    ("z", True): "toward the viewer",
    ("z", False): "away from the viewer",
}
_TURNS = {
    ("x", True): "the top comes toward the viewer",
    ("x", False): "the top goes away from the viewer",
    ("y", True): "the front goes to the right",
    ("y", False): "the front goes to the left",
    ("z", True): "the picture turns counter-clockwise",
    ("z", False): "the picture turns clockwise",
}


def motion_words(operation: Operation, what: str = "everything") -> str:
    """``everything shifts to the right by 3 Å (x axis)``."""
    key = operation.axis, operation.amount > 0
    if operation.verb == "move":
        return f"{what} shifts {_DIRECTIONS[key]} by {abs(operation.amount):g} Å ({operation.axis} axis)"
    return f"{what} turns by {abs(operation.amount):g} degrees about {operation.axis}: {_TURNS[key]}"


def rationale_of(question: Question) -> str:
    """The rationale; empty for a task without a rule."""
    rule = _RULES.get(question.task)
    return rule(question) if rule else ""


def _single(question: Question) -> str:
    (operation,) = parse_operations(question.derivation["operations"])
    return f"From the front view to the last picture {motion_words(operation)}."


def _zooming(question: Question) -> str:
    (operation,) = parse_operations(question.derivation["operations"])
    before = question.derivation["camera_distance"]
    after = before - operation.amount
    return (
        f"The complex stands {before:.0f} Å from the camera at first. In the last picture it appears "
        f"{before / max(after, 1.0):.1f} times as large, so it is {after:.0f} Å away: {motion_words(operation)}."
    )


def _composite(question: Question) -> str:
    first, second = parse_operations(question.derivation["operations"])
    return (
        f"Complex 1 changes in two steps: first {motion_words(first)}; then {motion_words(second)}. "
        f"The same two steps applied to complex 2 give the picture of option {question.answer}."
    )


def _docking(question: Question) -> str:
    roll, move = parse_operations(question.derivation["undocking"])
    return (
        f"In the last picture the ligand stands {abs(move.amount):g} Å too far "
        f"{_DIRECTIONS['x', move.amount > 0]}, and compared with its bound front view "
        f"{motion_words(roll, 'the ligand')}. Both are undone by their opposites."
    )


def _location(question: Question) -> str:
    x, y, z = question.derivation["middle"]
    depth = question.derivation["working_depth"]
    across, along = "right" if x > 0 else "left", "above" if y > 0 else "below"
    return (
        f"The middle of the pair stands {abs(x):.0f} Å {across} of the center of the front view, {abs(y):.0f} Å "
        f"{along} it and {-z:.0f} Å from the camera. It is to come {depth:g} Å from the camera, so the moves are "
        f"{question.derivation['operations']}, which is option {question.answer}."
    )


def _residue(question: Question) -> str:
    derivation = question.derivation
    name = derivation["residue"][3]
    if derivation["pairs"]:
        return _bonds(derivation, numbered=False)
    distance = derivation["distance"]
    if distance > REACH:
        return (
            f"The nearest heavy atoms of {name} and the ligand are {distance:.1f} Å apart, farther than any donor and "
            "acceptor may be."
        )
    if not derivation["residue_atoms"]:
        return f"{name} has no nitrogen, oxygen or sulfur."
    return (
        f"The nearest heavy atoms of {name} and the ligand are {distance:.1f} Å apart, but no pair of a donor and an "
        f"acceptor meets every limit of its class{_misses(derivation, numbered=False)}."
    )


def _pocket(question: Question) -> str:
    if question.derivation["pairs"]:
        return _bonds(question.derivation, numbered=True)
    return (
        "No pair of a donor and an acceptor across the interface meets the limits of distance and angles"
        f"{_misses(question.derivation, numbered=True)}."
    )


def _misses(derivation: dict[str, Any], *, numbered: bool) -> str:
    named = [" and ".join(_named(miss, numbered)) for miss in derivation["near_misses"]]
    return f"; closest to it come {', '.join(named)}" if named else ""


def _bonds(derivation: dict[str, Any], *, numbered: bool) -> str:
    return "\n".join(
        _bond(pair, bonds[0], numbered) if bonds else _named(pair, numbered)[0]
        for pair, bonds in zip(derivation["pairs"], derivation["bonds"], strict=True)
    )


def _named(pair: dict[str, Any], numbered: bool) -> tuple[str, str]:
    residue = f"{pair['residue']} {pair['number']}{pair['icode']}" if numbered else pair["residue"]
    return f"{pair['atom']} of {residue}", f"{pair['ligand_atom']} of the ligand"


def _bond(pair: dict[str, Any], bond: dict[str, Any], numbered: bool) -> str:
    pocket, ligand = _named(pair, numbered)
    donor, acceptor = (ligand, pocket) if bond["donor_side"] == "ligand" else (pocket, ligand)
    gives, takes = bond["classes"]
    limits = ACCEPTOR_LIMITS.get(takes) or GENERIC_ACCEPTOR_LIMITS[takes]
    least, most = acceptor_reach(limits)
    reach = f"{most:.2f}" if least == most else f"{least:.2f} to {most:.2f}"
    angle = "" if bond["angle"] is None else f", the angle at the hydrogen is {bond['angle']:.0f} degrees"
    giving, taking = _class_words(gives, DONORS, "donor"), _class_words(takes, ACCEPTORS, "acceptor")
    return (
        f"{donor} gives ({giving}), {acceptor} takes ({taking}): "
        f"they are {bond['distance']:.2f} Å apart and the acceptor allows {reach} Å{angle}."
    )


def _class_words(name: str, words: dict[str, str], role: str) -> str:
    return words.get(name, f"{role}, {name}" if name.startswith("generic") else name)


_RULES: dict[str, Callable[[Question], str]] = {
    "translation": _single,
    "rotation": _single,
    "zooming": _zooming,
    "residue_ligand": _residue,
    "translation_rotation": _composite,
    "rotation_rotation": _composite,
    "docking": _docking,
    "interaction_location": _location,
    "pocket_ligand": _pocket,
}
