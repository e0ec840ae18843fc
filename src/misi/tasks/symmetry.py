"""Interchangeable atoms of an item, by name, for scores up to chemical symmetry."""

from collections.abc import Iterable
from typing import Any

from misi.annotate.facts import Facts


def symmetry_json(facts: Facts, residues: Iterable[str]) -> dict[str, Any]:
    """What `misi.tasks.scores.Symmetry.from_json` reads."""
    return {"ligand": [], "residues": {}}
