"""The recipe for batch schedulers in docs/building.md: plan first, then shards in any order."""

from pathlib import Path

from misi.dataset.build import build
from misi.dataset.layout import WORK
from misi.dataset.plan import load_plan
from misi.dataset.shards import merge
from tests.dataset.conftest import CONFIG, tree

#: Past the last complex of any folder.
LAST = (100_000, 100_000)


def test_a_shard_beyond_the_last_complex_only_plans(built: Path, structures: Path, tmp_path: Path) -> None:
    root = tmp_path / "dataset"
    done = build(structures, root, CONFIG, shard=LAST)
    assert (done.units, done.pictures, done.counts) == (0, 0, None)
    plan = load_plan(root / WORK)
    assert plan is not None
    assert len(plan.ids) == 5
    assert not (root / "images").exists()
    # From here on the structures are not read again: the shards work from the plan.
    for part in (2, 1):
        build(tmp_path / "gone", root, CONFIG, shard=(part, 2))
    merge([root], root)
    assert tree(root) == tree(built)
