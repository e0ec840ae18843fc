from collections.abc import Callable
from pathlib import Path

import pytest

from misi.errors import StructureError
from misi.structures.complex import Complex, Rejection
from misi.structures.sources import Source, find_sources, load, load_by_id

Backbone = Callable[..., list[str]]


@pytest.fixture
def pocket(backbone: Backbone) -> str:
    return "\n".join(line for n in range(1, 9) for line in backbone(n, 4.2 * n))


MOL2 = """@<TRIPOS>MOLECULE
x
 2 1 0 0 0
@<TRIPOS>ATOM
 1 CX 20.0 5.0 0.0 C.3 1 LIG
 2 OX 21.4 5.0 0.0 O.3 1 LIG
@<TRIPOS>BOND
 1 1 2 1
"""
SDF = """x


  2  1  0  0  0  0  0  0  0  0999 V2000
   20.0000    5.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   21.4000    5.0000    0.0000 O   0  0  0  0  0  0  0  0  0  0  0  0
  1  2  1  0
M  END
$$$$
"""


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _seen(src: Path) -> list[tuple[str, str]]:
    return [(item.id, item.kind if isinstance(item, Source) else item.reason) for item in find_sources(src)]


def test_a_folder_per_complex(tmp_path: Path, pocket: str) -> None:
    files = {
        f"{i}/{i}_{tail}": text
        for i in ("2b", "1a")
        for tail, text in (("pocket.pdb", pocket), ("ligand.mol2", MOL2), ("ligand.sdf", SDF))
    }
    _write(tmp_path, {**files, "1a/1a_protein.pdb": pocket, "manifest.csv": "id", "index/readme.txt": "x"})
    assert _seen(tmp_path) == [("1a", "pocket"), ("2b", "pocket"), ("index", "no_structure_files")]
    (first, *_) = find_sources(tmp_path)
    made = load(first)
    assert isinstance(made, Complex)
    assert made.name[made.is_ligand].tolist() == ["CX", "OX"], "mol2 is preferred, for its names"
    assert made.file_index[made.is_ligand].tolist() == [0, 1]
    assert made.bonds.tolist()[-1] == [32, 33]
    assert _seen(tmp_path / "1a") == [("1a", "pocket")]
    assert _seen(tmp_path / "1a" / "1a_pocket.pdb") == [("1a", "pocket")]
    assert _seen(tmp_path / "1a" / "1a_ligand.sdf") == [("1a", "pocket")]


def test_the_other_ligand_file_where_one_is_broken(tmp_path: Path, pocket: str) -> None:
    _write(tmp_path, {"1a_pocket.pdb": pocket, "1a_ligand.mol2": MOL2[:90], "1a_ligand.sdf": SDF})
    (source,) = find_sources(tmp_path)
    made = load(source)
    assert isinstance(made, Complex)
    assert made.name[made.is_ligand].tolist() == ["C1", "O1"]
    assert made.notes[0].startswith("passed over: 1a_ligand.mol2")
    _write(tmp_path, {"1a_ligand.sdf": ""})
    rejected = load(source)
    assert isinstance(rejected, Rejection)
    assert rejected.reason == "empty_file"
    assert "1a_ligand.mol2" in rejected.detail


def test_flat_pairs_and_proteins(tmp_path: Path, pocket: str) -> None:
    _write(
        tmp_path,
        {
            "1a_pocket.pdb": pocket,
            "1a_ligand.sdf": SDF,
            "2b_protein.pdb": pocket,
            "2b_protein-wat.pdb": pocket,
            "2b_ligand.mol2": MOL2,
            "2b_ligand-other.mol2": MOL2,
            "3c.ent": pocket,
            "3c_ligand.sdf": SDF,
            "4d_ligand.sdf": SDF,
        },
    )
    assert _seen(tmp_path) == [
        ("1a", "pocket"),
        ("2b", "protein"),
        ("2b_ligand-other.mol2", "extra_ligand"),
        ("3c", "protein"),
        ("4d_ligand", "no_pocket"),
    ]
    made = load_by_id(tmp_path, "2b")
    assert made.residue_number[~made.residue_is_ligand].tolist() == [2, 3, 4, 5, 6, 7], "cut at 10 A"


def test_a_ligand_in_pdb_format_comes_last(tmp_path: Path, pocket: str, atom_line: Callable[..., str]) -> None:
    lines = [atom_line(n, f"C{n}", "LIG", 1, (20 + 1.5 * n, 5, 0), element="C", het=True) for n in range(3)]
    _write(tmp_path, {"1a_receptor.pdb": pocket, "1a_ligand.pdb": "\n".join(lines)})
    assert _seen(tmp_path) == [("1a", "protein")]
    made = load_by_id(tmp_path, "1a")
    assert made.name[made.is_ligand].tolist() == ["C0", "C1", "C2"]
    _write(tmp_path, {"1a_ligand.sdf": SDF})
    assert load_by_id(tmp_path, "1a").name[-2:].tolist() == ["C1", "O1"]


def test_one_structure_and_one_ligand_belong_together(tmp_path: Path, pocket: str) -> None:
    _write(tmp_path, {"1ügx_pöcket.pdb": pocket, "1ügx_配体 ligand.mol2": MOL2})
    assert _seen(tmp_path) == [("1ügx", "pocket")]
    assert len(load_by_id(tmp_path, "1ügx")) == 34


def test_entries(tmp_path: Path, pocket: str) -> None:
    _write(tmp_path, {"a.pdb": pocket, "b.cif": "data_b", "a.cif": "data_a", "c.d.pdb": pocket})
    assert _seen(tmp_path) == [("a.cif", "duplicate_id"), ("a", "entry"), ("b", "entry"), ("c.d", "unsafe_id")]
    assert [load(item).reason for item in find_sources(tmp_path)] == [
        "duplicate_id",
        "no_pocket",
        "no_atoms",
        "unsafe_id",
    ]  # type: ignore[union-attr]


def test_ids_repeated_in_other_folders(tmp_path: Path, pocket: str) -> None:
    for folder in ("one", "two"):
        _write(tmp_path / folder, {"1a_pocket.pdb": pocket, "1a_ligand.sdf": SDF})
    assert _seen(tmp_path) == [("1a", "pocket"), ("1a-two", "pocket")]
    assert load_by_id(tmp_path, "1a-two").id == "1a-two"


def test_load_by_id_tells_what_is_wrong(tmp_path: Path, pocket: str) -> None:
    _write(tmp_path, {"1a/1a_pocket.pdb": pocket, "1a/1a_ligand.sdf": "", "../outside.pdb": pocket})
    for name, reason in (
        ("1a", "empty_file"),
        ("9z", "unknown_id"),
        ("../outside", "unknown_id"),
        ("\0", "unknown_id"),
    ):
        with pytest.raises(StructureError) as caught:
            load_by_id(tmp_path, name)
        assert caught.value.reason == reason


@pytest.mark.parametrize("name", ["absent", "notes.txt", "hollow"])
def test_no_source(tmp_path: Path, name: str) -> None:
    _write(tmp_path, {"notes.txt": "x"})
    (tmp_path / "hollow").mkdir()
    with pytest.raises(StructureError) as caught:
        find_sources(tmp_path / name)
    assert caught.value.reason == "no_source"
