"""Text-only questions on donors, acceptors and distances, written from the tables of the hydrogen-bond criterion.

The paper's fine-tuned model fails on hydrogen bonds and asks for explicit knowledge; these items are that knowledge in
the form of questions, to be mixed into training by weight. They are never asked in an evaluation.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from misi.annotate.criteria import (
    ACCEPTOR_LIMITS,
    ANGLE_TOLERANCE,
    DISTANCE_TOLERANCE,
    DONOR_LIMITS,
    AcceptorLimits,
    Block,
    SynAnti,
    ThetaTau,
    UpsilonTau,
)

#: Task name of these items in weights and logs.
KNOWLEDGE: Final = "knowledge"

#: The accepting atom of each class (Mills & Dean 1996, Tables 7 and 8), in words.
ACCEPTORS: Final[dict[str, str]] = {
    "A1": "a free oxygen of a phosphate with three free oxygens",
    "A2": "a free oxygen of a phosphate diester",
    "A3": "an oxygen of a carboxylate",
    "A4": "the sulfur of a thiocarbonyl",
    "A5": "the C=O oxygen of a carboxylic acid",
    "A6": "the oxygen of an amide",
    "A7": "the oxygen of a ketone or an aldehyde",
    "A8": "the C=O oxygen of an ester",
    "A9": "an oxygen of a nitro group",
    "A10": "an oxygen of a sulfone",
    "A11": "the ester oxygen of a phosphate",
    "A12": "the oxygen of a phosphine oxide",
    "A13": "the oxygen of a sulfoxide",
    "A14": "the nitrogen of a neutral primary amine",
    "A15": "the oxygen of an aliphatic hydroxyl",
    "A16": "the ester oxygen of a sulfate",
    "A17": "the nitrogen of a neutral tertiary amine",
    "A18": "the nitrogen of a nitrile",
    "A19": "the nitrogen of a neutral secondary amine",
    "A20": "the oxygen of a phenol",
    "A21": "the nitrogen of an aniline",
    "A22": "the oxygen of water",
    "A23": "the bridging oxygen of an open-chain ether or ester",
    "A24": "the nitrogen of an open-chain imine",
    "A25": "a symmetric ring nitrogen without hydrogen in a six-membered ring",
    "A26": "a symmetric ring nitrogen without hydrogen in a five-membered ring",
    "A27": "an asymmetric ring nitrogen without hydrogen in a six-membered ring",
    "A28": "an asymmetric ring nitrogen without hydrogen in a five-membered ring",
    "A29": "the ring oxygen of a five-membered ring",
}
#: The donating atom of each class (the same, Tables 5 and 6), in words.
DONORS: Final[dict[str, str]] = {
    "D1": "the hydroxyl oxygen of a carboxylic acid",
    "D2": "the NH2 nitrogen of an enamine",
    "D3": "an NH2 nitrogen of an amidinium or guanidinium",
    "D4": "the nitrogen of a primary ammonium",
    "D5": "the oxygen of an aliphatic hydroxyl",
    "D6": "the NH2 nitrogen of an amide",
    "D7": "the nitrogen of an aniline",
    "D8": "the oxygen of a phenol",
    "D9": "the nitrogen of a neutral primary amine",
    "D10": "the NH nitrogen of an enamine",
    "D11": "the nitrogen of a secondary ammonium",
    "D12": "the oxygen of water",
    "D13": "the NH nitrogen of an amide",
    "D14": "the nitrogen of a tertiary ammonium",
    "D15": "the NH nitrogen of an imine",
    "D16": "the nitrogen of a neutral secondary amine",
    "D17": "an NH nitrogen of a five-membered ring",
    "D18": "an NH nitrogen of an aromatic six-membered ring",
}
#: What a donor's limits are towards.
BLOCKS: Final[dict[Block, str]] = {
    "sp2 O": "a planar (sp2) oxygen",
    "sp3 O, sp2 N": "a tetrahedral (sp3) oxygen or a planar (sp2) nitrogen",
    "sp3 N": "a tetrahedral (sp3) nitrogen",
    "other": "an acceptor of another kind, such as sulfur",
}
#: Polar heavy atoms of the standard residues (PDB names; any biochemistry text): what they give and take.
RESIDUE_ROLES: Final[dict[tuple[str, str], str]] = {
    ("ARG", "NE"): "donor",
    ("ARG", "NH1"): "donor",
    ("ARG", "NH2"): "donor",
    ("ASN", "OD1"): "acceptor",
    ("ASN", "ND2"): "donor",
    ("ASP", "OD1"): "acceptor",
    ("ASP", "OD2"): "acceptor",
    ("GLN", "OE1"): "acceptor",
    ("GLN", "NE2"): "donor",
    ("GLU", "OE1"): "acceptor",
    ("GLU", "OE2"): "acceptor",
    ("HIS", "ND1"): "both",
    ("HIS", "NE2"): "both",
    ("LYS", "NZ"): "donor",
    ("SER", "OG"): "both",
    ("THR", "OG1"): "both",
    ("TRP", "NE1"): "donor",
    ("TYR", "OH"): "both",
}
_WITHOUT_POLAR_SIDE_CHAIN: Final = ("ALA", "GLY", "ILE", "LEU", "PHE", "PRO", "VAL")
_BASIS: Final = (
    f"By the geometric criterion of Mills and Dean (1996), relaxed by {DISTANCE_TOLERANCE:g} Å and "
    f"{ANGLE_TOLERANCE:g} degrees: "
)
_END: Final = " Last line of your reply: `Answer: ` and the answer alone."
#: How far from a limit the distances of yes-or-no questions lie, angstrom.
_STEPS: Final = (-0.3, -0.1, 0.1, 0.3)


@dataclass(frozen=True)
class KnowledgeItem:
    """A text-only question with its answer."""

    id: str
    question: str
    answer: str


def acceptor_reach(limits: AcceptorLimits) -> tuple[float, float]:
    """(least, largest) donor-acceptor distance that an acceptor class allows on its sides, relaxed, angstrom."""
    if isinstance(limits, SynAnti):
        return min(limits.syn.r, limits.anti.r), max(limits.syn.r, limits.anti.r)
    return limits.r, limits.r


@lru_cache(maxsize=1)
def knowledge_items() -> tuple[KnowledgeItem, ...]:
    """All items, in a fixed order."""
    return (*_acceptor_items(), *_donor_items(), *_role_items(), *_pair_items(), *_residue_items())


def _item(name: str, question: str, answer: str) -> KnowledgeItem:
    return KnowledgeItem(f"{KNOWLEDGE}-{name}", _BASIS + question + _END, answer)


def _acceptor_items() -> list[KnowledgeItem]:
    return [
        _item(
            f"reach-{name}",
            f"what is the largest distance in Å between a donor atom and {words} at which a hydrogen bond is possible?",
            f"{acceptor_reach(ACCEPTOR_LIMITS[name])[1]:.2f}",
        )
        for name, words in ACCEPTORS.items()
    ]


def _donor_items() -> list[KnowledgeItem]:
    items = []
    for name, words in DONORS.items():
        for place, (block, limits) in enumerate(DONOR_LIMITS[name].items()):
            if isinstance(limits, UpsilonTau):
                asked, limit = f"between {words} as donor and", limits.r
            elif isinstance(limits, ThetaTau):
                asked, limit = f"between the hydrogen on {words} and", limits.h
            else:
                continue
            question = (
                f"what is the largest distance in Å {asked} {BLOCKS[block]} at which a hydrogen bond is possible, as "
                "far as the donor is concerned?"
            )
            items.append(_item(f"gives-{name}-{place}", question, f"{limit:.2f}"))
    return items


def _role_items() -> list[KnowledgeItem]:
    """What an atom can be: words that stand in both tables are both."""
    everything = dict.fromkeys((*ACCEPTORS.values(), *DONORS.values()))
    takes, gives = set(ACCEPTORS.values()), set(DONORS.values())
    items = []
    for place, words in enumerate(everything):
        role = "both" if words in takes and words in gives else "acceptor" if words in takes else "donor"
        question = f"is {words} a hydrogen-bond donor, an acceptor, or both? Answer with one word."
        items.append(_item(f"role-{place}", question, role))
    return items


def _pair_items() -> list[KnowledgeItem]:
    """Whether a distance lies within the limits of both sides, for donors that are judged by it."""
    items: list[KnowledgeItem] = []
    for donor, gives in DONOR_LIMITS.items():
        limits = gives["sp2 O"]
        if not isinstance(limits, UpsilonTau):
            continue
        for place, acceptor in enumerate(("A3", "A6", "A7")):
            limit = min(limits.r, acceptor_reach(ACCEPTOR_LIMITS[acceptor])[0])
            step = _STEPS[(place + len(items)) % len(_STEPS)]
            question = (
                f"{DONORS[donor]} lies {limit + step:.2f} Å from {ACCEPTORS[acceptor]}. Does the distance alone allow "
                "a hydrogen bond? Answer Yes or No."
            )
            items.append(_item(f"pair-{donor}-{acceptor}", question, "Yes" if step < 0 else "No"))
    return items


def _residue_items() -> list[KnowledgeItem]:
    items = []
    for (residue, atom), role in RESIDUE_ROLES.items():
        question = (
            f"at usual pH, is atom {atom} of {residue} in a protein a hydrogen-bond donor, an acceptor, or both? "
            "Answer with one word."
        )
        items.append(_item(f"residue-{residue}-{atom}", question, role))
    for residue in dict.fromkeys(residue for residue, _ in RESIDUE_ROLES):
        atoms = ", ".join(atom for name, atom in RESIDUE_ROLES if name == residue)
        question = f"which atoms of the side chain of {residue} can take part in hydrogen bonds? List their PDB names."
        items.append(_item(f"atoms-{residue}", question, atoms))
    for residue in _WITHOUT_POLAR_SIDE_CHAIN:
        question = f"can the side chain of {residue} form a hydrogen bond? Answer Yes or No."
        items.append(_item(f"side-chain-{residue}", question, "No"))
    return items
