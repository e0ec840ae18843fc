"""The small subset: 50 items for each column of the paper's table, chosen by hash of the item's id."""

from collections import Counter
from collections.abc import Iterable

from misi.seeds import rank_of
from misi.tasks.columns import COLUMNS, column_of
from misi.tasks.question import Question

#: Items for each column (paper section 5.1: 50 question-answer pairs from each task).
PER_COLUMN = 50


def choose_tiny(questions: Iterable[Question], per_column: int = PER_COLUMN) -> list[str]:
    """Ids of the subset, by column and then by rank.

    The rank is a hash of the id alone, so the choice changes by one when one item comes or goes. A second item
    of the same complex and column is taken only where too few complexes have one; then the least often taken
    complexes come first.
    """
    ranked: dict[str, list[tuple[int, str, str]]] = {column: [] for column in COLUMNS}
    for question in questions:
        ranked[column_of(question)].append((rank_of("tiny", question.id), question.id, question.complex_id))
    chosen: list[str] = []
    for column in COLUMNS:
        earlier: Counter[str] = Counter()
        turns = []
        for rank, name, complex_id in sorted(ranked[column]):
            turns.append((earlier[complex_id], rank, name))
            earlier[complex_id] += 1
        chosen += [name for _, _, name in sorted(turns)[:per_column]]
    return chosen
