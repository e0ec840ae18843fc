"""The figures of docs/pictures.md: all there, all made by the script, small, and none that nobody shows."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FOLDER = DOCS / "images" / "pictures"


def figures() -> dict[str, str]:
    """Options by the figure's name."""
    spec = importlib.util.spec_from_file_location("picture_figures", ROOT / "benchmarks" / "picture_figures.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {**module.FIGURES, **dict.fromkeys(module.TRUTH, f"{module.PLAIN} --truth")}


def test_every_figure_is_shown_and_there() -> None:
    text = (DOCS / "pictures.md").read_text(encoding="utf-8")
    shown = {Path(link).name for link in re.findall(r"]\((images/pictures/\S+?)\)", text)}
    assert shown == set(figures()) == {path.name for path in FOLDER.iterdir()}
    for link in re.findall(r"]\(([^)#]+)\)", text):
        assert (DOCS / link).is_file(), link


def test_options_stand_beside_the_figures() -> None:
    text = (DOCS / "pictures.md").read_text(encoding="utf-8")
    for name, options in figures().items():
        for option in re.findall(
            r"--(?:view|do|do-ligand|style|colors|background|show|projection|residue|truth)\b", options
        ):
            assert option in text, name


def test_figures_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_200_000
