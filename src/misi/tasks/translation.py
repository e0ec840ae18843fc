"""Translation: how far, and along which of the two axes of the picture, did the complex move?"""

from functools import partial

from misi.tasks import prompts
from misi.tasks.scores import TRANSLATION_SPAN, motion_score
from misi.tasks.single import SingleMotion
from misi.tasks.values import TRANSLATION_AXES, TRANSLATION_STEP, TRANSLATIONS

TRANSLATION = SingleMotion(
    name="translation",
    verb="move",
    axes=TRANSLATION_AXES,
    values=TRANSLATIONS,
    step=TRANSLATION_STEP,
    per_axis={"train": 2, "test": 1},
    rule=partial(motion_score, span=TRANSLATION_SPAN),
    conventions=(
        prompts.DRAWN,
        prompts.LABELS,
        prompts.CAMERA,
        prompts.THREE_VIEWS,
        prompts.AXES,
        prompts.MOVES,
    ),
    asked=(
        "The first three pictures show a complex from the front, the top and the left. It was then moved along x or "
        "along y by a whole number of angstroms from -4 to 4, not 0; the last picture shows the front view after that. "
        "Which operation was it?"
    ),
    answer_format="Answer with `move <axis> <distance>`.",
    example="move y 20",
)
