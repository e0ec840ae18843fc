"""The wording of questions: what is drawn, the conventions, the images with their labels, what to answer and how.

Examples of the answer format use values that no question has (7 A, 20 degrees, residue XYZ), so that copying an
example never scores.
"""

from collections.abc import Sequence

from misi.tasks.question import IMAGE_MARK, ImageRef

DRAWN = (
    "The pictures show a protein pocket and the small molecule bound in it (the ligand), drawn as sticks on a black "
    "background. Carbon atoms of the pocket are yellow or purple, changing from one residue to the next; carbon atoms "
    "of the ligand are gray. Oxygen is red, nitrogen blue, sulfur bright yellow; other elements have their usual "
    "colors. Hydrogen atoms and water are not drawn."
)
RESIDUE_DRAWN = (
    "The pictures show one residue of a protein pocket and the small molecule bound there (the ligand), drawn as sticks on "
    "a black background. Carbon atoms of the residue are yellow or purple, those of the ligand gray. Oxygen is red, nitrogen "
    "blue, sulfur bright yellow; other elements have their usual colors. Hydrogen atoms are not drawn."
)
CAMERA = (
    "All views of one complex are taken from the same distance with a perspective camera (horizontal field of view 30 "
    "degrees), so nearer parts look larger."
)
VIEWS = (
    "The views follow from the front view by turning the complex: top = roll x 90, bottom = roll x -90, left = roll y "
    "90, right = roll y -90, back = roll y 180."
)
AXES = (
    "Axes are those of the screen: x points right, y up, and z out of the screen toward the viewer. Distances are in "
    "angstrom (Å), angles in degrees."
)
MOVES = (
    "`move <axis> <distance>` shifts the whole scene along an axis: positive x to the right, positive y up, positive z "
    "toward the viewer."
)
ROLLS = (
    "`roll <axis> <angle>` turns the whole scene about the axis through the center of the complex; positive angles are "
    "right-handed: positive x brings the top toward the viewer, positive y brings the front to the right, positive z "
    "turns counter-clockwise."
)
LIGAND_MOTIONS = (
    "`move x <distance>` shifts the ligand to the right (negative: left). `roll <axis> <angle>` turns the ligand about the "
    "axis through its own center; positive angles are right-handed: positive x brings its top toward the viewer, positive "
    "y brings its front to the right, positive z turns it counter-clockwise. The order of the two makes no difference."
)
LABELS = "Labels give residue name and number."
ATOM_LABELS = (
    "Labels give residue name and number, and the names of the ligand's atoms and of the residues' polar atoms."
)
HBONDS = (
    "A hydrogen bond joins a donor (N, O or S with a hydrogen) and an acceptor, one in the pocket and one in the "
    "ligand, at suitable distance and angles (usual criteria for crystal structures, relaxed by 0.4 Å and 20 degrees)."
)
SYSTEM = (
    "You answer questions about pictures of molecular structures. Reason as long as you need; then end with one line "
    "that starts with `Answer:` and holds the answer alone, in the format that the question asks for."
)


def system_text() -> str:
    """The conventions, for a system message."""
    return "\n".join((SYSTEM, DRAWN, CAMERA, AXES, MOVES, ROLLS, VIEWS))


def question_text(
    conventions: Sequence[str], images: Sequence[ImageRef], asked: str, answer_format: str, example: str
) -> str:
    """The full text: conventions, every image after its label, the question, the answer's format with an example."""
    shown = "\n".join(f"{image.label}: {IMAGE_MARK}" for image in images)
    return "\n\n".join(
        (
            " ".join(conventions),
            shown,
            asked,
            f"{answer_format} Last line of your reply, for example:\nAnswer: {example}",
        )
    )
