"""The line of facts."""

import json

import numpy as np

from misi.annotate.facts_json import facts_as_json

from .scenes import acetone, amide_nh, facing


def test_the_line_names_both_ends() -> None:
    facts = facing(amide_nh(True), acetone(), 2.9, (1, 0, 0), (1, 0, 0))
    line = json.loads(json.dumps(facts_as_json(facts)))
    assert line["id"] == "made"
    assert line["ligand_types"] == ["O2", "C2", "C3", "C3"]
    (bond,) = line["hbonds"]
    assert bond["donor"] == {
        "side": "pocket",
        "chain": "A",
        "number": 1,
        "icode": "",
        "residue": "MOL",
        "atom": "N",
        "index": 0,
        "type": "Npl",
        "xyz": [0.0, 0.0, 0.0],
    }
    assert bond["acceptor"]["side"] == "ligand"
    assert bond["acceptor"]["index"] == 0
    assert bond["hydrogen"]["atom"] == "HN"
    assert np.isclose(bond["distance"], 2.9)
    assert bond["margin"] >= 0
    assert bond["limit"] == "acceptor theta" or bond["limit"]


def test_no_hydrogen_is_null() -> None:
    line = facts_as_json(facing(amide_nh(), acetone(), 2.9, (1, 0, 0), (1, 0, 0)))
    assert line["hbonds"][0]["hydrogen"] is None
