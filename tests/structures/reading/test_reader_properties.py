"""Whatever a file holds: columns that fit together, or a StructureError."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.errors import StructureError
from misi.structures.altlocs import with_one_location
from misi.structures.elements import SYMBOLS
from misi.structures.molecule import Molecule
from misi.structures.read import bonded, molecule_of
from misi.structures.read_cif import parse_cif
from misi.structures.read_mol2 import parse_mol2
from misi.structures.read_pdb import parse_pdb
from misi.structures.read_sdf import parse_sdf
from misi.structures.sources import Source, load
from misi.structures.whole_entry import split_entry

#: Pieces of which files are made, so that garbage gets past the first line.
_PIECES = st.sampled_from(
    [
        "@<TRIPOS>MOLECULE", "@<TRIPOS>ATOM", "@<TRIPOS>BOND", "@<TRIPOS>SUBSTRUCTURE", " 1 C1 0.0 1.0 2.0 C.3 1 LIG",
        " 2 C2 nan 1.0 2.0 C.3", " 1 1 2 1", " 1 1 1 1", "x", "", "  2  1  0  0  0  0  0  0  0  0999 V2000",
        "    0.0000    1.0000    2.0000 C   0  0", "  1  2  1  0", "M  END", "$$$$", "M  V30 BEGIN CTAB",
        "  0  0  0     0  0            999 V3000", "M  V30 COUNTS 1 0 0 0 0", "M  V30 1 C 0 0 0 0",
        "ATOM      1  N   ALA A   1       0.000   1.000   2.000  1.00  0.00           N",
        "ATOM      1  CA AALA A   1A      1.400   1.000   2.000  0.50  0.00",
        "HETATM    2 ZN    ZN A -99       0.000   1.000   2.000",
        "HETATM    3  O   HOH     2       0.0     1.0     2.0 ",
        "CONECT    1    2    1    3", "CONECT   xx", "SSBOND   1 CYS A    1    CYS A    1", "LINK", "TER", "END",
        "ENDMDL",
        "data_x", "loop_", "_atom_site.id", "_atom_site.Cartn_x", "_atom_site.Cartn_y", "1 2", "1 2 3 4", "'", ";",
    ]
)  # fmt: skip
_LINES = st.lists(st.one_of(_PIECES, st.text(max_size=30)), max_size=14).map("\n".join)


def _fits(molecule: Molecule) -> None:
    """The columns of a molecule agree with one another."""
    count = len(molecule)
    assert molecule.xyz.shape == (count, 3)
    assert np.isfinite(molecule.xyz).all()
    assert molecule.residue_start[0] == 0
    assert molecule.residue_start[-1] == count
    assert (np.diff(molecule.residue_start) > 0).all()
    pairs = np.concatenate([molecule.bonds, molecule.links])
    assert ((pairs >= 0) & (pairs < count)).all()
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert len({frozenset(pair) for pair in molecule.bonds.tolist()}) == len(molecule.bonds)
    assert not any(column.flags.writeable for column in (molecule.xyz, molecule.bonds, molecule.name))


@pytest.mark.parametrize("parse", [parse_mol2, parse_sdf])
@given(text=_LINES)
def test_ligand_readers(parse: Callable[[str, str], Molecule], text: str) -> None:
    try:
        molecule = parse(text, "x")
    except StructureError:
        return
    _fits(molecule)


@pytest.mark.parametrize("parse", [parse_pdb, parse_cif])
@given(text=_LINES)
def test_structure_readers(parse: Callable[..., object], text: str) -> None:
    try:
        records = with_one_location(parse(text, "x"), "x")
        _fits(bonded(records, "x"))
        molecule = molecule_of(records, "x")
        _fits(molecule)
        split_entry(records, "x")
    except StructureError:
        pass


@given(data=st.binary(max_size=200), suffix=st.sampled_from([".pdb", ".cif", ".pdb.gz", ".mol2", ".sdf"]))
def test_load_never_raises(tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str) -> None:
    path: Path = tmp_path_factory.getbasetemp() / f"file{suffix}"
    path.write_bytes(data)
    for source in (
        Source("x", path, (), "entry"),
        Source("x", path, (path,), "pocket"),
        Source("x", path, (path,), "protein"),
    ):
        load(source)


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["C", "N", "O", "S", "CL", "ZN", "H", "FE"]),
            st.tuples(*[st.integers(-999_999, 9_999_999).map(lambda value: value / 1000)] * 3),
            st.sampled_from(["A", "B", " "]),
            st.integers(-999, 9999),
            st.sampled_from(" ABZ"),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_pdb_columns_come_back(
    atom_line: Callable[..., str], rows: list[tuple[str, tuple[float, ...], str, int, str]]
) -> None:
    lines = [
        atom_line(n, f"X{n}", "LIG", number, xyz, chain=chain, icode=icode, element=element)
        for n, (element, xyz, chain, number, icode) in enumerate(rows)
    ]
    records = parse_pdb("\n".join(lines), "x")
    back = [
        (
            SYMBOLS[atom.element].upper(),
            (atom.x, atom.y, atom.z),
            atom.residue_id.chain or " ",
            atom.residue_id.number,
            atom.residue_id.icode or " ",
        )
        for atom in records.atoms
    ]
    assert back == rows
    assert [atom.file_index for atom in records.atoms] == list(range(len(rows)))


@given(order=st.permutations(range(6)))
def test_distance_bonds_do_not_depend_on_the_order_of_lines(atom_line: Callable[..., str], order: list[int]) -> None:
    places = [(0.0, 0.0, 0.0), (1.5, 0.0, 0.0), (2.2, 1.2, 0.0), (1.5, 2.5, 0.0), (0.0, 2.5, 0.0), (-0.7, 1.2, 0.0)]
    lines = [atom_line(n, f"C{n}", "LIG", 1, places[n], element="C", het=True) for n in order]
    records = parse_pdb("\n".join(lines), "x")
    molecule = bonded(records, "x")
    names = {frozenset(molecule.name[pair].tolist()) for pair in molecule.bonds}
    assert names == {frozenset((f"C{n}", f"C{(n + 1) % 6}")) for n in range(6)}
