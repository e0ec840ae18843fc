"""Translation, rotation, zooming, docking: what the derivation says is what the pictures show."""

import numpy as np
import pytest

from misi.scene.motion import apply, parse_operations
from misi.tasks import TASKS
from misi.tasks.docking import LEAST_MOVE, REACH, push_aside
from misi.tasks.viewpoint import displacement, viewpoint, with_ligand_moved
from misi.tasks.zooming import LEAST_ON_SCREEN

from .complexes import make_all, make_context, make_facts

FACTS = make_all(3)


def items_of(name, facts=FACTS["c0"], split="train"):
    return TASKS[name].make(facts, make_context(FACTS | {facts.complex.id: facts}, split))


@pytest.mark.parametrize("name", ["translation", "rotation", "zooming"])
def test_the_last_picture_shows_the_answer(name):
    for item in items_of(name)[0]:
        question = item.question
        after = item.pictures[question.images[-1].path][1]
        assert after.operations == parse_operations(question.answer)
        assert after.view == "front"
        assert [image.path.rsplit("/", 1)[1] for image in question.images[:3]] == ["front.png", "top.png", "left.png"]


@pytest.mark.parametrize("name", ["translation", "rotation", "zooming"])
def test_neighbouring_answers_can_be_told_apart(name):
    for item in items_of(name)[0]:
        assert item.question.derivation["resolution_px"] > 1


def test_zooms_that_leave_too_little_are_passed_over():
    tiny = make_facts("tiny", 1, residues=2, bonds=1, spread=1.0)
    items, rejections = items_of("zooming", tiny)
    assert len(items) + len(rejections) == 4
    assert all(item.question.derivation["atoms_on_screen"] >= LEAST_ON_SCREEN for item in items)
    assert rejections
    assert {rejection.reason for rejection in rejections} == {"off_screen"}


def test_docking_answer_brings_the_ligand_home():
    for facts in FACTS.values():
        scene = viewpoint(facts.complex, 1024, 768)
        home = scene.only(facts.complex.is_ligand)
        for item in items_of("docking", facts)[0]:
            picture = item.pictures[item.question.images[-1].path][1]
            away = with_ligand_moved(facts.complex, picture.ligand_operations, 1024, 768).only(facts.complex.is_ligand)
            centre = (home.xyz.min(axis=0) + home.xyz.max(axis=0)) / 2
            aside = np.array([op.amount for op in picture.ligand_operations if op.verb == "move"] + [0, 0])
            back, _ = apply(away.xyz, centre + aside, parse_operations(item.question.answer))
            assert np.abs(back - home.xyz).max() < 1e-9
            assert displacement(home, away) > 50
            assert away.on_screen.all()


def test_docking_shows_each_part_alone():
    item = items_of("docking")[0][0]
    shows = [item.pictures[image.path][1].show for image in item.question.images]
    assert shows == ["ligand"] * 3 + ["pocket"] * 3 + ["all"]


def test_docking_distance_follows_the_paper():
    facts = FACTS["c1"]
    scene = viewpoint(facts.complex, 1024, 768)
    ligand = scene.only(facts.complex.is_ligand)
    edge = REACH * -scene.xyz[:, 2].mean()
    right, left = push_aside(scene, ligand, 1, 0), push_aside(scene, ligand, -1, 0)
    assert right > LEAST_MOVE
    assert left < -LEAST_MOVE
    assert (ligand.xyz[:, 0] + right).max() == pytest.approx(edge, abs=0.51)
    assert (ligand.xyz[:, 0] + left).min() == pytest.approx(-edge, abs=0.51)
    assert push_aside(scene, ligand, 1, 2) == right - 2
    assert push_aside(scene, ligand, -1, 2) == left + 2


def test_a_lone_atom_cannot_be_docked():
    items, rejections = items_of("docking", make_facts("ion", 2, ligand=("O1",), bonds=1))
    assert not items
    assert {rejection.reason for rejection in rejections} == {"turn_not_seen"}
    assert len(rejections) == 6


def test_moving_right_moves_pixels_right():
    scene = viewpoint(FACTS["c0"].complex, 1024, 768)
    for text, column, sign in (("move x 3", 0, 1), ("move y 3", 1, -1)):
        step = scene.camera.project(scene.moved(parse_operations(text)).xyz) - scene.camera.project(scene.xyz)
        assert (np.sign(step[:, column]) == sign).all()


def test_displacement_is_zero_for_the_same_place_and_counts_only_what_is_seen():
    scene = viewpoint(FACTS["c0"].complex, 1024, 768)
    assert displacement(scene, scene) == 0
    gone = scene.moved(parse_operations("move z 5000"))
    assert not gone.on_screen.any()
    assert displacement(gone, gone) == 0
