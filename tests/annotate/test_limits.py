"""Bonds appear and vanish where the limits are; the tightest limit is named and measured."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misi.annotate.facts import Facts
from misi.annotate.graph import angle

from .made import build
from .scenes import acetone, amide_nh, facing, serine, turned


def only(facts: Facts) -> tuple[str, float, str]:
    """Kind of the single bond or near miss, its margin and limit."""
    found = [("bond", bond) for bond in facts.hbonds] + [("near miss", bond) for bond in facts.near_misses]
    if not found:
        return ("nothing", 0.0, "")
    ((kind, bond),) = found
    return (kind, bond.margin, bond.limit)


@pytest.mark.parametrize("hydrogen", [False, True])
@pytest.mark.parametrize(
    ("distance", "kind"), [(2.9, "bond"), (3.53, "bond"), (3.55, "near miss"), (3.73, "near miss"), (3.75, "nothing")]
)
def test_amide_to_ketone_by_distance(hydrogen: bool, distance: float, kind: str) -> None:
    # a straight N-H...O: the hydrogen lies 0.91 A from N, its limit is 2.63 A
    found, margin, limit = only(facing(amide_nh(hydrogen), acetone(), distance, (1, 0, 0), (1, 0, 0)))
    assert found == kind
    if kind != "nothing" and distance > 3:
        assert limit == "donor h"
        assert margin == pytest.approx((2.63 - (distance - 0.91)) / 0.4, abs=0.02)


def test_geometry_is_reported() -> None:
    (bond,) = facing(amide_nh(True), acetone(), 2.9, (1, 0, 0), (1, 0, 0)).hbonds
    assert (bond.donor_class, bond.acceptor_class) == ("D13", "A7")
    assert bond.distance == pytest.approx(2.9)
    assert bond.hydrogen == 5
    assert bond.hydrogen_distance == pytest.approx(1.99)
    assert bond.angle == pytest.approx(180)
    (implied,) = facing(amide_nh(), acetone(), 2.9, (1, 0, 0), (1, 0, 0)).hbonds
    assert implied.hydrogen is None
    assert implied.hydrogen_distance == pytest.approx(1.99, abs=1e-3)


@given(st.floats(0, 60))
@settings(max_examples=60, deadline=None)
def test_amide_to_ketone_by_angle_at_the_hydrogen(tilt: float) -> None:
    direction = (math.cos(math.radians(tilt)), 0, math.sin(math.radians(tilt)))
    oxygen = tuple(2.9 * part for part in direction)
    theta = angle((0, 0, 0), (0.91, 0, 0), oxygen)
    found, margin, limit = only(facing(amide_nh(True), acetone(), 2.9, direction, direction))
    assert found == ("bond" if theta >= 126 else "near miss" if theta >= 116 else "nothing")
    if found == "near miss":
        assert limit == "donor theta"
        assert margin == pytest.approx((theta - 126) / 20)


@given(st.floats(0, 180))
@settings(max_examples=60, deadline=None)
def test_ketone_by_in_plane_angle(phi: float) -> None:
    # the C=O bond turned in its own plane, which holds the N-H too
    bond = turned(np.array([[-1.0, 0, 0]]), (0, 0, 1), phi)[0]
    found, margin, limit = only(facing(amide_nh(True), acetone(), 2.95, (1, 0, 0), bond))
    if phi < 75:  # the ketone's own carbon is in the way; only the numbers matter here
        assert found == "nothing"
    else:
        assert found == ("bond" if phi >= 90 else "near miss" if phi >= 80 else "nothing")
    if found == "near miss":
        assert limit == "acceptor phi"
        assert margin == pytest.approx((phi - 90) / 20, abs=1e-6)


def test_a_donor_above_the_plane_passes_the_projected_angle() -> None:
    # seen along the normal the donor is on the acceptor: the projected arm has no length and its angle is 0
    found, _, _ = only(facing(amide_nh(True), acetone(), 2.9, (1, 0, 0), (0, 0, 1)))
    assert found == "nothing"


@pytest.mark.parametrize(
    ("degrees", "kind"), [(65, "near miss"), (71, "bond"), (110, "bond"), (160, "bond"), (165, "near miss")]
)
def test_serine_without_hydrogen_turns_freely(degrees: float, kind: str) -> None:
    # CB-OG...O between 70 and 161 degrees
    direction = turned(np.array([[-1.0, 0, 0]]), (0, 0, 1), -degrees)[0]
    found, margin, limit = only(facing(serine(), acetone(), 2.8, direction, direction))
    assert found == kind
    if kind == "near miss":
        assert limit == "donor upsilon"
        assert margin == pytest.approx(min(degrees - 70, 161 - degrees) / 20, abs=1e-6)


@pytest.mark.parametrize(("distance", "kind"), [(3.56, "bond"), (3.58, "near miss"), (3.78, "nothing")])
def test_serine_by_distance(distance: float, kind: str) -> None:
    direction = turned(np.array([[-1.0, 0, 0]]), (0, 0, 1), -110)[0]
    assert only(facing(serine(), acetone(), distance, direction, direction))[0] == kind


def test_carboxylate_knows_its_two_sides() -> None:
    """Syn donors may come in at 70 degrees, anti donors at 90."""
    carbon = np.array((1.25, 0, 0))
    at_60 = np.array((math.cos(math.radians(60)), math.sin(math.radians(60)), 0))
    acid = build(
        [
            ("O1", 8, (0, 0, 0)),
            ("C", 6, carbon),
            ("O2", 8, carbon + 1.25 * at_60),
            ("C1", 6, carbon + 1.52 * at_60 * (1, -1, 1)),
        ],
        [(0, 1), (1, 2), (1, 3)],
    )
    # the donor sits at an angle of 80 degrees from the O-C bond, on the side of O2 or on the other
    for side, expected in ((1, "bond"), (-1, "near miss")):
        towards = turned(np.array([[1.0, 0, 0]]), (0, 0, 1), 80 * side)[0]
        # into the frame in which the donor is the origin and O1 lies along +x
        spin = math.degrees(math.atan2(towards[1], towards[0]))
        bond = turned(np.array([[1.0, 0, 0]]), (0, 0, 1), 180 - spin)[0]
        facts = facing(amide_nh(True), acid, 2.9, (1, 0, 0), bond)
        flat = [b for b in (*facts.hbonds, *facts.near_misses) if b.acceptor == 6]
        assert [b.acceptor_class for b in flat] == ["A3"]
        assert ("bond" if flat[0].margin >= 0 else "near miss") == expected
