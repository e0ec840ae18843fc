"""Every answer reads back as itself, in any dress; no text, however hostile, does more than fail by name."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.errors import ParseFailure
from misi.scene.motion import Operation
from misi.tasks import grammar
from misi.tasks.contacts import Contact, can_be_named, parse_entry
from misi.tasks.grammar import Docking
from misi.tasks.options import LETTERS

amounts = st.one_of(st.integers(-999, 999).map(float), st.integers(-9999, 9999).map(lambda tenths: tenths / 10))
axes = st.sampled_from("xyz")
moves = st.builds(Operation, st.just("move"), axes, amounts)
rolls = st.builds(Operation, st.just("roll"), axes, amounts)
dockings = st.builds(Docking, rolls, moves)
atoms = st.from_regex(r"[A-Z][A-Z0-9]{0,2}['*\"]{0,2}", fullmatch=True)
contacts = st.builds(
    Contact,
    st.from_regex(r"[A-Z0-9]{0,2}[A-Z]", fullmatch=True),
    st.integers(-999, 9999),
    st.sampled_from(["", "A", "B"]),
    st.sampled_from(["", "A", "b", "1", "AAA"]),
    atoms,
    atoms,
).filter(can_be_named)
unnumbered = st.builds(
    Contact,
    st.from_regex(r"[A-Z0-9]{0,2}[A-Z]", fullmatch=True),
    st.none(),
    st.just(""),
    st.just(""),
    atoms,
    atoms,
).filter(can_be_named)
#: Ways in which models wrap an answer.
DRESSES = {
    "plain": "{}",
    "blanks": "\n  {}  \n",
    "answer": "Answer: {}",
    "final": "Reasoning about it.\n\nFinal answer: {}",
    "bold": "**{}**",
    "bold label": "**Answer:** {}",
    "all bold": "**Answer: {}**",
    "code": "```\n{}\n```",
    "tag": "<answer>{}</answer>",
    "thought": "<think>move x 1, roll y 2, A, No</think>\n{}",
    "boxed": "\\boxed{{{}}}",
    "text box": "$\\boxed{{\\text{{{}}}}}$",
    "period": "Answer: {}.",
}


dresses = st.sampled_from(list(DRESSES.values()))


class TestRoundTrip:
    @given(dress=dresses, operation=moves)
    def test_move(self, dress, operation):
        assert grammar.parse_motion(dress.format(operation), "move") == operation

    @given(dress=dresses, operation=rolls)
    def test_roll(self, dress, operation):
        assert grammar.parse_motion(dress.format(operation), "roll") == operation

    @given(dress=dresses, operation=moves)
    def test_zoom(self, dress, operation):
        assert grammar.parse_zoom(dress.format(operation)) == operation

    @given(dress=dresses, answer=dockings)
    def test_docking(self, dress, answer):
        assert grammar.parse_docking(dress.format(answer)) == answer
        swapped = f"{answer.move}, {answer.roll}"
        assert grammar.parse_docking(dress.format(swapped)) == answer

    @given(dress=dresses, letter=st.sampled_from(LETTERS))
    def test_option(self, dress, letter):
        assert grammar.parse_option(dress.format(letter), LETTERS) == letter

    @given(dress=dresses, answer=st.frozensets(unnumbered, max_size=5))
    def test_residue(self, dress, answer):
        text = grammar.format_contacts_of_residue(answer)
        assert grammar.parse_contacts(dress.format(text), numbered=False) == answer

    @given(dress=dresses, answer=st.frozensets(contacts, max_size=5))
    def test_pocket(self, dress, answer):
        text = grammar.format_contacts_of_pocket(answer)
        assert grammar.parse_contacts(dress.format(text), numbered=True) == answer


@given(answer=st.frozensets(contacts, min_size=1, max_size=5))
def test_contacts_in_json(answer):
    reply = json.dumps({"answer": grammar.format_contacts_of_pocket(answer)})
    assert grammar.parse_contacts(reply, numbered=True) == answer
    reply = json.dumps({"thoughts": "ARG 1 N A, O9", "answer": [str(contact) for contact in answer]})
    assert grammar.parse_contacts(reply, numbered=True) == answer


@given(answer=st.frozensets(contacts, max_size=5))
def test_canonical_text_reads_back(answer):
    assert grammar.read_contacts(grammar.format_contacts_of_pocket(answer)) == answer


def test_contacts_compare_without_letter_case():
    assert parse_entry("arg 221 nh2 a, cl1") == parse_entry("ARG 221 NH2 A, Cl1")
    assert len({parse_entry("arg 221 nh2 a, cl1"), parse_entry("ARG 221 NH2 A, Cl1")}) == 1
    assert str(parse_entry("ARG 221 NH2 A, Cl1")) == "ARG 221 NH2 A, Cl1"


@pytest.mark.parametrize("name", ["O 1", "O,1", "O;1", "", "O1 (x)", "N.1", "-O1", "the", "O\n1", "OABCDEFGHI"])
def test_names_outside_the_grammar_are_known(name):
    assert not can_be_named(Contact("ARG", 1, "", "A", "N", name))


READERS = {
    "move": lambda reply: grammar.parse_motion(reply, "move"),
    "roll": lambda reply: grammar.parse_motion(reply, "roll"),
    "zoom": grammar.parse_zoom,
    "docking": grammar.parse_docking,
    "letter": lambda reply: grammar.parse_option(reply, LETTERS),
    "texts": lambda reply: grammar.parse_option(reply, ("move x 5, move y 3", "move x 3", "move y 5", "move z 1")),
    "residue": lambda reply: grammar.parse_contacts(reply, numbered=False),
    "pocket": lambda reply: grammar.parse_contacts(reply, numbered=True),
}
WORDS = """
    move roll zoom x y z 3 -3 45.5 −3 Å ° degrees answer Answer: Final is No None Yes Yes: ARG NH2 221 A B C D (A)
    Option O22 , ; . : ! ? or and not if { } [ ] " ' * ** ` ``` \\boxed{ \\text{ $ <think> </think> <answer> </answer>
    wait ± / - -> ... 1. # | = ~ e1 1e9 0x1 nan inf 99999999999999999999 ٣ ½ Ⅷ
"""
FRAGMENTS = [*WORDS.split(), "Final answer:", "The answer is", "\n", "\n\n", "\t", "\x00", "\ud800"]
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(" ".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.tuples(st.sampled_from(FRAGMENTS), st.integers(1, 60_000)).map(lambda pair: (pair[0] * pair[1])[:60_000]),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["answer", "a"]), inner, max_size=2)
        ),
    ).map(json.dumps),
)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@settings(max_examples=150, deadline=None)
@given(reply=texts)
def test_any_text_parses_or_fails_by_name(read, reply):
    assert outcome(read, reply) in {"answer", *REASONS}


def outcome(read, reply):
    try:
        return "answer" if read(reply) is not None else "nothing"
    except ParseFailure as failure:
        return failure.reason


REASONS = {
    "no_answer",
    "two_answers",
    "refusal",
    "incomplete",
    "too_many",
    "bad_axis",
    "no_axis",
    "bad_verb",
    "bad_number",
    "bad_unit",
    "bad_option",
    "bad_pair",
    "no_pairs",
    "contradiction",
}

HOSTILE = {
    "blanks": " " * 300_000,
    "lines": "\n" * 300_000,
    "braces": "{" * 300_000,
    "objects": '{"answer":' * 30_000,
    "nested": '{"answer":' + "[" * 9_000 + "]" * 9_000 + "}",
    "boxes": "\\boxed{" * 40_000,
    "stars": "* " * 150_000,
    "parentheses": " (" * 150_000,
    "answers": "Answer: " * 40_000,
    "different answers": "".join(f"Answer: move x {i}\n" for i in range(20_000)),
    "verbs": "move " * 60_000,
    "motions": "move x 3, roll y 4\n" * 15_000,
    "digits": "9" * 300_000,
    "options": "option A option B\n" * 15_000,
    "pairs": "ARG 1 N A, O1; " * 20_000,
    "colons": ("ab " * 30 + ": ") * 3_000,
    "thoughts": "<think>" * 40_000,
    "surrogates": "\ud800" * 100_000,
    "late": "x " * 200_000 + "\nAnswer: ",
}


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE)
def test_hostile_replies_end(reply):
    for read in READERS.values():
        assert outcome(read, reply) in {"answer", *REASONS}


def test_an_answer_after_very_long_reasoning_counts():
    assert str(grammar.parse_motion("move y 1. " * 100_000 + "\nAnswer: move x 3", "move")) == "move x 3"


@given(first=moves, second=moves)
def test_two_different_answers_never_parse(first, second):
    if first == second:
        return
    for joint in (" or ", "\nAnswer: ", ", ", " / "):
        with pytest.raises(ParseFailure, match="two_answers"):
            grammar.parse_motion(f"Answer: {first}{joint}{second}", "move")
