"""Interaction location: which moves bring a given atom pair to the middle of the picture?

With m the midpoint of the pair in the front camera's frame, the moves are -m_x, -m_y and -m_z - WORKING_DEPTH, rounded
to whole angstroms (shared/spec/scene.md 9.2, 14). Decoys alter sign and magnitude as in the paper, but such that the
texts alone give nothing away: each axis has its true and one altered value, every decoy alters two axes, so each value
stands in exactly two options; and altered values are drawn from the distribution of the true ones.
"""

import math
import random
from itertools import combinations

import numpy as np

from misi.annotate.facts import Facts
from misi.render.visibility import views_seen
from misi.scene.motion import AXES, Axis, Operation, Operations, format_operations
from misi.seeds import rng_for
from misi.structures.complex import Floats, Rejection
from misi.tasks import prompts
from misi.tasks.bonding import contact_json, contact_of, evidence, shares_label, why_not_named
from misi.tasks.choice import Choice
from misi.tasks.options import LETTERS
from misi.tasks.pictures import Gallery
from misi.tasks.question import Item, Question
from misi.tasks.task import Context
from misi.tasks.viewpoint import Placed, viewpoint

#: angstrom before the eye. The paper gives none; fit distances of 60-130 A less its depths of 20-80 A suggest it.
WORKING_DEPTH = 40.0
#: Mean and spread of the true amounts, measured over 1,240 bonds of 298 PDBbind complexes. Decoys are drawn from the
#: same distribution, so that a value alone does not tell whether it is true.
SPREAD: dict[Axis, tuple[float, float]] = {"x": (0.0, 3.5), "y": (0.0, 3.6), "z": (58.0, 14.6)}
NEAR_ZERO = 1  # angstrom across; a change of sign is none below this
LEAST_ACROSS = 3  # angstrom; at the working depth a seventh of the picture's width
LARGEST_ACROSS = 12  # angstrom
DEPTH_STEPS = tuple(range(8, 17))  # angstrom; from a fifth of the working depth


class InteractionLocation(Choice):
    """Options are texts."""

    name = "interaction_location"

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        complex_ = facts.complex
        scene = viewpoint(complex_, context.width, context.height)
        items: list[Item] = []
        rejections: list[Rejection] = []
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
        seen = views_seen(complex_, (atom, ligand_atom), context.width, context.height)
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
                (prompts.DRAWN, prompts.NEAR_LABELS, prompts.CAMERA, prompts.SIX_VIEWS, prompts.AXES, prompts.MOVES),
                gallery.images,
                f"The atom pair `{contact}` (residue name, number, atom and chain; ligand atom) forms a hydrogen bond. "
                "Starting from the front view, which moves bring the middle of this pair to the center of the picture, "
                f"at a distance of {WORKING_DEPTH:g} Å from the camera?\n{listed}",
                prompts.LETTER,
                prompts.LETTER_EXAMPLE,
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
                "views_seen": seen,
                "shares_label": shares_label(complex_, int(complex_.residue[atom])),
                "difficulty": {"depth": round(-float(middle[2]) - WORKING_DEPTH, 1), "seen": min(seen)},
            },
        )
        return Item(question, gallery.pictures)


def centring_moves(middle: Floats) -> Operations:
    """Whole-angstrom moves along x, y, z that bring a camera-frame point to the middle at the working depth."""
    target = -np.asarray(middle, dtype=float) - (0.0, 0.0, WORKING_DEPTH)
    return tuple(Operation("move", axis, round(float(value)) + 0.0) for axis, value in zip(AXES, target, strict=True))


def perturbed(truth: Operations, rng: random.Random) -> tuple[list[Operations], list[str]]:
    """The truth and three decoys, each with two axes altered, and what was altered in each."""
    altered = [_altered(operation, rng) for operation in truth]
    options: list[Operations] = [truth]
    names = ["truth"]
    for pair in combinations(range(3), 2):
        options.append(tuple(altered[i] if i in pair else truth[i] for i in range(3)))
        names.append(" + ".join(_change(truth[i], altered[i]) for i in pair))
    return options, names


def _altered(operation: Operation, rng: random.Random) -> Operation:
    """Another amount, such that of the two nobody could tell the true one by its size.

    Across: an amount near 0 gets a larger one, drawn as often as it would be true; a larger amount gets one near 0
    in half of the cases and its opposite in the others (a third of all amounts is near 0, so either kind is as often
    true as altered). In depth: a step up or down, in proportion to how often the result would be true.
    """
    mean, spread = SPREAD[operation.axis]
    if operation.axis == "z":
        step = rng.choice(DEPTH_STEPS)
        others = [operation.amount - step, operation.amount + step]
    elif abs(operation.amount) > NEAR_ZERO and rng.random() < 0.5:
        return operation.inverse
    else:
        near = abs(operation.amount) <= NEAR_ZERO
        kind = [float(v) for v in range(-LARGEST_ACROSS, LARGEST_ACROSS + 1) if (abs(v) > NEAR_ZERO) == near]
        others = [v for v in kind if abs(v - operation.amount) >= LEAST_ACROSS]
    weights = [math.exp(-(((other - mean) / spread) ** 2) / 2) for other in others]
    if not sum(weights):
        weights = [1.0] * len(others)
    return Operation("move", operation.axis, rng.choices(others, weights)[0])


def _change(truth: Operation, altered: Operation) -> str:
    flipped = "sign" if truth.amount * altered.amount < 0 else ""
    resized = "magnitude" if abs(truth.amount) != abs(altered.amount) else ""
    return f"{' and '.join(filter(None, (flipped, resized)))} {truth.axis}"


def _landing_distance(scene: Placed, middle: Floats, first: Operations, second: Operations) -> float:
    """Pixels between the places to which two options bring the pair."""
    places = [scene.camera.project(_shifted(middle, moves)) for moves in (first, second)]
    x, y = (places[0] - places[1]).tolist()
    return float((x * x + y * y) ** 0.5)


def _shifted(point: Floats, moves: Operations) -> Floats:
    return np.asarray(point, dtype=float) + [sum(move.amount for move in moves if move.axis == axis) for axis in AXES]


INTERACTION_LOCATION = InteractionLocation()
