"""A dataset from made-up complexes in small pictures, built once; and quiet surroundings for the vendors' clients."""

from pathlib import Path

import pytest

from misi.dataset.build import build
from misi.dataset.config import BuildConfig
from misi.structures.synthetic import write_complexes
from misi.tasks import TASKS


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("evaluate")
    write_complexes(root / "complexes", 4, seed=0)
    config = BuildConfig(tasks=tuple(TASKS), seed=0, train=2, test=2, width=160, height=120, quality="fast")
    build(root / "complexes", root / "dataset", config)
    return root / "dataset"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys for clients that ask for one, no addresses from outside, and no waiting between tries."""
    for name in ("OPENAI", "ANTHROPIC", "GOOGLE", "HOME"):
        if name != "HOME":
            monkeypatch.setenv(f"{name}_API_KEY", "sk-test-not-a-real-key")
            monkeypatch.delenv(f"{name}_BASE_URL", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "inspect-cache"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    retry = pytest.importorskip("inspect_ai.model._retry", reason="inspect-ai is not installed ([eval] extra)")

    async def at_once(seconds: float) -> None:
        return

    monkeypatch.setattr(retry, "_sleep", at_once)
    # Drawing a traceback for the transcript takes a second each; nobody looks at it here.
    monkeypatch.setattr("inspect_ai.model._model.format_traceback", lambda *_: ("", ""))
