"""What a training will do and need, said before anything is loaded: questions, steps, tokens, memory."""

from misi.dataset.layout import read_manifest
from misi.train.files import questions_by_task
from misi.train.memory import GIB, memory_of, shape_of
from misi.train.pixels import QWEN3_CELL, QWEN25_CELL, budget_of, resized, tokens_of
from misi.train.recipe import Recipe
from misi.train.steps import steps_of, whole_batch, world_size

#: Tokens of a prompt's text and of an answer, roughly; questions of one task differ little.
_TEXT = 700
_SHARDS = (1, 4, 8)


def plan_of(recipe: Recipe) -> list[str]:
    """Lines to be printed.

    Raises
    ------
    MisiError
        The dataset cannot be read.
    """
    manifest = read_manifest(recipe.dataset)
    by_task = questions_by_task(recipe.dataset, recipe.data.tasks)
    questions = sum(map(len, by_task.values()))
    steps, batch = steps_of(recipe.train, questions), whole_batch(recipe.train)
    budget = budget_of(manifest)
    width, height = manifest["image_size"]
    cell = QWEN3_CELL if "qwen3" in recipe.model.path.lower() else QWEN25_CELL
    image = tokens_of(width, height, budget, cell)
    shown = resized(width, height, budget, cell)
    most = max(len(question.images) for group in by_task.values() for question in group)
    tokens = _TEXT + most * image
    lines = [
        f"{questions} train questions of {len(by_task)} tasks in {recipe.dataset.name}, from {recipe.data.source}",
        f"{steps} steps of {batch} examples ({world_size()} processes): {steps * batch / questions:.2f} epochs",
        f"a picture of {width} x {height} is shown as {shown[0]} x {shown[1]}: {image} tokens; up to {most} pictures",
        f"an example has up to about {tokens} tokens",
        f"trained: {recipe.model.tune}; vision {recipe.model.vision}, merger {recipe.model.merger}",
    ]
    shape = shape_of(recipe.model.path)
    if shape is None:
        return [*lines, f"memory: no estimate for {recipe.model.path}"]
    for shards in _SHARDS:
        need = memory_of(shape, recipe, tokens, shards=shards)
        spread = "one GPU" if shards == 1 else f"each of {shards} GPUs, sharded"
        lines.append(
            f"memory, {spread}: {need.total / GIB:.0f} GiB (weights {need.weights / GIB:.1f}, gradients "
            f"{need.gradients / GIB:.1f}, optimiser {need.optimizer / GIB:.1f}, "
            f"activations {need.activations / GIB:.1f})"
        )
    return lines
