"""Which hydrogen bonds of a complex can be asked about, and how they are named.

A key that two residues share, or a name that two ligand atoms share (letter case ignored), cannot be answered without
doubt; neither can a name outside the grammar. Such a bond is not asked about.
"""

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from misi.annotate.facts import Facts, HBond
from misi.scene.naming import POLAR, near_ligand, residue_texts
from misi.structures.complex import Complex
from misi.tasks.contacts import Contact, can_be_named


@dataclass(frozen=True)
class Names:
    """What cannot be named without doubt in a complex.

    Attributes
    ----------
    residues : frozenset of int
        Rows of pocket residues whose key, letter case ignored, another one has too.
    atoms : frozenset of int
        Rows of heavy atoms whose name another heavy atom of the ligand, or of the same residue, has too.
    """

    residues: frozenset[int]
    atoms: frozenset[int]


def shares_label(complex_: Complex, residue: int) -> bool:
    """Whether pictures label another residue of the pocket alike: a copy of the same, or no, chain."""
    texts = residue_texts(complex_)
    return sum(texts[row] == texts[residue] for row in complex_.pocket_residues()) > 1


@lru_cache(maxsize=8)
def repeated(complex_: Complex) -> Names:
    keys = {row: tuple(str(part).upper() for part in complex_.residue_key(row)) for row in complex_.pocket_residues()}
    counts = Counter(keys.values())
    residues = frozenset(row for row, key in keys.items() if counts[key] > 1)
    owner = [-1 if ligand else int(row) for row, ligand in zip(complex_.residue, complex_.is_ligand, strict=True)]
    names = {
        atom: (owner[atom], str(complex_.name[atom]).upper()) for atom in range(len(complex_)) if complex_.heavy[atom]
    }
    named = Counter(names.values())
    return Names(residues, frozenset(atom for atom, name in names.items() if named[name] > 1))


def contact_of(complex_: Complex, atom: int, ligand_atom: int) -> Contact:
    """The contact between a pocket atom and a ligand atom."""
    key = complex_.residue_key(int(complex_.residue[atom]))
    return Contact(
        key.name, key.number, key.icode, key.chain, str(complex_.name[atom]), str(complex_.name[ligand_atom])
    )


def unnumbered(contact: Contact) -> Contact:
    """The contact as it is written where the residue is known."""
    return replace(contact, number=None, icode="", chain="")


def why_not_named(complex_: Complex, atom: int, ligand_atom: int) -> tuple[str, str] | None:
    """(reason, detail) why a pair cannot be asked about, or None."""
    doubts = repeated(complex_)
    contact = contact_of(complex_, atom, ligand_atom)
    if int(complex_.residue[atom]) in doubts.residues:
        return "repeated_residue", f"{complex_.id}: more than one residue is {contact.residue} {contact.number}"
    if atom in doubts.atoms:
        return "repeated_residue_atom", f"{complex_.id}: residue atom {contact.atom} is there more than once"
    if ligand_atom in doubts.atoms:
        return "repeated_ligand_atom", f"{complex_.id}: ligand atom {contact.ligand_atom} is there more than once"
    if not can_be_named(contact) or not can_be_named(unnumbered(contact)):
        return "unwritable_name", f"{complex_.id}: {contact} does not read back as itself"
    return None


def polar_pocket_atoms(complex_: Complex, residue: int | None = None) -> list[int]:
    """Heavy N, O, S rows of the pocket, or of one residue."""
    rows = range(len(complex_)) if residue is None else complex_.residue_atoms(residue)
    return [a for a in rows if not complex_.is_ligand[a] and int(complex_.element[a]) in POLAR]


def named_pocket_atoms(complex_: Complex) -> list[int]:
    """Those of the pocket that pictures of the whole complex name: the polar ones near the ligand."""
    near = near_ligand(complex_)
    return [atom for atom in polar_pocket_atoms(complex_) if near[atom]]


def polar_ligand_atoms(complex_: Complex) -> list[int]:
    return [a for a in range(len(complex_)) if complex_.is_ligand[a] and int(complex_.element[a]) in POLAR]


def evidence(facts: Facts, atom: int, ligand_atom: int) -> list[dict[str, Any]]:
    """Geometry of the bonds between two atoms, in both directions where both hold; near misses otherwise."""
    wanted = {(atom, ligand_atom), (ligand_atom, atom)}
    bonds = [bond for bond in facts.hbonds if (bond.donor, bond.acceptor) in wanted]
    bonds = bonds or [bond for bond in facts.near_misses if (bond.donor, bond.acceptor) in wanted]
    return [_as_json(facts.complex, bond) for bond in bonds]


def _as_json(complex_: Complex, bond: HBond) -> dict[str, Any]:
    return {
        "donor_side": "ligand" if complex_.is_ligand[bond.donor] else "pocket",
        "distance": round(bond.distance, 3),
        "angle": None if bond.angle is None else round(bond.angle, 1),
        "margin": round(bond.margin, 3),
        "limit": bond.limit,
        "classes": [bond.donor_class, bond.acceptor_class],
    }


def contact_json(contact: Contact) -> dict[str, Any]:
    """Plain values; `contact_from_json` is the inverse."""
    return {
        "residue": contact.residue,
        "number": contact.number,
        "icode": contact.icode,
        "chain": contact.chain,
        "atom": contact.atom,
        "ligand_atom": contact.ligand_atom,
    }


def contact_from_json(data: dict[str, Any]) -> Contact:
    return Contact(**{name: data[name] for name in ("residue", "number", "icode", "chain", "atom", "ligand_atom")})
