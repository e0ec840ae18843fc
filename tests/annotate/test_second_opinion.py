"""The independent criterion, and the table of agreement."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from misi.annotate import second_opinion
from misi.annotate.agreement import agreement, summed
from misi.annotate.facts_json import facts_as_json
from misi.annotate.hbonds import annotate
from misi.annotate.rdkit_pocket import rdkit_pocket, with_hydrogens
from misi.annotate.second_opinion import NoSecondOpinion, SecondOpinion
from misi.structures.complex import Rejection
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes

from .made import peptide

needs_prolif = pytest.mark.skipif(find_spec("prolif") is None, reason="the extra ProLIF is not installed")


def test_residues_become_molecules_with_bond_orders_and_charges() -> None:
    pocket, rows = rdkit_pocket(peptide("ARNDCQEGHILKMFPSTWYV"))
    assert len(rows) == pocket.GetNumAtoms() == len(peptide("ARNDCQEGHILKMFPSTWYV"))
    assert sum(atom.GetFormalCharge() for atom in pocket.GetAtoms()) == 0  # R and K against D and E
    aromatic = {atom.GetPDBResidueInfo().GetResidueName() for atom in pocket.GetAtoms() if atom.GetIsAromatic()}
    assert aromatic == {"HIS", "PHE", "TRP", "TYR"}
    complete = with_hydrogens(pocket)
    assert all(atom.GetPDBResidueInfo() is not None for atom in complete.GetAtoms())
    assert all(atom.GetTotalNumHs() == 0 for atom in complete.GetAtoms())


def test_the_table_sums_up() -> None:
    one = SecondOpinion(agree=((1, 9), (2, 9)), disagree=((3, 9),), silent=((4, 9),), only_second=())
    two = SecondOpinion(agree=((1, 9),), disagree=(), silent=(), only_second=())
    none = SecondOpinion((), (), (), ())
    table = summed([one, Rejection("x", "no_second_opinion", "x: ..."), two, none])
    assert (table.complexes, table.agree, table.disagree, table.silent, table.only_second) == (3, 3, 1, 1, 0)
    assert (table.same_set, table.with_bonds, len(table.without)) == (1, 2, 1)
    assert table.f1 == pytest.approx(6 / 7)
    assert dict(table.rows())["bonds both find"] == "3"
    assert summed([]).f1 == 1.0
    assert [one.verdict((n, 9)) for n in (1, 3, 4)] == ["agree", "disagree", None]


@needs_prolif
def test_opinions_on_a_folder(tmp_path: Path) -> None:
    ids = write_complexes(tmp_path, 4, seed=11)
    table = agreement(tmp_path)
    assert table.complexes + len(table.without) == len(ids)
    assert table.agree > 0
    facts = annotate(load_by_id(tmp_path, ids[0]))
    files = sorted((tmp_path / ids[0]).glob("*ligand*"))
    opinion = second_opinion.second_opinion(facts, files)
    assert {*opinion.agree, *opinion.disagree, *opinion.silent} == set(facts.pairs)
    verdicts = {bond["second_opinion"] for bond in facts_as_json(facts, opinion)["hbonds"]}
    assert verdicts <= {"agree", "disagree", None}


@needs_prolif
def test_a_ligand_that_no_file_holds(tmp_path: Path) -> None:
    (complex_id,) = write_complexes(tmp_path, 1, seed=11)
    facts = annotate(load_by_id(tmp_path, complex_id))
    with pytest.raises(NoSecondOpinion, match="RDKit reads no file"):
        second_opinion.second_opinion(facts, [])
