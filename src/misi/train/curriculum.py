"""How hard a question is, from what its derivation stores; larger is harder. Compared within a task only."""

from misi.tasks.question import Question

_LIST_TASKS = ("residue_ligand", "pocket_ligand")


def difficulty(question: Question) -> float:
    """A number to sort the questions of one task by.

    Lists of hydrogen bonds: the number of bonds (the paper's figure 4a), then the size of the ligand. Everything else:
    how few pixels part the right answer from the nearest wrong one.
    """
    derivation = question.derivation
    stored = derivation.get("difficulty", {})
    if question.task in _LIST_TASKS:
        return float(stored.get("bonds", 0)) + float(stored.get("ligand_heavy_atoms", 0)) / 1000
    return -float(derivation.get("resolution_px", derivation.get("separation_px", 0.0)))


def eligible_share(progress: float, start: float, ramp: float) -> float:
    """Share of a task's questions, easiest first, that may be drawn at `progress` (0..1) of the training."""
    if progress >= ramp or ramp == 0:
        return 1.0
    return start + (1.0 - start) * progress / ramp
