"""Interchangeable atoms of a question, by name, so that replies can be scored up to symmetry without the structure.

The symmetry itself is found by `misi.annotate.symmetry`. What is stored is the part that can matter: exchanges of the
residues in the truth, and those permutations of the ligand's polar atoms that are not the identity.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from misi.annotate.facts import Facts
from misi.annotate.symmetry import Symmetry, aligned, symmetry_of
from misi.structures.complex import Complex
from misi.tasks.bonding import polar_ligand_atoms, repeated
from misi.tasks.contacts import Contacts

_symmetry_of = lru_cache(maxsize=4)(symmetry_of)
_LIGAND = ("ligand",)


def symmetry_json(facts: Facts, pairs: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """Symmetry of the atoms that bond, by name.

    Parameters
    ----------
    pairs : iterable of (int, int)
        True (pocket atom, ligand atom) rows.

    Returns
    -------
    dict
        ``exchanges``: pairs of atom names of one residue that are exchanged together; ``leaves``: groups of terminal
        ligand atoms that may be permuted at will; ``permutations``: of ligand atoms, name to name.
    """
    source = facts.complex
    residues = {int(source.residue[atom]) for atom, _ in pairs}
    if not residues:
        return {"exchanges": [], "leaves": [], "permutations": []}
    symmetry = _symmetry_of(facts)
    polar, doubtful = set(polar_ligand_atoms(source)), repeated(source).atoms
    permutations = []
    for core in symmetry.cores:
        moved = {atom: image for atom, image in core.items() if atom != image and atom in polar}
        named = {str(source.name[a]): str(source.name[b]) for a, b in sorted(moved.items())}
        if named and not doubtful.intersection(moved) and named not in permutations:
            permutations.append(named)
    return {
        "exchanges": [
            _exchange(source, exchange)
            for exchange in symmetry.exchanges
            if int(source.residue[exchange[0][0]]) in residues
        ],
        "leaves": [
            [str(source.name[a]) for a in group]
            for group in symmetry.leaves
            if polar.issuperset(group) and not doubtful.intersection(group)
        ],
        "permutations": permutations,
    }


def _exchange(source: Complex, pairs: Iterable[tuple[int, int]]) -> dict[str, Any]:
    pairs = list(pairs)
    key = source.residue_key(int(source.residue[pairs[0][0]]))
    return {**key._asdict(), "atoms": [[str(source.name[a]), str(source.name[b])] for a, b in pairs]}


@dataclass(frozen=True, eq=False)
class NamedSymmetry:
    """Symmetry as stored with a question.

    Attributes
    ----------
    stored : dict
        As made by `symmetry_json`.
    """

    stored: dict[str, Any]

    def hits(self, given: Contacts, truth: Contacts) -> int:
        """Most given pairs that are true at once, over all ways to rename equivalent atoms."""
        rows: dict[tuple[object, ...], int] = {}

        def row(*name: object) -> int:
            return rows.setdefault(name, len(rows))

        def pairs_of(contacts: Contacts) -> set[tuple[int, int]]:
            return {(row(*contact.key[:-1]), row(*_LIGAND, contact.key.ligand_atom)) for contact in contacts}

        numbered = any(contact.number is not None for contact in truth)
        exchanges = []
        for exchange in self.stored["exchanges"]:
            key = (exchange["chain"].upper(), exchange["number"], exchange["icode"].upper(), exchange["name"].upper())
            residue = key if numbered else ("", *_UNNUMBERED, key[3])
            exchanges.append(tuple((row(*residue, a.upper()), row(*residue, b.upper())) for a, b in exchange["atoms"]))
        leaves = tuple(tuple(row(*_LIGAND, name.upper()) for name in group) for group in self.stored["leaves"])
        cores: list[dict[int, int]] = [{}]
        for permutation in self.stored["permutations"]:
            cores.append({row(*_LIGAND, a.upper()): row(*_LIGAND, b.upper()) for a, b in permutation.items()})
        wanted = pairs_of(truth)
        return len(set(aligned(Symmetry(tuple(exchanges), leaves, tuple(cores)), pairs_of(given), wanted)) & wanted)


_UNNUMBERED = (-(10**9), "")  # as `Contact.key` has it
