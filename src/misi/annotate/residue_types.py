"""Atom types of standard residues, by residue and atom name, and their expected numbers of heavy neighbours.

The types are those of E.C. Meng and R.A. Lewis, J. Comput. Chem. 12 (1991) 891-898, assigned to standard residues
once instead of being computed from (often inaccurate) protein coordinates; the heavy-neighbour counts are chemistry.
"""

from typing import Final

#: Polymer names, for the question whether a residue is bonded to another one in an unusual way.
_PROTEIN = "ALA ARG ASN ASP CYS GLN GLU GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL"
_PROTEIN_VARIANTS = "ASH ASX CYX GLH GLX HID HIE HIP HYP MSE UNK"
PROTEIN_NAMES: Final = frozenset(f"{_PROTEIN} {_PROTEIN_VARIANTS}".split())
_NUCLEIC = "A C G T U DA DC DG DT DU N DN ADE CYT GUA THY URA"
NUCLEIC_NAMES: Final = frozenset(_NUCLEIC.split())

#: Atoms through which a residue of a chain may be bonded to another residue.
PROTEIN_CHAIN_ATOMS: Final = frozenset(("N", "CA", "C"))
NUCLEIC_CHAIN_ATOMS: Final = frozenset(("O3'", "C3'", "C4'", "C5'", "O5'", "P"))
DISULFIDE_NAMES: Final = frozenset(("CYS", "CYX"))


def _types(text: str) -> dict[str, str]:
    """``"C3: CA CB; O2: O"`` -> {"CA": "C3", "CB": "C3", "O": "O2"}."""
    table = {}
    for part in text.split(";"):
        kind, _, names = part.partition(":")
        table.update(dict.fromkeys(names.split(), kind.strip()))
    return table


_BACKBONE: Final = "Npl: N; C3: CA; C2: C; O2: O"
_SIDE_CHAINS: Final = {
    "GLY": "",
    "ALA": "C3: CB",
    "ARG": "C3: CB CG CD; Ng+: NE NH1 NH2; C2: CZ",
    "ASN": "C3: CB; C2: CG; O2: OD1; Npl: ND2",
    "ASP": "C3: CB; Cac: CG; O2-: OD1 OD2",
    "CYS": "C3: CB; S3: SG",
    "GLN": "C3: CB CG; C2: CD; O2: OE1; Npl: NE2",
    "GLU": "C3: CB CG; Cac: CD; O2-: OE1 OE2",
    "HIS": "C3: CB; Car: CG CD2 CE1; Npl: ND1 NE2",
    "HID": "C3: CB; Car: CG CD2 CE1; Npl: ND1; N2: NE2",
    "HIE": "C3: CB; Car: CG CD2 CE1; N2: ND1; Npl: NE2",
    "HIP": "C3: CB; C2: CG CD2 CE1; Npl: ND1 NE2",
    "HYP": "C3: CB CG CD; O3: OD",
    "ILE": "C3: CB CG1 CG2 CD1",
    "LEU": "C3: CB CG CD1 CD2",
    "LYS": "C3: CB CG CD CE; N3+: NZ",
    "MET": "C3: CB CG CE; S3: SD",
    "MSE": "C3: CB CG CE; Se: SE",
    "PHE": "C3: CB; Car: CG CD1 CD2 CE1 CE2 CZ",
    "PRO": "C3: CB CG CD",
    "SER": "C3: CB; O3: OG",
    "THR": "C3: CB CG2; O3: OG1",
    "TRP": "C3: CB; Car: CG CD1 CD2 CE2 CE3 CZ2 CZ3 CH2; Npl: NE1",
    "TYR": "C3: CB; Car: CG CD1 CD2 CE1 CE2 CZ; O3: OH",
    "VAL": "C3: CB CG1 CG2",
}
_SUGAR_PHOSPHATE: Final = "C3: C1' C2' C3' C4' C5'; O3: O2' O3' O4' O5'; Pac: P; O3-: OP1 OP2 O1P O2P"
_BASES: Final = {
    "A": "Car: C2 C4 C5 C6 C8; N2: N1 N3 N7; Npl: N6 N9",
    "G": "Car: C4 C5 C8; C2: C2 C6; Npl: N1 N2 N9; N2: N3 N7; O2: O6",
    "C": "C2: C2 C4 C5 C6; Npl: N1 N4; N2: N3; O2: O2",
    "T": "C2: C2 C4 C5 C6; C3: C5M C7; Npl: N1 N3; O2: O2 O4",
    "U": "C2: C2 C4 C5 C6; Npl: N1 N3; O2: O2 O4",
}

#: Residue name -> atom name -> type. Names missing here are computed from geometry, residue or single atom alike.
RESIDUE_TYPES: Final[dict[str, dict[str, str]]] = {
    **{name: _types(f"{_BACKBONE}; {chain}") for name, chain in _SIDE_CHAINS.items()},
    **{
        prefix + base: _types(f"{_SUGAR_PHOSPHATE}; {atoms}")
        for base, atoms in _BASES.items()
        for prefix in ("", "D")
        if prefix + base != "DU"
    },
    "ACE": _types("C2: C; O2: O; C3: CH3"),
    "HOH": _types("O3: O"),
}
AMINO_ACIDS: Final = frozenset(_SIDE_CHAINS)

#: An acid with this hydrogen: type changes of the (carbon, first oxygen, second oxygen).
_FIRST_OH: Final = ("C2", "O3", "O2")
_SECOND_OH: Final = ("C2", "O2", "O3")
#: Residue name -> hydrogens in order of precedence -> atom name -> type.
PROTONATED_ACIDS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "ASP": {
        "HD1": dict(zip(("CG", "OD1", "OD2"), _FIRST_OH, strict=True)),
        "HD2": dict(zip(("CG", "OD1", "OD2"), _SECOND_OH, strict=True)),
    },
    "GLU": {
        "HE1": dict(zip(("CD", "OE1", "OE2"), _FIRST_OH, strict=True)),
        "HE2": dict(zip(("CD", "OE1", "OE2"), _SECOND_OH, strict=True)),
    },
}
#: With OXT present the last residue ends in a carboxylate.
C_TERMINUS: Final = {"C": "Cac", "O": "O2-", "OXT": "O2-"}
#: Without a neighbour in another residue the backbone nitrogen is an ammonium.
N_TERMINUS: Final = {"N": "N3+"}


def _counts(text: str) -> dict[str, int]:
    """``"OD1 1 OD2 1"`` -> {"OD1": 1, "OD2": 1}."""
    words = text.split()
    return {name: int(count) for name, count in zip(words[::2], words[1::2], strict=True)}


_COMPLETE_CHAINS: Final = {
    "ARG": "NE 2 NH1 1 NH2 1",
    "ASN": "OD1 1 ND2 1",
    "ASP": "OD1 1 OD2 1",
    "ASH": "OD1 1 OD2 1",
    "CYS": "SG 1",
    "CYM": "SG 1",
    "CYX": "SG 1",
    "GLN": "OE1 1 NE2 1",
    "GLU": "OE1 1 OE2 1",
    "GLH": "OE1 1 OE2 1",
    **dict.fromkeys(("HIS", "HID", "HIE", "HIP"), "ND1 2 NE2 2"),
    "LYS": "NZ 1",
    "LYN": "NZ 1",
    "MET": "SD 2",
    "SER": "OG 1",
    "THR": "OG1 1",
    "TRP": "NE1 2",
    "TYR": "OH 1",
    **dict.fromkeys(("ALA", "GLY", "ILE", "LEU", "PHE", "VAL"), ""),
}
_COMPLETE_SUGAR: Final = "OP1 1 OP2 1 O5' 2 O4' 2 O3' 1"
_COMPLETE_BASES: Final = {
    "A": "N1 2 N3 2 N6 1 N7 2 N9 3",
    "G": "N1 2 N2 1 N3 2 O6 1 N7 2 N9 3",
    "C": "N1 3 O2 1 N3 2 N4 1",
    "T": "N1 3 O2 1 N3 2 O4 1",
    "U": "N1 3 O2 1 N3 2 O4 1",
}

#: Residue name -> polar atom name -> heavy neighbours that it has inside a complete residue. An atom with fewer
#: belongs to a truncated residue and takes no part in hydrogen bonds.
COMPLETE_HEAVY_NEIGHBOURS: Final[dict[str, dict[str, int]]] = {
    **{name: _counts(f"N 1 O 1 {chain}") for name, chain in _COMPLETE_CHAINS.items()},
    "PRO": _counts("N 2 O 1"),
    **{f"D{base}": _counts(f"{_COMPLETE_SUGAR} {_COMPLETE_BASES[base]}") for base in "ACGT"},
    **{base: _counts(f"{_COMPLETE_SUGAR} O2' 1 {_COMPLETE_BASES[base]}") for base in "ACGU"},
}
