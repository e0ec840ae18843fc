"""Training examples without end: complexes, poses and operations drawn and rendered inside the data workers.

A position is the whole state. What stands at a position follows from the seed and the position alone, so every rank and
worker makes its own share without talking to others, and a resumed training goes on where it stopped by a number.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from torch.utils.data import IterableDataset, get_worker_info

from misi.dataset.layout import read_manifest
from misi.errors import DatasetError, MisiError
from misi.seeds import rng_for
from misi.tasks.question import Item
from misi.train.curriculum import difficulty, eligible_share
from misi.train.drawing import Draughtsman, Drawing, gather_facts, like_dataset
from misi.train.example import Example, example_of, knowledge_example
from misi.train.knowledge import KNOWLEDGE, knowledge_items
from misi.train.recipe import CurriculumSection, Recipe

_TRIES = 256  # draws for one position before giving up: complexes without an item of the task drawn are passed over


class StreamExamples:
    """Examples by position.

    Parameters
    ----------
    drawing : Drawing
        What is drawn from.
    weights : mapping
        Sampling weight of each task; ``knowledge`` is text-only.
    length : int
        Positions; a curriculum runs over them.
    seed : int
        Of the draws; which builds' items are drawn is up to the drawing's own seed and `variety`.
    variety : int
        Items come from builds with seeds s, s + 1, ..., s + variety - 1.
    rationale : float
        Share of completions with a rationale.
    """

    def __init__(
        self,
        drawing: Drawing,
        weights: Mapping[str, float],
        length: int,
        *,
        seed: int = 0,
        variety: int = 1 << 30,
        rationale: float = 0.0,
        curriculum: CurriculumSection = CurriculumSection(),
        pictures_mb: int = 256,
    ) -> None:
        self._drawing = drawing
        self._names = [name for name, weight in weights.items() if weight > 0]
        self._weights = [weights[name] for name in self._names]
        if not self._names:
            raise DatasetError("no tasks to draw from")
        self._length = length
        self._seed = seed
        self._variety = variety
        self._rationale = rationale
        self._curriculum = curriculum
        self._knowledge = knowledge_items()
        self._draughtsman = Draughtsman(drawing, pictures_mb)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, position: int) -> Example:
        item = self.item(position)
        if item is None:
            rng = rng_for(self._seed, "stream", KNOWLEDGE, position)
            return knowledge_example(rng.choice(self._knowledge))
        return example_of(
            item.question, self._draughtsman.images(item), rationale=self._rationale, seed=self._seed + position
        )

    def item(self, position: int) -> Item | None:
        """The item at a position, without its pictures; None for text-only knowledge."""
        rng = rng_for(self._seed, "stream", "position", position)
        share = eligible_share(position / max(1, self._length), self._curriculum.start, self._curriculum.ramp)
        for _ in range(_TRIES):
            task = rng.choices(self._names, self._weights)[0]
            if task == KNOWLEDGE:
                return None
            complex_id = rng.choice(self._drawing.ids)
            build = self._drawing.config.seed + rng.randrange(self._variety)
            items = self._draughtsman.items(complex_id, task, build)
            if items:
                easiest_first = sorted(items, key=lambda item: (difficulty(item.question), item.question.id))
                return easiest_first[rng.randrange(max(1, round(share * len(items))))]
        raise DatasetError(f"{_TRIES} draws gave no item of {', '.join(self._names)}")


class StreamDataset(IterableDataset[Example]):
    """The same examples for one's own training loop: an endless iterable, sharded by rank and worker.

    Ranks take turns by example, workers by batch, so the order that a rank sees is the same with any number of workers.
    Give the `DataLoader` the same batch size and ``collate_fn=list``.

    Parameters
    ----------
    examples : StreamExamples
    batch : int
        Batch size of the loader.
    rank, world : int
        This process and how many there are; by default from the environment of torchrun.
    start : int
        Batches of each rank to pass over: a resumed training's step times its batches for a step.
    """

    def __init__(
        self, examples: StreamExamples, batch: int, *, rank: int | None = None, world: int | None = None, start: int = 0
    ) -> None:
        self._examples = examples
        self._batch = batch
        self._rank = int(os.environ.get("RANK", "0")) if rank is None else rank
        self._world = int(os.environ.get("WORLD_SIZE", "1")) if world is None else world
        self._start = start

    def __iter__(self) -> Iterator[Example]:
        info = get_worker_info()
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        turn = self._start + worker
        while True:
            for place in range(self._batch):
                yield self._examples[(turn * self._batch + place) * self._world + self._rank]
            turn += workers


def default_weights(root: Path, tasks: tuple[str, ...] = ()) -> dict[str, float]:
    """Train questions of each task in a dataset: sampling by them keeps its proportions."""
    counts = read_manifest(root)["counts"]["questions"]
    return {task: float(by.get("train", 0)) for task, by in counts.items() if not tasks or task in tasks}


def open_stream(recipe: Recipe, length: int) -> StreamExamples:
    """The stream of a recipe: like its dataset, from the structures that this was built from.

    Raises
    ------
    MisiError
        The recipe names no structures, or they lack complexes of the dataset.
    """
    section = recipe.data.stream
    if not section.structures:
        raise MisiError("data.stream.structures: name the folder of structures that the dataset was built from")
    facts = Path(section.facts) if section.facts else recipe.output / "facts"
    drawing = like_dataset(recipe.dataset, facts)
    gather_facts(Path(section.structures), facts, drawing.ids, workers=max(1, recipe.data.workers))
    weights = recipe.data.weights or default_weights(recipe.dataset, recipe.data.tasks)
    if recipe.data.tasks:
        weights = {name: value for name, value in weights.items() if name in (*recipe.data.tasks, KNOWLEDGE)}
    return StreamExamples(
        drawing,
        weights,
        length,
        seed=recipe.train.seed,
        variety=section.variety,
        rationale=recipe.data.rationale,
        curriculum=recipe.data.curriculum,
        pictures_mb=section.pictures_mb,
    )
