"""Numeric limits of the hydrogen-bond criterion, and the tolerance that is granted on them.

The limits are those of J.E. Mills and P.M. Dean, "Three-dimensional hydrogen-bond geometry and probability
information from a crystal survey", J. Comput.-Aided Mol. Des. 10 (1996) 607-622, Tables 5-8, as the hydrogen-bond
tool of UCSF Chimera and ChimeraX holds them; rows that the paper does not have were extrapolated there from similar
groups and are marked "extrapolated". Tables in this file show the strict values; each is relaxed once, when the
module is loaded. Distances in angstrom, angles in degrees.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

DISTANCE_TOLERANCE: Final = 0.4
ANGLE_TOLERANCE: Final = 20.0

#: Near misses fail by at most these on their worst limit: half a tolerance.
NEAR_MISS_MARGIN: Final = -0.5

#: Added to donor-acceptor limits where sulfur takes part: its radius exceeds that of oxygen by so much.
SULFUR_EXTRA: Final = 0.35
#: Taken from the heavy-atom angle limit of generic donors towards sulfur.
SULFUR_ANGLE_EXTRA: Final = 9.0

#: An acceptor within this distance of a metal of its own molecule coordinates it, ...
METAL_REACH: Final = 4.0
#: ... and then accepts no hydrogen from directions nearer to the metal than this. Neither is relaxed.
METAL_ANGLE: Final = 45.0

#: No donor-acceptor pair farther apart passes, or nearly passes, any acceptor test below (a test checks this).
REACH: Final = 4.8


def at_most(distance: float) -> float:
    """A relaxed upper limit of a distance."""
    return distance + DISTANCE_TOLERANCE


def at_least(angle: float) -> float:
    """A relaxed lower limit of an angle; 0 means no limit."""
    return max(0.0, angle - ANGLE_TOLERANCE)


def no_more_than(angle: float) -> float:
    """A relaxed upper limit of an angle; 180 means no limit."""
    return min(180.0, angle + ANGLE_TOLERANCE)


# -- acceptors ------------------------------------------------------------------------------------------------------


class InPlane(NamedTuple):
    """Limits on the donor seen from an acceptor with a plane.

    `r`: donor-acceptor distance; `phi`: angle base-acceptor-donor, projected onto the plane; `theta`: angle
    acceptor-hydrogen-donor.
    """

    r: float
    phi: float
    theta: float


class SynAnti(NamedTuple):
    """In-plane limits that differ between the side of a second atom on the same centre and the far side."""

    syn: InPlane
    anti: InPlane


class Cone(NamedTuple):
    """Limits about a partner atom or lone pair: `low` <= angle partner-acceptor-donor <= `high`.

    `tau`: least angle about the bond to the partner between the donor and each of the acceptor's hydrogens.
    """

    r: float
    low: float
    high: float
    theta: float
    tau: float | None = None


class Sphere(NamedTuple):
    """Limits where little is known: distance, and the least angle neighbour-acceptor-donor for every neighbour."""

    r: float
    angle: float


AcceptorLimits = InPlane | SynAnti | Cone | Sphere


def _plane(r: float, phi: float, theta: float) -> InPlane:
    return InPlane(at_most(r), at_least(phi), at_least(theta))


def _cone(r: float, low: float, high: float, theta: float, tau: float | None = None) -> Cone:
    return Cone(at_most(r), at_least(low), no_more_than(high), at_least(theta), tau)


def _sphere(r: float, angle: float) -> Sphere:
    return Sphere(at_most(r), at_least(angle))


#: Limits of the 29 acceptor classes (Mills and Dean 1996, Tables 5-8); what each class is says `groups.py`.
ACCEPTOR_LIMITS: Final[dict[str, AcceptorLimits]] = {
    "A1": SynAnti(_plane(3.03, 110, 145), _plane(3.03, 110, 135)),
    "A2": SynAnti(_plane(3.03, 110, 145), _plane(3.03, 110, 135)),
    "A3": SynAnti(_plane(3.17, 90, 145), _plane(3.17, 110, 145)),
    "A4": _plane(3.73, 90, 145),
    "A5": SynAnti(_plane(3.17, 110, 130), _plane(3.17, 110, 135)),
    "A6": SynAnti(_plane(3.30, 110, 135), _plane(3.30, 110, 130)),
    "A7": _plane(3.30, 110, 130),
    "A8": _plane(3.17, 110, 135),
    "A9": SynAnti(_plane(3.42, 90, 145), _plane(3.53, 110, 130)),
    "A10": SynAnti(_plane(3.30, 110, 130), _plane(3.30, 120, 135)),
    "A11": _cone(3.03, 103, 146, 145),
    "A12": _cone(3.03, 109, 180, 145),
    "A13": _cone(3.03, 100, 180, 145),
    "A14": _cone(3.03, 103, 180, 155),
    "A15": _cone(3.03, 100, 161, 145),
    "A16": _cone(3.17, 103, 180, 150),
    "A17": _cone(3.17, 153, 180, 145),
    "A18": _cone(3.30, 153, 180, 150),
    "A19": _cone(3.30, 153, 180, 150),
    "A20": _cone(3.17, 100, 153, 150),
    "A21": _cone(3.42, 90, 137, 140, tau=37.5),  # the program does not relax this tau
    "A22": _plane(3.03, 120, 145),
    "A23": _plane(3.42, 140, 140),
    "A24": _plane(3.42, 140, 140),
    "A25": _plane(3.17, 150, 145),
    "A26": _plane(3.30, 140, 155),
    "A27": _plane(3.30, 140, 140),
    "A28": _plane(3.30, 150, 135),
    "A29": _plane(3.42, 150, 135),
}

#: Limits of acceptors outside the classes; extrapolated, those of N1, S2, Sar and one-bonded N3 from single examples.
GENERIC_ACCEPTOR_LIMITS: Final[dict[str, AcceptorLimits]] = {
    "generic O- planar": _plane(3.53, 90, 130),
    "generic O": _sphere(3.53, 90),
    "generic O2 planar": _plane(3.30, 110, 130),
    "generic O2 tetrahedral": _cone(3.03, 100, 180, 145),
    "generic O3 one bond": _cone(3.17, 100, 161, 145),
    "generic O3 two bonds": _plane(3.42, 120, 135),
    "generic N2": _plane(3.42, 140, 135),
    "generic N3 alone": _sphere(3.42, 90),
    "generic N3 primary": _cone(3.13, 98, 180, 150),
    "generic N3 secondary or tertiary": _cone(3.30, 153, 180, 145),
    "generic N1": _cone(3.40, 136, 180, 145),
    "generic S2": _plane(3.83, 85, 140),
    "generic S": _sphere(3.83, 85),
}


# -- donors ---------------------------------------------------------------------------------------------------------

#: Which of a donor's limits hold for an acceptor: planar O; tetrahedral O or planar N; tetrahedral N; any other.
Block = Literal["sp2 O", "sp3 O, sp2 N", "sp3 N", "other"]


class UpsilonTau(NamedTuple):
    """Limits of a donor group that turns about its single bond to a heavy atom.

    `r`: donor-acceptor distance; `low` <= angle heavy-donor-acceptor <= `high`; `theta`: angle
    acceptor-hydrogen-donor; about the axis heavy-donor, the acceptor is to lie no more than `in_plane` away from
    one reference direction or at least `staggered` away from all; `lone_pair`: angle between the donor and a lone
    pair, seen from the acceptor and measured from the direction opposite to the pair.
    """

    r: float
    low: float
    high: float
    theta: float
    in_plane: float | None = None
    staggered: float | None = None
    lone_pair: float | None = None


class ThetaTau(NamedTuple):
    """Limits of a donor whose hydrogen has a place.

    `h`: hydrogen-acceptor distance; `theta` as above; `phi`: angle in the plane of a two-bonded acceptor;
    `lone_pair` as above; `r`: donor-acceptor distance that replaces `h` for water without hydrogens.
    """

    h: float
    theta: float
    phi: float | None = None
    lone_pair: float | None = None
    r: float | None = None


class Loose(NamedTuple):
    """Limits of generic donors: `h` hydrogen-acceptor, or `r` donor-acceptor where the hydrogen has no place."""

    h: float
    r: float


DonorLimits = Mapping[Block, UpsilonTau | ThetaTau | Loose]


def _ut(
    r: float, low: float, high: float, theta: float, tau: float | None, lone_pair: float | None = None
) -> UpsilonTau:
    """One block; `tau` has the program's sign: negative for in-plane donors, positive for staggered ones."""
    return UpsilonTau(
        at_most(r),
        at_least(low),
        no_more_than(high),
        at_least(theta),
        in_plane=no_more_than(-tau) if tau is not None and tau < 0 else None,
        staggered=at_least(tau) if tau is not None and tau >= 0 else None,
        lone_pair=None if lone_pair is None else at_least(lone_pair),
    )


def _tt(
    h: float, theta: float, phi: float | None = None, lone_pair: float | None = None, r: float | None = None
) -> ThetaTau:
    return ThetaTau(
        at_most(h),
        at_least(theta),
        None if phi is None else at_least(phi),
        None if lone_pair is None else at_least(lone_pair),
        None if r is None else at_most(r),
    )


def _turning(sp2_oxygen: UpsilonTau, sp3_oxygen: UpsilonTau, sp3_nitrogen: UpsilonTau) -> DonorLimits:
    other = _ut(3.42, 90, 161, 125, None)  # extrapolated
    return {"sp2 O": sp2_oxygen, "sp3 O, sp2 N": sp3_oxygen, "sp3 N": sp3_nitrogen, "other": other}


def _placed(sp2_oxygen: ThetaTau, sp3_oxygen: ThetaTau, sp3_nitrogen: ThetaTau) -> DonorLimits:
    other = _tt(2.48, 132)  # extrapolated
    return {"sp2 O": sp2_oxygen, "sp3 O, sp2 N": sp3_oxygen, "sp3 N": sp3_nitrogen, "other": other}


#: Limits of the 18 donor classes that have their own (Mills and Dean 1996, Tables 5-8).
DONOR_LIMITS: Final[dict[str, DonorLimits]] = {
    "D1": _turning(
        _ut(2.87, 103, 128, 140, -30), _ut(2.87, 103, 128, 155, -30), _ut(2.87, 103, 128, 140, -30, lone_pair=150)
    ),
    "D2": _turning(
        _ut(3.17, 90, 146, 140, -30),
        _ut(3.17, 90, 146, 140, -22.5),
        _ut(3.17, 113, 161, 125, None, lone_pair=140),  # extrapolated
    ),
    "D3": _turning(
        _ut(3.17, 90, 146, 140, -30),
        _ut(3.17, 90, 146, 140, -22.5),
        _ut(3.17, 113, 161, 125, None, lone_pair=140),  # extrapolated
    ),
    "D4": _turning(
        _ut(3.17, 90, 136, 140, 20), _ut(3.17, 90, 132, 150, 25), _ut(3.17, 90, 124, 155, 15, lone_pair=150)
    ),
    "D5": _turning(
        _ut(3.17, 90, 141, 130, None), _ut(3.03, 90, 141, 135, None), _ut(3.03, 100, 132, 145, None, lone_pair=150)
    ),
    "D6": _turning(
        _ut(3.30, 103, 153, 135, -45), _ut(3.30, 109, 141, 140, -30), _ut(3.30, 113, 161, 125, -30, lone_pair=145)
    ),
    "D7": _turning(
        _ut(3.30, 100, 146, 145, -37.5),
        _ut(3.30, 103, 146, 140, -37.5),
        # the sign is the program's: an aromatic amine never gives its hydrogen to a tetrahedral nitrogen
        _ut(3.42, 90, -161, 125, None, lone_pair=140),
    ),
    "D8": _turning(
        _ut(3.03, 103, 136, 145, -37.5), _ut(3.03, 103, 136, 150, -45), _ut(2.87, 109, 128, 145, -52.5, lone_pair=150)
    ),
    "D9": _turning(
        _ut(3.30, 90, 128, 150, 30), _ut(3.42, 90, 124, 155, 25), _ut(3.42, 90, 132, 155, 20, lone_pair=140)
    ),
    "D10": _placed(_tt(1.92, 146), _tt(1.92, 153, phi=150), _tt(2.48, 141, lone_pair=145)),
    "D11": _placed(_tt(2.09, 141), _tt(2.09, 141, phi=155), _tt(2.48, 141, lone_pair=145)),
    "D12": {
        "sp2 O": _tt(2.36, 146, r=3.27),
        "sp3 O, sp2 N": _tt(2.23, 146, phi=140, r=3.14),
        "sp3 N": _tt(2.23, 146, lone_pair=150, r=3.14),
        "other": _tt(2.36, 146, r=3.27),
    },
    "D13": _placed(_tt(2.23, 146), _tt(2.23, 146, phi=140), _tt(2.36, 141, lone_pair=145)),
    "D14": _placed(_tt(1.92, 146), _tt(2.09, 146, phi=140), _tt(2.48, 141, lone_pair=145)),
    "D15": _placed(_tt(2.23, 132), _tt(2.36, 146, phi=140), _tt(2.48, 141, lone_pair=145)),
    "D16": _placed(_tt(2.36, 141), _tt(2.48, 146, phi=150), _tt(2.48, 153, lone_pair=155)),
    "D17": _placed(_tt(2.09, 146), _tt(2.09, 141, phi=140), _tt(2.48, 141, lone_pair=145)),
    "D18": _placed(_tt(2.23, 136), _tt(2.23, 141, phi=150), _tt(2.48, 141, lone_pair=145)),
}

#: Class D19, every other possible donor; extrapolated.
GENERIC_DONOR_LIMITS: Final[dict[str, DonorLimits]] = {
    "generic planar N": _placed(_tt(2.23, 136), _tt(2.23, 141, phi=140), _tt(2.46, 136, lone_pair=140)),
    "generic planar N, one heavy neighbour": _turning(
        _ut(3.30, 90, 153, 135, -45), _ut(3.30, 90, 146, 140, -37.5), _ut(3.40, 108, 166, 125, -35, lone_pair=140)
    ),
    "generic O": {
        "sp2 O": Loose(at_most(2.41), at_most(3.27)),
        "sp3 O, sp2 N": Loose(at_most(2.28), at_most(3.14)),
        "sp3 N": Loose(at_most(2.28), at_most(3.14)),
        "other": Loose(at_most(2.48), at_most(3.42)),
    },
    "generic N": {
        "sp2 O": Loose(at_most(2.36), at_most(3.30)),
        "sp3 O, sp2 N": Loose(at_most(2.48), at_most(3.42)),
        "sp3 N": Loose(at_most(2.48), at_most(3.42)),
        "other": Loose(at_most(2.48), at_most(3.42)),
    },
    "generic S": {
        "sp2 O": Loose(at_most(2.42), at_most(3.65)),
        "sp3 O, sp2 N": Loose(at_most(2.42), at_most(3.65)),
        "sp3 N": Loose(at_most(2.42), at_most(3.65)),
        "other": Loose(at_most(2.48), at_most(3.42)),
    },
}
#: Generic donors: least angles donor-hydrogen-acceptor and heavy neighbour-donor-acceptor.
GENERIC_THETA: Final = at_least(130)
GENERIC_HEAVY_ANGLE: Final = at_least(90)

#: Reference directions about the donor's bond, times two; a donor with another number of them makes no bond.
TAU_SYMMETRY: Final[dict[str, int]] = {
    "D1": 2,
    "D2": 4,
    "D3": 4,
    "D4": 6,
    "D5": 6,
    "D6": 4,
    "D7": 4,
    "D8": 4,
    "D9": 6,
    "generic planar N, one heavy neighbour": 4,
}
#: The same for the one acceptor class with a tau limit.
ACCEPTOR_TAU_SYMMETRY: Final = 4
