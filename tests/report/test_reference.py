from misi.report.reference import paper_rows


def test_the_papers_misprints_are_noted_and_no_others() -> None:
    noted = {(mode, row.model) for mode in ("weighted", "exact") for row in paper_rows(mode) if row.note}
    assert len(noted) == 5
    assert {mode for mode, _ in noted} == {"weighted", "exact"}
    assert any("Gemini" in model and mode == "exact" for mode, model in noted)


def test_averages_leave_out_the_two_transformation_composites() -> None:
    human = next(row for row in paper_rows("weighted") if row.model.startswith("Human"))
    kept = [value for name, value in human.scores.items() if name not in ("translation_rotation", "rotation_rotation")]
    assert abs(human.average - sum(kept) / 8) < 1e-9
