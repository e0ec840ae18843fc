"""The dataset card: README.md with the metadata block that dataset hubs read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from misi.dataset.card_text import CITATIONS, LIMITS, LOAD_EXPORT, LOAD_FOLDER, MADE, OPENING, TERMS
from misi.paths import write_text

_TAGS = ("chemistry", "biology", "spatial-reasoning", "molecules", "protein-ligand", "benchmark")


@dataclass(frozen=True)
class Config:
    """One loadable part of an exported dataset: its name, and the files of each split as a pattern."""

    name: str
    files: Mapping[str, str]


def size_category(n: int) -> str:
    """The hub's name for a number of rows."""
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if n < limit:
            return name
    return "1M<n<10M"


def write_card(path: Path, manifest: dict[str, Any]) -> None:
    """Write the card of a dataset with this manifest."""
    write_text(path, card_text(manifest))


def card_text(
    manifest: dict[str, Any],
    *,
    configs: Sequence[Config] = (),
    exported: int | None = None,
    license: str | None = None,
) -> str:
    """Metadata and text of a card.

    Parameters
    ----------
    configs : sequence of Config
        Parts of an export for the Hugging Face hub; the first is the one that loads by default.
    exported : int or None
        Questions in the export; None for the dataset's own folder.
    license : str or None
        A licence identifier of the hub; None: other, by the terms of the structures.
    """
    config, counts = manifest["config"], manifest["counts"]
    rows = [(task, by.get("train", 0), by.get("test", 0)) for task, by in counts["questions"].items()]
    n_train, n_test = sum(row[1] for row in rows), sum(row[2] for row in rows)
    facts = {key: config[key] for key in ("width", "height", "seed", "split", "quality", "levels", "negatives")}
    facts |= {
        "version": manifest["versions"]["misi"],
        "train": counts["complexes"]["train"],
        "test": counts["complexes"]["test"],
        "tasks": "\n".join(f"| `{task}` | {a} | {b} |" for task, a, b in rows),
        "n_train": n_train,
        "n_test": n_test,
        "pictures": counts["pictures"],
        "tiny": counts["tiny"],
    }
    first = next((task for task, a, b in rows if a or b), "rotation")
    side = next((side for side, n in (("test", n_test), ("train", n_train)) if n), "test")
    load = LOAD_FOLDER if exported is None else LOAD_EXPORT
    sections = (
        OPENING.format(**facts),
        load.format(task=configs[0].name if configs else first, side=side, exported=exported),
        MADE.format(**facts),
        "## Split and leakage\n\n" + _split(manifest["split"]) + "\n\n" + _leakage(manifest["leakage"]),
        "## What was left out\n\n" + _left_out(counts["rejections"]),
        LIMITS,
        TERMS,
        CITATIONS,
    )
    head = _metadata(sum(counts["complexes"].values()), exported or n_train + n_test, configs, license)
    return head + "\n" + "\n\n".join(section.strip("\n") for section in sections) + "\n"


def _metadata(n_complexes: int, n_questions: int, configs: Sequence[Config], license: str | None) -> str:
    """The YAML block. Strings are written as JSON, which YAML reads as they stand."""
    lines = ["---", f"pretty_name: {json.dumps(f'misi ({n_complexes} complexes)')}"]
    lines += [f"license: {json.dumps(license or 'other')}"]
    if license is None:
        lines += ["license_name: terms-of-the-structures"]
    lines += ["language:", "- en", "annotations_creators:", "- machine-generated", "task_categories:"]
    lines += ["- visual-question-answering", "- image-text-to-text", "tags:", *(f"- {tag}" for tag in _TAGS)]
    lines += ["size_categories:", f"- {size_category(n_questions)}"]
    if configs:
        lines.append("configs:")
    for number, config in enumerate(configs):
        lines += [f"- config_name: {json.dumps(config.name)}"]
        lines += ["  default: true"] * (number == 0) + ["  data_files:"]
        for split, pattern in config.files.items():
            lines += [f"  - split: {split}", f"    path: {json.dumps(pattern)}"]
    return "\n".join([*lines, "---", ""])


def _split(split: dict[str, Any]) -> str:
    """How train and test were told apart, in sentences."""
    said = {
        "random": "Complexes went to train and test at random, as in the paper.",
        "clustered": "Whole families went to one side: no test complex has a near twin in train, by pocket or ligand.",
        "fresh": "Test is what was released on or after the cutoff, train what was released before.",
        "file": "Train and test were given by a list of ids.",
    }
    settings = ", ".join(f"{name} {value}" for name, value in split["settings"].items())
    sentences = [said.get(split["method"], f"Method: {split['method']}.")]
    sentences += [f"Settings: {settings}."] if settings else []
    sentences += [note if note.endswith(".") else f"{note[:1].upper()}{note[1:]}." for note in split["notes"]]
    return " ".join(sentences)


def _leakage(near: dict[str, Any]) -> str:
    """Near twins in train of the complexes in test: a table, or a sentence where a side is empty."""
    if not near["n_test"] or not near["n_train"]:
        return "One side of the split is empty, so nothing can leak."
    share = {side: f"{near[side]} ({100 * near[side] / near['n_test']:.1f} %)" for side in _TWINS}
    lines = ["| test complexes with a near twin in train | |", "| --- | ---: |"]
    lines += [f"| {said.format(**near)} | {share[side]} |" for side, said in _TWINS.items()]
    medians = (
        f"Median of the highest similarity of a test complex to train: pocket {near['pocket_median']}, "
        f"ligand {near['ligand_median']}."
    )
    return "\n".join(lines) + "\n\n" + medians


_TWINS = {
    "pocket": "by pocket (Tanimoto coefficient from {pocket_threshold})",
    "ligand": "by ligand (Tanimoto coefficient from {ligand_threshold})",
    "both": "by both, in one train complex",
    "either": "by either",
}


def _left_out(rejections: dict[str, int]) -> str:
    if not rejections:
        return "Nothing: every complex and every item that was tried is there."
    rows = "\n".join(f"| `{reason}` | {n} |" for reason, n in rejections.items())
    return (
        "Complexes that could not be used, and items that would not have been fair; each is listed with a sentence in "
        f"`rejections.jsonl`.\n\n| reason | times |\n| --- | ---: |\n{rows}"
    )
