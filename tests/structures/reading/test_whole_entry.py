from collections.abc import Callable

import pytest

from misi.errors import StructureError
from misi.structures.molecule import Molecule
from misi.structures.read_pdb import parse_pdb
from misi.structures.whole_entry import MAX_PEPTIDE, split_entry

Line = Callable[..., str]
Backbone = Callable[..., list[str]]


@pytest.fixture
def chain(backbone: Backbone) -> list[str]:
    """A chain that is too long for a peptide, along x."""
    return [line for n in range(1, MAX_PEPTIDE + 6) for line in backbone(n, 4.2 * n)]


def _molecule(
    atom_line: Line, name: str, number: int, y: float, size: int = 8, x: float = 20.0, **kind: object
) -> list[str]:
    """A row of carbons along y."""
    return [
        atom_line(500 + n, f"C{n}", name, number, (x, y + 1.5 * n, 0), element="C", het=True, **kind)
        for n in range(size)
    ]


def _split(lines: list[str]) -> tuple[Molecule, Molecule]:
    return split_entry(parse_pdb("\n".join(lines), "x.pdb"), "x.pdb")


def test_the_largest_molecule_that_is_no_additive(chain: list[str], atom_line: Line) -> None:
    lines = [
        *chain,
        "TER",
        *_molecule(atom_line, "PG4", 301, 4, 13),
        *_molecule(atom_line, "AAA", 302, 30, 7, x=50),
        *_molecule(atom_line, "BBB", 303, 4, 9, x=40),
        atom_line(600, "ZN", "ZN", 304, (20, -4, 0), element="ZN", het=True),
        atom_line(601, "O", "HOH", 305, (40, -3, 0), element="O", het=True),
    ]
    pocket, ligand = _split(lines)
    assert ligand.residue_name.tolist() == ["BBB"]
    assert ligand.bonds.tolist() == [[n, n + 1] for n in range(8)]
    assert ligand.file_index.tolist() == list(range(len(chain) + 20, len(chain) + 29))
    assert "PG4" not in pocket.residue_name, "it lies more than 10 A away"
    assert "HOH" not in pocket.residue_name
    assert "chosen among 2" in pocket.notes[-1]


def test_the_pocket_is_whole_residues_within_ten_angstrom(chain: list[str], atom_line: Line) -> None:
    pocket, ligand = _split([*chain, *_molecule(atom_line, "LIG", 301, -9.99 - 7 * 1.5, x=43.4)])
    assert pocket.residue_number.tolist() == [10], "only the CA of residue 10 lies within reach"
    assert pocket.name.tolist() == ["N", "CA", "C", "O"]
    assert len(ligand) == 8


def test_bonded_residues_are_one_ligand(chain: list[str], atom_line: Line) -> None:
    lines = [*chain, *_molecule(atom_line, "GLC", 301, 4, 6), *_molecule(atom_line, "FRU", 302, 13, 6)]
    _, ligand = _split(lines)
    assert ligand.residue_name.tolist() == ["GLC", "FRU"]
    assert [5, 6] in ligand.bonds.tolist()


def test_modified_residues_and_glycans_are_no_ligands(chain: list[str], backbone: Backbone, atom_line: Line) -> None:
    side = [
        atom_line(700 + n, f"S{n}", "XMO", 99, (4.2 * 26 + 1.4, 1.5 * n + 1.5, 0), element="C", het=True)
        for n in range(6)
    ]
    odd = [*backbone(99, 4.2 * 26, "XMO", het=True), *side]
    with pytest.raises(StructureError) as caught:
        _split([*chain, *odd])
    assert caught.value.reason == "no_ligand"
    sugar = _molecule(atom_line, "NAG", 301, 1.5, 14, x=4.2 * 5 + 1.4)
    with pytest.raises(StructureError):
        _split([*chain, *sugar])
    inhibitor = _molecule(atom_line, "INH", 301, 1.5, 14, x=4.2 * 5 + 1.4)
    assert _split([*chain, *inhibitor])[1].residue_name.tolist() == ["INH"]
    free = _molecule(atom_line, "AAA", 302, 4, 7, x=60)
    assert _split([*chain, *inhibitor, *free])[1].residue_name.tolist() == ["AAA"], "free ones come first"


def test_a_peptide_only_where_nothing_else_is(chain: list[str], backbone: Backbone, atom_line: Line) -> None:
    peptide = [
        line[:30] + line[30:38] + "   5.000" + line[46:] for n in (1, 2, 3) for line in backbone(n, 4.2 * n, chain="P")
    ]
    _, ligand = _split([*chain, *peptide])
    assert ligand.residue_chain.tolist() == ["P", "P", "P"]
    _, ligand = _split([*chain, *peptide, *_molecule(atom_line, "LIG", 301, 4, 7, x=60)])
    assert ligand.residue_name.tolist() == ["LIG"]


@pytest.mark.parametrize("far", [False, True])
def test_refusals(chain: list[str], atom_line: Line, far: bool) -> None:
    lines = [*chain, *_molecule(atom_line, "LIG", 301, 500)] if far else [*chain, *_molecule(atom_line, "GOL", 301, 4)]
    with pytest.raises(StructureError) as caught:
        _split(lines)
    assert caught.value.reason == ("no_pocket" if far else "no_ligand")
    assert far or "GOL" in caught.value.detail
