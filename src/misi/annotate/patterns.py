"""Functional groups as small text patterns over typed atoms, and the matcher.

``X(a, b, c)`` is an atom X whose complete list of other neighbours is a, b, c in any order; ``X()`` has no other
neighbour; a name without brackets is a leaf: the atom is tested, its neighbours are not. ``label:X`` names an atom
for the caller. A leaf that may be a hydrogen also matches one that is absent from the file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from misi.annotate.atom_types import SINGLE, TETRAHEDRAL_TYPES, TYPE_INFO
from misi.structures.complex import HYDROGEN

_SINGLE_TYPES: Final = frozenset(name for name, info in TYPE_INFO.items() if info.geometry == SINGLE)
_PLANAR_TYPES: Final = frozenset(name for name, info in TYPE_INFO.items() if info.geometry == 3)


@dataclass(frozen=True, slots=True)
class AtomTest:
    """Accepts an atom by type or by atomic number.

    `absent` says that the atom may be a hydrogen and therefore missing from the file; `negated` accepts exactly
    the other types.
    """

    types: frozenset[str] = frozenset()
    elements: frozenset[int] = frozenset()
    absent: bool = False
    negated: bool = False

    def accepts(self, kind: str, element: int) -> bool:
        return element in self.elements or (kind in self.types) != self.negated


#: Words of the pattern language; every other word is one or more type names joined by ``|``.
_WORDS: Final[dict[str, AtomTest]] = {
    "elemC": AtomTest(elements=frozenset({6})),
    "elemN": AtomTest(elements=frozenset({7})),
    "elemO": AtomTest(elements=frozenset({8})),
    "H": AtomTest(elements=frozenset({HYDROGEN}), absent=True),
    "R": AtomTest(elements=frozenset({6, HYDROGEN}), absent=True),
    "tet": AtomTest(TETRAHEDRAL_TYPES),
    "tetX": AtomTest(TETRAHEDRAL_TYPES - {"Sac", "Pac"} | {"DC"}),
    "tetH": AtomTest(TETRAHEDRAL_TYPES, frozenset({HYDROGEN}), absent=True),
    "planar": AtomTest(_PLANAR_TYPES),
    "sb": AtomTest(TETRAHEDRAL_TYPES | _SINGLE_TYPES, absent=True),
    "sb-noO3-": AtomTest(TETRAHEDRAL_TYPES - {"O3-"} | _SINGLE_TYPES, absent=True),
    "notPac": AtomTest(frozenset({"Pac"}), absent=True, negated=True),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One atom of a pattern.

    Attributes
    ----------
    test : AtomTest
    label : str
        Empty where the caller has no use for the atom.
    others : tuple of Pattern or None
        Complete list of further neighbours; None for a leaf.
    n_absent : int
        How many of them may be missing.
    """

    test: AtomTest
    label: str
    others: "tuple[Pattern, ...] | None"
    n_absent: int = 0


#: Labelled atoms of a match in pattern order; labels of absent hydrogens are left out.
Match = tuple[tuple[str, int], ...]
_TOKEN: Final = re.compile(r"\s*(?:(?P<label>\w+):)?(?P<word>[\w|+-]+)|\s*(?P<mark>[(),])")


def parse_pattern(text: str) -> Pattern:
    """Read the notation of this module.

    Raises
    ------
    ValueError
        The text is no pattern.
    """
    tokens = list(_TOKEN.finditer(text))
    if "".join(token.group() for token in tokens) != text.rstrip():
        raise ValueError(f"not a pattern: {text!r}")
    pattern, end = _parse(tokens, 0)
    if end != len(tokens):
        raise ValueError(f"text after the end of the pattern: {text!r}")
    return pattern


def _parse(tokens: Sequence[re.Match[str]], start: int) -> tuple[Pattern, int]:
    word, label = tokens[start]["word"], tokens[start]["label"] or ""
    if word is None:
        raise ValueError(f"an atom was expected at {tokens[start].string[tokens[start].start() :]!r}")
    test = _WORDS.get(word) or AtomTest(frozenset(word.split("|")))
    start += 1
    if start == len(tokens) or tokens[start]["mark"] != "(":
        return Pattern(test, label, None), start
    others = []
    while tokens[start]["mark"] != ")":
        if tokens[start + 1]["mark"] == ")":
            start += 1
            break
        other, start = _parse(tokens, start + 1)
        others.append(other)
    n_absent = sum(other.test.absent and other.others is None for other in others)
    return Pattern(test, label, tuple(others), n_absent), start + 1


@dataclass(frozen=True, slots=True)
class TypedAtoms:
    """What the matcher sees: types, elements, ordered neighbours, missing-structure links of every atom."""

    types: Sequence[str]
    element: Sequence[int]
    neighbours: Sequence[Sequence[int]]
    n_links: Sequence[int]


def matches(pattern: Pattern, atoms: TypedAtoms, root: int) -> list[Match]:
    """Every way in which the pattern fits with its first atom on `root`."""
    if pattern.others is not None and not 0 <= len(pattern.others) - len(atoms.neighbours[root]) <= pattern.n_absent:
        return []  # most pairs of pattern and atom end here
    if not pattern.test.accepts(atoms.types[root], atoms.element[root]):
        return []
    return _fit(pattern, atoms, root, -1)


def _fit(pattern: Pattern, atoms: TypedAtoms, atom: int, origin: int) -> list[Match]:
    """Matches of a pattern on an atom that has passed its test and was reached from `origin` (-1: from nowhere)."""
    here: Match = ((pattern.label, atom),) if pattern.label else ()
    others = pattern.others
    if others is None:
        return [here]
    if atoms.n_links[atom]:
        return []  # the atom beyond a chain gap is a neighbour too, and nothing matches it
    row = [n for n in atoms.neighbours[atom] if n != origin]
    spare = len(others) - len(row)
    if spare < 0 or spare > pattern.n_absent:
        return []
    return [here + rest for rest in _distribute(others, atoms, atom, row, spare, ())]


def _distribute(
    entries: tuple[Pattern, ...],
    atoms: TypedAtoms,
    centre: int,
    row: list[int],
    spare: int,
    barred: tuple[tuple[AtomTest, int], ...],
) -> list[Match]:
    """Give each neighbour in `row` to one entry; `spare` entries stay without.

    `barred` holds (test, atom) that an equal entry tried before: they would only repeat a match with two atoms
    exchanged.
    """
    if not entries:
        return [()]
    entry, rest = entries[0], entries[1:]
    test, leaf = entry.test, entry.others is None
    tried = barred
    matches: list[Match] = []
    for i, n in enumerate(row):
        if not test.accepts(atoms.types[n], atoms.element[n]) or (leaf and (test, n) in barred):
            continue
        found = _fit(entry, atoms, n, centre)
        if found:
            tails = _distribute(rest, atoms, centre, row[:i] + row[i + 1 :], spare, tried)
            matches += [head + tail for head in found for tail in tails]
        if leaf:
            tried = (*tried, (test, n))
    if spare and leaf and test.absent:
        matches += _distribute(rest, atoms, centre, row, spare - 1, tried)
    return matches
