"""Which labels a picture has, where they stand, how high they are."""

from dataclasses import replace

import numpy as np
import pytest

from misi.errors import RenderError
from misi.scene.font import pen_positions, printable, text_width
from misi.scene.motion import parse_operations
from misi.scene.naming import LIGAND_ATOM, POCKET_ATOM, RESIDUE, plan_labels
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import frozen
from tests.scene.made import made


def scene(labels: str = "atoms", operations: str = "", **options: object) -> Scene:
    picture = Picture(labels=labels, operations=parse_operations(operations))  # type: ignore[arg-type]
    return compose(made(metal=True), picture, 768, 576, **options)  # type: ignore[arg-type]


def test_kinds_of_labels() -> None:
    complex_ = made(metal=True)
    assert plan_labels(complex_, complex_.heavy, "none").text == ()
    residues = plan_labels(complex_, complex_.heavy, "residues")
    assert residues.text == ("SER 5", "ARG 15", "ILE 25", "HIS 35", "ZN 301")
    atoms = plan_labels(complex_, complex_.heavy, "atoms")
    assert atoms.text[:5] == residues.text
    by_kind = {
        kind: {atoms.text[i] for i in np.flatnonzero(atoms.kind == kind)}
        for kind in (RESIDUE, LIGAND_ATOM, POCKET_ATOM)
    }
    assert by_kind[LIGAND_ATOM] == {"C1", "C2", "C3", "N4", "C5", "C6", "O7", "CL8"}  # no hydrogen
    assert by_kind[POCKET_ATOM] == {"N", "O", "OG"}  # polar ones alone


def test_insertion_codes_and_negative_numbers_show() -> None:
    complex_ = made()
    odd = replace(
        complex_,
        residue_number=frozen([-3, 60, 60, 7, 1], np.int32),
        residue_icode=frozen(["", "A", "B", "", ""], str),
    )
    assert plan_labels(odd, odd.heavy, "residues").text == ("SER -3", "ARG 60A", "ILE 60B", "HIS 7")


def test_letters_that_the_font_lacks_become_question_marks() -> None:
    assert printable("Cα1\n") == "C?1?"


def test_hidden_residues_have_no_label() -> None:
    picture = Picture(labels="residues", show="ligand")
    assert len(compose(made(), picture, 768, 576).labels) == 0
    one = compose(made(), Picture(labels="atoms", show="residue", residue=2), 768, 576).labels
    assert "ILE 25" in one.text
    assert "SER 5" not in one.text


def test_screen_labels_have_one_height_whatever_the_zoom() -> None:
    for operations in ("", "move z 15", "move z -40"):
        labels = scene(operations=operations).labels
        high = labels.boxes[:, 3] - labels.boxes[:, 1]
        assert high == pytest.approx(11)


def test_paper_labels_are_seven_tenths_of_an_angstrom_high() -> None:
    made_scene = scene(label_style="paper")
    labels, camera = made_scene.labels, made_scene.camera
    residue = labels.kind == RESIDUE
    depth = -labels.anchor[:, 2] - np.where(residue, 0, 0.5)
    text_image = labels.em * (1854 + 434) / 2048
    assert text_image == pytest.approx(0.7 * camera.focal / depth)
    # and stand 0.4 A right of their atom, 0.5 A nearer; of residues, at the mean of the atoms
    shift = np.where(residue[:, None], 0, [[0.4, 0, 0.5]])
    assert labels.corner == pytest.approx(camera.project(labels.anchor + shift))


def test_residue_anchor_is_the_mean_of_all_atoms_hydrogens_too() -> None:
    complex_, made_scene = made(metal=True), scene("residues")
    for i, row in enumerate(made_scene.labels.row.tolist()):
        mean = complex_.xyz[complex_.residue_start[row] : complex_.residue_start[row + 1]].mean(axis=0)
        assert made_scene.labels.anchor[i] == pytest.approx(made_scene.camera.to_camera(mean[None])[0])


def test_labels_move_with_the_scene() -> None:
    still, moved = scene("residues", label_style="paper"), scene("residues", "move x 3", label_style="paper")
    assert moved.labels.anchor == pytest.approx(still.labels.anchor + np.array([3, 0, 0]))


def test_labels_before_the_near_plane_are_left_out() -> None:
    made_scene = scene("atoms")
    distance = made_scene.camera.distance
    closer = scene("atoms", f"move z {distance - 12}")
    assert 0 < len(closer.labels) < len(made_scene.labels)
    assert (-closer.labels.anchor[:, 2] >= closer.camera.near).all()
    assert len(scene("atoms", f"move z {2 * distance}").labels) == 0


@pytest.mark.parametrize("operations", ["move z 22", "move x 6, move z 10", "move y 3, move z 12, roll y 30"])
def test_a_residue_has_a_label_where_a_part_of_it_is_in_the_picture(operations: str) -> None:
    complex_ = made()
    picture = Picture(operations=parse_operations(operations))
    scene, paper = (compose(complex_, picture, 384, 288, label_style=style) for style in ("screen", "paper"))
    camera = scene.camera
    in_picture = set(complex_.residue[scene.atom[camera.sees(scene.xyz)]].tolist()) - {4}  # the ligand is row 4
    assert 0 < len(in_picture) < 4
    assert set(scene.labels.row.tolist()) == in_picture
    assert camera.sees(scene.labels.anchor).all()
    middles = {row: camera.sees(paper.labels.anchor)[k] for k, row in enumerate(paper.labels.row.tolist())}
    assert any(not middles.get(row) for row in in_picture)  # the case that this is about
    for k, row in enumerate(scene.labels.row.tolist()):
        if middles.get(row):
            assert scene.labels.anchor[k] == pytest.approx(paper.labels.anchor[paper.labels.row.tolist().index(row)])


def test_far_labels_fade_but_never_below_half() -> None:
    labels = scene("atoms").labels
    assert labels.brightness.min() >= 0.5
    order = np.argsort(-labels.anchor[:, 2])
    assert (np.diff(labels.brightness[order]) <= 1e-9).all()


def test_near_labels_are_drawn_after_far_ones_and_the_ligand_last() -> None:
    labels = scene("atoms").labels
    ligand = labels.kind == LIGAND_ATOM
    assert not ligand[: np.flatnonzero(ligand)[0]].any()
    assert ligand[np.flatnonzero(ligand)[0] :].all()
    assert (np.diff(labels.anchor[~ligand, 2]) >= 0).all()


def test_names_of_residues_and_atoms_differ_in_colour() -> None:
    labels = scene("atoms").labels
    colours = {kind: {tuple(c) for c in labels.colour[labels.kind == kind].tolist()} for kind in range(3)}
    assert all(len(found) == 1 for found in colours.values())
    assert len(set.union(*colours.values())) == 3


def test_of_kinds() -> None:
    labels = scene("atoms").labels
    only = labels.of_kinds(LIGAND_ATOM)
    assert set(only.kind.tolist()) == {LIGAND_ATOM}
    assert len(only) == 3  # no carbon
    assert len(labels.of_kinds()) == 0


def test_kerning_draws_letters_together() -> None:
    assert text_width("VAL") < text_width("V") + text_width("A") + text_width("L")
    assert pen_positions("11")[-1] == 2 * text_width("1")


@pytest.mark.parametrize(("labels", "style"), [("everything", "screen"), ("atoms", "handwriting")])
def test_unknown_names_are_refused(labels: str, style: str) -> None:
    with pytest.raises(RenderError, match="is not one of"):
        scene(labels, label_style=style)


def test_the_label_of_a_lone_ion_does_not_hide_it() -> None:
    drawn = scene("residues")
    for text, covered in (("ZN 301", False), ("SER 5", True)):
        i = drawn.labels.text.index(text)
        left, top, right, bottom = drawn.labels.boxes[i]
        column, row = drawn.camera.project(drawn.labels.anchor[i])
        assert bool(left <= column <= right and top <= row <= bottom) == covered
