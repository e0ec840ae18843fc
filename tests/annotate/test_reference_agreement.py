"""Agreement with stored output of the reference program on a sample of real complexes."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from misi.annotate.facts_json import facts_as_json
from misi.annotate.hbonds import annotate
from misi.structures.sources import load_by_id

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
STORED = SHARED / "oracle" / "hbonds.jsonl.gz"
SAMPLE = 40


def pairs(bonds: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    found = set()
    for bond in bonds:
        ends = {bond[role]["side"]: bond[role] for role in ("donor", "acceptor")}
        pocket = ends["pocket"]
        key = (pocket["chain"].strip(), pocket["number"], pocket["icode"].strip(), pocket["atom"])
        found.add((key, ends["ligand"]["index"]))
    return found


@pytest.mark.skipif(not STORED.exists(), reason="../shared holds no stored output here")
def test_bonds_and_types_agree() -> None:
    with gzip.open(STORED, "rt") as lines:
        stored = [json.loads(line) for line in lines][::SAMPLE]
    shared = extra = missed = exact = types = same_types = 0
    for expected in stored:
        line = facts_as_json(annotate(load_by_id(SHARED / "complexes", expected["id"])))
        want, got = pairs(expected["hbonds"]), pairs(line["hbonds"])
        shared, extra, missed = shared + len(want & got), extra + len(got - want), missed + len(want - got)
        exact += want == got
        wanted_types = [kind for _, kind in expected["ligand_types"]]
        assert len(wanted_types) == len(line["ligand_types"])
        types += len(wanted_types)
        same_types += sum(a == b for a, b in zip(wanted_types, line["ligand_types"], strict=True))
    assert 2 * shared / (2 * shared + extra + missed) >= 0.9995
    assert exact / len(stored) >= 0.997
    assert same_types / types >= 0.9995
