"""Ideal geometry of the twenty amino acids: side chains by internal coordinates, polar sites, rotamers.

Bond lengths and angles: R.A. Engh & R. Huber, Acta Cryst. A47 (1991) 392-400 (backbone, side chains). Side-chain
torsions: the common rotamers of S.C. Lovell et al., Proteins 40 (2000) 389-408, rounded. X-H lengths: 0.98 (O),
1.01 (N), 1.33 (S) angstrom, as neutron structures have them to 0.03.

A row places one atom: name, the three atoms that it hangs on (the last is its bond partner), bond length
(angstrom), bond angle (degrees), number of the side-chain torsion that turns it (0: none), torsion offset (degrees).
"""

from typing import NamedTuple


class Row(NamedTuple):
    """One atom by internal coordinates."""

    name: str
    anchors: str
    bond: float
    angle: float
    chi: int = 0
    offset: float = 0.0


class Site(NamedTuple):
    """A direction in which a polar atom (the last anchor) takes part in a hydrogen bond.

    `hydrogen` names the hydrogen that lies there; several sites with one name are alternatives (a hydroxyl
    turns). Empty: a lone pair.
    """

    hydrogen: str
    anchors: str
    angle: float
    torsion: float
    bond: float = 1.0


class Chemistry(NamedTuple):
    """Side chain of one residue: atoms, rotamers (degrees), polar sites, share among drawn residues (percent)."""

    rows: tuple[Row, ...]
    rotamers: tuple[tuple[float, ...], ...]
    sites: tuple[Site, ...]
    share: float


def _hydroxyl(name: str, anchors: str) -> tuple[Site, ...]:
    """Hydrogen and lone pairs of a hydroxyl on a tetrahedral carbon: three staggered places each."""
    places = (60.0, 180.0, -60.0)
    return tuple(Site(name, anchors, 109.5, t, 0.98) for t in places) + tuple(
        Site("", anchors, 109.5, t) for t in places
    )


def lone_pairs(*anchors: str) -> tuple[Site, ...]:
    """The two lone pairs of each double-bonded oxygen, in the plane of its carbon."""
    return tuple(Site("", text, 120.0, torsion) for text in anchors for torsion in (0.0, 180.0))


def _amide(first: str, second: str, anchors: str) -> tuple[Site, ...]:
    return (Site(first, anchors, 120.0, 180.0, 1.01), Site(second, anchors, 120.0, 0.0, 1.01))


_CB = Row("CB", "C N CA", 1.530, 110.5, 0, -122.5)  # the sign of the torsion makes the residue L
_CG = Row("CG", "N CA CB", 1.520, 114.1, 1)

#: Shares are rounded frequencies in UniProtKB/Swiss-Prot, percent.
RESIDUES: dict[str, Chemistry] = {
    "GLY": Chemistry((), ((),), (), 7.1),
    "ALA": Chemistry((_CB._replace(bond=1.521, angle=110.4),), ((),), (), 8.3),
    "SER": Chemistry(
        (_CB, Row("OG", "N CA CB", 1.417, 111.1, 1)),
        ((62.0,), (-65.0,), (180.0,)),
        _hydroxyl("HG", "CA CB OG"),
        6.6,
    ),
    "CYS": Chemistry(
        (_CB, Row("SG", "N CA CB", 1.808, 114.4, 1)),
        ((62.0,), (-65.0,), (-177.0,)),
        tuple(Site("HG", "CA CB SG", 96.0, t, 1.33) for t in (60.0, 180.0, -60.0)),
        1.4,
    ),
    "THR": Chemistry(
        (
            _CB._replace(bond=1.540, angle=111.5),
            Row("OG1", "N CA CB", 1.433, 109.6, 1),
            Row("CG2", "N CA CB", 1.521, 110.5, 1, -120.5),
        ),
        ((62.0,), (-65.0,), (-175.0,)),
        _hydroxyl("HG1", "CA CB OG1"),
        5.3,
    ),
    "VAL": Chemistry(
        (
            _CB._replace(bond=1.540, angle=111.5),
            Row("CG1", "N CA CB", 1.521, 110.5, 1),
            Row("CG2", "N CA CB", 1.521, 110.5, 1, 122.0),
        ),
        ((63.0,), (175.0,), (-60.0,)),
        (),
        6.9,
    ),
    "ILE": Chemistry(
        (
            _CB._replace(bond=1.540, angle=111.5),
            Row("CG1", "N CA CB", 1.530, 110.4, 1),
            Row("CG2", "N CA CB", 1.521, 110.5, 1, -122.0),
            Row("CD1", "CA CB CG1", 1.513, 113.8, 2),
        ),
        ((62.0, 170.0), (-65.0, 170.0), (-57.0, -60.0), (-177.0, 165.0)),
        (),
        5.9,
    ),
    "LEU": Chemistry(
        (
            _CB,
            Row("CG", "N CA CB", 1.530, 116.3, 1),
            Row("CD1", "CA CB CG", 1.521, 110.7, 2),
            Row("CD2", "CA CB CG", 1.521, 110.7, 2, 122.5),
        ),
        ((-65.0, 175.0), (-177.0, 65.0), (-85.0, 65.0)),
        (),
        9.7,
    ),
    "MET": Chemistry(
        (_CB, _CG, Row("SD", "CA CB CG", 1.803, 112.7, 2), Row("CE", "CB CG SD", 1.791, 100.9, 3)),
        ((62.0, 180.0, 75.0), (-177.0, 65.0, 75.0), (-67.0, 180.0, -75.0), (-65.0, -65.0, -70.0)),
        (),
        2.4,
    ),
    "PRO": Chemistry(
        (
            _CB._replace(angle=103.0, offset=-120.3),
            Row("CG", "N CA CB", 1.492, 104.5, 1),
            Row("CD", "CA CB CG", 1.503, 104.5, 2),
        ),
        ((28.0, -36.0), (-27.0, 37.0)),
        (),
        4.7,
    ),
    "PHE": Chemistry(
        (
            _CB,
            Row("CG", "N CA CB", 1.502, 113.8, 1),
            Row("CD1", "CA CB CG", 1.384, 120.7, 2),
            Row("CD2", "CA CB CG", 1.384, 120.7, 2, 180.0),
            Row("CE1", "CB CG CD1", 1.382, 120.7, 0, 180.0),
            Row("CE2", "CB CG CD2", 1.382, 120.7, 0, 180.0),
            Row("CZ", "CG CD1 CE1", 1.382, 120.0),
        ),
        ((62.0, 90.0), (-177.0, 80.0), (-65.0, -85.0)),
        (),
        3.9,
    ),
    "TYR": Chemistry(
        (
            _CB,
            Row("CG", "N CA CB", 1.512, 113.9, 1),
            Row("CD1", "CA CB CG", 1.389, 120.8, 2),
            Row("CD2", "CA CB CG", 1.389, 120.8, 2, 180.0),
            Row("CE1", "CB CG CD1", 1.382, 121.2, 0, 180.0),
            Row("CE2", "CB CG CD2", 1.382, 121.2, 0, 180.0),
            Row("CZ", "CG CD1 CE1", 1.378, 119.6),
            Row("OH", "CD1 CE1 CZ", 1.376, 119.9, 0, 180.0),
        ),
        ((62.0, 90.0), (-177.0, 80.0), (-65.0, -85.0)),
        tuple(Site(h, "CE1 CZ OH", 110.0, t, 0.98 if h else 1.0) for h in ("HH", "") for t in (0.0, 180.0)),
        2.9,
    ),
    "TRP": Chemistry(
        (
            _CB,
            Row("CG", "N CA CB", 1.498, 113.6, 1),
            Row("CD1", "CA CB CG", 1.365, 126.9, 2),
            Row("CD2", "CA CB CG", 1.433, 126.8, 2, 180.0),
            Row("NE1", "CB CG CD1", 1.374, 110.2, 0, 180.0),
            Row("CE2", "CB CG CD2", 1.409, 107.2, 0, 180.0),
            Row("CE3", "CB CG CD2", 1.398, 133.9),
            Row("CZ2", "CG CD2 CE2", 1.394, 122.4, 0, 180.0),
            Row("CZ3", "CG CD2 CE3", 1.382, 118.6, 0, 180.0),
            Row("CH2", "CD2 CE2 CZ2", 1.368, 117.5),
        ),
        ((62.0, -90.0), (-177.0, -105.0), (-177.0, 90.0), (-65.0, 95.0)),
        (Site("HE1", "CG CD1 NE1", 125.5, 180.0, 1.01),),
        1.1,
    ),
    "HIS": Chemistry(  # the NE2-H tautomer, twice as frequent as the other in neutral histidine
        (
            _CB,
            Row("CG", "N CA CB", 1.497, 113.8, 1),
            Row("ND1", "CA CB CG", 1.378, 122.7, 2),
            Row("CD2", "CA CB CG", 1.354, 131.2, 2, 180.0),
            Row("CE1", "CB CG ND1", 1.321, 109.0, 0, 180.0),
            Row("NE2", "CB CG CD2", 1.374, 107.2, 0, 180.0),
        ),
        ((62.0, -75.0), (-177.0, 60.0), (-65.0, -70.0), (-65.0, 80.0)),
        (Site("HE2", "CG CD2 NE2", 125.5, 180.0, 1.01), Site("", "CB CG ND1", 125.5, 0.0)),
        2.3,
    ),
    "ASP": Chemistry(
        (
            _CB,
            Row("CG", "N CA CB", 1.516, 112.6, 1),
            Row("OD1", "CA CB CG", 1.249, 118.4, 2),
            Row("OD2", "CA CB CG", 1.249, 118.4, 2, 180.0),
        ),
        ((62.0, -10.0), (-177.0, 0.0), (-70.0, -15.0)),
        lone_pairs("CB CG OD1", "CB CG OD2"),
        5.5,
    ),
    "ASN": Chemistry(
        (
            _CB,
            Row("CG", "N CA CB", 1.516, 112.6, 1),
            Row("OD1", "CA CB CG", 1.231, 120.8, 2),
            Row("ND2", "CA CB CG", 1.328, 116.4, 2, 180.0),
        ),
        ((62.0, -10.0), (-174.0, -20.0), (-65.0, -20.0), (-65.0, 120.0)),
        (*_amide("HD21", "HD22", "CB CG ND2"), *lone_pairs("CB CG OD1")),
        4.1,
    ),
    "GLU": Chemistry(
        (
            _CB,
            _CG,
            Row("CD", "CA CB CG", 1.516, 112.6, 2),
            Row("OE1", "CB CG CD", 1.249, 118.4, 3),
            Row("OE2", "CB CG CD", 1.249, 118.4, 3, 180.0),
        ),
        ((62.0, 180.0, 20.0), (-177.0, 180.0, 0.0), (-67.0, 180.0, -10.0), (-65.0, -65.0, -40.0)),
        lone_pairs("CG CD OE1", "CG CD OE2"),
        6.7,
    ),
    "GLN": Chemistry(
        (
            _CB,
            _CG,
            Row("CD", "CA CB CG", 1.516, 112.6, 2),
            Row("OE1", "CB CG CD", 1.231, 120.8, 3),
            Row("NE2", "CB CG CD", 1.328, 116.4, 3, 180.0),
        ),
        ((62.0, 180.0, 20.0), (-177.0, 180.0, 0.0), (-67.0, 180.0, -25.0), (-65.0, -65.0, -40.0)),
        (*_amide("HE21", "HE22", "CG CD NE2"), *lone_pairs("CG CD OE1")),
        3.9,
    ),
    "LYS": Chemistry(
        (
            _CB,
            _CG,
            Row("CD", "CA CB CG", 1.520, 111.3, 2),
            Row("CE", "CB CG CD", 1.520, 111.3, 3),
            Row("NZ", "CG CD CE", 1.489, 111.9, 4),
        ),
        (
            (62.0, 180.0, 180.0, 180.0),
            (-177.0, 180.0, 180.0, 180.0),
            (-67.0, 180.0, 180.0, 65.0),
            (-67.0, 180.0, 68.0, 180.0),
            (-62.0, -68.0, 180.0, 180.0),
        ),
        tuple(Site(h, "CD CE NZ", 109.5, t, 1.01) for h, t in (("HZ1", 180.0), ("HZ2", 60.0), ("HZ3", -60.0))),
        5.8,
    ),
    "ARG": Chemistry(
        (
            _CB,
            _CG,
            Row("CD", "CA CB CG", 1.520, 111.3, 2),
            Row("NE", "CB CG CD", 1.461, 112.0, 3),
            Row("CZ", "CG CD NE", 1.329, 124.2, 4),
            Row("NH1", "CD NE CZ", 1.326, 120.0),
            Row("NH2", "CD NE CZ", 1.326, 119.7, 0, 180.0),
        ),
        (
            (62.0, 180.0, 180.0, 180.0),
            (-177.0, 180.0, 65.0, 85.0),
            (-67.0, 180.0, 180.0, 180.0),
            (-67.0, 180.0, -65.0, -85.0),
            (-62.0, -68.0, 180.0, 85.0),
        ),
        (
            Site("HE", "NH1 CZ NE", 118.0, 180.0, 1.01),
            Site("HH11", "NE CZ NH1", 120.0, 0.0, 1.01),
            Site("HH12", "NE CZ NH1", 120.0, 180.0, 1.01),
            Site("HH21", "NE CZ NH2", 120.0, 0.0, 1.01),
            Site("HH22", "NE CZ NH2", 120.0, 180.0, 1.01),
        ),
        5.5,
    ),
}

#: Bonds that close rings; every other bond joins a row to its last anchor.
RING_CLOSURES: dict[str, tuple[tuple[str, str], ...]] = {
    "PRO": (("CD", "N"),),
    "PHE": (("CE2", "CZ"),),
    "TYR": (("CE2", "CZ"),),
    "TRP": (("NE1", "CE2"), ("CZ3", "CH2")),
    "HIS": (("CE1", "NE2"),),
}
