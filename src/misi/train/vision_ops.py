"""Makes torchvision importable beside a CPU build of torch; import this module before transformers' vision classes.

What it does, and why, stands in `misi.evaluate.vision_ops`, which serves models that are only asked, too.
"""

from misi.evaluate.vision_ops import declare_missing_operators

declare_missing_operators()

__all__ = ["declare_missing_operators"]
