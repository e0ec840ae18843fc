"""Hydrogen bonds of one made-up complex."""

import tempfile
from pathlib import Path

from misi.annotate.hbonds import annotate
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes

with tempfile.TemporaryDirectory() as folder:
    write_complexes(Path(folder), 1, seed=0)
    structure = load_by_id(Path(folder), "syn0001")
    facts = annotate(structure)
    for bond in facts.hbonds:
        donor, acceptor = structure.name[bond.donor], structure.name[bond.acceptor]
        print(f"{donor:>4} ... {acceptor:<4} {bond.distance:.2f} A  margin {bond.margin:+.2f}")
