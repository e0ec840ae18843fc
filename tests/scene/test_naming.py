"""What pictures name: by distance and element alone, and never less than a question can ask for."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.annotate.criteria import REACH
from misi.annotate.hbonds import annotate
from misi.scene.motion import SIX_VIEWS, Operation, parse_operations
from misi.scene.naming import LIGAND_ATOM, NAMED_WITHIN, POCKET_ATOM, RESIDUE, near_ligand, plan_labels, residue_texts
from misi.scene.picture import Picture
from misi.scene.scene import Scene, compose
from misi.structures.complex import Complex, Rejection, frozen
from misi.structures.sources import find_sources, load
from misi.structures.synthetic import write_complexes
from tests.scene.made import made

COMPLEXES = Path(__file__).resolve().parents[2].parent / "shared" / "complexes"


def named(scene: Scene, kind: int) -> set[int]:
    return set(scene.labels.row[scene.labels.kind == kind].tolist())


def with_keys(complex_: Complex, keys: list[tuple[str, str, int, str]]) -> Complex:
    """Other (chain, name, number, insertion code) of the pocket's residues."""
    chain, name, number, icode = zip(*keys, ("", "LIG", 1, ""), strict=True)
    return replace(
        complex_,
        residue_chain=frozen(chain, str),
        residue_name=frozen(name, str),
        residue_number=frozen(number, np.int32),
        residue_icode=frozen(icode, str),
    )


def check_truth_is_named(complex_: Complex, views: tuple[str, ...]) -> int:
    """Number of hydrogen bonds; each has its two atoms and its residue named in pictures that name atoms."""
    facts = annotate(complex_)
    pairs = {*facts.pairs, *(_as_pair(complex_, bond.donor, bond.acceptor) for bond in facts.near_misses)}
    for view in views:
        scene = compose(complex_, Picture(view=view, labels="atoms"), 768, 576)
        residues, pocket, ligand = (named(scene, kind) for kind in (RESIDUE, POCKET_ATOM, LIGAND_ATOM))
        for atom, ligand_atom in pairs:
            assert atom in pocket
            assert ligand_atom in ligand
        assert {int(complex_.residue[atom]) for atom in pocket} <= residues
    for residue in sorted({int(complex_.residue[atom]) for atom, _ in pairs})[:1]:
        alone = compose(complex_, Picture(show="residue", residue=residue, labels="atoms"), 768, 576)
        assert named(alone, RESIDUE) == {residue}
        assert named(alone, LIGAND_ATOM) == set(np.flatnonzero(complex_.is_ligand & complex_.heavy).tolist())
        own = {atom for atom, _ in pairs if int(complex_.residue[atom]) == residue}
        assert own <= named(alone, POCKET_ATOM)
    return len(facts.pairs)


def _as_pair(complex_: Complex, first: int, second: int) -> tuple[int, int]:
    return (second, first) if complex_.is_ligand[first] else (first, second)


def test_what_may_bond_is_near() -> None:
    """No criterion sees a bond, or nearly one, beyond `REACH`."""
    assert NAMED_WITHIN > REACH


def test_every_bond_of_made_up_complexes_is_named(tmp_path: Path) -> None:
    write_complexes(tmp_path, 12, seed=5)
    loaded = [load(source) for source in find_sources(tmp_path) if not isinstance(source, Rejection)]
    complexes = [one for one in loaded if not isinstance(one, Rejection)]
    assert sum(check_truth_is_named(one, SIX_VIEWS) for one in complexes) > 10


@pytest.mark.skipif(not COMPLEXES.is_dir(), reason="no complexes in ../shared")
def test_every_bond_of_real_complexes_is_named() -> None:
    sources = [source for source in find_sources(COMPLEXES) if not isinstance(source, Rejection)]
    loaded = [load(source) for source in sources[:: len(sources) // 100][:100]]
    complexes = [one for one in loaded if not isinstance(one, Rejection)]
    assert sum(check_truth_is_named(one, ("front",)) for one in complexes) > 200


def test_only_what_is_near_is_named() -> None:
    complex_ = made(8)
    near = near_ligand(complex_)
    heavy = np.flatnonzero(complex_.heavy)
    ligand = complex_.xyz[complex_.is_ligand & complex_.heavy]
    for atom in heavy.tolist():
        distance = np.sqrt(((complex_.xyz[atom] - ligand) ** 2).sum(axis=1)).min()
        assert near[atom] == (not complex_.is_ligand[atom] and distance <= NAMED_WITHIN)
    scene = compose(complex_, Picture(labels="atoms"), 768, 576)
    assert named(scene, RESIDUE) == set(complex_.residue[near].tolist())
    assert len(named(scene, RESIDUE)) < 8
    assert named(scene, POCKET_ATOM) == set(np.flatnonzero(near & np.isin(complex_.element, (7, 8, 16))).tolist())
    elements = {int(complex_.element[atom]) for atom in named(scene, LIGAND_ATOM)}
    assert elements == {7, 8, 17}  # no carbon


@given(st.sampled_from(SIX_VIEWS), st.integers(-90, 90), st.sampled_from("xyz"))
@settings(max_examples=20, deadline=None)
def test_views_and_turns_name_the_same(view: str, angle: int, axis: str) -> None:
    front = compose(made(8), Picture(labels="atoms"), 768, 576)
    turn = (Operation("roll", axis, float(angle)),)  # type: ignore[arg-type]
    other = compose(made(8), Picture(view=view, operations=turn, labels="atoms"), 768, 576)
    assert Counter(zip(front.labels.kind.tolist(), front.labels.row.tolist(), strict=True)) == Counter(
        zip(other.labels.kind.tolist(), other.labels.row.tolist(), strict=True)
    )


def test_bonds_play_no_part() -> None:
    """The same atoms without their names and bonds are named at the same places."""
    complex_ = made(8)
    nameless = replace(complex_, name=frozen(["X"] * len(complex_), str), bonds=frozen([], np.int32, (-1, 2)))
    first, second = (plan_labels(one, one.heavy, "atoms", near=near_ligand(one)) for one in (complex_, nameless))
    assert first.row.tolist() == second.row.tolist()


def test_a_ligand_set_aside_is_named_where_it_stands() -> None:
    complex_ = made(8)
    aside = Picture(ligand_operations=parse_operations("roll y 45, move x 60"), labels="atoms")
    scene = compose(complex_, aside, 768, 576)
    assert not named(scene, RESIDUE)  # nothing tells from where it came
    assert not named(scene, POCKET_ATOM)
    plan = plan_labels(complex_, complex_.heavy, "atoms", near=near_ligand(complex_))
    still = compose(complex_, Picture(ligand_operations=parse_operations("move x 0"), labels="atoms"), 768, 576)
    assert Counter(still.labels.text) == Counter(plan.text)


@given(st.integers(-40, 40), st.integers(-90, 90))
@settings(max_examples=20, deadline=None)
def test_any_pose_of_the_ligand_can_be_named(distance: int, angle: int) -> None:
    poses = parse_operations(f"roll z {angle}, move x {distance}")
    labels = compose(made(8), Picture(ligand_operations=poses, labels="atoms"), 768, 576).labels
    assert {"N4", "O7", "CL8"} <= set(labels.text) or distance


def test_pictures_with_room_name_every_atom() -> None:
    complex_ = made(8)
    alone = compose(complex_, Picture(show="ligand", labels="atoms"), 768, 576)
    assert named(alone, LIGAND_ATOM) == set(np.flatnonzero(complex_.is_ligand & complex_.heavy).tolist())
    pocket = compose(complex_, Picture(show="pocket", labels="atoms"), 768, 576)
    assert named(pocket, RESIDUE) == set(range(8))


def test_the_style_of_the_paper_names_everything() -> None:
    complex_ = made(8)
    scene = compose(complex_, Picture(labels="atoms"), 768, 576, label_style="paper")
    polar = np.isin(complex_.element, (7, 8, 16)) & ~complex_.is_ligand
    assert named(scene, RESIDUE) == set(range(8))
    assert named(scene, POCKET_ATOM) == set(np.flatnonzero(polar).tolist())
    assert named(scene, LIGAND_ATOM) == set(np.flatnonzero(complex_.is_ligand & complex_.heavy).tolist())


def test_chains_are_named_where_nothing_else_tells_residues_apart() -> None:
    keys = [("A", "ARG", 221, ""), ("B", "ARG", 221, ""), ("A", "ARG", 221, "A"), ("B", "HIS", 221, "")]
    twins = with_keys(made(4), keys)
    assert residue_texts(twins)[:4] == ("ARG 221/A", "ARG 221/B", "ARG 221A", "HIS 221")
    labels = compose(twins, Picture(), 768, 576).labels
    assert {"ARG 221/A", "ARG 221/B"} <= set(labels.text)
    paper = compose(twins, Picture(), 768, 576, label_style="paper").labels
    assert Counter(paper.text)["ARG 221"] == 2


def test_copies_of_one_chain_share_a_label() -> None:
    blank = [("", "ARG", 221, ""), ("", "ARG", 221, ""), ("", "HIS", 5, ""), ("", "HIS", 6, "")]
    assert residue_texts(with_keys(made(4), blank))[:4] == ("ARG 221", "ARG 221", "HIS 5", "HIS 6")
    mixed = [("", "ARG", 221, ""), ("A", "ARG", 221, ""), ("A", "ARG", 221, ""), ("1", "ARG", 221, "")]
    assert residue_texts(with_keys(made(4), mixed))[:4] == ("ARG 221", "ARG 221/A", "ARG 221/A", "ARG 221/1")


def test_a_ligand_with_the_key_of_a_residue_changes_no_label() -> None:
    keys = [("A", "LIG", 1, ""), ("A", "ARG", 2, ""), ("A", "ARG", 3, ""), ("A", "ARG", 4, "")]
    assert residue_texts(with_keys(made(4), keys))[0] == "LIG 1"


def test_a_complex_without_a_ligand_names_nothing_near() -> None:
    complex_ = made(4)
    apo = replace(complex_, is_ligand=frozen(np.zeros(len(complex_)), bool))
    assert not near_ligand(apo).any()
