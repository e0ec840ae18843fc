"""What is known of a complex: atom types and hydrogen bonds."""

from dataclasses import dataclass
from functools import cached_property

from misi.structures.complex import Complex


@dataclass(frozen=True, slots=True)
class HBond:
    """One hydrogen bond (or near miss) as an ordered pair of heavy atoms.

    Attributes
    ----------
    donor, acceptor : int
        Atom rows of the complex.
    hydrogen : int or None
        Row of the donor's explicit hydrogen nearest to the acceptor; None without explicit hydrogens.
    distance : float
        Donor-acceptor distance, angstrom.
    hydrogen_distance : float or None
        Distance from the hydrogen (explicit or implied) to the acceptor, angstrom; None where it has no position.
    angle : float or None
        Donor-hydrogen-acceptor angle, degrees, likewise.
    donor_class, acceptor_class : str
        Class of the criterion that each atom fell into, e.g. ``D13``, ``A6``, ``generic O2 planar``.
    margin : float
        How far inside the tightest limit the bond lies, as a share of the tolerance granted on limits of that
        kind (0.4 A for distances, 20 degrees for angles): 0 is on the limit, negative is outside (near misses),
        1 would pass the strict criterion by that limit.
    limit : str
        Name of that tightest limit, e.g. ``acceptor r``, ``donor theta``.
    """

    donor: int
    acceptor: int
    hydrogen: int | None
    distance: float
    hydrogen_distance: float | None
    angle: float | None
    donor_class: str
    acceptor_class: str
    margin: float
    limit: str


@dataclass(frozen=True, eq=False)
class Facts:
    """A complex with its atom types and pocket-ligand hydrogen bonds.

    Attributes
    ----------
    complex : Complex
    types : tuple of str
        IDATM type of each atom (hydrogens too).
    hbonds : tuple of HBond
        Bonds between pocket and ligand, both directions where both hold, sorted by (donor, acceptor).
    near_misses : tuple of HBond
        Pairs that fail by at most 0.2 A or 10 degrees on their worst limit (margin >= -0.5).
    """

    complex: Complex
    types: tuple[str, ...]
    hbonds: tuple[HBond, ...]
    near_misses: tuple[HBond, ...] = ()

    @cached_property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Unordered bonds as (pocket atom row, ligand atom row), each once, in atom order."""
        is_ligand = self.complex.is_ligand
        found = {
            (bond.acceptor, bond.donor) if is_ligand[bond.donor] else (bond.donor, bond.acceptor)
            for bond in self.hbonds
        }
        return tuple(sorted(found))
