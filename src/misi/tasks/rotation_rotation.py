"""Two rotations about different axes: seen on one complex, recognised on another."""

from misi.tasks.composite import Composite
from misi.tasks.values import ROTATION_AXES, ROTATIONS

ROTATION_ROTATION = Composite(
    name="rotation_rotation",
    verb="roll",
    axes=ROTATION_AXES,
    values=ROTATIONS,
    asked=(
        "Complex 1 and complex 2 are shown from the front, the top and the left. Complex 1 was first turned about one "
        "screen axis and then about another, both through its center; the result is shown from the front. The same two "
        "operations, in the same order, are applied to complex 2. Which option shows the front view of complex 2 after "
        "that?"
    ),
)
