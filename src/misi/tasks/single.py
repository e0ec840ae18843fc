"""What translation, rotation and zooming share: one motion of the whole complex, to be read off two front views."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from misi.annotate.facts import Facts
from misi.scene.motion import Axis, Operation, Verb, parse_operations
from misi.seeds import rng_for
from misi.structures.complex import Rejection
from misi.tasks import prompts
from misi.tasks.grammar import parse_motion, parse_zoom
from misi.tasks.pictures import Gallery
from misi.tasks.question import Item, Question
from misi.tasks.scores import Scores
from misi.tasks.task import Context
from misi.tasks.values import neighbours
from misi.tasks.viewpoint import Placed, displacement, viewpoint


@dataclass(frozen=True)
class SingleMotion:
    """A cloze task with one motion as its answer.

    Attributes
    ----------
    name : str
    verb, axes, values, step
        What the motion may be; `step` parts neighbouring values.
    per_axis : dict
        Questions for each axis by split; the values of one axis differ.
    rule : callable
        Score of (given, truth).
    least_on_screen : int
        Atoms that must stay on screen; values that leave fewer are passed over.
    asked, answer_format, example : str
        Wording.
    """

    name: str
    verb: Verb
    axes: tuple[Axis, ...]
    values: tuple[float, ...]
    step: float
    per_axis: dict[str, int]
    rule: Callable[[Operation, Operation], Scores]
    asked: str
    answer_format: str
    example: str
    conventions: tuple[str, ...]
    least_on_screen: int = 1

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        scene = viewpoint(facts.complex, context.width, context.height)
        count = self.per_axis["train" if context.split == "train" else "test"]
        items: list[Item] = []
        rejections: list[Rejection] = []
        for axis_at, axis in enumerate(self.axes):
            rng = rng_for(context.seed, self.name, facts.complex.id, axis)
            operations = [Operation(self.verb, axis, value) for value in rng.sample(self.values, len(self.values))]
            usable = (op for op in operations if self._on_screen(scene, op) >= self.least_on_screen)
            for k in range(axis_at * count, (axis_at + 1) * count):
                operation = next(usable, None)
                if operation:
                    items.append(self._item(facts, context, scene, operation, k))
                else:
                    rejections.append(
                        Rejection(
                            f"{self.name}-{facts.complex.id}-{k}",
                            "off_screen",
                            f"{facts.complex.id}: fewer than {self.least_on_screen} atoms stay on screen",
                        )
                    )
        return items, rejections

    def _on_screen(self, scene: Placed, operation: Operation) -> int:
        return int(scene.moved((operation,)).on_screen.sum())

    def _item(self, facts: Facts, context: Context, scene: Placed, operation: Operation, k: int) -> Item:
        id_ = facts.complex.id
        gallery = Gallery()
        gallery.add_three(id_)
        gallery.add_after("Front view after the operation", id_, f"{self.name}-{k}-after", (operation,))
        moved = scene.moved((operation,))
        others = [scene.moved((other,)) for other in neighbours(operation, self.step)]
        derivation: dict[str, Any] = {
            "seed": context.seed,
            "operations": str(operation),
            "camera_distance": round(scene.camera.distance, 3),
            "displacement_px": round(displacement(scene, moved), 2),
            "resolution_px": round(min(displacement(moved, other) for other in others), 2),
            "atoms_on_screen": int(moved.on_screen.sum()),
            "difficulty": {"amount": abs(operation.amount), "axis": operation.axis},
        }
        question = Question(
            id=f"{self.name}-{id_}-{k}",
            task=self.name,
            split=context.split,
            complex_id=id_,
            question=prompts.question_text(
                self.conventions, gallery.images, self.asked, self.answer_format, self.example
            ),
            images=tuple(gallery.images),
            options=(),
            answer=str(operation),
            derivation=derivation,
        )
        return Item(question, gallery.pictures)

    def parse(self, reply: str, question: Question) -> Operation:
        return parse_zoom(reply) if self.axes == ("z",) else parse_motion(reply, self.verb)

    def format(self, answer: Operation) -> str:
        return str(answer)

    def score(self, answer: Operation, question: Question) -> Scores:
        (truth,) = parse_operations(question.answer)
        return self.rule(answer, truth)

    def oracle(self, question: Question) -> str:
        (operation,) = parse_operations(question.derivation["operations"])
        return str(replace(operation, verb=self.verb))

    def answers(self, question: Question) -> Sequence[Operation]:
        return [Operation(self.verb, axis, value) for axis in self.axes for value in self.values]

    def chance(self, question: Question, rng: random.Random) -> str:
        return str(rng.choice(self.answers(question)))
