"""Going on from a checkpoint with its weights.

transformers 5 writes Qwen2.5-VL under the parameter names of its release (``visual.``, ``model.layers.``) and holds it
under others (``model.visual.``, ``model.language_model.layers.``). `from_pretrained` translates; the trainer's own
loading of a checkpoint does not: every key is "missing", a warning is logged, and training goes on from the base model
with the checkpoint's optimiser state (QwenLM/Qwen3-VL issue 1763, modelscope/ms-swift issue 7947).
"""

from pathlib import Path
from typing import Any

from misi.train.loading import is_adapter


class Resuming:
    """Put before a trainer class; loads whole models by way of `from_pretrained`, and all keys or none."""

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        trainer: Any = self
        sharded = trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled
        if sharded or is_adapter(Path(resume_from_checkpoint)):
            # Adapters keep their names; sharded checkpoints hold the names of the model in memory.
            super()._load_from_checkpoint(resume_from_checkpoint, model)  # type: ignore[misc]
            return
        target = trainer.model if model is None else model
        saved = type(target).from_pretrained(resume_from_checkpoint, dtype=target.dtype)
        target.load_state_dict(saved.state_dict(), strict=True)
