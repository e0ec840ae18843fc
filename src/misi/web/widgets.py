"""Answer forms made from the grammar: what a task lets be answered decides what is shown, and what is filled in
becomes canonical text through the task's own parser. Nothing here looks at the right answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from misi.errors import ParseFailure
from misi.scene.motion import Operation, Verb
from misi.tasks import TASKS
from misi.tasks.bonding import contact_from_json
from misi.tasks.contacts import Contacts, residue_text
from misi.tasks.docking import LONGEST_MOVE, DockingTask
from misi.tasks.grammar import Docking
from misi.tasks.options import LETTERS
from misi.tasks.question import Question
from misi.tasks.single import SingleMotion
from misi.tasks.values import ROTATION_AXES, ROTATIONS

#: More values than this are typed as a number instead of picked.
_MOST_PICKED = 13
_UNITS: dict[Verb, str] = {"move": "Å", "roll": "°"}


@dataclass(frozen=True)
class MotionField:
    """Pickers of one motion; a single axis needs none.

    Attributes
    ----------
    verb : str
    axes : tuple of str
    values : tuple of int
        All values, ascending.
    picked : bool
        Whether the values are few enough to be buttons.
    """

    verb: Verb
    axes: tuple[str, ...]
    values: tuple[int, ...]

    @property
    def picked(self) -> bool:
        return len(self.values) <= _MOST_PICKED

    @property
    def unit(self) -> str:
        return _UNITS[self.verb]


@dataclass(frozen=True)
class Form:
    """What a question's answer form holds.

    Attributes
    ----------
    kind : str
        ``motions``, ``option`` or ``contacts``.
    motions : tuple of MotionField
    options : tuple of (letter, text)
        The text is blank where the options are pictures.
    denial : str
        What says that there is no contact: ``No`` or ``None``.
    residue_atoms, ligand_atoms : tuple of str
        Polar atoms that the pictures name, for autocompletion.
    """

    kind: Literal["motions", "option", "contacts"]
    motions: tuple[MotionField, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    denial: str = ""
    residue_atoms: tuple[str, ...] = ()
    ligand_atoms: tuple[str, ...] = ()


def form_of(question: Question) -> Form:
    """The answer form of a question."""
    task = TASKS[question.task]
    if question.options:
        texts = (
            (letter, "" if text == letter else text) for letter, text in zip(LETTERS, question.options, strict=False)
        )
        return Form("option", options=tuple(texts))
    if isinstance(task, SingleMotion):
        return Form("motions", motions=(MotionField(task.verb, task.axes, _whole(task.values)),))
    if isinstance(task, DockingTask):
        reach = range(-int(LONGEST_MOVE), int(LONGEST_MOVE) + 1)
        roll = MotionField("roll", ROTATION_AXES, _whole(ROTATIONS))
        return Form("motions", motions=(roll, MotionField("move", ("x",), tuple(reach))))
    derivation = question.derivation
    ligand = tuple(derivation["ligand_atoms"])
    return Form(
        "contacts", denial=task.format(frozenset()), residue_atoms=_residue_atoms(question), ligand_atoms=ligand
    )


def _whole(values: Sequence[float]) -> tuple[int, ...]:
    return tuple(sorted(int(value) for value in values))


def _residue_atoms(question: Question) -> tuple[str, ...]:
    atoms = question.derivation["residue_atoms"]
    if atoms and isinstance(atoms[0], dict):
        return tuple(dict.fromkeys(residue_text(contact_from_json(atom)) for atom in atoms))
    name = question.derivation["residue"][3]
    return tuple(f"{name} {atom}" for atom in atoms)


def compose(question: Question, filled: Mapping[str, str]) -> str | None:
    """Canonical text of what was filled in; None while something is missing.

    Raises
    ------
    ParseFailure
        Something is filled in that the grammar does not know.
    """
    form = form_of(question)
    if form.kind == "option":
        text = filled.get("option", "")
    elif form.kind == "motions":
        parts = [_motion_text(field, filled) for field in form.motions]
        text = ", ".join(part for part in parts if part) if all(parts) else ""
    else:
        pairs = [line.strip() for line in filled.get("pairs", "").splitlines() if line.strip()]
        if filled.get("contacts") == "none":
            text = form.denial if not pairs else "; ".join((form.denial, *pairs))
        elif form.denial == "No":
            text = f"Yes: {'; '.join(pairs)}" if pairs else ""
        else:
            text = "; ".join(pairs)
    if not text:
        return None
    task = TASKS[question.task]
    return task.format(task.parse(f"Answer: {text}", question))


def _motion_text(field: MotionField, filled: Mapping[str, str]) -> str:
    axis = filled.get(f"{field.verb}_axis", field.axes[0] if len(field.axes) == 1 else "")
    value = filled.get(f"{field.verb}_value", "").strip()
    if not axis or not value:
        return ""
    try:
        allowed = axis in field.axes and int(value) in field.values
    except ValueError:
        allowed = False
    if not allowed:
        raise ParseFailure("bad_number", f"{field.verb} {axis} {value}"[:80])
    return f"{field.verb} {axis} {int(value)}"


def filled_of(question: Question, text: str | None) -> dict[str, str]:
    """What fills the form so that it says `text`; inverse of `compose`."""
    if not text:
        return {}
    answer = TASKS[question.task].parse(text, question)
    if isinstance(answer, str):
        return {"option": answer}
    if isinstance(answer, Operation):
        return _filled_motion(answer)
    if isinstance(answer, Docking):
        return _filled_motion(answer.roll) | _filled_motion(answer.move)
    contacts: Contacts = answer
    if not contacts:
        return {"contacts": "none"}
    return {"contacts": "some", "pairs": "\n".join(map(str, sorted(contacts, key=lambda contact: contact.key)))}


def _filled_motion(operation: Operation) -> dict[str, str]:
    return {f"{operation.verb}_axis": operation.axis, f"{operation.verb}_value": f"{operation.amount:g}"}
