"""Composites and interaction location: decoys, partners, and texts that give nothing away."""

from itertools import combinations

import numpy as np
import pytest

from misi.scene.motion import AXES, Operation, parse_operations
from misi.seeds import rng_for
from misi.tasks import TASKS
from misi.tasks.composite import partner_of
from misi.tasks.decoys import LEAST_SEPARATION, SCHEMES, composite_decoy, separated_options
from misi.tasks.interaction_location import LEAST_ACROSS, WORKING_DEPTH, centring_moves, perturbed
from misi.tasks.options import LETTERS
from misi.tasks.values import ROTATIONS, TRANSLATIONS
from misi.tasks.viewpoint import displacement, viewpoint

from .complexes import make_all, make_context, make_facts

FACTS = make_all(4)
COMPOSITES = ("translation_rotation", "rotation_rotation")


def items_of(name, complex_id="c0", seed=7):
    items, rejections = TASKS[name].make(FACTS[complex_id], make_context(FACTS, seed=seed))
    assert not rejections
    return items


@pytest.mark.parametrize("name", COMPOSITES)
def test_one_decoy_of_each_scheme(name):
    for item in items_of(name):
        derivation = item.question.derivation
        assert sorted(derivation["schemes"]) == sorted(("truth", *SCHEMES))
        f1, f2 = parse_operations(derivation["operations"])
        for scheme, text in zip(derivation["schemes"], derivation["options"], strict=True):
            g1, g2 = parse_operations(text)
            assert (g1.verb, g2.verb, g2.axis) == (f1.verb, f2.verb, f2.axis)
            if scheme == "truth":
                assert (g1, g2) == (f1, f2)
                continue
            assert g2.amount != f2.amount
            assert g2.amount * f2.amount > 0
            if scheme == "magnitudes":
                assert g1.axis == f1.axis
                assert g1.amount * f1.amount > 0
                assert g1.amount != f1.amount
            elif scheme == "sign":
                assert g1 == f1.inverse
            else:
                assert g1.axis != f1.axis
                assert g1.amount == f1.amount
            if name == "rotation_rotation":
                assert g1.axis != g2.axis


@pytest.mark.parametrize("name", COMPOSITES)
def test_options_differ_on_the_second_complex(name):
    for item in items_of(name):
        derivation = item.question.derivation
        scene = viewpoint(FACTS[derivation["partner"]].complex, 1024, 768)
        moved = [scene.moved(parse_operations(text)) for text in derivation["options"]]
        apart = [displacement(a, b) for a, b in combinations(moved, 2)]
        assert min(apart) == pytest.approx(derivation["separation_px"], abs=0.01)
        assert min(apart) >= LEAST_SEPARATION * 1024
        for a, b in combinations(moved, 2):
            assert np.abs(a.xyz - b.xyz).max() > 0.5


@pytest.mark.parametrize("name", COMPOSITES)
def test_pictures_of_a_composite(name):
    for item in items_of(name):
        question, id_ = item.question, item.question.complex_id
        partner = question.derivation["partner"]
        assert partner != id_
        shown = [item.pictures[image.path] for image in question.images]
        assert [owner for owner, _ in shown] == [id_] * 3 + [partner] * 3 + [id_] + [partner] * 4
        assert question.images[3].path == f"images/{partner}/front.png"
        assert all(image.path.startswith(f"images/{id_}/") for image in question.images[6:])
        truth = parse_operations(question.derivation["operations"])
        assert shown[6][1].operations == truth
        assert shown[7 + LETTERS.index(question.answer)][1].operations == truth


def test_without_a_peer_there_is_no_composite():
    for name in COMPOSITES:
        items, rejections = TASKS[name].make(FACTS["c0"], make_context({"c0": FACTS["c0"]}))
        assert not items
        assert [rejection.reason for rejection in rejections] == ["no_partner"] * 6


def test_partners_are_stable():
    """A new complex becomes the partner of about one in n, and changes no other pair."""
    names = {f"n{i}": FACTS["c0"] for i in range(60)}
    more = names | {"extra": FACTS["c0"]}
    before = {name: partner_of(name, make_context(names)) for name in names}
    after = {name: partner_of(name, make_context(more)) for name in names}
    changed = [name for name in names if before[name] != after[name]]
    assert all(after[name] == "extra" for name in changed)
    assert len(changed) <= 6
    assert all(before[name] != name for name in names)
    assert len(set(before.values())) > 30


def test_alike_options_are_refused():
    """On a point-like complex no motion shows, so there are no options."""
    scene = viewpoint(make_facts("c", 0).complex, 1024, 768)
    truth = (Operation("move", "x", 1.0), Operation("roll", "y", 15.0))
    assert separated_options(truth, lambda scheme: truth, scene, rng_for(0, "t", "c")) is None


def test_composite_decoys_never_equal_the_truth():
    rng = rng_for(0, "t", "c")
    for f1 in (Operation("move", "x", v) for v in TRANSLATIONS):
        for f2 in (Operation("roll", "z", v) for v in ROTATIONS):
            for scheme in SCHEMES:
                decoy = composite_decoy(scheme, (f1, f2), (TRANSLATIONS, ROTATIONS), ("x", "y"), rng)
                assert decoy != (f1, f2)
                assert decoy[0].amount in TRANSLATIONS
                assert decoy[1].amount in ROTATIONS


def test_the_right_moves_bring_the_pair_to_the_middle():
    for complex_id in FACTS:
        for item in items_of("interaction_location", complex_id):
            derivation = item.question.derivation
            middle = np.array(derivation["middle"])
            for letter, text in zip(LETTERS, derivation["options"], strict=True):
                moves = parse_operations(text)
                at = middle + [sum(move.amount for move in moves if move.axis == axis) for axis in AXES]
                error = np.abs(at - (0, 0, -WORKING_DEPTH))
                if letter == item.question.answer:
                    assert error.max() <= 0.501
                else:
                    assert error.max() >= LEAST_ACROSS - 0.501


def test_every_value_stands_in_two_options():
    for item in items_of("interaction_location"):
        options = [parse_operations(text) for text in item.question.options]
        for axis in range(3):
            amounts = [moves[axis].amount for moves in options]
            assert all(amounts.count(amount) == 2 for amount in amounts)
        assert len(set(options)) == 4
        assert item.question.question.count(item.question.options[0]) == 1


def test_size_does_not_tell_the_true_amounts():
    """Over amounts as they occur, the true one is the one nearer to the mean about half of the time."""
    rng = rng_for(3, "amounts", "")
    nearer = dict.fromkeys(AXES, 0.0)
    n = 3000
    for _ in range(n):
        middle = np.array([rng.gauss(0, 3.5), rng.gauss(0, 3.6), -WORKING_DEPTH - rng.gauss(58, 14.6)])
        truth = centring_moves(middle)
        options, _ = perturbed(truth, rng)
        for i, axis in enumerate(AXES):
            mean = 58 if axis == "z" else 0
            true = abs(truth[i].amount - mean)
            other = next(abs(option[i].amount - mean) for option in options if option[i] != truth[i])
            nearer[axis] += (true < other) + 0.5 * (true == other)
    assert all(0.42 < count / n < 0.58 for count in nearer.values())


def test_options_of_moves_are_read_by_letter_or_text():
    question = items_of("interaction_location")[0].question
    task = TASKS["interaction_location"]
    for letter, text in zip(LETTERS, question.options, strict=True):
        assert task.parse(text, question) == letter
        assert task.parse(f"Answer: {letter}. {text}", question) == letter
