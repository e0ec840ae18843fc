"""Zooming: how far did the complex come toward the viewer?

Depths that leave fewer than five atoms on screen are passed over: the paper names single remaining atoms as its
reason for the range of 40 to 60 A (appendix A.2).
"""

from misi.tasks import prompts
from misi.tasks.scores import zoom_score
from misi.tasks.single import SingleMotion
from misi.tasks.values import DEPTH_STEP, DEPTHS

LEAST_ON_SCREEN = 5  # atoms

ZOOMING = SingleMotion(
    name="zooming",
    verb="move",
    axes=("z",),
    values=DEPTHS,
    step=DEPTH_STEP,
    per_axis={"train": 4, "test": 2},
    rule=zoom_score,
    least_on_screen=LEAST_ON_SCREEN,
    conventions=(prompts.DRAWN, prompts.LABELS, prompts.CAMERA, prompts.THREE_VIEWS, prompts.AXES, prompts.MOVES),
    asked=(
        "The first three pictures show a complex from the front, the top and the left. It was then moved along z, "
        "toward the viewer, by a whole number of angstroms from 40 to 60; the last picture shows the front view after "
        "that. Whatever has passed the camera is no longer seen. How far was it moved?"
    ),
    answer_format="Answer with `move z <distance>`.",
    example="move z 7",
)
