"""The small subset as a whole, asked in every vendor's dialect, comes to scores that are known beforehand."""

from collections import Counter
from pathlib import Path

import pytest

from misi.evaluate.ask import ask
from misi.evaluate.plan import Plan, Settings
from misi.evaluate.run import score_run
from misi.evaluate.vendors import Transport
from misi.report.stats import summarise
from misi.tasks.columns import COLUMNS, average

from .loopback import VENDORS, Vendor, serve
from .mixture import NEAR, WAYS, Part, Truthful, expected_outcomes, expected_scores, mixture

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed ([eval] extra)")
pytestmark = pytest.mark.usefixtures("keys")

SETTINGS = Settings(tiny=True, shots=1)


@pytest.fixture(scope="module")
def plan(dataset: Path) -> Plan:
    return Plan(dataset, SETTINGS)


@pytest.fixture(scope="module")
def parts(plan: Plan) -> dict[str, Part]:
    return mixture(plan)


@pytest.mark.parametrize("vendor", list(VENDORS.values()), ids=list(VENDORS))
def test_scores_outcomes_calls_and_pictures_are_those_expected(
    vendor: Vendor, plan: Plan, parts: dict[str, Part], dataset: Path, tmp_path: Path
) -> None:
    truthful = Truthful(plan, parts)
    with serve(truthful) as server:
        transport = Transport(
            base_url=server.url + vendor.base, max_retries=2, connections=4, model_args=vendor.arguments
        )
        finished = ask(dataset, vendor.model, tmp_path / "run", SETTINGS, transport=transport)
    verdicts = {verdict.id: verdict for verdict in score_run(tmp_path / "run").verdicts}
    for name, part in parts.items():
        found = verdicts[name]
        assert (found.status, found.exact) == (part.status, part.exact), (name, part, found)
        assert found.weighted == pytest.approx(part.weighted), (name, part, found)
    for mode, wanted in expected_scores(plan, parts).items():
        summary = summarise(vendor.model, list(verdicts.values()), mode)
        assert {name: cell.mean for name, cell in summary.columns.items()} == pytest.approx(wanted)
        assert summary.average == pytest.approx(average(wanted))
    assert Counter(verdict.status for verdict in verdicts.values()) == expected_outcomes(parts)
    assert truthful.calls == {name: part.calls for name, part in parts.items()}
    assert truthful.wrong_pictures == []
    assert finished.stopped_by == ""


def test_the_mixture_covers_every_column_and_every_way(plan: Plan, parts: dict[str, Part]) -> None:
    wanted = expected_scores(plan, parts)
    assert set(wanted["weighted"]) == set(COLUMNS)
    assert {part.way for part in parts.values()} == set(WAYS)
    assert {part.weighted for part in parts.values() if part.way == NEAR} >= {0.0, 0.5, 1 - 1 / 7, 1 - 15 / 165}
    assert len({part.status for part in parts.values()}) == 5
