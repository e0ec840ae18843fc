"""Bond lengths and angles that tell hybridisations apart.

E.C. Meng and R.A. Lewis, J. Comput. Chem. 12 (1991) 891-898 as extended and tuned in UCSF Chimera. Lengths in
angstrom, angles in degrees.
"""

C, N, O, P, S, AS = 6, 7, 8, 15, 16, 33  # noqa: E741

# angles between sp3, sp2 and sp
TETRAHEDRAL_PLANAR = 115.0
SURELY_PLANAR = 116.5
SURELY_TETRAHEDRAL = 113.5
WIDE_PLANAR = 122.0
PLANAR_LINEAR = 160.0

# longest bonds of terminal atoms
C1_C1 = 1.22
C2_C = 1.41
C2_N = 1.37
N1_C1 = 1.20
N1_O1 = 1.21
C1_O1 = 1.17
O2_C2 = 1.30
O2_AS = 1.685
O2_O3 = 1.338
S2_C2 = 1.76
S2_AS = 2.11
# shortest single bonds of terminal nitrogens
N3_C = 1.38
N3_N3 = 1.43
N3_N2 = 1.41
# a phosphate oxygen with a bond longer than the others' by this is taken to be protonated
PROTONATED_PO = 0.05

# second look at two-neighbour atoms: longest double, shortest single bonds
DOUBLE_C_C = 1.42
DOUBLE_C_N = 1.41
DOUBLE_N_C = 1.38
DOUBLE_N_N = 1.32
SINGLE = {C: 1.53, N: 1.46, O: 1.44}
SURELY_SINGLE = {C: 1.45, N: 1.46, O: 1.44}
SHORT_SP3 = 1.42  # a carbon of unclear angle: longer than this and narrower than 115 degrees is sp3

# bonds of a planar nitrogen shorter than these on the whole mean a double bond
N2_LENGTHS = {C: 1.3629, N: 1.3337, O: 1.3485}

CARBOXYLATE_LIKE = ("Cac", "Ntr", "N1+")
TETRAHEDRAL_OXO = ("Sac", "N3+", "Pox", "Son", "Sxd")
