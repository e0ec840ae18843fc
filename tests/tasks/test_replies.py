"""The corpus of hand-written replies: each parses to its answer or fails for its reason."""

import pytest

from misi.errors import ParseFailure
from misi.tasks import grammar
from misi.tasks.options import LETTERS
from misi.tasks.question import Question
from misi.tasks.residue_ligand import RESIDUE_LIGAND

from .replies_contacts import POCKET, RESIDUE
from .replies_docking import DOCKING
from .replies_motion import ROTATION, TRANSLATION, ZOOMING
from .replies_option import MOVES, MOVES_OPTION, OPTION

RESIDUE_QUESTION = Question(
    "residue_ligand-x-1", "residue_ligand", "test", "x", "", (), (), "No", {"residue": ["A", 45, "", "ARG"]}
)
PARSERS = {
    "translation": (lambda reply: str(grammar.parse_motion(reply, "move")), TRANSLATION),
    "rotation": (lambda reply: str(grammar.parse_motion(reply, "roll")), ROTATION),
    "zooming": (lambda reply: str(grammar.parse_zoom(reply)), ZOOMING),
    "docking": (lambda reply: str(grammar.parse_docking(reply)), DOCKING),
    "option": (lambda reply: grammar.parse_option(reply, LETTERS), OPTION),
    "moves": (lambda reply: grammar.parse_option(reply, MOVES), MOVES_OPTION),
    "residue": (
        lambda reply: grammar.format_contacts_of_residue(RESIDUE_LIGAND.parse(reply, RESIDUE_QUESTION)),
        RESIDUE,
    ),
    "pocket": (
        lambda reply: grammar.format_contacts_of_pocket(grammar.parse_contacts(reply, numbered=True)),
        POCKET,
    ),
}
CASES = [(kind, reply, expected) for kind, (_, cases) in PARSERS.items() for reply, expected in cases]


def outcome(kind, reply):
    try:
        return PARSERS[kind][0](reply)
    except ParseFailure as failure:
        return f"!{failure.reason}"


@pytest.mark.parametrize(("kind", "reply", "expected"), CASES)
def test_reply(kind, reply, expected):
    got = outcome(kind, reply)
    assert got == expected or (got.upper() == expected.upper() and kind in ("residue", "pocket"))


def test_corpus_is_large_enough():
    assert len(CASES) >= 300
    assert len(set(CASES)) == len(CASES)
    assert sum(expected.startswith("!") for _, _, expected in CASES) >= 100
