"""A small dataset of made-up complexes, a tiny model, and recipes for both; made once."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("trl", reason="the train extra is not installed")

from misi.dataset.build import build  # noqa: E402
from misi.dataset.config import BuildConfig  # noqa: E402
from misi.dataset.layout import read_questions  # noqa: E402
from misi.structures.synthetic import write_complexes  # noqa: E402
from misi.tasks import TASKS  # noqa: E402
from misi.tasks.question import Question  # noqa: E402
from misi.train.recipe import Recipe, recipe_from  # noqa: E402

torch.set_num_threads(1)

WIDTH, HEIGHT = 112, 84  # whole cells of 28 pixels: 4 x 3 tokens a picture
CONFIG = BuildConfig(tasks=tuple(TASKS), seed=0, train=4, test=2, width=WIDTH, height=HEIGHT, quality="fast")


@pytest.fixture(scope="session")
def structures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("structures")
    write_complexes(folder, 6, seed=0)
    return folder


@pytest.fixture(scope="session")
def dataset(structures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built") / "dataset"
    build(structures, root, CONFIG)
    return root


@pytest.fixture(scope="session")
def questions(dataset: Path) -> list[Question]:
    """All of them, both splits."""
    return list(read_questions(dataset))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from misi.train.tiny import TinyShape, build_tiny

    return build_tiny(tmp_path_factory.mktemp("models") / "tiny", TinyShape(hidden=64, layers=2))


@pytest.fixture(scope="session")
def processor(tiny: Path, dataset: Path) -> Any:
    from misi.dataset.layout import read_manifest
    from misi.train.loading import load_processor
    from misi.train.pixels import budget_of

    return load_processor(str(tiny), budget_of(read_manifest(dataset)))


@pytest.fixture
def recipe(tiny: Path, dataset: Path, tmp_path: Path) -> Recipe:
    """Whole tiny model, translation alone, few steps."""
    return recipe_from(
        {
            "model": {"path": str(tiny), "dtype": "float32", "tune": "full", "vision": "full", "merger": "full"},
            "out": str(tmp_path / "out"),
            "data": {"dataset": str(dataset), "tasks": ["translation"], "workers": 0},
            "train": {
                "steps": 4,
                "batch": 2,
                "accumulation": 1,
                "learning_rate": 1e-3,
                "schedule": "constant",
                "warmup": 0,
                "precision": "fp32",
                "gradient_checkpointing": False,
                "save_every": 2,
                "log_every": 1,
            },
            "evaluation": {"every": 0},
        }
    )


def changed(recipe: Recipe, **values: Any) -> Recipe:
    """A recipe with other fields: ``section__field=value``, or ``out=...``."""
    data = recipe.model_dump()
    for key, value in values.items():
        section, _, field = key.partition("__")
        if field:
            data[section][field] = value
        else:
            data[section] = value
    return recipe_from(data)
