"""The ten columns of the paper's tables, their average and the ranking by it."""

from collections.abc import Mapping, Sequence

from misi.tasks.question import Question

COLUMNS = (
    "translation",
    "rotation",
    "zooming",
    "residue_ligand_positive",
    "residue_ligand_negative",
    "translation_rotation",
    "rotation_rotation",
    "docking",
    "interaction_location",
    "pocket_ligand",
)
#: The paper leaves these two out of its average, since almost all models guess at random there.
NOT_AVERAGED = frozenset(("translation_rotation", "rotation_rotation"))


def column_of(question: Question) -> str:
    """The column a question counts in: residue_ligand splits by whether the residue bonds."""
    if question.task == "residue_ligand":
        return "residue_ligand_negative" if question.answer == "No" else "residue_ligand_positive"
    return question.task


def counts_for_exact(question: Question) -> bool:
    """Whether the question counts in the table of exact matches: pockets without a bond do not (paper, table 2)."""
    return question.task != "pocket_ligand" or question.answer != "None"


def average(columns: Mapping[str, float | None]) -> float | None:
    """Unweighted mean of the columns that count; None unless all of them are there."""
    values = [columns.get(name) for name in COLUMNS if name not in NOT_AVERAGED]
    present = [value for value in values if value is not None]
    return sum(present) / len(present) if len(present) == len(values) else None


def ranks(averages: Sequence[float | None]) -> list[int | None]:
    """1 for the highest; equal averages share the better rank; None stays None."""
    return [
        None if value is None else 1 + sum(other is not None and other > value for other in averages)
        for value in averages
    ]
