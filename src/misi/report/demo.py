"""`misi demo`: synthetic complexes -> dataset -> baselines -> tables and page."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from misi.dataset.build import build
from misi.dataset.config import BuildConfig
from misi.dataset.layout import read_manifest
from misi.errors import DatasetError
from misi.evaluate.ask import ask_baseline
from misi.evaluate.baselines import BASELINES, EXPLOITS
from misi.evaluate.run import Run, score_run
from misi.report.build import write_report
from misi.structures.synthetic import write_complexes
from misi.tasks import TASKS


@dataclass(frozen=True)
class Demo:
    """What the demo made, and where."""

    dataset: Path
    page: Path
    runs: list[Run]
    questions: int
    pictures: int


def run_demo(root: Path, *, complexes: int, seed: int, workers: int, progress: Callable[[str, int, int], None]) -> Demo:
    """Carry out the main job on made-up complexes in `root`.

    Raises
    ------
    DatasetError
        `root` is in use.
    """
    if root.exists() and any(root.iterdir()):
        raise DatasetError(f"{root}: is not empty; choose another folder with --out, or remove it")
    write_complexes(root / "complexes", complexes, seed)
    test = max(2, complexes // 3)
    config = BuildConfig(tasks=tuple(TASKS), seed=seed, train=complexes - test, test=test)
    build(root / "complexes", root / "dataset", config, workers=workers, progress=progress)
    runs = []
    models = BASELINES + EXPLOITS
    for done, name in enumerate(models, 1):
        ask_baseline(root / "dataset", name, root / "runs" / name, seed=seed)
        runs.append(score_run(root / "runs" / name))
        progress("asking", done, len(models))
    page = write_report(runs, root / "report", per_kind=1)
    counts = read_manifest(root / "dataset")["counts"]
    questions = sum(by.get("test", 0) for by in counts["questions"].values())
    return Demo(root / "dataset", page, runs, questions, counts["pictures"])
