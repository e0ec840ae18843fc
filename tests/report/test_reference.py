"""The paper's tables, recomputed, and what its print gets wrong."""

import pytest

from misi.report.reference import MODES, paper_rows, rank_among_paper
from misi.tasks.columns import NOT_AVERAGED


def test_the_misprints_of_the_paper_are_noted() -> None:
    noted = {(mode, row.model): row.note for mode in MODES for row in paper_rows(mode) if row.note}
    for mode, model, said in (
        ("weighted", "GPT-41", "printed average 29.20"),
        ("weighted", "Qwen3-vl-235b-a22b-thinking", "printed average 23.34"),
        ("exact", "O4-mini", "printed average 13.01"),
        ("exact", "O3", "printed average 33.65"),
        ("exact", "Gemini-2.5-flash-lite", "exact translation repeats the weighted value"),
    ):
        assert said in noted[mode, model]  # type: ignore[index]
    averages = [note for note in noted.values() if "printed average" in note]
    assert len(averages) == 4


def test_averages_leave_out_the_two_transformation_composites() -> None:
    human = next(row for row in paper_rows("weighted") if row.human)
    kept = [value for name, value in human.scores.items() if name not in NOT_AVERAGED]
    assert human.average == pytest.approx(sum(kept) / 8)


@pytest.mark.parametrize("mode", MODES)
def test_ranks_follow_the_recomputed_averages(mode: str) -> None:
    models = [row for row in paper_rows(mode) if not row.human]  # type: ignore[arg-type]
    for row in models:
        assert row.rank == 1 + sum(other.average > row.average for other in models)
    assert rank_among_paper(100.0, mode) == 1  # type: ignore[arg-type]
    assert rank_among_paper(0.0, mode) == len(models) + 1  # type: ignore[arg-type]
    assert rank_among_paper(None, mode) is None  # type: ignore[arg-type]
