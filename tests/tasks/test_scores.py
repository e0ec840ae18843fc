"""The metrics of tasks.md section 4, by number and by property."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misi.scene.motion import Operation
from misi.tasks import scores
from misi.tasks.columns import COLUMNS, average, ranks
from misi.tasks.contacts import parse_list
from misi.tasks.grammar import Docking
from misi.tasks.values import ROTATION_AXES, ROTATIONS, TRANSLATION_AXES, TRANSLATIONS

TABLES = Path(__file__).resolve().parents[2].parent / "shared" / "paper" / "tables.json"


def move(axis, amount):
    return Operation("move", axis, amount)


def roll(axis, amount):
    return Operation("roll", axis, amount)


@pytest.mark.parametrize(
    ("given_", "truth", "expected"),
    [
        (move("x", 3), move("x", 3), (1, 1)),
        (move("x", 2), move("x", 3), (6 / 7, 0)),
        (move("x", -4), move("x", 3), (0, 0)),
        (move("x", -40), move("x", 3), (0, 0)),
        (move("y", 3), move("x", 3), (0, 0)),
        (move("z", 3), move("x", 3), (0, 0)),
    ],
)
def test_translation(given_, truth, expected):
    assert scores.motion_score(given_, truth, scores.TRANSLATION_SPAN) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given_", "truth", "expected"),
    [
        (roll("y", 45), roll("y", 45), (1, 1)),
        (roll("y", 30), roll("y", 45), (10 / 11, 0)),
        (roll("y", -90), roll("y", 75), (0, 0)),
        (roll("x", 45), roll("y", 45), (0, 0)),
    ],
)
def test_rotation(given_, truth, expected):
    assert scores.motion_score(given_, truth, scores.ROTATION_SPAN) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("roll_", "move_", "expected"),
    [
        (roll("y", 45), move("x", -12), (1, 1)),
        (roll("y", 45), move("x", -6), (0.75, 0)),
        (roll("y", 45), move("x", 12), (0.5, 0)),
        (roll("y", 45), move("x", -24), (0.5, 0)),
        (roll("y", 45), move("y", -12), (0.5, 0)),
        (roll("z", 45), move("x", -12), (0.5, 0)),
        (roll("y", 30), move("x", -12), (0.5 + 5 / 11, 0)),
        (roll("y", 45), move("x", 0), (0.5, 0)),
    ],
)
def test_docking(roll_, move_, expected):
    truth = Docking(roll("y", 45), move("x", -12))
    assert scores.docking_score(Docking(roll_, move_), truth) == pytest.approx(expected)


TRUTH = parse_list("ARG 1 N A, O1; ARG 1 NE A, O2; SER 5 OG A, N1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG 1 N A, O1; ARG 1 NE A, O2; SER 5 OG A, N1", (1, 1)),
        ("ARG 1 N A, O1", (1, 0)),
        ("ARG 1 N A, O1; SER 5 OG A, N2", (0.5, 0)),
        ("ARG 1 N A, O1; ARG 1 NE A, O2; SER 5 OG A, N1; SER 5 N A, N1", (0.5, 0)),
        ("SER 9 OG A, N1", (0, 0)),
        ("; ".join(f"SER {i} OG A, N1" for i in range(4, 10)), (1 / 6, 0)),
        ("; ".join(f"SER {i} OG A, N1" for i in range(4, 11)), (0, 0)),
    ],
)
def test_contacts(text, expected):
    assert scores.contacts_score(parse_list(text), TRUTH) == pytest.approx(expected)


def test_contacts_without_bonds():
    nothing = frozenset()
    assert scores.contacts_score(nothing, nothing) == (1, 1)
    assert scores.contacts_score(TRUTH, nothing) == (0, 0)
    assert scores.contacts_score(nothing, TRUTH) == (0, 0)


def test_retrieval():
    given_ = parse_list("ARG 1 N A, O1; SER 5 OG A, N2")
    assert scores.retrieval(given_, TRUTH) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert scores.retrieval(frozenset(), frozenset()) == (1, 1, 1)
    assert scores.retrieval(frozenset(), TRUTH) == (0, 0, 0)


pairs = st.frozensets(
    st.sampled_from(sorted(map(str, TRUTH)) + [f"SER {i} OG A, N1" for i in range(10, 16)]), min_size=1
)


@given(given_=pairs)
def test_listing_more_than_is_true_never_pays(given_):
    """Whatever is added to the full truth, the score is at most half; exact match is for the truth alone."""
    contacts = parse_list("; ".join(given_))
    weighted, exact = scores.contacts_score(contacts, TRUTH)
    assert 0 <= exact <= weighted <= 1
    assert (exact == 1) == (contacts == TRUTH)
    if contacts > TRUTH:
        assert weighted in (0.0, 0.5)


@pytest.mark.skipif(not TABLES.exists(), reason="the paper's tables are not beside the repository")
class TestPaper:
    """What the published numbers say about the metric."""

    tables = json.loads(TABLES.read_text()) if TABLES.exists() else {}

    def test_spans_make_every_published_score_possible(self):
        """With n items of the tiny subset answered, score x n x steps is whole for some n near 50."""
        for column, steps in (("translation", 7), ("rotation", 11)):
            fits = 0
            for row in self.tables["weighted"]:
                value = row[column] / 100
                fits += any(
                    abs(value * n * steps - round(value * n * steps)) < 0.5e-4 * n * steps for n in range(44, 51)
                )
            assert fits >= 11

    def test_possible_scores_are_multiples_of_the_steps(self):
        for axes, values, span, steps in (
            (TRANSLATION_AXES, TRANSLATIONS, scores.TRANSLATION_SPAN, 8),
            (ROTATION_AXES, ROTATIONS, scores.ROTATION_SPAN, 12),
        ):
            assert len(values) == steps
            assert max(values) - min(values) > span
            for a in values:
                for b in values:
                    weighted, _ = scores.motion_score(roll(axes[0], a), roll(axes[0], b), span)
                    grain = span / (values[1] - values[0])
                    assert weighted * grain == pytest.approx(round(weighted * grain))

    def test_recomputed_averages(self):
        """They agree with the printed ones but for the four misprints that tasks.md names."""
        assert tuple(self.tables["columns"]) == COLUMNS
        wrong = {
            (table, row["model"])
            for table in ("weighted", "exact_match")
            for row in self.tables[table]
            if abs(average({name: row[name] for name in COLUMNS}) - row["average"]) > 0.011
        }
        assert wrong == {
            ("weighted", "GPT-41"),
            ("weighted", "Qwen3-vl-235b-a22b-thinking"),
            ("exact_match", "O4-mini"),
            ("exact_match", "O3"),
        }


def test_average_needs_every_column_that_counts():
    full = dict.fromkeys(COLUMNS, 50.0)
    assert average(full | {"translation_rotation": 0.0, "rotation_rotation": None}) == 50
    assert average({name: value for name, value in full.items() if name != "docking"}) is None


def test_ranks_share_places():
    assert ranks([10.0, 30.0, None, 30.0, 20.0]) == [4, 1, None, 1, 3]
