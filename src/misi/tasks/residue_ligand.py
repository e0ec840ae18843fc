"""Residue and ligand: do they form hydrogen bonds, and which?

One question for each bonded residue and as many about residues without a bond. For complexes without any bond the
paper is silent; its published counts have 553 + 104 more negatives than positives over 3,993 complexes, and about one
in ten complexes has no bond, so such a complex gives `WITHOUT_BONDS` negatives.

Near misses do count as negatives (the paper's criterion is the law); their margin is stored, so that contested items
can be left out of a score.
"""

from collections.abc import Sequence

import numpy as np

from misi.annotate.facts import Facts
from misi.render.visibility import views_seen
from misi.scene.motion import SIX_VIEWS
from misi.scene.naming import residue_texts
from misi.seeds import rank_of
from misi.structures.complex import Complex, Rejection
from misi.tasks import prompts
from misi.tasks.bonding import (
    contact_json,
    contact_of,
    evidence,
    polar_ligand_atoms,
    polar_pocket_atoms,
    repeated,
    unnumbered,
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
from misi.tasks.viewpoint import residue_viewpoint

WITHOUT_BONDS = 2
NEAR = 5.0  # angstrom between heavy atoms: what `near` negatives lie within
LEAST_ATOMS = 4  # heavy atoms of a negative: ions and stumps are no residues to look at


class ResidueLigand(Interactions):
    """Contacts of one residue."""

    name = "residue_ligand"
    numbered = False

    def make(self, facts: Facts, context: Context) -> tuple[list[Item], list[Rejection]]:
        complex_ = facts.complex
        bonds: dict[int, list[tuple[int, int]]] = {}
        for atom, ligand_atom in facts.pairs:
            bonds.setdefault(int(complex_.residue[atom]), []).append((atom, ligand_atom))
        items, rejections = [], []
        for residue, pairs in sorted(bonds.items()):
            doubt = next(filter(None, (why_not_named(complex_, *pair) for pair in pairs)), None)
            if doubt:
                rejections.append(Rejection(f"{self.name}-{complex_.id}-{residue}", *doubt))
            else:
                items.append(self._item(facts, context, residue, pairs))
        wanted = len(items) if bonds else WITHOUT_BONDS
        chosen = negatives(facts, frozenset(bonds), context)[:wanted]
        items += [self._item(facts, context, residue, []) for residue in chosen]
        if len(chosen) < wanted:
            detail = f"{complex_.id}: {len(chosen)} of {wanted} residues without a bond ({context.negatives})"
            rejections.append(Rejection(f"{self.name}-{complex_.id}-negatives", "few_negatives", detail))
        return sorted(items, key=lambda item: item.question.derivation["row"]), rejections

    def _item(self, facts: Facts, context: Context, residue: int, pairs: list[tuple[int, int]]) -> Item:
        complex_ = facts.complex
        id_, key = complex_.id, complex_.residue_key(residue)
        shown = residue_texts(complex_)[residue]  # as the pictures label it, with the chain where that tells it apart
        contacts = frozenset(unnumbered(contact_of(complex_, *pair)) for pair in pairs)
        gallery = Gallery()
        gallery.add_views(
            id_, SIX_VIEWS, name=f"{self.name}-{residue}-{{view}}", labels="atoms", show="residue", residue=residue
        )
        scene = residue_viewpoint(complex_, residue, context.width, context.height)
        seen = [views_seen(complex_, pair, context.width, context.height, residue) for pair in pairs]
        question = Question(
            id=f"{self.name}-{id_}-{residue}",
            task=self.name,
            split=context.split,
            complex_id=id_,
            question=prompts.question_text(
                (prompts.RESIDUE_DRAWN, prompts.RESIDUE_LABELS, prompts.CAMERA, prompts.SIX_VIEWS, prompts.HBONDS),
                gallery.images,
                f"The residue is {shown}. "
                "Does this residue form hydrogen bonds with the ligand, and if so, between which atoms?",
                "Answer `No`, or `Yes: ` and all pairs as `<residue name> <residue atom>, <ligand atom>`, separated by "
                "semicolons.",
                "Yes: XYZ N1, X7; XYZ O1, X8",
            ),
            images=tuple(gallery.images),
            options=(),
            answer=self.format(contacts),
            derivation={
                "seed": context.seed,
                "row": residue,
                "residue": list(key),
                "pairs": [contact_json(contact_of(complex_, *pair)) for pair in pairs],
                "bonds": [evidence(facts, *pair) for pair in pairs],
                "distance": round(distance_to_ligand(complex_, residue), 3),
                "near_misses": near_misses_json(facts, residue),
                "negatives": context.negatives if not pairs else None,
                "symmetry": symmetry_json(facts, pairs),
                "residue_atoms": [str(complex_.name[a]) for a in polar_pocket_atoms(complex_, residue)],
                "ligand_atoms": [str(complex_.name[a]) for a in polar_ligand_atoms(complex_)],
                "camera_distance": round(scene.camera.distance, 3),
                "views_seen": seen,
                "difficulty": {
                    "seen": min((n for pair in seen for n in pair), default=None),
                    "bonds": len(pairs),
                    "ligand_heavy_atoms": int((complex_.is_ligand & complex_.heavy).sum()),
                },
            },
        )
        return Item(question, gallery.pictures)

    def parse(self, reply: str, question: Question) -> Contacts:
        chain, number, icode, _ = question.derivation["residue"]

        def named(contact: Contact) -> Contact:
            """Without its number, if that is the number of the residue asked about."""
            same = (contact.number, contact.icode.upper()) == (number, icode.upper())
            return unnumbered(contact) if same and contact.chain.upper() in ("", chain.upper()) else contact

        return frozenset(map(named, parse_contacts(reply, numbered=False)))

    def answers(self, question: Question) -> Sequence[Contacts]:
        """``No`` half of the time, else one pair of polar atoms: both sides as often."""
        derivation = question.derivation
        name = derivation["residue"][3]
        singles = [
            frozenset((Contact(name, None, "", "", atom, ligand_atom),))
            for atom in derivation["residue_atoms"]
            for ligand_atom in derivation["ligand_atoms"]
        ]
        return [frozenset()] * max(1, len(singles)) + singles


def distance_to_ligand(complex_: Complex, residue: int) -> float:
    """Least distance between heavy atoms of a residue and of the ligand, angstrom."""
    own = np.array([a for a in complex_.residue_atoms(residue) if complex_.heavy[a]], dtype=int)
    ligand = np.flatnonzero(complex_.is_ligand & complex_.heavy)
    if not len(own) or not len(ligand):
        return float("inf")
    step = complex_.xyz[own][:, None, :] - complex_.xyz[ligand][None, :, :]
    return float(np.sqrt((step * step).sum(axis=-1).min()))


def negatives(facts: Facts, bonded: frozenset[int], context: Context) -> list[int]:
    """Residues without a bond in the order in which they are to be taken: a stable shuffle."""
    complex_ = facts.complex
    doubts = repeated(complex_)
    chosen = [
        row
        for row in complex_.pocket_residues()
        if row not in bonded
        and row not in doubts.residues
        and sum(bool(complex_.heavy[a]) for a in complex_.residue_atoms(row)) >= LEAST_ATOMS
        and (context.negatives != "near" or distance_to_ligand(complex_, row) <= NEAR)
    ]
    return sorted(chosen, key=lambda row: rank_of("negative", context.seed, complex_.id, row))


RESIDUE_LIGAND = ResidueLigand()
