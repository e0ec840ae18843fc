"""Troublesome real inputs end in facts or in a rejection with its reason."""

from pathlib import Path

import pytest

from misi.annotate.facts_json import facts_as_json
from misi.annotate.hbonds import annotate
from misi.annotate.symmetry import canonical_pairs
from misi.structures.complex import Rejection
from misi.structures.sources import find_sources, load

NASTY = Path(__file__).resolve().parents[2].parent / "shared" / "nasty"
FOLDERS = sorted(path for path in NASTY.iterdir() if path.is_dir()) if NASTY.is_dir() else []


@pytest.mark.skipif(not FOLDERS, reason="../shared holds no nasty inputs here")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_facts_or_a_reason(folder: Path) -> None:
    sources = find_sources(folder)
    assert sources
    for source in sources:
        found = load(source)
        if isinstance(found, Rejection):
            assert found.reason
            assert found.detail
            continue
        facts = annotate(found)
        assert len(facts.types) == len(found)
        assert len(facts_as_json(facts)["hbonds"]) == len(facts.hbonds)
        assert len(canonical_pairs(facts, facts.pairs)) == len(facts.pairs)


def ligand_types(folder: str) -> list[str]:
    source = next(found for found in find_sources(NASTY / folder) if not isinstance(found, Rejection))
    found = load(source)
    assert not isinstance(found, Rejection)
    types = annotate(found).types
    return [kind for kind, ligand in zip(types, found.is_ligand.tolist(), strict=True) if ligand]


@pytest.mark.skipif(not FOLDERS, reason="../shared holds no nasty inputs here")
@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("28_unsanitisable_3qlb", "Fe"),
        ("40_iron_ligand_6e4v", "Fe"),
        ("41_boron_2y2k", "B"),
        ("37_single_ion_ligand", "Na"),
    ],
)
def test_odd_elements_keep_their_symbol(folder: str, kind: str) -> None:
    assert kind in ligand_types(folder)
