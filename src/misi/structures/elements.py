"""Chemical elements: symbols, and the covalent radii by which atoms are bonded."""

_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr "
    "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu "
    "Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg "
    "Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
)

#: Symbol by atomic number; index 0 is an unknown element.
SYMBOLS: tuple[str, ...] = ("", *_SYMBOLS.split())

#: Atomic number by upper-case symbol; deuterium and tritium are hydrogen.
NUMBERS: dict[str, int] = {"D": 1, "T": 1} | {symbol.upper(): number for number, symbol in enumerate(SYMBOLS) if number}

#: Covalent radii, angstrom, from E. C. Meng and R. A. Lewis, J. Comput. Chem. 12 (1991) 891-898 (those of the
#: Cambridge Structural Database), in order of atomic number. 0 where the table has none: such atoms bond to none.
_RADII = (
    "0.23 0 0.68 0.35 0.83 0.68 0.68 0.68 0.64 0 0.97 1.10 1.35 1.20 1.05 1.02 0.99 0 1.33 0.99 1.44 1.47 1.33 1.35 "
    "1.35 1.34 1.33 1.50 1.52 1.45 1.22 1.17 1.21 1.22 1.21 0 1.47 1.12 1.78 1.56 1.48 1.47 1.35 1.40 1.45 1.50 1.59 "
    "1.69 1.63 1.46 1.46 1.47 1.40 0 1.67 1.34 1.87 1.83 1.82 1.81 1.80 1.80 1.99 1.79 1.76 1.75 1.74 1.73 1.72 1.94 "
    "1.72 1.57 1.43 1.37 1.35 1.37 1.32 1.50 1.50 1.70 1.55 1.54 1.54 1.68 0 0 0 1.90 1.88 1.79 1.61 1.58 1.55 1.53 "
    "1.51"
)

#: Covalent radius by atomic number, angstrom.
COVALENT_RADII: tuple[float, ...] = (0.0, *(float(value) for value in _RADII.split()))
COVALENT_RADII += (0.0,) * (len(SYMBOLS) - len(COVALENT_RADII))


def atomic_number(symbol: str) -> int:
    """Atomic number of a symbol in any case, 0 where there is no such element."""
    return NUMBERS.get(symbol.strip().upper(), 0)


def ideal_length(first: int, second: int) -> float:
    """Ideal length of a bond between two elements, angstrom: the sum of their covalent radii."""
    return COVALENT_RADII[first] + COVALENT_RADII[second]
