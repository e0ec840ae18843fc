"""Docking: the ligand was turned and pushed aside; how does it get back?

The move's length is the paper's (appendix A.4) with the sign slips of its two formulas mended: the ligand goes right
until its rightmost atom is at +W, or left until its leftmost is at -W, less 0, 1 or 2 angstrom, where W grows with the
depth of the complex. The paper takes W from where complex 1ugx's ligand stands when pushed to the edge, without giving
the value; see `REACH`.
"""

import random
from collections.abc import Sequence

from misi.annotate.facts import Facts
from misi.scene.motion import THREE_VIEWS, Operation, Operations, format_operations, parse_operations
from misi.scene.picture import Picture
from misi.seeds import rng_for
from misi.structures.complex import Complex, Rejection
from misi.tasks import prompts
from misi.tasks.grammar import Docking, parse_docking
from misi.tasks.pictures import Gallery
from misi.tasks.question import Item, Question
from misi.tasks.scores import Scores, docking_score
from misi.tasks.task import Context
from misi.tasks.values import ROTATION_AXES, ROTATION_STEP, ROTATIONS, neighbours
from misi.tasks.viewpoint import Placed, displacement, viewpoint, with_ligand_moved

#: W as a share of the complex's mean depth, measured as the paper describes on complex 1ugx in a 4:3 picture: with its
#: outermost atom at the right edge, the mean of the ligand stands at x = 18.68 A, that of the complex at a depth of
#: 83.14 A. (In a square picture the same measure gives 0.213.) The edge itself is at tan(15 deg) = 0.268.
REACH = 0.225
SHRINK = (0, 1, 2)  # angstrom
LEAST_MOVE = 5  # angstrom; a shorter way does not clear the pocket
LEAST_TURN_PX = 1.0  # mean displacement of the ligand by one step of turning; less cannot be read off a picture
LONGEST_MOVE = 40  # angstrom; for random answers only
PER_AXIS = {"train": 2, "test": 1}


class DockingTask:
    """Roll and move of the ligand alone."""

    name = "docking"

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        complex_ = facts.complex
        scene = viewpoint(complex_, context.width, context.height)
        items: list[Item] = []
        rejections: list[Rejection] = []
        per_axis = PER_AXIS["train" if context.split == "train" else "test"]
        size = context.width, context.height
        for axis_at, axis in enumerate(ROTATION_AXES):
            angles = rng_for(context.seed, self.name, complex_.id, axis).sample(ROTATIONS, len(ROTATIONS))
            for i in range(per_axis):
                k = axis_at * per_axis + i
                item_id = f"{self.name}-{complex_.id}-{k}"
                shrink, way = _way(
                    scene, scene.only(complex_.is_ligand), rng_for(context.seed, self.name, complex_.id, k)
                )
                if not way:
                    detail = f"{complex_.id}: the ligand cannot be moved {LEAST_MOVE} A to either side"
                    rejections.append(Rejection(item_id, "no_room", detail))
                    continue
                aside = Operation("move", "x", way)
                for angle in list(angles):
                    undocking = (Operation("roll", axis, angle), aside)
                    ligand, resolution = _posed(complex_, undocking, *size)
                    if resolution >= LEAST_TURN_PX and ligand.on_screen.all():
                        angles.remove(angle)
                        items.append(self._item(facts, context, scene, undocking, k, shrink, resolution))
                        break
                else:
                    detail = f"{complex_.id}: no turn about {axis} is seen on a ligand that stays on screen"
                    rejections.append(Rejection(item_id, "turn_not_seen", detail))
        return items, rejections

    def _item(
        self,
        facts: Facts,
        context: Context,
        scene: Placed,
        undocking: Operations,
        k: int,
        shrink: int,
        resolution: float,
    ) -> Item:
        id_ = facts.complex.id
        roll, move = undocking
        answer = Docking(roll.inverse, move.inverse)
        gallery = Gallery()
        gallery.add_views(id_, THREE_VIEWS, label="Ligand alone, {view} view", name="ligand-{view}", show="ligand")
        gallery.add_views(id_, THREE_VIEWS, label="Pocket alone, {view} view", name="pocket-{view}", show="pocket")
        gallery.add(
            "Ligand turned and moved away, front view",
            id_,
            f"docking-{k}-undocked",
            Picture(ligand_operations=undocking),
        )
        question = Question(
            id=f"{self.name}-{id_}-{k}",
            task=self.name,
            split=context.split,
            complex_id=id_,
            question=prompts.question_text(
                (
                    prompts.DRAWN,
                    prompts.LABELS,
                    prompts.CAMERA,
                    prompts.THREE_VIEWS,
                    prompts.AXES,
                    prompts.LIGAND_MOTIONS,
                ),
                gallery.images,
                "The ligand and the pocket are shown alone, each as it stands in the bound complex, from the front, "
                "the top and the left, at one scale and position. In the last picture the ligand has been turned about "
                "one axis by a multiple of 15 degrees from -90 to 90, not 0, and moved along x by a whole number of "
                "angstroms. Which turn and which move of the ligand bring it back to its bound position?",
                "Answer with `roll <axis> <angle>, move x <distance>`.",
                "roll z 300, move x 99",
            ),
            images=tuple(gallery.images),
            options=(),
            answer=str(answer),
            derivation={
                "seed": context.seed,
                "undocking": format_operations(undocking),
                "reach": REACH,
                "shrink": shrink,
                "camera_distance": round(scene.camera.distance, 3),
                "mean_depth": round(float(-scene.xyz[:, 2].mean()), 3),
                "resolution_px": round(resolution, 2),
                "difficulty": {
                    "angle": abs(roll.amount),
                    "axis": roll.axis,
                    "distance": abs(move.amount),
                    "ligand_heavy_atoms": int((facts.complex.is_ligand & facts.complex.heavy).sum()),
                },
            },
        )
        return Item(question, gallery.pictures)

    def parse(self, reply: str, question: Question) -> Docking:
        return parse_docking(reply)

    def format(self, answer: Docking) -> str:
        return str(answer)

    def score(self, answer: Docking, question: Question) -> Scores:
        roll, move = parse_operations(question.answer)
        return docking_score(answer, Docking(roll, move))

    def oracle(self, question: Question) -> str:
        roll, move = parse_operations(question.derivation["undocking"])
        return str(Docking(roll.inverse, move.inverse))

    def answers(self, question: Question) -> Sequence[Docking]:
        distances = [d for d in range(-LONGEST_MOVE, LONGEST_MOVE + 1) if abs(d) >= LEAST_MOVE]
        return [
            Docking(Operation("roll", axis, angle), Operation("move", "x", float(distance)))
            for axis in ROTATION_AXES
            for angle in ROTATIONS
            for distance in distances
        ]

    def chance(self, question: Question, rng: random.Random) -> str:
        return str(rng.choice(self.answers(question)))


def _way(scene: Placed, ligand: Placed, rng: random.Random) -> tuple[int, float]:
    """How much less than the farthest, and the move along x to a random side; 0 if there is room on neither."""
    shrink = rng.choice(SHRINK)
    ways = [(side, push_aside(scene, ligand, side, shrink)) for side in rng.sample((1, -1), 2)]
    return shrink, next((way for side, way in ways if side * way >= LEAST_MOVE), 0.0)


def _posed(complex_: Complex, undocking: Operations, width: int, height: int) -> tuple[Placed, float]:
    """The ligand set aside, and how many pixels one more step of turning would move it."""
    roll, aside = undocking
    ligand, *others = (
        with_ligand_moved(complex_, (turn, aside), width, height).only(complex_.is_ligand)
        for turn in (roll, *neighbours(roll, ROTATION_STEP))
    )
    return ligand, min(displacement(ligand, other) for other in others)


def push_aside(scene: Placed, ligand: Placed, side: int, shrink: float) -> float:
    """How far along x the ligand goes: right for side 1, left for -1; whole angstroms."""
    edge = REACH * float(-scene.xyz[:, 2].mean())
    x = ligand.xyz[:, 0]
    way = edge - float(x.max()) - shrink if side > 0 else -(edge + float(x.min())) + shrink
    return float(round(way))


DOCKING = DockingTask()
