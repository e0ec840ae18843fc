"""A folder of made-up complexes and a dataset built from it once, in small pictures."""

import hashlib
import shutil
from pathlib import Path

import pytest

from misi.dataset.build import build
from misi.dataset.config import BuildConfig
from misi.structures.synthetic import write_complexes
from misi.tasks import TASKS

CONFIG = BuildConfig(tasks=tuple(TASKS), seed=5, train=3, test=2, width=128, height=96, quality="fast")


def tree(root: Path) -> dict[str, str]:
    """sha256 of every file below a folder."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def structures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("structures")
    write_complexes(folder, 5, seed=3)
    broken = folder / "broken"
    broken.mkdir()
    (broken / "broken_pocket.pdb").write_text("")
    (broken / "broken_ligand.sdf").write_text("no molecule\n")
    return folder


@pytest.fixture(scope="session")
def built(structures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built") / "dataset"
    build(structures, root, CONFIG)
    return root


@pytest.fixture
def dataset(built: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(built, tmp_path / "dataset"))
