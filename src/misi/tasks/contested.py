"""Scores that leave contested bonds out: those near a limit of the criterion, on either side.

A bond whose margin is below the threshold is neither asked for nor held against anyone; likewise a near miss that is
less than the threshold outside.
"""

from typing import Any

from misi.annotate.facts import Facts
from misi.tasks.bonding import contact_from_json, contact_json, contact_of, unnumbered
from misi.tasks.contacts import Contacts

#: Share of the tolerance (0.4 A, 20 degrees) that a bond must be inside of, or a miss outside of, to be beyond dispute.
MARGIN = 0.1


def near_misses_json(facts: Facts, residue: int | None = None) -> list[dict[str, Any]]:
    """Near misses (of one residue) as contacts with their margins, those of bonded pairs left out."""
    source = facts.complex
    bonded = set(facts.pairs)
    best: dict[tuple[int, int], float] = {}
    for miss in facts.near_misses:
        pair = (miss.acceptor, miss.donor) if source.is_ligand[miss.donor] else (miss.donor, miss.acceptor)
        if pair not in bonded and residue in (None, int(source.residue[pair[0]])):
            best[pair] = max(miss.margin, best.get(pair, miss.margin))
    return [{**contact_json(contact_of(source, *pair)), "margin": round(best[pair], 3)} for pair in sorted(best)]


def contested(derivation: dict[str, Any], *, numbered: bool, margin: float = MARGIN) -> Contacts:
    """The contacts of a question that are open to dispute."""
    pairs = [
        pair
        for pair, bonds in zip(derivation["pairs"], derivation["bonds"], strict=True)
        if max((bond["margin"] for bond in bonds), default=1.0) < margin
    ]
    pairs += [miss for miss in derivation["near_misses"] if miss["margin"] > -margin]
    contacts = map(contact_from_json, pairs)
    return frozenset(contacts if numbered else map(unnumbered, contacts))
