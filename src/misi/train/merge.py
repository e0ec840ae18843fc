"""Adapters and their base become one model that loads without peft."""

import shutil
from pathlib import Path

from misi.errors import MisiError
from misi.train.loading import is_adapter, load_trained


def merge(checkpoint: Path, out: Path, *, dtype: str = "bfloat16") -> Path:
    """Write the merged model with its processor, and the card if there is one; returns `out`.

    Raises
    ------
    MisiError
        The checkpoint holds no adapters, or `out` holds something.
    """
    if not is_adapter(checkpoint):
        raise MisiError(f"{checkpoint}: holds no adapters to merge (no adapter_config.json)")
    if out.exists() and any(out.iterdir()):
        raise MisiError(f"{out}: is not empty; choose another folder")
    model, processor = load_trained(checkpoint, dtype)
    merged = model.merge_and_unload()
    merged.save_pretrained(out)
    processor.save_pretrained(out)
    card = checkpoint / "README.md"
    if card.exists():
        shutil.copyfile(card, out / "README.md")
    return out
