"""IDATM atom types: geometry, expected number of substituents, and the classes of types that rules speak of.

Types and their meaning: E.C. Meng and R.A. Lewis, J. Comput. Chem. 12 (1991) 891-898, as extended by the UCSF
Chimera programs ("Atom types" in their user's guide).
"""

from typing import Final, NamedTuple

import gemmi

SINGLE: Final = 1
LINEAR: Final = 2
PLANAR: Final = 3
TETRAHEDRAL: Final = 4


class TypeInfo(NamedTuple):
    """What a type promises of its atom.

    Attributes
    ----------
    geometry : int
        `SINGLE`, `LINEAR`, `PLANAR` or `TETRAHEDRAL`.
    substituents : int
        Number of covalently bonded atoms expected, hydrogens included.
    """

    geometry: int
    substituents: int


#: Every known type. A type string that is not here (F, Cl, Zn, a bare S or P) has no geometry: it is "unknown".
TYPE_INFO: Final[dict[str, TypeInfo]] = {
    **dict.fromkeys(("Car", "C2", "Cac", "N2+", "Npl", "Ntr", "Ng+"), TypeInfo(PLANAR, 3)),
    **dict.fromkeys(("N2", "Oar", "Oar+", "Sar"), TypeInfo(PLANAR, 2)),
    **dict.fromkeys(("O2", "O2-", "S2"), TypeInfo(PLANAR, 1)),
    **dict.fromkeys(("C3", "N3+", "Sac", "Son", "Pac", "Pox", "P3+"), TypeInfo(TETRAHEDRAL, 4)),
    **dict.fromkeys(("N3", "S3+", "Sxd"), TypeInfo(TETRAHEDRAL, 3)),
    **dict.fromkeys(("O3", "S3"), TypeInfo(TETRAHEDRAL, 2)),
    **dict.fromkeys(("O3-", "S3-"), TypeInfo(TETRAHEDRAL, 1)),
    **dict.fromkeys(("C1", "N1+"), TypeInfo(LINEAR, 2)),
    **dict.fromkeys(("C1-", "N1", "O1", "O1+"), TypeInfo(LINEAR, 1)),
    **dict.fromkeys(("HC", "H", "DC", "D"), TypeInfo(SINGLE, 1)),
}

#: Geometry by type; `get` returns None for an unknown type.
GEOMETRY: Final[dict[str, int]] = {name: info.geometry for name, info in TYPE_INFO.items()}

PLANAR_TYPES: Final = frozenset(name for name, info in TYPE_INFO.items() if info.geometry == PLANAR)
TETRAHEDRAL_TYPES: Final = frozenset(name for name, info in TYPE_INFO.items() if info.geometry == TETRAHEDRAL)

#: Element symbol by atomic number; 0 stands for an unknown element.
SYMBOLS: Final[tuple[str, ...]] = ("?", *(gemmi.Element(z).name for z in range(1, 119)))
