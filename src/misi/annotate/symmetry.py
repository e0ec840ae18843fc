"""Atoms that chemistry does not tell apart, and sets of atom pairs up to such symmetry.

In the pocket: the two oxygens of a carboxylate, the two NH2 of a guanidinium, phosphate oxygens, the two edges of a
phenyl ring. In the ligand: every symmetry of its graph of heavy atoms and types, hydrogens aside (a guanidine drawn
with its double bond on either side is one molecule). Mirror images are not distinguished.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Final

from misi.annotate.automorphisms import Permutation, automorphisms
from misi.annotate.facts import Facts

Pair = tuple[int, int]
#: Exchanges of a residue's atoms that go together: each name with its counterpart.
Exchange = tuple[Pair, ...]

#: Residue name -> pairs of atom names that are exchanged together, where both atoms of a pair have one type.
_EXCHANGES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    **dict.fromkeys(("ASP", "ASH"), (("OD1", "OD2"),)),
    **dict.fromkeys(("GLU", "GLH"), (("OE1", "OE2"),)),
    "ARG": (("NH1", "NH2"),),
    **dict.fromkeys(("PHE", "TYR"), (("CD1", "CD2"), ("CE1", "CE2"))),
}
#: Exchanges of any residue: the end of a protein chain, the phosphate of a nucleotide.
_ANY_EXCHANGES: Final = ((("O", "OXT"),), (("OP1", "OP2"),), (("O1P", "O2P"),))

#: Joint exchanges tried at most when pairs are compared: further ones are left out, atoms in file order first.
_MAX_EXCHANGES: Final = 8


@dataclass(frozen=True)
class Symmetry:
    """The symmetry of a complex.

    Attributes
    ----------
    exchanges : tuple of Exchange
        Independent exchanges of pocket atoms; all pairs of one go together.
    leaves : tuple of tuples of int
        Terminal ligand atoms on one atom that may be permuted at will (carboxylate, phosphate, CF3).
    cores : tuple of dict
        Permutations of the ligand's heavy atoms, the identity first. Leaves move with their atoms.
    """

    exchanges: tuple[Exchange, ...]
    leaves: tuple[tuple[int, ...], ...]
    cores: tuple[Permutation, ...]


def symmetry_of(facts: Facts) -> Symmetry:
    """Symmetry of a complex from its types and connectivity."""
    leaves, cores = _ligand_symmetry(facts)
    return Symmetry(tuple(_pocket_exchanges(facts)), leaves, cores)


def equivalent_atoms(facts: Facts) -> tuple[tuple[int, ...], ...]:
    """Classes of two or more heavy atoms that some symmetry exchanges, in atom order."""
    symmetry = symmetry_of(facts)
    parent: dict[int, int] = {}

    def root(atom: int) -> int:
        while parent.setdefault(atom, atom) != atom:
            atom = parent[atom]
        return atom

    joined = [pair for exchange in symmetry.exchanges for pair in exchange]
    joined += [(group[0], atom) for group in symmetry.leaves for atom in group[1:]]
    joined += [(atom, image) for core in symmetry.cores for atom, image in core.items() if atom != image]
    for a, b in joined:
        parent[max(root(a), root(b))] = min(root(a), root(b))
    classes: dict[int, list[int]] = {}
    for atom in sorted(parent):
        classes.setdefault(root(atom), []).append(atom)
    return tuple(tuple(group) for group in classes.values() if len(group) > 1)


def canonical_pairs(facts: Facts, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """One representative of all sets of (pocket atom, ligand atom) pairs that symmetry turns into each other.

    Two sets are the same up to symmetry if and only if their representatives are equal.
    """
    given = set(pairs)
    symmetry = symmetry_of(facts)
    return min(_settled(image, symmetry.leaves) for image in _images(given, given, symmetry))


def aligned_pairs(facts: Facts, pairs: Iterable[Pair], reference: Iterable[Pair]) -> tuple[Pair, ...]:
    """The image of `pairs` under symmetry that shares most pairs with `reference`; the first of equally good ones."""
    return aligned(symmetry_of(facts), pairs, reference)


def aligned(symmetry: Symmetry, pairs: Iterable[Pair], reference: Iterable[Pair]) -> tuple[Pair, ...]:
    """`aligned_pairs` for a symmetry that is at hand."""
    given, wanted = set(pairs), set(reference)
    best: tuple[Pair, ...] = tuple(sorted(given))
    shared = len(given & wanted)
    for image in _images(given, given | wanted, symmetry):
        turned = _turned_towards(image, wanted, symmetry.leaves)
        if len(turned & wanted) > shared:
            best, shared = tuple(sorted(turned)), len(turned & wanted)
    return best


# -- finding symmetry -----------------------------------------------------------------------------------------------


def _pocket_exchanges(facts: Facts) -> Iterator[Exchange]:
    source = facts.complex
    names, residues = source.name.tolist(), source.residue_name.tolist()
    for row in source.pocket_residues():
        options = (*_ANY_EXCHANGES, *((_EXCHANGES[residues[row]],) if residues[row] in _EXCHANGES else ()))
        where = {names[atom]: atom for atom in reversed(source.residue_atoms(row))}
        for option in options:
            if all(a in where and b in where for a, b in option):
                found = tuple((where[a], where[b]) for a, b in option)
                if all(facts.types[a] == facts.types[b] for a, b in found):
                    yield found


def _ligand_symmetry(facts: Facts) -> tuple[tuple[tuple[int, ...], ...], tuple[Permutation, ...]]:
    source = facts.complex
    atoms = (source.is_ligand & source.heavy).nonzero()[0].tolist()
    inside = set(atoms)
    neighbours = {atom: [n for n in source.neighbours[atom] if n in inside] for atom in atoms}
    terminal: dict[tuple[int, str], list[int]] = {}
    for atom in atoms:
        if len(neighbours[atom]) == 1 and len(neighbours[neighbours[atom][0]]) > 1:
            terminal.setdefault((neighbours[atom][0], facts.types[atom]), []).append(atom)
    leaves = {key: tuple(group) for key, group in terminal.items() if len(group) > 1}
    leaf_atoms = {atom for group in leaves.values() for atom in group}
    borne: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
    for (atom, kind), group in sorted(leaves.items()):
        borne.setdefault(atom, []).append((kind, group))
    core = {atom: [n for n in row if n not in leaf_atoms] for atom, row in neighbours.items() if atom not in leaf_atoms}
    colours = {
        atom: (facts.types[atom], tuple((kind, len(group)) for kind, group in borne.get(atom, ()))) for atom in core
    }
    cores = automorphisms(core, colours)
    for permutation in cores:
        for atom, groups in borne.items():
            for (_, group), (_, target) in zip(groups, borne[permutation[atom]], strict=True):
                permutation.update(zip(group, target, strict=True))
    return tuple(leaves[key] for key in sorted(leaves)), tuple(cores)


# -- using it -------------------------------------------------------------------------------------------------------


def _images(pairs: set[Pair], relevant: set[Pair], symmetry: Symmetry) -> Iterator[set[Pair]]:
    """Images of a set of pairs under pocket exchanges and ligand permutations, leaves aside."""
    touched = {atom for pair in relevant for atom in pair}
    exchanges = [exchange for exchange in symmetry.exchanges if any(a in touched or b in touched for a, b in exchange)][
        :_MAX_EXCHANGES
    ]
    seen = set[frozenset[Pair]]()
    for core in symmetry.cores:
        moved = {(pocket, core.get(ligand, ligand)) for pocket, ligand in pairs}
        key = frozenset(moved)
        if key in seen:
            continue
        seen.add(key)
        for choice in product((False, True), repeat=len(exchanges)):
            swap: dict[int, int] = {}
            for exchange, chosen in zip(exchanges, choice, strict=True):
                if chosen:
                    for a, b in exchange:
                        swap[a], swap[b] = b, a
            yield {(swap.get(pocket, pocket), ligand) for pocket, ligand in moved}


def _settled(pairs: set[Pair], leaves: Sequence[tuple[int, ...]]) -> tuple[Pair, ...]:
    """Permute leaves so that those with the larger sets of partners come first."""
    partners: dict[int, list[int]] = {}
    for pocket, ligand in sorted(pairs):
        partners.setdefault(ligand, []).append(pocket)
    for group in leaves:
        rows = sorted((partners.pop(atom, []) for atom in group), key=lambda row: (-len(row), row))
        partners.update(zip(group, rows, strict=True))
    return tuple(sorted((pocket, ligand) for ligand, row in partners.items() for pocket in row))


def _turned_towards(pairs: set[Pair], wanted: set[Pair], leaves: Sequence[tuple[int, ...]]) -> set[Pair]:
    """Permute leaves so that most pairs are among the wanted ones."""
    turned = set(pairs)
    for group in leaves:
        own = {pair for pair in pairs if pair[1] in group}
        if not own:
            continue
        options = []
        for order in permutations(group):
            image = dict(zip(group, order, strict=True))
            options.append({(pocket, image[ligand]) for pocket, ligand in own})
        turned = (turned - own) | max(options, key=lambda option: len(option & wanted))
    return turned
