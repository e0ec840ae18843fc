"""The values that answers may take (paper, section 4; shared/spec/tasks.md section 2), each set once."""

from misi.scene.motion import Axis, Operation

#: Whole angstroms; 0 is left out, since with it the axis could not be told.
TRANSLATIONS = tuple(float(d) for d in range(-4, 5) if d)
TRANSLATION_AXES: tuple[Axis, ...] = ("x", "y")
#: Degrees in steps of 15; 0 is left out likewise.
ROTATIONS = tuple(float(a) for a in range(-90, 91, 15) if a)
ROTATION_AXES: tuple[Axis, ...] = ("x", "y", "z")
#: Whole angstroms, both ends in.
DEPTHS = tuple(float(d) for d in range(40, 61))

TRANSLATION_STEP, ROTATION_STEP, DEPTH_STEP = 1.0, 15.0, 1.0


def neighbours(operation: Operation, step: float) -> tuple[Operation, Operation]:
    """The two answers next to this one."""
    return tuple(  # type: ignore[return-value]
        Operation(operation.verb, operation.axis, operation.amount + sign * step) for sign in (-1, 1)
    )
