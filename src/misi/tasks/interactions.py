"""What residue_ligand and pocket_ligand share: lists of contacts as answers, scored four ways."""

import random
from collections.abc import Sequence

from misi.tasks.bonding import contact_from_json, unnumbered
from misi.tasks.contacts import Contacts
from misi.tasks.contested import MARGIN, contested
from misi.tasks.grammar import format_contacts_of_pocket, format_contacts_of_residue, read_contacts
from misi.tasks.question import Question
from misi.tasks.scores import Retrieval, Scores, contacts_score, retrieval
from misi.tasks.symmetry import NamedSymmetry


class Interactions:
    """Formatting, scoring and answering for contacts.

    Attributes
    ----------
    numbered : bool
        Whether contacts carry residue numbers and chains.
    """

    numbered: bool

    def answers(self, question: Question) -> Sequence[Contacts]:
        raise NotImplementedError

    def format(self, answer: Contacts) -> str:
        return format_contacts_of_pocket(answer) if self.numbered else format_contacts_of_residue(answer)

    def score(self, answer: Contacts, question: Question) -> Scores:
        return contacts_score(answer, read_contacts(question.answer))

    def score_up_to_symmetry(self, answer: Contacts, question: Question) -> Scores:
        """As `score`, with atoms that chemistry does not tell apart counting as one."""
        symmetry = NamedSymmetry(question.derivation["symmetry"])
        return contacts_score(answer, read_contacts(question.answer), symmetry.hits)

    def score_uncontested(self, answer: Contacts, question: Question, margin: float = MARGIN) -> Scores:
        """As `score`, without contested bonds on either side."""
        open_ = contested(question.derivation, numbered=self.numbered, margin=margin)
        return contacts_score(answer - open_, read_contacts(question.answer) - open_)

    def retrieval(self, answer: Contacts, question: Question) -> Retrieval:
        """Precision, recall and F1."""
        return retrieval(answer, read_contacts(question.answer))

    def oracle(self, question: Question) -> str:
        contacts = map(contact_from_json, question.derivation["pairs"])
        return self.format(frozenset(contacts if self.numbered else map(unnumbered, contacts)))

    def chance(self, question: Question, rng: random.Random) -> str:
        return self.format(rng.choice(self.answers(question)))
