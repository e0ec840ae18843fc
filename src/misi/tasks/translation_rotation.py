"""Translation, then rotation: seen on one complex, recognised on another."""

from misi.tasks.composite import Composite
from misi.tasks.values import TRANSLATION_AXES, TRANSLATIONS

TRANSLATION_ROTATION = Composite(
    name="translation_rotation",
    verb="move",
    axes=TRANSLATION_AXES,
    values=TRANSLATIONS,
    asked=(
        "Complex 1 and complex 2 are shown from the front, the top and the left. Complex 1 was first moved along x or "
        "y and then turned about one axis through its center (which had moved along); the result is shown from the "
        "front. The same two operations, in the same order, are applied to complex 2. Which option shows the front "
        "view of complex 2 after that?"
    ),
)
