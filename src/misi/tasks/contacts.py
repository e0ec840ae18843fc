"""A hydrogen bond as answers name it, and lists of them as text.

Written ``ARG 221 NH2 A, O22`` (residue, number with insertion code, atom, chain; ligand atom); where the residue is
known from the question, ``ARG NH2, O22``. Blank chains are left out. Pairs are joined by ``; ``.
Letter case is kept for showing and ignored in comparing: nobody is marked wrong for ``cl1`` instead of ``Cl1``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from misi.errors import ParseFailure

_ATOM = re.compile(r"(?!.*\*\*)[A-Za-z0-9][A-Za-z0-9'\"*+\-]{0,7}")
_RESIDUE = re.compile(r"[A-Za-z0-9+\-]{1,5}")
_NUMBER = re.compile(r"([+-]?\d{1,6})([A-Za-z]?)")
_GLUED = re.compile(r"([A-Za-z0-9]{0,4}[A-Za-z])-?(\d{1,6})([A-Za-z]?)")  # ARG221, ARG-221, SER82A
#: A residue as pictures label it where the chain tells it apart, then the atom: ARG 221/B NH2 (misi.scene.naming).
_LABELLED = re.compile(
    r"([A-Za-z0-9]*[A-Za-z]|[A-Za-z0-9]{1,5}(?= )) ?([+-]?\d{1,6}[A-Za-z]?)/([A-Za-z0-9]{1,4}) (\S+)"
    r"(?: (?:chain )?\3)?",
    re.IGNORECASE,
)
_CHAIN = re.compile(r"[A-Za-z0-9]{1,4}")
_JOINT = re.compile(r" ?(?:,|-{1,3}>|<-{1,3}>|\.{3}| -{1,3} ) ?")
#: Words that look like atom names but are prose.
_PROSE = frozenset(
    """a an and any are as atom atoms bond bonds but by can chain does exist exists for form formed forms found from has
    have here i in is it its ligand may no none not of on or pairs residue seen so than that the then there these this
    to via visible was with yes you""".split()  # noqa: SIM905
)


class Key(NamedTuple):
    """What two contacts are compared by."""

    chain: str
    number: int
    icode: str
    residue: str
    atom: str
    ligand_atom: str


@dataclass(frozen=True, eq=False)
class Contact:
    """One unordered pair of a residue atom and a ligand atom.

    Attributes
    ----------
    residue : str
        Residue name.
    number : int or None
        None where the question shows one residue only; then chain and insertion code are blank.
    icode, chain : str
        May be blank.
    atom, ligand_atom : str
    """

    residue: str
    number: int | None
    icode: str
    chain: str
    atom: str
    ligand_atom: str

    @property
    def key(self) -> Key:
        fold = str.upper
        number = -(10**9) if self.number is None else self.number
        return Key(
            fold(self.chain), number, fold(self.icode), fold(self.residue), fold(self.atom), fold(self.ligand_atom)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Contact) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return f"{residue_text(self)}, {self.ligand_atom}"


Contacts = frozenset[Contact]


def residue_text(contact: Contact) -> str:
    """The residue's side of a contact: ``ARG 221 NH2 A`` or ``ARG NH2``."""
    if contact.number is None:
        return f"{contact.residue} {contact.atom}"
    text = f"{contact.residue} {contact.number}{contact.icode} {contact.atom}"
    return f"{text} {contact.chain}" if contact.chain else text


def format_list(contacts: Iterable[Contact]) -> str:
    """Contacts in the order of chain, number, insertion code and names, joined by semicolons."""
    return "; ".join(str(contact) for contact in sorted(set(contacts), key=lambda contact: contact.key))


def can_be_named(contact: Contact) -> bool:
    """Whether the written contact reads back as itself: names with blanks, commas or odd signs do not."""
    try:
        return parse_entry(str(contact)) == contact
    except ParseFailure:
        return False


def parse_entry(text: str) -> Contact:
    """One pair, residue side first or second.

    Raises
    ------
    ParseFailure
        ``bad_pair``.
    """
    sides = [side.strip() for side in _JOINT.split(text.strip())]
    if len(sides) == 2:
        for residue_side, ligand_side in (sides, sides[::-1]):
            contact = _contact(residue_side, ligand_side)
            if contact is not None:
                return contact
    raise ParseFailure("bad_pair", f"{text.strip()[:80]!r} is not like 'ARG 221 NH2 A, O22'")


def parse_list(text: str) -> Contacts:
    """Pairs separated by semicolons (or only by commas, if residue and ligand sides alternate).

    Raises
    ------
    ParseFailure
        ``bad_pair``.
    """
    text = text.strip()
    text = text[:-1] if text.endswith(".") and not text.endswith("..") else text
    text = text.strip(";, \n")
    if not text:
        raise ParseFailure("no_pairs")
    entries = [entry for entry in re.split(r"[;\n]|,? and ", text) if entry.strip(" ,")]
    contacts = []
    for entry in entries:
        parts = entry.strip(" ,").split(",")
        if len(parts) > 2 and len(parts) % 2 == 0:
            pairs = [",".join(parts[i : i + 2]) for i in range(0, len(parts), 2)]
            contacts += [parse_entry(pair) for pair in pairs]
        else:
            contacts.append(parse_entry(",".join(parts)))
    return frozenset(contacts)


def _contact(residue_side: str, ligand_side: str) -> Contact | None:
    ligand_atom = _ligand_atom(ligand_side)
    tokens = residue_side.replace("(", " ").replace(")", " ").split()
    if labelled := _LABELLED.fullmatch(" ".join(tokens)):
        tokens = [labelled[1], labelled[2], labelled[4], labelled[3]]
    if ligand_atom is None or not 2 <= len(tokens) <= 5:
        return None
    glued = _GLUED.fullmatch(tokens[0])
    if glued and len(tokens) in (2, 3, 4) and not (len(tokens) > 2 and _NUMBER.fullmatch(tokens[1])):
        name, number, icode = glued.groups()
        rest = tokens[1:]
        if not _plausible(rest[0]):
            return None
        chain = _chain(rest[1:])
        if chain is not None:
            # 'ATP1 O2' cannot be told from a residue named ATP1: only well-known three-letter stems are unglued
            return Contact(name, int(number), icode, chain, rest[0], ligand_atom) if len(name) <= 3 else None
    if not _RESIDUE.fullmatch(tokens[0]):
        return None
    if len(tokens) == 2:
        return Contact(tokens[0], None, "", "", tokens[1], ligand_atom) if _plausible(tokens[1]) else None
    numbered = _NUMBER.fullmatch(tokens[1])
    chain = _chain(tokens[3:])
    if not numbered or chain is None or not _plausible(tokens[2]):
        return None
    return Contact(tokens[0], int(numbered[1]), numbered[2], chain, tokens[2], ligand_atom)


def _ligand_atom(text: str) -> str | None:
    words = text.replace("(", " ").replace(")", " ").split()
    words = [word for word in words if word.lower() not in ("ligand", "ligand's", "lig", "atom", "of", "the")]
    return words[0] if len(words) == 1 and _plausible(words[0]) else None


def _chain(tokens: list[str]) -> str | None:
    if len(tokens) == 2 and tokens[0].lower() == "chain":
        tokens = tokens[1:]
    if not tokens:
        return ""
    return tokens[0] if len(tokens) == 1 and _CHAIN.fullmatch(tokens[0]) else None


def _plausible(atom: str) -> bool:
    return bool(_ATOM.fullmatch(atom)) and atom.lower() not in _PROSE
