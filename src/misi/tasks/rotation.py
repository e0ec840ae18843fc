"""Rotation: about which axis, and by what angle, was the complex turned?"""

from functools import partial

from misi.tasks import prompts
from misi.tasks.scores import ROTATION_SPAN, motion_score
from misi.tasks.single import SingleMotion
from misi.tasks.values import ROTATION_AXES, ROTATION_STEP, ROTATIONS

ROTATION = SingleMotion(
    name="rotation",
    verb="roll",
    axes=ROTATION_AXES,
    values=ROTATIONS,
    step=ROTATION_STEP,
    per_axis={"train": 2, "test": 1},
    rule=partial(motion_score, span=ROTATION_SPAN),
    conventions=(prompts.DRAWN, prompts.LABELS, prompts.CAMERA, prompts.THREE_VIEWS, prompts.AXES, prompts.ROLLS),
    asked=(
        "The first three pictures show a complex from the front, the top and the left. It was then turned about x, y "
        "or z by a multiple of 15 degrees from -90 to 90, not 0; the last picture shows the front view after that. "
        "Which operation was it?"
    ),
    answer_format="Answer with `roll <axis> <angle>`.",
    example="roll z 300",
)
