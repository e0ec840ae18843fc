"""Reinforcement learning from end to end: several pictures a question, our scores as rewards."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from misi.errors import MisiError
from misi.train.grpo import run_grpo
from misi.train.recipe import Recipe
from tests.train.conftest import changed


@pytest.fixture
def reinforced(recipe: Recipe) -> Recipe:
    return changed(
        recipe,
        data__tasks=["translation", "residue_ligand"],
        data__weights={"translation": 1.0, "residue_ligand": 1.0},
        train__steps=2,
        train__batch=8,
        train__save_every=1,
        grpo={"group": 4, "max_completion": 8, "mode": "weighted"},
    )


def test_it_runs_logs_our_rewards_and_moves_the_model(reinforced: Recipe, tiny: Path) -> None:
    trained = run_grpo(reinforced)
    assert trained.steps == 2
    log = json.loads((trained.folder / "checkpoint-2" / "trainer_state.json").read_text())["log_history"]
    logged = [entry for entry in log if "rewards/score_weighted/mean" in entry]
    assert len(logged) == 2
    # an untrained model answers nothing: below the blind level, without form
    assert all(entry["rewards/score_weighted/mean"] < 0 for entry in logged)
    assert all(entry["rewards/form/mean"] == 0 for entry in logged)
    resumed = run_grpo(changed(reinforced, train__steps=3), resume=True)
    assert resumed.steps == 3


def test_a_reward_that_differs_within_a_group_moves_the_model(
    reinforced: Recipe, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The untrained model earns the same with every reply, so here the length of a reply is what pays."""
    monkeypatch.setattr(
        "misi.train.reward.RewardFunction.__call__",
        lambda self, completions, completion_ids, **_: [float(ids[0] % 7) for ids in completion_ids],
    )
    trained = run_grpo(changed(reinforced, train__steps=1))
    before, after = load_file(tiny / "model.safetensors"), load_file(trained.folder / "model.safetensors")
    assert any(not torch.equal(before[name], after[name]) for name in before if "visual.blocks" in name)


def test_groups_must_fit_and_knowledge_has_no_score(reinforced: Recipe) -> None:
    with pytest.raises(MisiError, match="make it a multiple"):
        run_grpo(changed(reinforced, train__batch=6))
    with pytest.raises(MisiError, match="knowledge"):
        run_grpo(changed(reinforced, data__weights={"translation": 1.0, "knowledge": 1.0}))
