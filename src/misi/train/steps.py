"""How many examples a step takes and how many steps a training."""

import math
import os

from misi.train.recipe import TrainSection


def world_size() -> int:
    """Processes of this training, as torchrun and accelerate announce them."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def whole_batch(section: TrainSection) -> int:
    """Examples for one optimiser step over all devices."""
    return section.batch * section.accumulation * world_size()


def steps_of(section: TrainSection, questions: int) -> int:
    """Optimiser steps: as given, or what the epochs take."""
    return section.steps or max(1, math.ceil(section.epochs * questions / whole_batch(section)))
