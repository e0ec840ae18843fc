"""The dataset card: README.md with the metadata block that dataset hubs read."""

from pathlib import Path
from typing import Any

from misi.paths import write_text

_HEAD = """---
pretty_name: misi ({n_complexes} complexes)
task_categories:
- visual-question-answering
- image-text-to-text
language:
- en
tags:
- spatial-reasoning
- molecules
- protein-ligand
- benchmark
size_categories:
- {size}
---

# A molecular spatial-reasoning dataset made with misi {version}

Questions about pictures of protein pockets with their ligands, after MiSI-Bench (arXiv 2512.10867): what motion
led from one view to the next, which atoms are hydrogen-bonded, how a ligand gets back into its pocket.

| complexes | train | test |
| --- | ---: | ---: |
| | {train} | {test} |

| task | train questions | test questions |
| --- | ---: | ---: |
{tasks}
| all | {n_train} | {n_test} |

Pictures: {pictures} PNG files of {width} x {height} pixels, each made once; hydrogens hidden, solvent removed.

## How it was made

`misi build` with seed {seed}, split `{split}`, picture quality `{quality}`, {levels} shading levels (0 = all),
residue_ligand negatives `{negatives}`. The same input and settings give the same bytes on any number of workers.
Hydrogen bonds follow the default criterion of UCSF ChimeraX (Mills & Dean 1996, relaxed by 0.4 A and 20 degrees).
Every question carries its derivation; `misi verify` recomputes each answer from it.

## What was left out

{rejections}

Each is listed with its reason in `rejections.jsonl`.

## Limits

- The answers are as good as the deposited coordinates; a hydrogen bond is what the criterion says it is.
- {leakage}
- Terms of the structure files apply to what is derived from them; the pictures and questions contain no sequence
  or map data beyond the coordinates shown.
"""


def size_category(n: int) -> str:
    """The hub's name for a number of rows."""
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if n < limit:
            return name
    return "1M<n<10M"


def _leakage(near: dict[str, Any]) -> str:
    if not near["n_test"] or not near["n_train"]:
        return "One side of the split is empty."
    share = {side: f"{100 * near[side] / near['n_test']:.1f} %" for side in ("pocket", "ligand", "both", "either")}
    return (
        f"Of the test complexes, {share['pocket']} have a pocket and {share['ligand']} a ligand much like one in "
        f"train (similarity at least {near['pocket_threshold']} and {near['ligand_threshold']}), {share['both']} both "
        f"in one complex, {share['either']} either."
    )


def write_card(path: Path, manifest: dict[str, Any]) -> None:
    """Write the card of a dataset with this manifest."""
    counts, config = manifest["counts"], manifest["config"]
    rows = [(task, by.get("train", 0), by.get("test", 0)) for task, by in counts["questions"].items()]
    n_train, n_test = sum(row[1] for row in rows), sum(row[2] for row in rows)
    reasons = "\n".join(f"- `{reason}`: {n}" for reason, n in counts["rejections"].items()) or "Nothing."
    text = _HEAD.format(
        n_complexes=sum(counts["complexes"].values()),
        size=size_category(n_train + n_test),
        version=manifest["versions"]["misi"],
        train=counts["complexes"]["train"],
        test=counts["complexes"]["test"],
        tasks="\n".join(f"| {task} | {a} | {b} |" for task, a, b in rows),
        n_train=n_train,
        n_test=n_test,
        pictures=counts["pictures"],
        rejections=reasons,
        leakage=_leakage(manifest["leakage"]),
        **{key: config[key] for key in ("width", "height", "seed", "split", "quality", "levels", "negatives")},
    )
    write_text(path, text)
