"""Pocket and ligand: all their hydrogen bonds."""

from collections.abc import Sequence

from misi.annotate.facts import Facts
from misi.render.visibility import views_seen
from misi.structures.complex import Rejection
from misi.tasks import prompts
from misi.tasks.bonding import (
    contact_from_json,
    contact_json,
    contact_of,
    evidence,
    named_pocket_atoms,
    polar_ligand_atoms,
    shares_label,
    why_not_named,
)
from misi.tasks.contacts import Contact, Contacts
from misi.tasks.contested import near_misses_json
from misi.tasks.grammar import parse_contacts
from misi.tasks.interactions import Interactions
from misi.tasks.pictures import Gallery
from misi.tasks.question import Item, Question
from misi.tasks.symmetry import symmetry_json
from misi.tasks.task import Context
from misi.tasks.viewpoint import viewpoint


class PocketLigand(Interactions):
    """Contacts of the whole pocket, residues with number and chain."""

    name = "pocket_ligand"
    numbered = True

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        complex_ = facts.complex
        item_id = f"{self.name}-{complex_.id}-0"
        doubt = next(filter(None, (why_not_named(complex_, *pair) for pair in facts.pairs)), None)
        if doubt:
            return [], [Rejection(item_id, *doubt)]
        contacts = frozenset(contact_of(complex_, *pair) for pair in facts.pairs)
        gallery = Gallery()
        gallery.add_six_with_atoms(complex_.id)
        seen = [views_seen(complex_, pair, context.width, context.height) for pair in facts.pairs]
        named = named_pocket_atoms(complex_)
        ligand = polar_ligand_atoms(complex_)
        question = Question(
            id=item_id,
            task=self.name,
            split=context.split,
            complex_id=complex_.id,
            question=prompts.question_text(
                (prompts.DRAWN, prompts.NEAR_LABELS, prompts.CAMERA, prompts.SIX_VIEWS, prompts.HBONDS),
                gallery.images,
                "Which hydrogen bonds do the pocket and the ligand form? List all of them, each once." + _chains(facts),
                "Answer `None`, or all pairs as `<residue name> <residue number> <residue atom> <chain>, <ligand "
                "atom>`, separated by semicolons; leave the chain out where it has no name.",
                "XYZ 12 N1 A, X7; XYZ 34 O1 A, X8",
            ),
            images=tuple(gallery.images),
            options=(),
            answer=self.format(contacts),
            derivation={
                "seed": context.seed,
                "pairs": [contact_json(contact_of(complex_, *pair)) for pair in facts.pairs],
                "bonds": [evidence(facts, *pair) for pair in facts.pairs],
                "near_misses": near_misses_json(facts),
                "symmetry": symmetry_json(facts, facts.pairs),
                "residue_atoms": [contact_json(contact_of(complex_, a, ligand[0])) for a in named] if ligand else [],
                "ligand_atoms": [str(complex_.name[a]) for a in ligand],
                "camera_distance": round(viewpoint(complex_, context.width, context.height).camera.distance, 3),
                "views_seen": seen,
                "shares_label": any(shares_label(complex_, int(complex_.residue[atom])) for atom, _ in facts.pairs),
                "difficulty": {
                    "seen": min((n for pair in seen for n in pair), default=None),
                    "bonds": len(contacts),
                    "ligand_heavy_atoms": int((complex_.is_ligand & complex_.heavy).sum()),
                    "residues": sum(1 for _ in complex_.pocket_residues()),
                },
            },
        )
        return [Item(question, gallery.pictures)], []

    def parse(self, reply: str, question: Question) -> Contacts:
        return parse_contacts(reply, numbered=True)

    def answers(self, question: Question) -> Sequence[Contacts]:
        """``None``, or any one pair of polar atoms that are named in the pictures."""
        derivation = question.derivation
        singles = [
            frozenset((contact_from_json({**atom, "ligand_atom": ligand_atom}),))
            for atom in derivation["residue_atoms"]
            for ligand_atom in derivation["ligand_atoms"]
        ]
        return [frozenset[Contact](), *singles]


def _chains(facts: Facts) -> str:
    """Pictures name chains only where labels would be the same without them, so the text names all."""
    complex_ = facts.complex
    chains = list(dict.fromkeys(str(complex_.residue_chain[row]) for row in complex_.pocket_residues()))
    if chains == [""] or not chains:
        return " The chain has no name."
    if len(chains) == 1:
        return f" All residues are of chain {chains[0]}."
    spans = []
    for chain in chains:
        residues = [row for row in complex_.pocket_residues() if str(complex_.residue_chain[row]) == chain]
        names = ", ".join(
            f"{complex_.residue_name[row]} {complex_.residue_number[row]}{complex_.residue_icode[row]}"
            for row in residues
        )
        spans.append(f"{f'chain {chain}' if chain else 'no chain name'}: {names}")
    return " Chains of the residues: " + "; ".join(spans) + "."


POCKET_LIGAND = PocketLigand()
