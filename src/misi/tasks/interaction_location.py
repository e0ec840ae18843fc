"""Interaction location: which moves bring a given atom pair to the middle of the picture?

With m the midpoint of the pair in the front camera's frame, the moves are -m_x, -m_y and -m_z - WORKING_DEPTH, rounded
to whole angstroms (shared/spec/scene.md 9.2, 14). Decoys alter sign and magnitude as in the paper, in pairs: each
axis has its true and one altered value, and every decoy alters two axes. So each value stands in exactly two options,
and counting values over the options says nothing about the right one.
"""

import random
from itertools import combinations

import numpy as np

from misi.annotate.facts import Facts
from misi.scene.motion import AXES, Operation, Operations, format_operations, parse_operations
from misi.seeds import rng_for
from misi.structures.complex import Floats, Rejection
from misi.tasks import prompts
from misi.tasks.bonding import contact_json, contact_of, evidence, why_not_named
from misi.tasks.choice import Choice
from misi.tasks.options import LETTERS
from misi.tasks.pictures import Gallery
from misi.tasks.question import Item, Question
from misi.tasks.task import Context, register
from misi.tasks.viewpoint import Placed, viewpoint

#: angstrom before the eye. The paper gives none; fit distances of 60-130 A less its depths of 20-80 A suggest it.
WORKING_DEPTH = 40.0
LATERAL_STEPS = (3, 4, 5, 6)  # angstrom by which a magnitude along x or y is altered
DEPTH_STEPS = (8, 10, 12, 14)  # angstrom along z; the sign stays, since away from the viewer is never right
LEAST_FLIP = 2  # angstrom; below this a flipped sign is no different answer
LEAST_SEPARATION = 0.05  # of the picture's width, between where two options put the pair


class InteractionLocation(Choice):
    """Options are texts."""

    name = "interaction_location"

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        complex_ = facts.complex
        scene = viewpoint(complex_, context.width, context.height)
        items, rejections = [], []
        for k, (atom, ligand_atom) in enumerate(facts.pairs):
            doubt = why_not_named(complex_, atom, ligand_atom)
            if doubt:
                rejections.append(Rejection(f"{self.name}-{complex_.id}-{k}", *doubt))
            else:
                items.append(self._item(facts, context, scene, atom, ligand_atom, k))
        return items, rejections

    def _item(self, facts: Facts, context: Context, scene: Placed, atom: int, ligand_atom: int, k: int) -> Item:
        complex_ = facts.complex
        rng = rng_for(context.seed, self.name, complex_.id, k)
        middle = (scene.of(atom) + scene.of(ligand_atom)) / 2
        truth = centring_moves(middle)
        options, kinds = perturbed(truth, rng)
        order = rng.sample(range(4), 4)
        shown = [options[i] for i in order]
        right = LETTERS[order.index(0)]
        separation = min(_landing_distance(scene, middle, first, second) for first, second in combinations(options, 2))
        gallery = Gallery()
        gallery.add_six_with_atoms(complex_.id)
        contact = contact_of(complex_, atom, ligand_atom)
        listed = "\n".join(
            f"{letter}. {format_operations(moves)}" for letter, moves in zip(LETTERS, shown, strict=True)
        )
        question = Question(
            id=f"{self.name}-{complex_.id}-{k}",
            task=self.name,
            split=context.split,
            complex_id=complex_.id,
            question=prompts.question_text(
                (prompts.DRAWN, prompts.ATOM_LABELS, prompts.CAMERA, prompts.VIEWS, prompts.AXES, prompts.MOVES),
                gallery.images,
                f"The atom pair `{contact}` (residue name, number, atom and chain; ligand atom) forms a hydrogen bond. "
                "Starting from the front view, which moves bring the middle of this pair to the center of the picture, at a "
                f"distance of {WORKING_DEPTH:g} Å from the camera? At the start the center of the complex is "
                f"{scene.camera.distance:.0f} Å from the camera.\n{listed}",
                "Answer with the letter of the option.",
                "<letter>",
            ),
            images=tuple(gallery.images),
            options=tuple(format_operations(moves) for moves in shown),
            answer=right,
            derivation={
                "seed": context.seed,
                "operations": format_operations(truth),
                "options": [format_operations(moves) for moves in shown],
                "schemes": [kinds[i] for i in order],
                "middle": [round(float(value), 3) for value in middle],
                "working_depth": WORKING_DEPTH,
                "depth": round(-float(middle[2]) - WORKING_DEPTH, 3),
                "separation_px": round(separation, 2),
                "pair": contact_json(contact),
                "bonds": evidence(facts, atom, ligand_atom),
                "camera_distance": round(scene.camera.distance, 3),
                "difficulty": {"depth": round(-float(middle[2]) - WORKING_DEPTH, 1)},
            },
        )
        return Item(question, gallery.pictures)


def centring_moves(middle: Floats) -> Operations:
    """Whole-angstrom moves along x, y, z that bring a camera-frame point to the middle at the working depth."""
    target = -np.asarray(middle, dtype=float) - (0.0, 0.0, WORKING_DEPTH)
    return tuple(Operation("move", axis, round(float(value)) + 0.0) for axis, value in zip(AXES, target, strict=True))


def perturbed(truth: Operations, rng: random.Random) -> tuple[list[Operations], list[str]]:
    """The truth and three decoys, each with two axes altered, and what was altered in each."""
    altered, kinds = [], []
    for operation in truth:
        amount, kind = _altered(operation.amount, operation.axis == "z", rng)
        altered.append(Operation("move", operation.axis, amount))
        kinds.append(f"{kind} {operation.axis}")
    options: list[Operations] = [truth]
    names = ["truth"]
    for pair in combinations(range(3), 2):
        options.append(tuple(altered[i] if i in pair else truth[i] for i in range(3)))
        names.append(" + ".join(kinds[i] for i in pair))
    return options, names


def _altered(amount: float, is_depth: bool, rng: random.Random) -> tuple[float, str]:
    step = rng.choice(DEPTH_STEPS if is_depth else LATERAL_STEPS)
    kind = "magnitude" if is_depth else rng.choice(("sign", "magnitude", "sign and magnitude"))
    if is_depth:
        return amount + rng.choice((-1, 1)) * step, kind
    if kind == "sign" and abs(amount) >= LEAST_FLIP:
        return -amount, kind
    size = abs(amount) + (step if abs(amount) <= step else rng.choice((-1, 1)) * step)
    sign = 1 if amount > 0 or (amount == 0 and rng.random() < 0.5) else -1
    if kind == "sign and magnitude" and abs(amount) >= LEAST_FLIP:
        return -sign * size, kind
    return sign * size, "magnitude"


def _landing_distance(scene: Placed, middle: Floats, first: Operations, second: Operations) -> float:
    """Pixels between the places to which two options bring the pair."""
    places = [scene.camera.project(_shifted(middle, moves)) for moves in (first, second)]
    x, y = (places[0] - places[1]).tolist()
    return float((x * x + y * y) ** 0.5)


def _shifted(point: Floats, moves: Operations) -> Floats:
    return np.asarray(point, dtype=float) + [sum(move.amount for move in moves if move.axis == axis) for axis in AXES]


INTERACTION_LOCATION = register(InteractionLocation())
_ = (parse_operations, LEAST_SEPARATION)
