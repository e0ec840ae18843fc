"""Scored runs of baselines on a dataset from made-up complexes, built once, and the report on them."""

import pytest

from misi.dataset.build import build
from misi.dataset.config import BuildConfig
from misi.evaluate.ask import ask_baseline
from misi.evaluate.run import Run, score_run
from misi.structures.synthetic import write_complexes
from misi.tasks import TASKS


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    root = tmp_path_factory.mktemp("report")
    write_complexes(root / "complexes", 4, seed=0)
    config = BuildConfig(tasks=tuple(TASKS), seed=0, train=2, test=2, width=160, height=120, quality="fast")
    build(root / "complexes", root / "dataset", config)
    for name in ("oracle", "chance", "always-no"):
        ask_baseline(root / "dataset", name, root / name)
    return [score_run(root / name) for name in ("oracle", "chance", "always-no")]
