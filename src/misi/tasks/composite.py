"""What translation_rotation and rotation_rotation share: read f2(f1(.)) off one complex, recognise it on another.

The second complex is the peer of lowest stable rank, so that adding complexes changes few items (shared/spec/tasks.md:
"c2 drawn at random from the same split").
"""

import random
from dataclasses import dataclass
from functools import partial

from misi.annotate.facts import Facts
from misi.scene.motion import Axis, Operation, Operations, Verb, format_operations
from misi.seeds import rank_of, rng_for
from misi.structures.complex import Rejection
from misi.tasks import prompts
from misi.tasks.choice import Choice
from misi.tasks.decoys import Options, composite_decoy, separated_options
from misi.tasks.options import LETTERS
from misi.tasks.pictures import Gallery
from misi.tasks.question import Item, Question
from misi.tasks.task import Context
from misi.tasks.values import ROTATION_AXES, ROTATIONS
from misi.tasks.viewpoint import Placed, displacement, viewpoint

PER_COMPLEX = {"train": 6, "test": 3}
_DRAWS = 24  # pairs of motions tried for one item before it is given up


def partner_of(complex_id: str, context: Context) -> str | None:
    """The complex shown second; the same for both composite tasks."""
    others = (peer for peer in context.peers if peer != complex_id)
    return min(others, key=lambda peer: (rank_of("partner", context.seed, complex_id, peer), peer), default=None)


@dataclass(frozen=True)
class Composite(Choice):
    """A multiple-choice task over two motions.

    Attributes
    ----------
    name : str
    verb, axes, values
        What f1 may be; f2 is a roll, about another axis than f1 if f1 is one too.
    asked : str
    """

    name: str
    verb: Verb
    axes: tuple[Axis, ...]
    values: tuple[float, ...]
    asked: str

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        id_ = facts.complex.id
        count = PER_COMPLEX["train" if context.split == "train" else "test"]
        partner = partner_of(id_, context)
        if partner is None:
            detail = f"{id_}: no other complex in split {context.split!r} to apply the motions to"
            return [], [Rejection(f"{self.name}-{id_}-{k}", "no_partner", detail) for k in range(count)]
        first = viewpoint(facts.complex, context.width, context.height)
        second = viewpoint(context.facts_of(partner).complex, context.width, context.height)
        items, rejections, used = [], [], set()
        for k in range(count):
            rng = rng_for(context.seed, self.name, id_, k)
            for _ in range(_DRAWS):
                truth = self._draw(rng)
                if truth in used:
                    continue
                options = separated_options(truth, partial(self._decoy, truth, rng), second, rng)
                if options:
                    used.add(truth)
                    items.append(self._item(id_, partner, context, truth, options, k, first, second))
                    break
            else:
                detail = f"{id_}: no four visibly different options on {partner}"
                rejections.append(Rejection(f"{self.name}-{id_}-{k}", "options_alike", detail))
        return items, rejections

    def _draw(self, rng: random.Random) -> Operations:
        f1 = Operation(self.verb, rng.choice(self.axes), rng.choice(self.values))
        axes = [axis for axis in ROTATION_AXES if self.verb == "move" or axis != f1.axis]
        return f1, Operation("roll", rng.choice(axes), rng.choice(ROTATIONS))

    def _decoy(self, truth: Operations, rng: random.Random, scheme: str) -> Operations:
        axes = [axis for axis in self.axes if self.verb == "move" or axis != truth[1].axis]
        return composite_decoy(scheme, truth, (self.values, ROTATIONS), axes, rng)

    def _item(
        self,
        id_: str,
        partner: str,
        context: Context,
        truth: Operations,
        options: Options,
        k: int,
        first: Placed,
        second: Placed,
    ) -> Item:
        gallery = Gallery()
        gallery.add_three(id_, "Complex 1, {view} view")
        gallery.add_three(partner, "Complex 2, {view} view")
        gallery.add_after("Complex 1 after both operations, front view", id_, f"{self.name}-{k}-after", truth)
        for letter, operations in zip(LETTERS, options.operations, strict=True):
            name = f"{self.name}-{k}-option-{letter.lower()}"
            gallery.add_after(f"Option {letter}", partner, name, operations, owner=id_)
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
                    *((prompts.MOVES,) if self.verb == "move" else ()),
                    prompts.ROLLS,
                ),
                gallery.images,
                self.asked,
                prompts.LETTER,
                prompts.LETTER_EXAMPLE,
            ),
            images=tuple(gallery.images),
            options=tuple(LETTERS),
            answer=LETTERS[options.right],
            derivation={
                "seed": context.seed,
                "operations": format_operations(truth),
                "partner": partner,
                **options.as_json(),
                "camera_distance": round(first.camera.distance, 3),
                "partner_camera_distance": round(second.camera.distance, 3),
                "displacement_px": round(displacement(first, first.moved(truth)), 2),
                "difficulty": {"f1": abs(truth[0].amount), "f2": abs(truth[1].amount)},
            },
        )
        return Item(question, gallery.pictures)
