"""The relaxed limits, written down a second time, and what the tables promise."""

import pytest

from misi.annotate.criteria import (
    ACCEPTOR_LIMITS,
    DONOR_LIMITS,
    GENERIC_ACCEPTOR_LIMITS,
    GENERIC_DONOR_LIMITS,
    GENERIC_HEAVY_ANGLE,
    GENERIC_THETA,
    NEAR_MISS_MARGIN,
    REACH,
    SULFUR_EXTRA,
    Block,
    Cone,
    InPlane,
    Loose,
    Sphere,
    SynAnti,
    ThetaTau,
    UpsilonTau,
)

RELAXED_ACCEPTORS = {
    "A1": "3.43 90 125 / 3.43 90 115",
    "A2": "3.43 90 125 / 3.43 90 115",
    "A3": "3.57 70 125 / 3.57 90 125",
    "A4": "4.13 70 125",
    "A5": "3.57 90 110 / 3.57 90 115",
    "A6": "3.70 90 115 / 3.70 90 110",
    "A7": "3.70 90 110",
    "A8": "3.57 90 115",
    "A9": "3.82 70 125 / 3.93 90 110",
    "A10": "3.70 90 110 / 3.70 100 115",
    "A11": "3.43 83 166 125",
    "A12": "3.43 89 180 125",
    "A13": "3.43 80 180 125",
    "A14": "3.43 83 180 135",
    "A15": "3.43 80 180 125",
    "A16": "3.57 83 180 130",
    "A17": "3.57 133 180 125",
    "A18": "3.70 133 180 130",
    "A19": "3.70 133 180 130",
    "A20": "3.57 80 173 130",
    "A21": "3.82 70 157 120 37.5",
    "A22": "3.43 100 125",
    "A23": "3.82 120 120",
    "A24": "3.82 120 120",
    "A25": "3.57 130 125",
    "A26": "3.70 120 135",
    "A27": "3.70 120 120",
    "A28": "3.70 130 115",
    "A29": "3.82 130 115",
    "generic O- planar": "3.93 70 110",
    "generic O": "3.93 70",
    "generic O2 planar": "3.70 90 110",
    "generic O2 tetrahedral": "3.43 80 180 125",
    "generic O3 one bond": "3.57 80 180 125",
    "generic O3 two bonds": "3.82 100 115",
    "generic N2": "3.82 120 115",
    "generic N3 alone": "3.82 70",
    "generic N3 primary": "3.53 78 180 130",
    "generic N3 secondary or tertiary": "3.70 133 180 125",
    "generic N1": "3.80 116 180 125",
    "generic S2": "4.23 65 120",
    "generic S": "4.23 65",
}
#: Donors: r low high theta, i<in-plane> or s<staggered>, u<lone pair>; or h theta, p<phi>, u<lone pair>, r<r>.
RELAXED_DONORS = {
    "D1": ("3.27 83 148 120 i50", "3.27 83 148 135 i50", "3.27 83 148 120 i50 u130"),
    "D2": ("3.57 70 166 120 i50", "3.57 70 166 120 i42.5", "3.57 93 180 105 u120"),
    "D3": ("3.57 70 166 120 i50", "3.57 70 166 120 i42.5", "3.57 93 180 105 u120"),
    "D4": ("3.57 70 156 120 s0", "3.57 70 152 130 s5", "3.57 70 144 135 s0 u130"),
    "D5": ("3.57 70 161 110", "3.43 70 161 115", "3.43 80 152 125 u130"),
    "D6": ("3.70 83 173 115 i65", "3.70 89 161 120 i50", "3.70 93 180 105 i50 u125"),
    "D7": ("3.70 80 166 125 i57.5", "3.70 83 166 120 i57.5", "3.82 70 -141 105 u120"),
    "D8": ("3.43 83 156 125 i57.5", "3.43 83 156 130 i65", "3.27 89 148 125 i72.5 u130"),
    "D9": ("3.70 70 148 130 s10", "3.82 70 144 135 s5", "3.82 70 152 135 s0 u120"),
    "D10": ("2.32 126", "2.32 133 p130", "2.88 121 u125"),
    "D11": ("2.49 121", "2.49 121 p135", "2.88 121 u125"),
    "D12": ("2.76 126 r3.67", "2.63 126 p120 r3.54", "2.63 126 u130 r3.54"),
    "D13": ("2.63 126", "2.63 126 p120", "2.76 121 u125"),
    "D14": ("2.32 126", "2.49 126 p120", "2.88 121 u125"),
    "D15": ("2.63 112", "2.76 126 p120", "2.88 121 u125"),
    "D16": ("2.76 121", "2.88 126 p130", "2.88 133 u135"),
    "D17": ("2.49 126", "2.49 121 p120", "2.88 121 u125"),
    "D18": ("2.63 116", "2.63 121 p130", "2.88 121 u125"),
    "generic planar N": ("2.63 116", "2.63 121 p120", "2.86 116 u120"),
    "generic planar N, one heavy neighbour": (
        "3.70 70 173 115 i65",
        "3.70 70 166 120 i57.5",
        "3.80 88 180 105 i55 u120",
    ),
    "generic O": ("2.81 3.67", "2.68 3.54", "2.68 3.54"),
    "generic N": ("2.76 3.70", "2.88 3.82", "2.88 3.82"),
    "generic S": ("2.82 4.05", "2.82 4.05", "2.82 4.05"),
}


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.replace("/", " ").split()]


@pytest.mark.parametrize("name", RELAXED_ACCEPTORS)
def test_acceptor_limits(name: str) -> None:
    limits = {**ACCEPTOR_LIMITS, **GENERIC_ACCEPTOR_LIMITS}[name]
    values = [*limits.syn, *limits.anti] if isinstance(limits, SynAnti) else [v for v in limits if v is not None]
    assert values == pytest.approx(numbers(RELAXED_ACCEPTORS[name]))


@pytest.mark.parametrize("name", RELAXED_DONORS)
@pytest.mark.parametrize("place", range(3))
def test_donor_limits(name: str, place: int) -> None:
    block: Block = ("sp2 O", "sp3 O, sp2 N", "sp3 N")[place]  # type: ignore[assignment]
    limits = {**DONOR_LIMITS, **GENERIC_DONOR_LIMITS}[name][block]
    words = RELAXED_DONORS[name][place].split()
    plain = [float(word) for word in words if word[0].isdigit() or word[0] == "-"]
    marked = {word[0]: float(word[1:]) for word in words if word[0].isalpha()}
    if isinstance(limits, UpsilonTau):
        assert [*limits[:4]] == pytest.approx(plain)
        found = {"i": limits.in_plane, "s": limits.staggered, "u": limits.lone_pair}
    elif isinstance(limits, ThetaTau):
        assert [limits.h, limits.theta] == pytest.approx(plain)
        found = {"p": limits.phi, "u": limits.lone_pair, "r": limits.r}
    else:
        assert isinstance(limits, Loose)
        assert [*limits] == pytest.approx(plain)
        found = {}
    assert {mark: value for mark, value in found.items() if value is not None} == pytest.approx(marked)


def test_other_acceptors_have_generic_limits() -> None:
    for name, limits in {**DONOR_LIMITS, **GENERIC_DONOR_LIMITS}.items():
        other = limits["other"]
        if isinstance(other, UpsilonTau):
            assert [*other] == pytest.approx([3.82, 70, 180, 105, None, None, None])
        elif isinstance(other, ThetaTau):
            expected = (2.76, 126, 3.67) if name == "D12" else (2.88, 112, None)
            assert (other.h, other.theta, other.r) == pytest.approx(expected)
            assert (other.phi, other.lone_pair) == (None, None)
        else:
            assert [*other] == pytest.approx([2.88, 3.82])
    assert (GENERIC_THETA, GENERIC_HEAVY_ANGLE) == (110, 70)


def test_no_acceptor_reaches_beyond_the_search_radius() -> None:
    limits = [*ACCEPTOR_LIMITS.values(), *GENERIC_ACCEPTOR_LIMITS.values()]
    reaches = [
        r
        for entry in limits
        for r in ((entry.syn.r, entry.anti.r) if isinstance(entry, SynAnti) else (entry.r,))
        if isinstance(entry, InPlane | SynAnti | Cone | Sphere)
    ]
    assert max(reaches) + SULFUR_EXTRA - NEAR_MISS_MARGIN * 0.4 <= REACH
