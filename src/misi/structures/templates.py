"""Bonds of the standard residues, by atom names.

The residues are those for which the reference program has a template; the bonds are common chemical knowledge,
the names those of the PDB (wwPDB Chemical Component Dictionary, hydrogens of version 3). Neighbours are listed in
the order in which the program makes their bonds, hydrogens first and then outward along the chain.
"""

from functools import cache
from types import MappingProxyType
from typing import NamedTuple

_AMINO_ACIDS = "ALA ARG ASN ASP CYS GLN GLU GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL"
_VARIANTS = "ASH ASX CYX GLH GLX HID HIE HIP HYP MSE UNK"
_NUCLEIC = "A C G I N T U DA DC DG DN DT"
_NUCLEIC_JOINED = "A C G T U N DA DC DG DT DU DN ADE CYT GUA THY URA"

#: Names with an ATOM record in a standard file (20 amino acids, their unknowns, and the nucleotides). Others, such as
#: HIE, CYX or MSE, are non-standard.
STANDARD = frozenset([*_AMINO_ACIDS.split(), "ASX", "GLX", "UNK", *_NUCLEIC.split()])

#: Residues that join to their neighbours as protein, or as nucleic acid, by backbone names.
PROTEIN_NAMES = frozenset([*_AMINO_ACIDS.split(), *_VARIANTS.split()])
NUCLEIC_NAMES = frozenset(_NUCLEIC_JOINED.split())

#: Backbone atoms along which polymer residues are joined, in order along the chain.
PROTEIN_BACKBONE = ("N", "CA", "C")
NUCLEIC_BACKBONE = ("P", "O5'", "C5'", "C4'", "C3'", "O3'")

# Side chains as "atom: its neighbours further out". CB hangs on CA.
_SIDE_CHAINS = {
    "ALA": "CB:HB1,HB2,HB3",
    "ARG": "CB:HB2,HB3,CG CG:HG2,HG3,CD CD:HD2,HD3,NE NE:HE,CZ CZ:NH1,NH2 NH1:HH11,HH12 NH2:HH21,HH22",
    "ASH": "CB:HB2,HB3,CG CG:OD1,OD2 OD2:HD2",
    "ASN": "CB:HB2,HB3,CG CG:OD1,ND2 ND2:HD21,HD22",
    "ASP": "CB:HB2,HB3,CG CG:OD1,OD2",
    "CYM": "CB:HB2,HB3,SG",
    "CYS": "CB:HB2,HB3,SG SG:HG",
    "CYX": "CB:HB2,HB3,SG",
    "GLH": "CB:HB2,HB3,CG CG:HG2,HG3,CD CD:OE1,OE2 OE2:HE2",
    "GLN": "CB:HB2,HB3,CG CG:HG2,HG3,CD CD:OE1,NE2 NE2:HE21,HE22",
    "GLU": "CB:HB2,HB3,CG CG:HG2,HG3,CD CD:OE1,OE2",
    "GLY": "",
    "HID": "CB:HB2,HB3,CG CG:ND1,CD2 ND1:HD1,CE1 CE1:HE1,NE2 NE2:CD2 CD2:HD2",
    "HIE": "CB:HB2,HB3,CG CG:ND1,CD2 ND1:CE1 CE1:HE1,NE2 NE2:HE2,CD2 CD2:HD2",
    "HIP": "CB:HB2,HB3,CG CG:ND1,CD2 ND1:HD1,CE1 CE1:HE1,NE2 NE2:HE2,CD2 CD2:HD2",
    "ILE": "CB:HB,CG2,CG1 CG2:HG21,HG22,HG23 CG1:HG12,HG13,CD1 CD1:HD11,HD12,HD13",
    "LEU": "CB:HB2,HB3,CG CG:HG,CD1,CD2 CD1:HD11,HD12,HD13 CD2:HD21,HD22,HD23",
    "LYN": "CB:HB2,HB3,CG CG:HG2,HG3,CD CD:HD2,HD3,CE CE:HE2,HE3,NZ NZ:HZ2,HZ3",
    "LYS": "CB:HB2,HB3,CG CG:HG2,HG3,CD CD:HD2,HD3,CE CE:HE2,HE3,NZ NZ:HZ1,HZ2,HZ3",
    "MET": "CB:HB2,HB3,CG CG:HG2,HG3,SD SD:CE CE:HE1,HE2,HE3",
    "PHE": "CB:HB2,HB3,CG CG:CD1,CD2 CD1:HD1,CE1 CE1:HE1,CZ CZ:HZ,CE2 CE2:HE2,CD2 CD2:HD2",
    "PRO": "CB:HB2,HB3,CG CG:HG2,HG3,CD CD:HD2,HD3,N",
    "SER": "CB:HB2,HB3,OG OG:HG",
    "THR": "CB:HB,CG2,OG1 CG2:HG21,HG22,HG23 OG1:HG1",
    "TRP": (
        "CB:HB2,HB3,CG CG:CD1,CD2 CD1:HD1,NE1 NE1:HE1,CE2 CE2:CZ2,CD2 CZ2:HZ2,CH2 CH2:HH2,CZ3 CZ3:HZ3,CE3 CE3:HE3,CD2"
    ),
    "TYR": "CB:HB2,HB3,CG CG:CD1,CD2 CD1:HD1,CE1 CE1:HE1,CZ CZ:OH,CE2 OH:HH CE2:HE2,CD2 CD2:HD2",
    "VAL": "CB:HB,CG1,CG2 CG1:HG11,HG12,HG13 CG2:HG21,HG22,HG23",
}

# Both generations of phosphate names are listed; a file holds one of them.
_SUGAR = (
    "P:OP1,OP2,O1P,O2P,O5' O5':C5' C5':H5',H5'',C4' C4':H4',O4',C3' O4':C1' C1':H1',{base},C2' "
    "C3':H3',C2',O3' C2':{two}"
)
_BASES = {
    "A": "N9:C8,C4 C8:H8,N7 N7:C5 C5:C6,C4 C6:N6,N1 N6:H61,H62 N1:C2 C2:H2,N3 N3:C4",
    "G": "N9:C8,C4 C8:H8,N7 N7:C5 C5:C6,C4 C6:O6,N1 N1:H1,C2 C2:N2,N3 N2:H21,H22 N3:C4",
    "C": "N1:C6,C2 C6:H6,C5 C5:H5,C4 C4:N4,N3 N4:H41,H42 N3:C2 C2:O2",
    "U": "N1:C6,C2 C6:H6,C5 C5:H5,C4 C4:O4,N3 N3:H3,C2 C2:O2",
    "T": "N1:C6,C2 C6:H6,C5 C5:C7,C4 C7:H71,H72,H73 C4:O4,N3 N3:H3,C2 C2:O2",
}
_NUCLEOTIDES = {"A": "A", "C": "C", "G": "G", "U": "U", "DA": "A", "DC": "C", "DG": "G", "DT": "T"}


class Template(NamedTuple):
    """Neighbours of each atom name in order, and the atoms by which the residue joins those before and behind it.

    `head` and `tail` are empty for a residue that is no part of a polymer.
    """

    neighbours: MappingProxyType[str, tuple[str, ...]]
    head: str
    tail: str


def _neighbours(bonds: str) -> MappingProxyType[str, tuple[str, ...]]:
    lists: dict[str, list[str]] = {}
    for item in bonds.split():
        atom, _, others = item.partition(":")
        for other in others.split(","):
            lists.setdefault(atom, []).append(other)
            lists.setdefault(other, []).append(atom)
    return MappingProxyType({atom: tuple(others) for atom, others in lists.items()})


@cache
def template(name: str, starts: bool = False, ends: bool = False) -> Template | None:
    """The template of a residue, None for residues that are bonded by distance.

    Parameters
    ----------
    name : str
        Residue name. HIS has that of HIP, which knows both ring hydrogens.
    starts, ends : bool
        Whether the residue is the first or last one of its chain segment: then the terminal atoms belong to it.
        The start counts where it is both.
    """
    name = "HIP" if name == "HIS" else name
    if name == "WAT":
        return Template(_neighbours("O:H2,H1"), "", "")
    if name in _SIDE_CHAINS:
        # Proline's nitrogen has no hydrogen inside a chain; at its start it has H2 and H3.
        amine = ("H2,H3" if name == "PRO" else "H1,H2,H3") if starts else ("" if name == "PRO" else "H")
        alpha = "HA2,HA3" if name == "GLY" else "HA,CB"
        carbonyl = "C:O,OXT" if ends and not starts else "C:O"
        nitrogen = f"N:{amine},CA" if amine else "N:CA"
        return Template(_neighbours(f"CA:{alpha},C {_SIDE_CHAINS[name]} {carbonyl} {nitrogen}"), "N", "C")
    if name in _NUCLEOTIDES:
        base = _NUCLEOTIDES[name]
        two = "H2',H2''" if name.startswith("D") else "H2',O2' O2':HO2'"
        sugar = _SUGAR.format(base="N9" if base in "AG" else "N1", two=two)
        return Template(_neighbours(f"{sugar} {_BASES[base]}"), "P", "O3'")
    return None
