"""Labels give way to each other and stay with their atoms."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.scene.placement import overlapped, place

CAP = 11.0


def crowd(seed: int, n: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Anchors in a corner of the picture, widths, gaps, and which are residues."""
    rng = np.random.default_rng(seed)
    anchor = rng.uniform(-20, 220, (n, 2))
    width = rng.uniform(8, 60, n)
    centred = rng.random(n) < 0.5
    return anchor, width, np.where(centred, 0.0, rng.uniform(2, 8, n)), centred


def boxes(corner: np.ndarray, width: np.ndarray) -> np.ndarray:
    return np.stack([corner[:, 0], corner[:, 1] - CAP, corner[:, 0] + width, corner[:, 1]], axis=1)


def distance(anchor: np.ndarray, box: np.ndarray) -> np.ndarray:
    """From each anchor to its box, per axis, 0 inside."""
    return np.maximum(np.maximum(box[:, :2] - anchor, anchor - box[:, 2:]), 0)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_no_label_leaves_its_atom(seed: int) -> None:
    anchor, width, gap, centred = crowd(seed)
    box = boxes(place(anchor, width, CAP, gap, centred, 768, 576, moving=True), width)
    away = distance(anchor, box).max(axis=1)
    assert (away <= gap + 1e-9).all()
    assert (away[centred] == 0).all()


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_moving_never_makes_more_overlap(seed: int) -> None:
    anchor, width, gap, centred = crowd(seed)
    still, moved = (
        overlapped(boxes(place(anchor, width, CAP, gap, centred, 768, 576, moving=moving), width)).sum()
        for moving in (False, True)
    )
    assert moved <= still


def test_moving_helps() -> None:
    shares = {}
    for moving in (False, True):
        found = []
        for seed in range(20):
            anchor, width, gap, centred = crowd(seed)
            found.append(overlapped(boxes(place(anchor, width, CAP, gap, centred, 768, 576, moving=moving), width)))
        shares[moving] = np.concatenate(found).mean()
    assert shares[True] < 0.5 * shares[False]


def test_a_lonely_label_takes_its_first_place() -> None:
    anchor, width, gap = np.array([(100.0, 100.0)]), np.array([40.0]), np.array([5.0])
    right = place(anchor, width, CAP, gap, np.array([False]), 768, 576, moving=True)
    assert right.tolist() == [[105.0, 105.5]]
    centred = place(anchor, width, CAP, np.zeros(1), np.array([True]), 768, 576, moving=True)
    assert centred.tolist() == [[80.0, 105.5]]


def test_labels_at_the_edge_turn_inward() -> None:
    anchor, width, gap = np.array([(764.0, 3.0)]), np.array([40.0]), np.array([5.0])
    ((x, y),) = place(anchor, width, CAP, gap, np.array([False]), 768, 576, moving=True)
    assert x + 40 <= 768
    assert y - CAP >= 0


def test_no_labels_are_no_trouble() -> None:
    empty = np.zeros(0)
    assert place(np.zeros((0, 2)), empty, CAP, empty, empty.astype(bool), 10, 10, moving=True).shape == (0, 2)
