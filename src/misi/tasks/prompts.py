"""The wording of questions: what is drawn, the conventions, the images with their labels, what to answer and how.

Examples of the answer format lie so far outside the values in use (20 A, 300 degrees, residue XYZ) that copying one
never scores, not even in part.
"""

from collections.abc import Sequence

from misi.scene.naming import CHAIN_MARK, NAMED_WITHIN
from misi.tasks.question import IMAGE_MARK, ImageRef

DRAWN = (
    "The pictures show a protein pocket and the small molecule bound in it (the ligand), drawn as sticks on a black "
    "background. Carbon atoms of the pocket are yellow or purple, changing from one residue to the next; carbon atoms "
    "of the ligand are gray. Oxygen is red, nitrogen blue, sulfur bright yellow; other elements have their usual "
    "colors. Hydrogen atoms and water are not drawn."
)
RESIDUE_DRAWN = (
    "The pictures show one residue of a protein pocket and the small molecule bound there (the ligand), drawn as "
    "sticks on a black background. Carbon atoms of the residue are yellow or purple, those of the ligand gray. Oxygen "
    "is red, nitrogen blue, sulfur bright yellow; other elements have their usual colors. Hydrogen atoms are not drawn."
)
_CHAIN = f"the chain follows, as in `XYZ 12{CHAIN_MARK}B`, where two residues share both"
LABELS = f"Labels give the name and number of residues; {_CHAIN}."
RESIDUE_LABELS = (
    f"Labels give the name and number of the residue ({_CHAIN}), and the names of its polar atoms (N, O, S) and of all "
    "atoms of the ligand."
)
NEAR_LABELS = (
    f"Labels give the name and number of the residues with an atom within {NAMED_WITHIN:g} Å of the ligand ({_CHAIN}), "
    f"the names of their polar atoms (N, O, S) within that distance, and those of the ligand's atoms other than carbon."
)
CAMERA = (
    "All views of one complex are taken from the same distance with a perspective camera (horizontal field of view 30 "
    "degrees), so nearer parts look larger."
)
THREE_VIEWS = (
    "Top view: the front view after a quarter turn that brings the top toward the viewer; left view: after a quarter "
    "turn that brings the left side toward the viewer."
)
SIX_VIEWS = (
    "The other views are the front view after a turn that brings the named side toward the viewer: a quarter turn "
    "about the vertical axis for left and right, a half turn about it for back, a quarter turn about the horizontal "
    "axis for top and bottom."
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
    "`move x <distance>` shifts the ligand to the right (negative: to the left). `roll <axis> <angle>` turns the "
    "ligand about the axis through its own center; positive angles are right-handed: positive x brings its top toward "
    "the viewer, positive y brings its front to the right, positive z turns it counter-clockwise. The order of the two "
    "makes no difference."
)
HBONDS = (
    "A hydrogen bond joins a donor (N, O or S with a hydrogen) and an acceptor, one in the pocket and one in the "
    "ligand, at suitable distance and angles (usual criteria for crystal structures, relaxed by 0.4 Å and 20 degrees)."
)
SYSTEM = (
    "You answer questions about pictures of molecular structures. Reason as long as you need; then end with one line "
    "that starts with `Answer:` and holds the answer alone, in the format that the question asks for."
)
LETTER = "Answer with the letter of the option."
LETTER_EXAMPLE = "<letter>"


def system_text() -> str:
    """The conventions, for a system message."""
    return "\n".join((SYSTEM, DRAWN, CAMERA, SIX_VIEWS, AXES, MOVES, ROLLS))


def question_text(
    conventions: Sequence[str], images: Sequence[ImageRef], asked: str, answer_format: str, example: str
) -> str:
    """The full text: conventions, every image after its label, the question, the answer's format with an example."""
    shown = "\n".join(f"{image.label}: {IMAGE_MARK}" for image in images)
    closing = f"{answer_format} End your reply with the answer alone on a line, for example:\nAnswer: {example}"
    return "\n\n".join(("\n".join(conventions), shown, asked, closing))
