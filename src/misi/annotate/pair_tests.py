"""The acceptor's, the donor's and the metal's test of one donor-acceptor pair."""

import math
from collections.abc import Iterable

from misi.annotate.acceptors import Acceptor
from misi.annotate.criteria import (
    GENERIC_HEAVY_ANGLE,
    GENERIC_THETA,
    METAL_ANGLE,
    SULFUR_ANGLE_EXTRA,
    SULFUR_EXTRA,
    Cone,
    InPlane,
    Loose,
    Sphere,
    SynAnti,
    ThetaTau,
    UpsilonTau,
)
from misi.annotate.donors import Donor
from misi.annotate.geometry import angle, dot, minus
from misi.annotate.graph import Point
from misi.annotate.tightest import IMPOSSIBLE, Tightest, distance_margin, margin_above, margin_below
from misi.annotate.torsion import TauFrame

_SULFUR = 16


def tightest_limit(donor: Donor, acceptor: Acceptor, metals: Iterable[Point] = ()) -> Tightest:
    """Margin of a pair over all its limits; it is a hydrogen bond if the margin is not negative.

    `metals` are those that the acceptor coordinates.

    The search ends at the first limit that not even a near miss reaches, so large negative margins are bounds.
    """
    tightest = Tightest()
    distance = math.dist(donor.xyz, acceptor.xyz)
    _test_acceptor(tightest, donor, acceptor, distance)
    if not tightest.hopeless:
        _test_donor(tightest, donor, acceptor, distance)
    for metal in metals:
        tightest.take("metal angle", margin_above(angle(donor.xyz, acceptor.xyz, metal), METAL_ANGLE))
    return tightest


def _theta(donor: Donor, acceptor: Acceptor, limit: float) -> float:
    """Margin of the best acceptor-hydrogen-donor angle; a donor whose hydrogens have no place always passes."""
    if not donor.hydrogens:
        return math.inf
    return max(margin_above(angle(acceptor.xyz, h, donor.xyz), limit) for h in donor.hydrogens)


# -- the acceptor's limits ----------------------------------------------------------------------------------------


def _test_acceptor(tightest: Tightest, donor: Donor, acceptor: Acceptor, distance: float) -> None:
    limits = acceptor.limits
    if isinstance(limits, SynAnti):
        syn = acceptor.side is not None and dot(minus(donor.xyz, acceptor.xyz), acceptor.side) > 0.0
        limits = limits.syn if syn else limits.anti
    reach = limits.r + SULFUR_EXTRA if donor.element == _SULFUR else limits.r
    tightest.take("acceptor r", distance_margin(distance, reach))
    if tightest.hopeless:
        return
    if isinstance(limits, InPlane):
        if acceptor.plane is not None:
            tightest.take("acceptor phi", margin_above(acceptor.plane.phi(donor.xyz), limits.phi))
        tightest.take("acceptor theta", _theta(donor, acceptor, limits.theta))
    elif isinstance(limits, Cone):
        _test_cone(tightest, donor, acceptor, limits)
    elif isinstance(limits, Sphere):
        for point in acceptor.around:
            tightest.take("acceptor angle", margin_above(angle(point, acceptor.xyz, donor.xyz), limits.angle))


def _test_cone(tightest: Tightest, donor: Donor, acceptor: Acceptor, limits: Cone) -> None:
    best = IMPOSSIBLE
    for partner in acceptor.partners:
        upsilon = angle(partner, acceptor.xyz, donor.xyz)
        best = max(best, min(margin_above(upsilon, limits.low), margin_below(upsilon, limits.high)))
    tightest.take("acceptor upsilon", best)
    tightest.take("acceptor theta", _theta(donor, acceptor, limits.theta))
    if limits.tau is not None and acceptor.tau is not None:
        _test_tau(tightest, "acceptor tau", acceptor.tau, donor, None, limits.tau, towards=donor.xyz)


def _test_tau(
    tightest: Tightest,
    name: str,
    frame: TauFrame,
    donor: Donor,
    in_plane: float | None,
    staggered: float | None,
    towards: Point,
) -> None:
    if not frame.references:
        return
    if not frame.consistent:
        tightest.fail(name)
        return
    angles = frame.angles(towards)
    if in_plane is not None:
        tightest.take(name, max(margin_below(tau, in_plane) for tau in angles))
    if staggered is not None:
        tightest.take(name, min(margin_above(tau, staggered) for tau in angles))


# -- the donor's limits -------------------------------------------------------------------------------------------


def _test_donor(tightest: Tightest, donor: Donor, acceptor: Acceptor, distance: float) -> None:
    if acceptor.block is None:
        tightest.fail("acceptor type")
        return
    limits = donor.limits[acceptor.block]
    if isinstance(limits, UpsilonTau):
        _test_turning(tightest, donor, acceptor, limits, distance)
    elif isinstance(limits, ThetaTau):
        _test_placed(tightest, donor, acceptor, limits, distance)
    else:
        _test_loose(tightest, donor, acceptor, limits, distance)


def _sulfur_extra(acceptor: Acceptor) -> float:
    return SULFUR_EXTRA if acceptor.element == _SULFUR and acceptor.block == "other" else 0.0


def _lone_pair(donor: Donor, acceptor: Acceptor, limit: float) -> float:
    """Margin of the best lone pair; every direction passes where the acceptor has none."""
    angles = (angle(opposite, acceptor.xyz, donor.xyz) for opposite in acceptor.lone_pairs)
    return max((margin_above(a, limit) for a in angles), default=math.inf)


def _test_turning(tightest: Tightest, donor: Donor, acceptor: Acceptor, limits: UpsilonTau, distance: float) -> None:
    tightest.take("donor r", distance_margin(distance, limits.r + _sulfur_extra(acceptor)))
    if limits.lone_pair is not None and acceptor.degree > 1:
        if acceptor.lone_pairs:
            tightest.take("donor lone pair", _lone_pair(donor, acceptor, limits.lone_pair))
        else:
            tightest.fail("donor lone pair")
    if len(donor.heavy) != 1:
        tightest.fail("donor type")
    if tightest.hopeless:
        return
    upsilon = angle(donor.heavy[0], donor.xyz, acceptor.xyz)
    tightest.take("donor upsilon", min(margin_above(upsilon, limits.low), margin_below(upsilon, limits.high)))
    tightest.take("donor theta", _theta(donor, acceptor, limits.theta))
    if donor.tau is not None and (limits.in_plane is not None or limits.staggered is not None):
        _test_tau(tightest, "donor tau", donor.tau, donor, limits.in_plane, limits.staggered, towards=acceptor.xyz)


def _test_placed(tightest: Tightest, donor: Donor, acceptor: Acceptor, limits: ThetaTau, distance: float) -> None:
    if donor.hydrogens:
        reach = limits.h + _sulfur_extra(acceptor)
        nearest = min(math.dist(h, acceptor.xyz) for h in donor.hydrogens)
        tightest.take("donor h", distance_margin(nearest, reach))
    elif limits.r is not None and acceptor.block != "other":
        tightest.take("donor r", distance_margin(distance, limits.r))
    else:
        tightest.fail("donor hydrogen")
    if tightest.hopeless:
        return
    if limits.phi is not None and acceptor.contact_plane is not None:
        tightest.take("donor phi", margin_above(acceptor.contact_plane.phi(donor.xyz), limits.phi))
    if limits.lone_pair is not None:
        tightest.take("donor lone pair", _lone_pair(donor, acceptor, limits.lone_pair))
    tightest.take("donor theta", _theta(donor, acceptor, limits.theta))


def _test_loose(tightest: Tightest, donor: Donor, acceptor: Acceptor, limits: Loose, distance: float) -> None:
    if donor.hydrogens:
        nearest = min(math.dist(h, acceptor.xyz) for h in donor.hydrogens)
        tightest.take("donor h", distance_margin(nearest, limits.h))
    else:
        tightest.take("donor r", distance_margin(distance, limits.r))
    lowest = GENERIC_HEAVY_ANGLE - (SULFUR_ANGLE_EXTRA if acceptor.element == _SULFUR else 0.0)
    for point in donor.heavy:
        tightest.take("donor angle", margin_above(angle(point, donor.xyz, acceptor.xyz), lowest))
    tightest.take("donor theta", _theta(donor, acceptor, GENERIC_THETA))
