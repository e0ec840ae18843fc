"""Docking: the ligand was turned and pushed aside; how does it get back?

The move's length is the paper's (appendix A.4) with the sign slips of its two formulas mended: the ligand goes right
until its rightmost atom is at +W, or left until its leftmost is at -W, less 0, 1 or 2 angstrom, where W grows with the
depth of the complex. The paper takes W from where complex 1ugx's ligand stands when pushed to the edge, without giving
the value; see `REACH`.
"""

import random
from collections.abc import Sequence

from misi.annotate.facts import Facts
from misi.scene.motion import THREE_VIEWS, Operation, format_operations, parse_operations
from misi.scene.picture import Picture
from misi.seeds import rng_for
from misi.structures.complex import Rejection
from misi.tasks import prompts
from misi.tasks.grammar import Docking, parse_docking
from misi.tasks.pictures import Gallery
from misi.tasks.question import Item, Question
from misi.tasks.scores import Scores, docking_score
from misi.tasks.task import Context, register
from misi.tasks.values import ROTATION_AXES, ROTATION_STEP, ROTATIONS, neighbours
from misi.tasks.viewpoint import Placed, displacement, viewpoint, with_ligand_moved

#: W as a share of the complex's mean depth. The edge of the picture is at tan(15 deg) = 0.268; 0.21 keeps a ligand of
#: ordinary width inside (shared/spec/scene.md 9.2, 15).
REACH = 0.21
SHRINK = (0, 1, 2)  # angstrom
LEAST_MOVE = 5  # angstrom; a shorter way does not clear the pocket
LEAST_TURN_PX = 1.0  # a turn of one step must show: rejects single atoms and the like
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
        for axis_at, axis in enumerate(ROTATION_AXES):
            angles = rng_for(context.seed, self.name, complex_.id, axis).sample(ROTATIONS, len(ROTATIONS))
            for i in range(per_axis):
                k = axis_at * per_axis + i
                rng = rng_for(context.seed, self.name, complex_.id, k)
                made = self._item(facts, context, scene, Operation("roll", axis, angles[i]), k, rng)
                if isinstance(made, Item):
                    items.append(made)
                else:
                    rejections.append(made)
        return items, rejections

    def _item(
        self, facts: Facts, context: Context, scene: Placed, roll: Operation, k: int, rng: random.Random
    ) -> Item | Rejection:
        complex_ = facts.complex
        id_ = complex_.id
        item_id = f"{self.name}-{id_}-{k}"
        shrink = rng.choice(SHRINK)
        sides = rng.sample((1, -1), 2)
        ways = [(side, push_aside(scene, scene.only(complex_.is_ligand), side, shrink)) for side in sides]
        way = next((way for side, way in ways if side * way >= LEAST_MOVE), None)
        if way is None:
            return Rejection(item_id, "no_room", f"{id_}: the ligand cannot be moved {LEAST_MOVE} A to either side")
        undocking = (roll, Operation("move", "x", way))
        answer = Docking(roll.inverse, undocking[1].inverse)
        size = context.width, context.height
        ligand = with_ligand_moved(complex_, undocking, *size).only(complex_.is_ligand)
        turned = [
            with_ligand_moved(complex_, (other, undocking[1]), *size).only(complex_.is_ligand)
            for other in neighbours(roll, ROTATION_STEP)
        ]
        resolution = min(displacement(ligand, other) for other in turned)
        if resolution < LEAST_TURN_PX:
            return Rejection(
                item_id, "turn_not_seen", f"{id_}: turning the ligand by one step moves it {resolution:.2f} px"
            )
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
            id=item_id,
            task=self.name,
            split=context.split,
            complex_id=id_,
            question=prompts.question_text(
                (prompts.DRAWN, prompts.LABELS, prompts.CAMERA, prompts.VIEWS, prompts.AXES, prompts.LIGAND_MOTIONS),
                gallery.images,
                "The ligand and the pocket are shown alone, each as it stands in the bound complex, from the front, the top "
                "and the left, at one scale and position. In the last picture the ligand has been turned about one axis by a "
                "multiple of 15 degrees from -90 to 90, not 0, and moved along x by a whole number of angstroms. Which turn "
                "and which move of the ligand bring it back to its bound position?",
                "Answer with `roll <axis> <angle>, move x <distance>`.",
                "roll z 20, move x 99",
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
                "ligand_atoms": len(ligand.atom),
                "ligand_atoms_on_screen": int(ligand.on_screen().sum()),
                "difficulty": {"angle": abs(roll.amount), "axis": roll.axis, "distance": abs(way)},
            },
        )
        return Item(question, gallery.pictures)

    def parse(self, reply: str, question: Question) -> Docking:
        return parse_docking(reply)

    def format(self, answer: Docking) -> str:
        return str(answer)

    def score(self, answer: Docking, question: Question) -> Scores:
        return docking_score(answer, self.parse(question.answer, question))

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


def push_aside(scene: Placed, ligand: Placed, side: int, shrink: float) -> float:
    """How far along x the ligand goes: right for side 1, left for -1; whole angstroms."""
    edge = REACH * float(-scene.xyz[:, 2].mean())
    x = ligand.xyz[:, 0]
    way = edge - float(x.max()) - shrink if side > 0 else -(edge + float(x.min())) + shrink
    return float(round(way))


DOCKING = register(DockingTask())
