"""Fetching through the real HTTP client, against a loopback server with RCSB's paths and every fault."""

import gzip
import json
from functools import lru_cache
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gemmi
import numpy as np
import pytest

from misi.errors import DatasetError, StructureError
from misi.structures import fetch_http
from misi.structures.fetch import FetchResult, fetch
from misi.structures.fetch_http import Client, unpacked
from misi.structures.sources import load_by_id
from misi.structures.synthetic import SyntheticComplex, make_complex

MADE = {"1aaa": (2, "AAA"), "1bbb": (4, "BBB"), "1ccc": (5, "AAA2")}


@lru_cache(maxsize=8)
def made(index: int) -> SyntheticComplex:
    return make_complex(index, seed=3)


@pytest.fixture
def served(archive: Any, files: Any) -> Any:
    """Three entries, each with one ligand, and their components."""
    for pdb_id, (index, component) in MADE.items():
        structure = files.with_assembly(files.structure_of(made(index), component), [gemmi.Transform()])
        archive.add(pdb_id, files.cif_text(structure), {component: files.component_text(made(index), component)})
    return archive


def entry(pdb_id: str) -> str:
    return f"/download/{pdb_id.upper()}.cif.gz"


def component(name: str) -> str:
    return f"/ligands/download/{name}.cif"


def run(archive: Any, out: Path, ids: Any = None, **options: Any) -> FetchResult:
    quick: dict[str, Any] = {"rate": 1000.0, "timeout": 0.5, "retries": 2, "backoff": 0.01, "workers": 3}
    ids = [f"{one}:{name}" for one, (_, name) in MADE.items()] if ids is None else ids
    return fetch(ids, out, base_url=archive.url, **{**quick, **options})


def reasons(result: FetchResult) -> dict[str, str]:
    return {one.id: one.reason for one in result.rejections}


def test_fetched_complexes_are_those_that_were_served(served: Any, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    result = run(served, tmp_path, progress=lambda *line: told.append(line))
    assert (result.fetched, result.kept, result.rejections) == (tuple(MADE), (), ())
    assert [line[:2] for line in told] == [(1, 3), (2, 3), (3, 3)]
    for pdb_id, (index, _) in MADE.items():
        found = load_by_id(tmp_path, pdb_id)
        original = made(index)
        lines = [line for line in original.pocket_pdb.splitlines() if line[76:78].strip() not in ("", "H")]
        expected = {
            (line[12:16].strip(), line[21], line[22:27].strip(), line[30:54]) for line in lines if "HOH" not in line
        }
        rows = np.flatnonzero(found.heavy & ~found.is_ligand)
        keys = [found.residue_key(int(row)) for row in found.residue[rows]]
        assert {
            (str(found.name[row]), key.chain, f"{key.number}{key.icode}", "".join(f"{v:8.3f}" for v in found.xyz[row]))
            for row, key in zip(rows, keys, strict=True)
        } == expected
        assert str(found.residue_name[found.residue_is_ligand][0]) == MADE[pdb_id][1][:8]
        assert (found.element[found.is_ligand] == 1).any()


def test_records_say_what_came_from_where(served: Any, tmp_path: Path) -> None:
    run(served, tmp_path)
    records = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert [record["id"] for record in records] == list(MADE)
    first = records[0]
    assert first["ligand"] == "AAA L 501"
    assert first["assembly"] == "1"
    assert first["released"] == "2015-06-30"
    assert set(first["files"]) == {"1aaa_pocket.pdb", "1aaa_ligand.mol2", "1aaa_ligand.sdf"}
    assert [source["url"].removeprefix(served.url) for source in first["sources"]] == [entry("1aaa"), component("AAA")]
    assert (tmp_path / "rejections.jsonl").read_text() == ""
    assert len(served.agents) == 1
    assert next(iter(served.agents)).startswith("misi-bench/")


def test_two_runs_write_the_same_bytes(served: Any, tmp_path: Path) -> None:
    for name, workers in (("a", 1), ("b", 3)):
        run(served, tmp_path / name, workers=workers)
    paths = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(paths) == 3 * 4 + 2 + 3
    for path in paths:
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def test_a_second_run_asks_only_for_what_is_missing_or_changed(served: Any, tmp_path: Path) -> None:
    run(served, tmp_path)
    served.asked.clear()
    assert run(served, tmp_path).kept == tuple(MADE)
    assert not served.asked
    (tmp_path / "1aaa" / "1aaa_ligand.sdf").unlink()
    with (tmp_path / "1bbb" / "1bbb_pocket.pdb").open("a") as handle:
        handle.write("ATOM\n")
    result = run(served, tmp_path)
    assert (result.fetched, result.kept) == (("1aaa", "1bbb"), ("1ccc",))
    assert dict(served.asked) == {entry("1aaa"): 1, entry("1bbb"): 1}  # components are kept


def test_a_run_that_stopped_between_files_is_completed(served: Any, tmp_path: Path) -> None:
    run(served, tmp_path, ids=["1aaa:AAA"])
    (tmp_path / "1aaa" / "source.json").unlink()
    assert run(served, tmp_path, ids=["1aaa:AAA"]).fetched == ("1aaa",)


def test_components_are_downloaded_once_for_all(served: Any, files: Any, tmp_path: Path) -> None:
    for pdb_id in ("2aaa", "3aaa", "4aaa"):
        served.files[entry(pdb_id)] = served.files[entry("1aaa")]
    run(served, tmp_path, ids=["1aaa:AAA", "2aaa:AAA", "3aaa:AAA", "4aaa:AAA"], workers=4)
    assert served.asked[component("AAA")] == 1


@pytest.mark.parametrize("fault", [500, 503, ("retry after", "0"), "cut", "slow", "reset"])
@pytest.mark.parametrize("path", [entry("1aaa"), component("AAA")])
def test_passing_faults_are_tried_again(served: Any, tmp_path: Path, fault: object, path: str) -> None:
    served.faults[path] = [fault]
    assert run(served, tmp_path, ids=["1aaa:AAA"]).fetched == ("1aaa",)
    assert served.asked[path] == 2


def test_a_body_that_is_no_file_is_asked_for_once_more(served: Any, tmp_path: Path) -> None:
    served.faults[entry("1aaa")] = ["garbage"]
    served.faults[component("BBB")] = ["garbage"]
    assert run(served, tmp_path, ids=["1aaa:AAA", "1bbb:BBB"]).fetched == ("1aaa", "1bbb")
    assert (served.asked[entry("1aaa")], served.asked[component("BBB")]) == (2, 2)


@pytest.mark.parametrize(
    ("fault", "reason", "asked"),
    [
        (404, "not_found", 1),
        (403, "http_error", 1),
        (500, "server_error", 3),
        (429, "rate_limited", 3),
        ("cut", "connection_error", 3),
        ("slow", "timeout", 3),
        ("garbage", "damaged_download", 2),
    ],
)
def test_lasting_faults_reject_one_complex(served: Any, tmp_path: Path, fault: object, reason: str, asked: int) -> None:
    served.faults[entry("1bbb")] = [fault] * 20
    result = run(served, tmp_path)
    assert (result.fetched, reasons(result)) == (("1aaa", "1ccc"), {"1bbb": reason})
    assert served.asked[entry("1bbb")] == asked
    (line,) = (tmp_path / "rejections.jsonl").read_text().splitlines()
    assert json.loads(line)["reason"] == reason
    assert not (tmp_path / "1bbb").exists()


def test_a_server_that_drips_is_given_up(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(step=200.0)  # seconds pass by the hundred, so that a busy machine's own delays count for nothing
    monkeypatch.setattr(fetch_http, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    served.faults[entry("1aaa")] = ["drip"] * 5
    with pytest.raises(StructureError, match=r"still not complete after [1-9]") as caught:
        Client("test", rate=1000.0, retries=1, backoff=0.01).get(served.url + entry("1aaa"))
    assert caught.value.reason == "timeout"
    assert served.asked[entry("1aaa")] == 2


def test_retry_after_is_obeyed_by_all_and_refused_when_long(served: Any) -> None:
    waits: list[float] = []
    client = Client("test", rate=1000.0, retries=2, backoff=0.01, wait=waits.append)
    served.faults[entry("1aaa")] = [("retry after", "7")]
    assert client.get(served.url + entry("1aaa")) == served.files[entry("1aaa")]
    assert max(waits) >= 6.9
    served.faults[entry("1aaa")] = [("retry after", "3600")]
    with pytest.raises(StructureError) as caught:
        client.get(served.url + entry("1aaa"))
    assert caught.value.reason == "rate_limited"
    waits.clear()
    served.faults[entry("1bbb")] = [("retry after", "Wed, 21 Oct 2015 07:28:00 GMT"), ("retry after", "soon")]
    fresh = Client("test", rate=1000.0, retries=2, backoff=0.01, wait=waits.append)
    assert fresh.get(served.url + entry("1bbb"))
    assert max(waits) < 1.0


def test_requests_keep_their_distance(served: Any, tmp_path: Path) -> None:
    run(served, tmp_path, rate=20.0, workers=3)
    gaps = np.diff(sorted(served.times))
    assert len(gaps) == 5
    assert gaps.sum() >= 5 / 20.0 - 0.05


def test_an_unreachable_server_is_not_asked_for_ever(tmp_path: Path) -> None:
    ids = [f"1a{k:02d}" for k in range(30)]
    result = fetch(ids, tmp_path, base_url="http://127.0.0.1:9", retries=0, backoff=0.0, rate=1000.0, workers=2)
    found = list(reasons(result).values())
    assert set(found) == {"connection_error", "not_tried"}
    assert found.count("connection_error") < 15


def test_wrong_ligands_and_ids_are_rejections(served: Any, files: Any, tmp_path: Path) -> None:
    text = files.component_text(made(4), "BBB").splitlines()
    served.files[component("BBB")] = "\n".join(line for line in text if " C1 " not in line).encode()
    extra = files.component_text(made(5), "AAA2").splitlines()
    at = next(k for k, line in enumerate(extra) if line.startswith("AAA2 "))
    served.files[component("AAA2")] = "\n".join([*extra[:at], "AAA2 C99 C 0 N", *extra[at:]]).encode()
    result = run(served, tmp_path, ids=["1aaa:ZZZ", "1bbb:BBB", "1ccc:AAA2", "9zzz:AAA"])
    assert reasons(result) == {
        "1aaa": "no_ligand",
        "1bbb": "unknown_ligand_atoms",
        "1ccc": "incomplete_ligand",
        "9zzz": "not_found",
    }
    assert all("\n" not in one.detail for one in result.rejections)


def test_without_a_name_the_largest_ligand_is_taken(served: Any, tmp_path: Path) -> None:
    assert run(served, tmp_path, ids=["1aaa"]).fetched == ("1aaa",)
    assert json.loads((tmp_path / "1aaa" / "source.json").read_text())["ligand"] == "AAA L 501"


@pytest.mark.parametrize("url", ["file:///etc", "ftp://x", "files.rcsb.org", "http://"])
def test_other_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(DatasetError):
        fetch(["1abc"], tmp_path, base_url=url)


def test_a_folder_that_cannot_be_written_is_one_error(served: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="file"):
        run(served, tmp_path / "file" / "out")


def test_unpacking_wants_the_whole_file() -> None:
    packed = gzip.compress(b"x" * 5000)
    assert unpacked(packed, "f") == b"x" * 5000
    for bad in (packed[:-4], packed[:10], b"", b"no gzip"):
        with pytest.raises(StructureError):
            unpacked(bad, "f")
