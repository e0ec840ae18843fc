"""Splits: sizes, stability, whole clusters, dates, files, leakage."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.errors import DatasetError
from misi.structures.complex import Complex, frozen
from misi.structures.split import Split, clustered_split, fresh_split, random_split
from misi.structures.split_clusters import clusters, leakage
from misi.structures.split_file import read_split, write_split
from misi.structures.split_similarity import LIGAND_BITS, POCKET_BITS, Signature, signature, similarities

ids = st.sets(st.text("abcdefgh0123456789", min_size=1, max_size=6), min_size=2, max_size=60)


@given(ids, st.data())
def test_random_split_has_the_sizes_asked_for_and_ignores_order(names: set[str], data: st.DataObject) -> None:
    test = data.draw(st.integers(0, len(names)))
    train = data.draw(st.integers(0, len(names) - test))
    split = random_split(sorted(names), train, test, seed=5)
    assert (len(split.train), len(split.test)) == (train, test)
    assert set(split.train) | set(split.test) | set(split.left_out) == names
    assert random_split(sorted(names, reverse=True), train, test, seed=5) == split


@given(ids, ids)
def test_adding_complexes_moves_at_most_as_many(names: set[str], more: set[str]) -> None:
    more = more - names
    half = len(names) // 2
    before = random_split(names, None, half, seed=1)
    after = random_split(names | more, None, half, seed=1)
    moved = [one for one in names if before.side(one) != after.side(one)]
    assert len(moved) <= len(more)


def test_seeds_give_other_splits() -> None:
    names = [f"c{k}" for k in range(50)]
    assert random_split(names, 40, 10, seed=1).test != random_split(names, 40, 10, seed=2).test


@pytest.mark.parametrize(("train", "test"), [(5, 6), (None, 11), (-1, 2), (2, -1)])
def test_impossible_sizes_are_refused(train: int | None, test: int) -> None:
    with pytest.raises(DatasetError):
        random_split([f"c{k}" for k in range(10)], train, test)


def test_repeated_ids_are_refused() -> None:
    with pytest.raises(DatasetError, match="'a' twice"):
        random_split(["a", "b", "a"], 1, 1)


def bits(size: int, on: set[int]) -> np.ndarray:
    column = np.zeros(size, dtype=bool)
    column[sorted(on)] = True
    return frozen(np.packbits(column), np.uint8)


def made(name: str, pocket: set[int], ligand: set[int]) -> Signature:
    return Signature(name, bits(POCKET_BITS, pocket), bits(LIGAND_BITS, ligand))


some_bits = st.sets(st.integers(0, 12), max_size=6)
families = st.lists(st.tuples(some_bits, some_bits), min_size=1, max_size=25)


def tanimoto(a: set[int], b: set[int]) -> float:
    return len(a & b) / max(1, len(a | b))


@given(families)
def test_similarities_are_tanimoto_coefficients(sets: list[tuple[set[int], set[int]]]) -> None:
    signatures = [made(f"c{k}", *pair) for k, pair in enumerate(sets)]
    ((start, pocket, ligand),) = similarities(signatures, signatures)
    assert start == 0
    for i, a in enumerate(sets):
        for j, b in enumerate(sets):
            assert pocket[i, j] == pytest.approx(tanimoto(a[0], b[0]))
            assert ligand[i, j] == pytest.approx(tanimoto(a[1], b[1]))


@given(families)
def test_clusters_are_the_connected_components(sets: list[tuple[set[int], set[int]]]) -> None:
    found = clusters([made(f"c{k}", *pair) for k, pair in enumerate(sets)], pocket=0.5, ligand=0.75)
    parent = list(range(len(sets)))

    def root(k: int) -> int:
        return k if parent[k] == k else root(parent[k])

    for i, a in enumerate(sets):
        for j, b in enumerate(sets):
            if tanimoto(a[0], b[0]) >= 0.5 or tanimoto(a[1], b[1]) >= 0.75:
                parent[root(i)] = root(j)
    expected = {frozenset(k for k in range(len(sets)) if root(k) == r) for r in map(root, range(len(sets)))}
    assert {frozenset(rows) for rows in found.rows} == expected


@given(families, st.integers(0, 5))
def test_a_clustered_split_leaks_nothing(sets: list[tuple[set[int], set[int]]], seed: int) -> None:
    signatures = [made(f"c{k}", *pair) for k, pair in enumerate(sets)]
    n_test = max(1, len(sets) // 4)
    try:
        split = clustered_split(signatures, None, n_test, seed, pocket=0.5, ligand=0.75)
    except DatasetError:
        smallest = min(len(rows) for rows in clusters(signatures, pocket=0.5, ligand=0.75).rows)
        assert smallest > n_test
        return
    by_id = {one.id: one for one in signatures}
    found = leakage([by_id[i] for i in split.train], [by_id[i] for i in split.test], pocket=0.5, ligand=0.75)
    assert (found.pocket, found.ligand, found.both, found.either) == (0, 0, 0, 0)
    assert len(split.test) <= n_test
    assert len(split.train) + len(split.test) + len(split.left_out) == len(sets)
    assert split == clustered_split(signatures[::-1], None, n_test, seed, pocket=0.5, ligand=0.75)
    assert bool(split.notes) == (len(split.test) < n_test)


def test_clustered_train_is_thinned_to_size() -> None:
    signatures = [made(f"c{k}", {k}, {k}) for k in range(30)]
    split = clustered_split(signatures, 10, 5, seed=2)
    assert (len(split.train), len(split.test), len(split.left_out), split.notes) == (10, 5, 15, ())


def test_leakage_counts_by_side() -> None:
    train = [made("a", {1, 2, 3, 4}, {1, 2}), made("b", {7, 8}, {5, 6, 7, 8})]
    test = [
        made("pocket twin", {1, 2, 3, 4}, {9}),
        made("ligand twin", {11}, {5, 6, 7, 8}),
        made("twin of two", {1, 2, 3, 4}, {5, 6, 7, 8}),
        made("copy", {7, 8}, {5, 6, 7, 8}),
        made("new", {12}, {12}),
        made("unknown", set(), set()),
    ]
    found = leakage(train, test)
    assert (found.pocket, found.ligand, found.both, found.either) == (3, 3, 1, 4)
    assert found.shares() == {"pocket": 50.0, "ligand": 50.0, "both": 16.7, "either": 66.7}
    assert leakage([], test).either == 0
    assert leakage(train, []).shares()["either"] == 0.0


def chain_complex(
    name: str, sequence: list[tuple[str, int, str]], ligand: list[int], bonds: list[tuple[int, int]]
) -> Complex:
    """A complex of four-atom residues (chain, number, name) and a ligand of the given elements."""
    n, m = 4 * len(sequence), len(ligand)
    return Complex(
        id=name,
        xyz=frozen(np.zeros((n + m, 3)), np.float64),
        element=frozen([6] * n + ligand, np.int32),
        name=frozen(["C"] * (n + m), np.str_),
        residue=frozen([k // 4 for k in range(n)] + [len(sequence)] * m, np.int32),
        is_ligand=frozen([False] * n + [True] * m, bool),
        file_index=frozen(range(n + m), np.int32),
        bonds=frozen([(n + a, n + b) for a, b in bonds], np.int32, (-1, 2)),
        links=frozen([], np.int32, (-1, 2)),
        residue_chain=frozen([c for c, _, _ in sequence] + ["L"], np.str_),
        residue_number=frozen([k for _, k, _ in sequence] + [1], np.int32),
        residue_icode=frozen([""] * (len(sequence) + 1), np.str_),
        residue_name=frozen([r for _, _, r in sequence] + ["LIG"], np.str_),
        residue_start=frozen([*range(0, n + 1, 4), n + m], np.int32),
        residue_is_ligand=frozen([False] * len(sequence) + [True], bool),
    )


NAMES = ["GLY", "SER", "HIS", "ASP", "LEU", "VAL", "TRP", "ARG", "TYR", "ASN"]
RING = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)]


def test_pockets_of_one_protein_are_twins_whatever_the_numbering() -> None:
    sequence = [("A", 10 + 2 * k, name) for k, name in enumerate(NAMES)]
    a = signature(chain_complex("a", sequence, [6] * 6, RING))
    b = signature(chain_complex("b", [("", k + 400, name) for _, k, name in sequence[1:]], [6] * 6, RING))
    c = signature(
        chain_complex("c", [("A", k, name) for (_, k, _), name in zip(sequence, NAMES[::-1], strict=True)], [6], [])
    )
    ((_, pocket, _),) = similarities([a], [a, b, c])
    assert pocket[0, 0] == 1.0
    assert pocket[0, 1] > 0.7
    assert pocket[0, 2] < 0.1


def test_ligands_compare_by_graph_and_never_fail() -> None:
    benzene = signature(chain_complex("a", [], [6] * 6, RING))
    pyridine = signature(chain_complex("b", [], [7] + [6] * 5, RING))
    impossible = signature(chain_complex("c", [], [6, 9, 9, 9, 9, 9, 26, 0], [(0, k) for k in range(1, 8)]))
    nothing = signature(chain_complex("d", [], [], []))
    ((_, _, ligand),) = similarities([benzene], [benzene, pyridine, impossible, nothing])
    assert ligand[0, 0] == 1.0
    assert 0.0 < ligand[0, 1] < 1.0
    assert ligand[0, 2] < 0.3
    assert ligand[0, 3] == 0.0


def test_fresh_split_by_year_and_day() -> None:
    dates = {
        "old": "2015",
        "new": "2020-03-01",
        "on": "2019-06-01",
        "torn": "2019",
        "torn too": "2019-06",
        "none": None,
    }
    split = fresh_split(dates, "2019-06-01")
    assert split.train == ("old",)
    assert split.test == ("new", "on", "torn too")
    assert split.left_out == ("none", "torn")
    assert "2 left out" in split.notes[0]


@pytest.mark.parametrize("text", ["soon", "2019-13", "2019-02-30", "19", "0000"])
def test_dates_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="no date"):
        fresh_split({"a": text}, "2019")


names = st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=8)


@given(st.sets(names, min_size=1, max_size=20))
def test_split_files_read_back(tmp_path_factory: pytest.TempPathFactory, some: set[str]) -> None:
    path = tmp_path_factory.mktemp("split") / "split.json"
    split = random_split(some, None, len(some) // 2)
    write_split(path, split)
    back = read_split(path)
    assert (back.train, back.test, back.method) == (split.train, split.test, "file")


@pytest.mark.parametrize(
    "text",
    [
        "1abc train\n2abc\ttest\n",
        "id,split\n1abc,train\n2abc,test\n",
        "# comment\ntrain 1abc\n\ntest;2abc  # held out\n",
        "\ufeff" + json.dumps({"train": ["1abc"], "test": ["2abc"]}),
    ],
)
def test_split_files_in_every_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "split"
    path.write_text(text, encoding="utf-8")
    assert read_split(path) == Split(("1abc",), ("2abc",), "file")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "names no complex"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"train": [', "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b'{"trains": []}', "expected an object"),
        (b'{"train": "1abc"}', "not a list"),
        (b'{"train": ["1abc", 7]}', r'"train"\[1\] is 7'),
        (b'{"train": ["1abc"], "test": ["1abc"]}', "'1abc' twice"),
        (b'{"train": ["../1abc"]}', "cannot be used as a file name"),
        (b"1abc train\n2abc validation\n", "line 2"),
        (b"1abc train extra\n", "line 1"),
        (b"1abc train\n1abc train\n", "'1abc' twice"),
    ],
)
def test_bad_split_files_are_refused_in_one_line(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = tmp_path / "split.txt"
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=complaint) as caught:
        read_split(path)
    assert "\n" not in str(caught.value)
    assert "split.txt" in str(caught.value)


def test_missing_split_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No such file"):
        read_split(tmp_path / "absent.json")
