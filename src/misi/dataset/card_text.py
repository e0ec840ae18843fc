"""The sentences of a dataset card, with places for the figures."""

OPENING = """
# A molecular spatial-reasoning dataset made with misi {version}

Questions about pictures of protein pockets with their ligands, after MiSI-Bench (arXiv 2512.10867): what motion led
from one view to the next, which atoms are hydrogen-bonded, how a ligand gets back into its pocket. Every question
carries what made it (operations, poses, distances), so every answer can be recomputed.

| | train | test |
| --- | ---: | ---: |
| complexes | {train} | {test} |
{tasks}
| all questions | {n_train} | {n_test} |

{pictures} PNG pictures of {width} x {height} pixels, each made once and shared by the questions that show it. The small
subset (`tiny.txt`) has {tiny} test questions, up to 50 for each column of the paper's tables.
"""

LOAD_FOLDER = """
## How to load it

```python
import json
from pathlib import Path

from PIL import Image

for line in Path("questions/{task}.{side}.jsonl").open(encoding="utf-8"):
    question = json.loads(line)
    pictures = [Image.open(image["path"]) for image in question["images"]]
    print(question["id"], question["question"], question["answer"])
```

`<image>` stands in the text once for each picture, in order. `misi eval . --model NAME --out RUN` asks a model and
scores its replies, `misi verify .` recomputes every answer, and `misi export . --format hf --out PARQUET` writes
parquet for `datasets` (others: trl, swift, llamafactory, vlmevalkit, lmms-eval).
"""

LOAD_EXPORT = """
## How to load it

This folder holds {exported} of the questions as parquet, one config a task, with the pictures inside.

```python
from datasets import load_dataset

questions = load_dataset("PATH OR NAME OF THIS DATASET", "{task}", split="{side}")
row = questions[0]
print(row["question"], row["images"], row["answer"])
```

`<image>` stands in the text once for each picture, in order. `tokens` estimates the length of an item for a model
that spends one token on 28 x 28 pixels. To score replies by the benchmark's rules:

```python
from misi.dataset.export.parquet import question_of_row
from misi.evaluate.outcomes import Reply, judge

print(judge(question_of_row(row), Reply(row["id"], "text of the reply")))
```
"""

MADE = """
## How it was made

`misi build` with seed {seed}, split `{split}`, picture quality `{quality}`, {levels} shading levels (0 keeps all),
residue_ligand negatives `{negatives}`. The same input and settings give the same bytes on any number of workers, and
nobody annotated anything by hand. Pictures show heavy atoms as sticks; hydrogens are hidden, solvent is removed.
Hydrogen bonds follow the default criterion of UCSF ChimeraX (Mills & Dean 1996, relaxed by 0.4 A and 20 degrees);
`complexes/<id>.json` gives each with its geometry and its margin to the limits, and the pairs that just miss them.
`dataset.json` has all settings and the checksums.
"""

LIMITS = """
## Limits

- The answers are as good as the deposited coordinates; a hydrogen bond is what the criterion says it is, and where
  hydrogens are missing from the files their places follow from geometry.
- One crystal structure is one frozen conformation: nothing here says how strongly a ligand binds.
- Structures of the PDB lean towards proteins that crystallise and molecules of interest to medicine; so does this.
- The style of drawing is one program's. A model that does well has shown that it reads these pictures.
- With a random split, families of proteins and series of ligands lie on both sides; see the table above.
- Do not use it to choose, dose or judge medicines.
"""

TERMS = """
## Terms

The program is under the MIT licence; it claims nothing on what it makes. The questions and pictures are derived from
the structure files, whose terms go on to them: entries of the Protein Data Bank are CC0 1.0; processed sets made from
them, such as PDBbind, have terms of their own. Whoever releases this names the source here and, in an export for the
hub, the licence (`misi export --license cc0-1.0`).
"""

CITATIONS = """
## Citation

```bibtex
@article{li2025misibench,
  title   = {From Macro to Micro: Benchmarking Microscopic Spatial Intelligence on Molecules via Vision-Language
             Models},
  author  = {Li, Zongzhao and Kong, Xiangzhe and Su, Jiahui and Ma, Zongyang and Li, Mingze and Li, Songyou and
             Zhang, Yuelin and Rong, Yu and Xu, Tingyang and Zhao, Deli and Huang, Wenbing},
  journal = {arXiv preprint arXiv:2512.10867},
  year    = {2025}
}
@article{mills1996hydrogen,
  title   = {Three-dimensional hydrogen-bond geometry and probability information from a crystal survey},
  author  = {Mills, J. E. J. and Dean, P. M.},
  journal = {Journal of Computer-Aided Molecular Design},
  volume  = {10},
  pages   = {607--622},
  year    = {1996}
}
@article{berman2000pdb,
  title   = {The Protein Data Bank},
  author  = {Berman, Helen M. and Westbrook, John and Feng, Zukang and Gilliland, Gary and Bhat, T. N. and
             Weissig, Helge and Shindyalov, Ilya N. and Bourne, Philip E.},
  journal = {Nucleic Acids Research},
  volume  = {28},
  pages   = {235--242},
  year    = {2000}
}
```
"""
