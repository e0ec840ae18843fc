"""Settings that both trainers share, from a recipe; the traps of TRL are shut here."""

import warnings
from typing import Any

import torch

from misi.errors import MisiError
from misi.train.recipe import Recipe


def shared_arguments(recipe: Recipe, steps: int) -> dict[str, Any]:
    """Keyword arguments for SFTConfig and GRPOConfig.

    Raises
    ------
    MisiError
        The precision asked for is not to be had on this machine.
    """
    section = recipe.train
    cuda = torch.cuda.is_available()
    if section.precision == "fp16" and not cuda:
        raise MisiError("train.precision = 'fp16' needs a GPU; use bf16 or fp32")
    if recipe.model.tune == "full" and section.precision == "fp16" and recipe.model.dtype == "float16":
        raise MisiError("train.precision = 'fp16' needs float32 weights: set model.dtype = 'float32'")
    if recipe.model.tune == "full" and recipe.model.dtype == "bfloat16" and not section.deepspeed:
        # bfloat16 keeps 8 bits: a step of 1e-5 on a weight of 0.02 is rounded away. DeepSpeed keeps float32 copies.
        warnings.warn(
            "tune = 'full' with bfloat16 weights loses small steps: set model.dtype = 'float32'", stacklevel=2
        )
    return {
        "output_dir": str(recipe.output),
        "max_steps": steps,
        "per_device_train_batch_size": section.batch,
        "gradient_accumulation_steps": section.accumulation,
        "learning_rate": section.learning_rate,
        "lr_scheduler_type": section.schedule,
        "warmup_steps": section.warmup,
        "weight_decay": section.weight_decay,
        "max_grad_norm": section.max_grad_norm,
        "optim": section.optimizer,
        "bf16": section.precision == "bf16",
        "fp16": section.precision == "fp16",
        "gradient_checkpointing": section.gradient_checkpointing,
        "deepspeed": section.deepspeed,
        "seed": section.seed,
        "data_seed": section.seed,
        "save_strategy": "steps",
        "save_steps": section.save_every,
        "save_total_limit": section.keep,
        "logging_steps": section.log_every,
        "report_to": list(section.report_to) or "none",
        "use_cpu": not cuda,
        "dataloader_num_workers": recipe.data.workers,
        "dataloader_pin_memory": cuda,
        # Rows are made on demand and hold what the collator needs; dropping "unused" columns would read every row.
        "remove_unused_columns": False,
    }
