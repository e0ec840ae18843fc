"""Entries to ligand and pocket: which ligand, which copy, which surroundings."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import gemmi
import numpy as np
import pytest

from misi.errors import StructureError
from misi.structures.fetch_entry import Cut, cut_entry, read_entry
from misi.structures.synthetic import SyntheticComplex, make_complex
from misi.structures.write_pdb import PdbAtom, pdb_line, pdb_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@lru_cache(maxsize=2)
def made(index: int = 1) -> SyntheticComplex:
    return make_complex(index, seed=3)


@pytest.fixture
def structure(files: Any) -> gemmi.Structure:
    found: gemmi.Structure = files.structure_of(made(), "LIG")
    return found


def cut(files: Any, structure: gemmi.Structure, wanted: str = "LIG") -> Cut:
    entry, _ = read_entry(files.cif_text(structure), "1abc")
    return cut_entry(entry, wanted, "1abc")


def ligand_of(structure: gemmi.Structure) -> gemmi.Residue:
    return structure[0]["L"][0]


def rename(structure: gemmi.Structure) -> None:
    """Entities and subchains for residues that were cloned or added."""
    structure.add_entity_types(overwrite=True)
    structure.assign_subchains(force=True)
    structure.setup_entities()


def add_copy(structure: gemmi.Structure, chain: str, shift: float, **changes: float) -> gemmi.Residue:
    """A second ligand, moved by `shift` along x, with other occupancies or B factors."""
    new = gemmi.Chain(chain)
    new.add_residue(ligand_of(structure).clone())
    for atom in new[0]:
        atom.pos = gemmi.Position(atom.pos.x + shift, atom.pos.y, atom.pos.z)
        for name, value in changes.items():
            setattr(atom, name, value)
    structure[0].add_chain(new)
    rename(structure)
    return structure[0][chain][0]


def xyz(atoms: Any) -> np.ndarray:
    return np.array([(atom.x, atom.y, atom.z) for atom in atoms])


def test_the_best_observed_copy_is_taken(files: Any, structure: gemmi.Structure) -> None:
    add_copy(structure, "M", 60.0, b_iso=10.0)
    found = cut_with_all_around(files, structure, "M")
    assert found.where == "LIG M 501"  # lower B factors
    add_copy(structure, "N", -60.0, b_iso=1.0, occ=0.5)
    assert cut_with_all_around(files, structure, "M").where == "LIG M 501"  # higher occupancy
    structure[0]["M"][0].remove_atom(structure[0]["M"][0][0].name, "\0", structure[0]["M"][0][0].element)
    assert cut_with_all_around(files, structure, "L").where == "LIG L 501"  # more atoms


def cut_with_all_around(files: Any, structure: gemmi.Structure, chain: str) -> Cut:
    """Cut, with one residue set beside the copy that is expected, so that it has a pocket."""
    spot = structure[0][chain][0][1].pos
    if "Z" in [one.name for one in structure[0]]:
        structure[0].remove_chain("Z")
    extra = gemmi.Chain("Z")
    residue = gemmi.Residue()
    residue.name, residue.seqid = "GLY", gemmi.SeqId("1")
    for k, name in enumerate(("N", "CA", "C", "O")):
        atom = gemmi.Atom()
        atom.name, atom.element = name, gemmi.Element(name[0])
        atom.pos = gemmi.Position(spot.x + 4.0 + 1.4 * k, spot.y, spot.z)
        residue.add_atom(atom)
    extra.add_residue(residue)
    structure[0].add_chain(extra)
    rename(structure)
    return cut(files, structure)


def test_alternate_locations_are_settled_by_occupancy(files: Any, structure: gemmi.Structure) -> None:
    ligand = ligand_of(structure)
    for letter, occupancy, shift in (("B", 0.6, 0.3), ("C", 0.4, 0.6)):
        atom = ligand[0].clone()
        atom.altloc, atom.occ = letter, occupancy
        atom.pos = gemmi.Position(atom.pos.x + shift, atom.pos.y, atom.pos.z)
        ligand.add_atom(atom)
    first = ligand[0].pos.tolist()
    ligand.remove_atom(ligand[0].name, "\0", ligand[0].element)
    found = cut(files, structure)
    name = ligand[-1].name
    (kept,) = [atom for atom in found.atoms if atom.name == name]
    assert kept.xyz[0] == pytest.approx(first[0] + 0.3, abs=1e-3)


def test_the_assembly_brings_the_symmetry_copy(files: Any, structure: gemmi.Structure) -> None:
    """A two-fold axis along z through a point 12 angstrom from the ligand."""
    center = xyz([atom.pos for atom in ligand_of(structure)]).mean(axis=0)
    turn = gemmi.Transform()
    turn.mat.fromlist([[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]])
    turn.vec.fromlist([2 * (center[0] + 12.0), 2 * center[1], 0.0])
    alone = cut(files, files.with_assembly(structure.clone(), [gemmi.Transform()]))
    pair = cut(files, files.with_assembly(structure.clone(), [gemmi.Transform(), turn]))
    assert (alone.assembly, pair.assembly) == ("1", "1")
    assert len(pair.pocket) > len(alone.pocket)
    assert {atom.chain for atom in alone.pocket} < {atom.chain for atom in pair.pocket}
    moved = {atom.chain for atom in pair.pocket} - {atom.chain for atom in alone.pocket}
    copies = np.array([(a.x, a.y, a.z) for a in pair.pocket if a.chain in moved])
    back = copies * [-1, -1, 1] + [2 * (center[0] + 12.0), 2 * center[1], 0.0]
    everything = np.array([atom.pos.tolist() for chain in structure[0] for residue in chain for atom in residue])
    assert all(np.abs(everything - point).sum(axis=1).min() < 0.01 for point in back)
    assert any("is written as" in note for note in pair.notes)
    ligand = np.array([atom.xyz for atom in pair.atoms])
    assert all(np.linalg.norm(ligand - point, axis=1).min() > 1.0 for point in xyz(pair.pocket))


def test_waters_and_additives_stay_out_and_metals_in(files: Any, structure: gemmi.Structure) -> None:
    spot = ligand_of(structure)[0].pos
    for k, (name, element) in enumerate((("HOH", "O"), ("ZN", "Zn"), ("SO4", "S"))):
        residue = gemmi.Residue()
        residue.name, residue.seqid, residue.het_flag = name, gemmi.SeqId(str(700 + k)), "H"
        atom = gemmi.Atom()
        atom.name, atom.element = element.upper(), gemmi.Element(element)
        atom.pos = gemmi.Position(spot.x + 3.0, spot.y + 2.0 * k, spot.z)
        residue.add_atom(atom)
        structure[0]["L"].add_residue(residue)
    rename(structure)
    names = {atom.residue for atom in cut(files, structure).pocket}
    assert "ZN" in names
    assert not names & {"HOH", "SO4", "LIG"}


def test_a_peptide_is_found_by_its_length(files: Any, structure: gemmi.Structure) -> None:
    """Three consecutive residues of the pocket, moved away a little, as a chain of their own."""
    amino = [residue for residue in structure[0]["A"] if residue.name != "HOH"]
    numbers = [residue.seqid.num for residue in amino]
    start = next(k for k, number in enumerate(numbers) if numbers[k : k + 3] == [number, number + 1, number + 2])
    run = amino[start : start + 3]
    chain = gemmi.Chain("P")
    for residue in run:
        new = residue.clone()
        for atom in new:
            atom.pos = gemmi.Position(atom.pos.x + 3.0, atom.pos.y + 3.0, atom.pos.z)
        chain.add_residue(new)
    structure[0].add_chain(chain)
    rename(structure)
    found = cut(files, structure, "3-mer")
    assert found.component_names == tuple(residue.name for residue in run)
    assert {(found.atoms[a].name, found.atoms[b].name) for a, b in found.links} == {("C", "N")}
    assert len(found.links) == 2
    with pytest.raises(StructureError, match="no 4-mer"):
        cut(files, structure, "4-mer")


def test_disulfides_and_modified_residues_are_said(files: Any, structure: gemmi.Structure) -> None:
    chain = structure[0]["A"]
    first, second = chain[0], chain[3]
    first.name = second.name = "CYS"
    chain[5].name = "MSE"
    link = gemmi.Connection()
    link.name, link.type = "disulf1", gemmi.ConnectionType.Disulf
    link.partner1 = gemmi.AtomAddress("A", first.seqid, "CYS", "SG")
    link.partner2 = gemmi.AtomAddress("A", second.seqid, "CYS", "SG")
    structure.connections.append(link)
    header = cut(files, structure).header
    assert [line[:6] for line in header] == ["MODRES", "SSBOND"]
    assert header[0][12:15] == "MSE"
    assert header[0][24:27] == "MET"
    assert (header[1][15], header[1][17:21], header[1][31:35]) == (
        "A",
        f"{first.seqid.num:4d}",
        f"{second.seqid.num:4d}",
    )


@pytest.mark.parametrize("text", ["", "data_x\n", "data_x\nloop_\n_atom_site.id\n", "no cif at all", "data_x _a 'b\n"])
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(StructureError) as caught:
        read_entry(text, "1abc")
    assert caught.value.reason in ("bad_cif", "no_atoms")


def test_a_ligand_far_from_everything_has_no_pocket(files: Any, structure: gemmi.Structure) -> None:
    for atom in ligand_of(structure):
        atom.pos = gemmi.Position(atom.pos.x + 500.0, atom.pos.y, atom.pos.z)
    with pytest.raises(StructureError) as caught:
        cut(files, structure)
    assert caught.value.reason == "no_pocket"


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
def test_a_real_entry() -> None:
    text = (SHARED / "nasty" / "26_tricky_1o6u" / "1o6u.cif").read_text()
    entry, released = read_entry(text, "1o6u")
    found = cut_entry(entry, "PLM", "1o6u")
    assert released.startswith("2003")
    assert (found.component_names, len(found.atoms)) == (("PLM",), 18)
    assert len({atom.chain for atom in found.pocket}) == 1
    assert all(line.startswith("MODRES") for line in found.header)


ATOM = PdbAtom(False, "CA", "C", "GLY", "A", 1, "", 1.0, -2.0, 3.5, 1.0, 20.0)


def test_pdb_lines_have_their_columns() -> None:
    line = pdb_line(ATOM, 7)
    assert line == "ATOM      7  CA  GLY A   1       1.000  -2.000   3.500  1.00 20.00           C"
    calcium = ATOM._replace(het=True, element="CA", residue="CA", icode="B", number=-12)
    assert pdb_line(calcium, 100_000).startswith("HETATM    0 CA    CA A -12B")
    text = pdb_text(["HEADER"], [ATOM, ATOM._replace(name="HG11", element="H")])
    assert gemmi.read_pdb_string(text)[0][0][0][1].name == "HG11"


@pytest.mark.parametrize(
    "change",
    [{"name": "C1234"}, {"residue": "A1ABC"}, {"chain": "AA"}, {"number": 10_000}, {"x": -1000.0}, {"z": float("nan")}],
)
def test_what_does_not_fit_the_columns_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(StructureError) as caught:
        pdb_line(ATOM._replace(**change), 1)
    assert caught.value.reason == "not_pdb_format"


def test_molecules_bonded_to_a_chain_come_last(files: Any, structure: gemmi.Structure) -> None:
    """A larger copy of the ligand, glued to the protein, is not taken for the ligand unless it is asked for."""
    glued = add_copy(structure, "M", 8.0)
    glued.name = "BIG"
    extra = glued[0].clone()
    extra.name = "X1"
    glued.add_atom(extra)
    rename(structure)
    anchor = next(residue for residue in structure[0]["A"] if residue.name == "SER")
    link = gemmi.Connection()
    link.name, link.type = "covale1", gemmi.ConnectionType.Covale
    link.partner1 = gemmi.AtomAddress("M", glued.seqid, "BIG", "X1")
    link.partner2 = gemmi.AtomAddress("A", anchor.seqid, "SER", "OG")
    structure.connections.append(link)
    assert cut(files, structure, "").component_names == ("LIG",)
    found = cut(files, structure, "BIG")
    assert found.component_names == ("BIG",)
    assert "the ligand is bonded to a chain" in found.notes
