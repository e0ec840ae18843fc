"""Text-only items follow the criterion's tables."""

import pytest

from misi.annotate.criteria import ACCEPTOR_LIMITS, DONOR_LIMITS, SynAnti, UpsilonTau
from misi.train.knowledge import ACCEPTORS, DONORS, RESIDUE_ROLES, acceptor_reach, knowledge_items

ITEMS = {item.id: item for item in knowledge_items()}


def test_every_class_has_words_of_its_own() -> None:
    assert set(ACCEPTORS) == set(ACCEPTOR_LIMITS)
    assert set(DONORS) == set(DONOR_LIMITS)
    assert len(set(ACCEPTORS.values())) == len(ACCEPTORS)
    assert len(set(DONORS.values())) == len(DONORS)


def test_ids_and_questions_are_unique() -> None:
    assert len(ITEMS) == len(knowledge_items())
    assert len({item.question for item in ITEMS.values()}) == len(ITEMS)


@pytest.mark.parametrize("name", sorted(ACCEPTOR_LIMITS))
def test_an_acceptors_distance_is_the_relaxed_limit(name: str) -> None:
    limits = ACCEPTOR_LIMITS[name]
    largest = max(limits.syn.r, limits.anti.r) if isinstance(limits, SynAnti) else limits.r
    assert float(ITEMS[f"knowledge-reach-{name}"].answer) == pytest.approx(largest, abs=0.005)


def test_a_published_value() -> None:
    """Carboxylate: 3.17 A in Mills & Dean's table, 0.4 A granted."""
    assert ITEMS["knowledge-reach-A3"].answer == "3.57"


def test_yes_and_no_agree_with_the_limits() -> None:
    seen = set()
    for item in ITEMS.values():
        if not item.id.startswith("knowledge-pair-"):
            continue
        donor, acceptor = item.id.removeprefix("knowledge-pair-").split("-")
        limits = DONOR_LIMITS[donor]["sp2 O"]
        assert isinstance(limits, UpsilonTau)
        limit = min(limits.r, acceptor_reach(ACCEPTOR_LIMITS[acceptor])[0])
        distance = float(item.question.split(" lies ")[1].split()[0])
        assert item.answer == ("Yes" if distance <= limit else "No"), item.question
        seen.add(item.answer)
    assert seen == {"Yes", "No"}


def test_roles() -> None:
    items = [item for item in ITEMS.values() if item.id.startswith("knowledge-role-")]
    roles = {item.question.split(": is ")[1].split(" a hydrogen")[0]: item.answer for item in items}
    assert roles["an oxygen of a carboxylate"] == "acceptor"
    assert roles["the nitrogen of a primary ammonium"] == "donor"
    assert roles["the oxygen of a phenol"] == "both"
    assert RESIDUE_ROLES["HIS", "ND1"] == "both"
