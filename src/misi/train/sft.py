"""Supervised fine-tuning: questions with pictures as prompts, answers as completions, loss on the answers alone."""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import misi.train.vision_ops  # noqa: F401  (before transformers' vision classes)

# isort: split
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig, SFTTrainer

from misi.dataset.layout import read_manifest
from misi.errors import MisiError
from misi.train.arguments import shared_arguments
from misi.train.card import write_model_card
from misi.train.example import Examples, as_hf_dataset
from misi.train.files import FileExamples, count_questions, questions_by_task
from misi.train.lengths import TokenCounter, find_too_long, refuse
from misi.train.loading import PartSize, freeze_parts, load_model, load_processor, lora_config, part_sizes
from misi.train.pixels import budget_of
from misi.train.recipe import Recipe
from misi.train.resuming import Resuming
from misi.train.steps import steps_of, whole_batch
from misi.train.watching import Watch, Watched


class ResumingSFTTrainer(Resuming, SFTTrainer):  # type: ignore[misc]  # TRL is not typed
    """TRL's trainer, resumed with its weights."""


@dataclass(frozen=True)
class Trained:
    """What a training made.

    Attributes
    ----------
    folder : Path
        The result: a whole model, or adapters, with the processor.
    steps : int
    loss : float
        Mean over the training.
    parts : dict
        Parameters of each part, and how many of them trained.
    evaluations : list
        In the order asked.
    """

    folder: Path
    steps: int
    loss: float
    parts: dict[str, PartSize]
    evaluations: Sequence[Watched]


def examples_of(recipe: Recipe, length: int, left_out: Collection[str] = ()) -> Examples:
    """Positions of a whole training, from files (without some ids) or drawn on the way."""
    if recipe.data.source == "stream":
        from misi.train.stream import open_stream

        return open_stream(recipe, length)
    return FileExamples(recipe.dataset, recipe.data, length, recipe.train.seed, left_out)


def too_long(recipe: Recipe, manifest: dict[str, Any], processor: Any) -> frozenset[str]:
    """Ids of questions to leave out for their length.

    Raises
    ------
    MisiError
        There are some, and the recipe does not say to leave them out.
    """
    limit = recipe.data.max_tokens
    if limit is None:
        return frozenset()
    counter = TokenCounter(processor, tuple(manifest["image_size"]), budget_of(manifest))
    groups = questions_by_task(recipe.dataset, recipe.data.tasks).values()
    questions = (question for group in groups for question in group)
    found = find_too_long(questions, counter, limit, explained=recipe.data.rationale > 0)
    if not recipe.data.skip_long:
        refuse(found, limit)
    return frozenset(name for name, _ in found)


def last_checkpoint(recipe: Recipe, resume: bool) -> str | None:
    """The checkpoint to go on from.

    Raises
    ------
    MisiError
        The folder holds checkpoints and `resume` is false, or none and it is true.
    """
    out = recipe.output
    found = get_last_checkpoint(str(out)) if out.is_dir() else None
    if found and not resume:
        raise MisiError(f"{out}: holds checkpoints already; add --resume to go on with them, or choose another folder")
    if resume and not found:
        raise MisiError(f"{out}: there is no checkpoint to go on from")
    return found


def run_sft(recipe: Recipe, *, resume: bool = False) -> Trained:
    """Train as the recipe says; checkpoints, evaluations, the result and its card go to the output folder.

    Raises
    ------
    MisiError
        The recipe does not fit the dataset, the model or the machine.
    """
    manifest = read_manifest(recipe.dataset)
    checkpoint = last_checkpoint(recipe, resume)
    processor = load_processor(recipe.model.path, budget_of(manifest))
    left_out = too_long(recipe, manifest, processor)
    steps = steps_of(recipe.train, count_questions(recipe.dataset, recipe.data) - len(left_out))
    examples = examples_of(recipe, steps * whole_batch(recipe.train), left_out)
    model = load_model(recipe.model)
    freeze_parts(model, recipe.model)
    arguments = SFTConfig(
        **shared_arguments(recipe, steps),
        # TRL cuts at 1024 tokens by default, in the middle of pictures; too long examples are refused by us instead.
        max_length=None,
        packing=False,
        completion_only_loss=True,
        # Positions are in the order of the plan already; every rank reads its own, and a resumed run skips by number.
        train_sampling_strategy="sequential",
    )
    watch = Watch(recipe.dataset, recipe.evaluation, recipe.output, recipe.data.tasks)
    trainer = ResumingSFTTrainer(
        model=model,
        args=arguments,
        train_dataset=as_hf_dataset(examples),
        processing_class=processor,
        peft_config=lora_config(recipe, model),
        callbacks=[watch],
    )
    watch.trainer = trainer
    parts = part_sizes(trainer.model.named_parameters())
    return finish(trainer, recipe, manifest, checkpoint, parts, watch)


def finish(
    trainer: Any,
    recipe: Recipe,
    manifest: dict[str, Any],
    checkpoint: str | None,
    parts: dict[str, PartSize],
    watch: Watch,
) -> Trained:
    """Run a trainer that is ready, save its result beside the checkpoints and write the card."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*pin_memory.*")
        result = trainer.train(resume_from_checkpoint=checkpoint)
    trainer.save_model(str(recipe.output))
    trained = Trained(recipe.output, int(result.global_step), float(result.training_loss), parts, tuple(watch.history))
    if trainer.is_world_process_zero():
        trainer.processing_class.save_pretrained(str(recipe.output))
        write_model_card(recipe, manifest, trained)
    return trained
