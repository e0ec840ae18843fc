"""Reinforcement learning on the benchmark's own scores (GRPO: replies of one question are compared with each other)."""

from typing import Any

import misi.train.vision_ops  # noqa: F401  (before transformers' vision classes)

# isort: split
from trl import GRPOConfig, GRPOTrainer

from misi.dataset.layout import read_manifest
from misi.errors import MisiError
from misi.train.arguments import shared_arguments
from misi.train.example import as_hf_dataset
from misi.train.files import count_questions, questions_by_task
from misi.train.knowledge import KNOWLEDGE
from misi.train.loading import freeze_parts, load_model, load_processor, lora_config, part_sizes
from misi.train.pixels import budget_of
from misi.train.recipe import Recipe
from misi.train.resuming import Resuming
from misi.train.reward import RewardFunction, blind_levels
from misi.train.sft import Trained, examples_of, finish, last_checkpoint, too_long
from misi.train.steps import steps_of, whole_batch
from misi.train.watching import Watch


class ResumingGRPOTrainer(Resuming, GRPOTrainer):  # type: ignore[misc]  # TRL is not typed
    """TRL's trainer, resumed with its weights."""


def run_grpo(recipe: Recipe, *, resume: bool = False) -> Trained:
    """Train as the recipe says.

    `train.batch` counts replies: batch x accumulation x devices is a multiple of the group.

    Raises
    ------
    MisiError
        The recipe does not fit the dataset, the model or the machine.
    """
    section = recipe.grpo
    if recipe.data.weights.get(KNOWLEDGE):
        raise MisiError("data.weights.knowledge: reinforcement learning needs questions with pictures and a score")
    replies = whole_batch(recipe.train)
    if replies % section.group:
        raise MisiError(
            f"batch x accumulation x devices is {replies}: make it a multiple of grpo.group ({section.group})"
        )
    manifest = read_manifest(recipe.dataset)
    checkpoint = last_checkpoint(recipe, resume)
    prompts = replies // section.group
    processor = load_processor(recipe.model.path, budget_of(manifest))
    left_out = too_long(recipe, manifest, processor)
    questions = count_questions(recipe.dataset, recipe.data) - len(left_out)
    steps = steps_of(recipe.train, questions * section.group)
    examples = examples_of(recipe, steps * prompts, left_out)
    model = load_model(recipe.model)
    freeze_parts(model, recipe.model)
    arguments = GRPOConfig(
        **shared_arguments(recipe, steps),
        num_generations=section.group,
        temperature=section.temperature,
        max_completion_length=section.max_completion,
        beta=section.beta,
        num_iterations=section.iterations,
        loss_type=section.loss,
        scale_rewards=section.scale_rewards,
        reward_weights=[1.0, section.format_weight],
        shuffle_dataset=False,  # positions are in the order of the plan already
        use_vllm=section.vllm,
        vllm_mode=section.vllm_mode,
    )
    watch = Watch(recipe.dataset, recipe.evaluation, recipe.output, recipe.data.tasks)
    trainer = ResumingGRPOTrainer(
        model=model,
        reward_funcs=rewards_of(recipe, processor),
        args=arguments,
        train_dataset=as_hf_dataset(examples, completions=False),
        processing_class=processor,
        peft_config=lora_config(recipe, model),
        callbacks=[watch],
    )
    watch.trainer = trainer
    parts = part_sizes(trainer.model.named_parameters())
    return finish(trainer, recipe, manifest, checkpoint, parts, watch)


def rewards_of(recipe: Recipe, processor: Any) -> list[RewardFunction]:
    """Score and form, as the recipe weighs them."""
    section = recipe.grpo
    levels = {}
    if section.calibrate:
        by_task = questions_by_task(recipe.dataset, recipe.data.tasks)
        levels = blind_levels((question for group in by_task.values() for question in group), section.mode)
    ends = [processor.tokenizer.eos_token_id]
    return [
        RewardFunction("score", section.mode, levels, ends),
        RewardFunction("form", section.mode, {}, ends),
    ]
