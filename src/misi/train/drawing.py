"""Questions and pictures made on demand, the same as a build would make them.

Nothing is written here anew: questions come from the generators of `misi.tasks`, pictures from `misi.render` by way of
the same PNG bytes, so a drawn item equals the item of a dataset built with the same seed, to the pixel.
"""

import io
import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from misi.dataset.config import BuildConfig
from misi.dataset.layout import read_lines, read_manifest
from misi.dataset.prepare import prepare
from misi.dataset.store import load_facts
from misi.errors import DatasetError
from misi.render import render_png
from misi.scene.picture import Picture
from misi.scene.scene import compose
from misi.structures.sources import find_sources
from misi.tasks import TASKS
from misi.tasks.question import Item
from misi.tasks.task import Context
from misi.train.steps import world_size

_KEPT_FACTS = 128  # complexes; about 0.3 MB each
_KEPT_ITEMS = 64  # lists of items of one complex, task and seed


class PictureCache:
    """PNG bytes by what is drawn, up to a size; the least recently used go first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[tuple[str, Picture], bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[str, Picture]) -> bytes | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[str, Picture], png: bytes) -> None:
        self._kept[key] = png
        self._bytes += len(png)
        while self._bytes > self._most and self._kept:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped)


@dataclass(frozen=True)
class Drawing:
    """What items are drawn from.

    Attributes
    ----------
    config : BuildConfig
        Size, quality, levels, negatives and seed of the dataset whose like is drawn.
    facts : Path
        Folder made by `gather_facts`.
    ids : tuple of str
        Complexes of the split, sorted.
    split : str
    """

    config: BuildConfig
    facts: Path
    ids: tuple[str, ...]
    split: str = "train"


class Draughtsman:
    """Makes items and pictures of one drawing; keeps what is used again. One in each worker process."""

    def __init__(self, drawing: Drawing, pictures_mb: int = 256) -> None:
        self.drawing = drawing
        self._pictures = PictureCache(pictures_mb << 20)
        self._facts = lru_cache(maxsize=_KEPT_FACTS)(lambda name: load_facts(drawing.facts, name))
        self._items = lru_cache(maxsize=_KEPT_ITEMS)(self._make_items)

    def items(self, complex_id: str, task: str, seed: int) -> tuple[Item, ...]:
        """Items of one complex and task, as a build with that seed makes them."""
        return self._items(complex_id, task, seed)

    def images(self, item: Item) -> list[Image.Image]:
        """The pictures of an item, in the order of the question."""
        return [self._image(*item.pictures[image.path]) for image in item.question.images]

    def _make_items(self, complex_id: str, task: str, seed: int) -> tuple[Item, ...]:
        config = self.drawing.config
        context = Context(
            seed=seed,
            split=self.drawing.split,
            width=config.width,
            height=config.height,
            peers=self.drawing.ids,
            facts_of=self._facts,
            negatives=config.negatives,
        )
        made, _ = TASKS[task].make(self._facts(complex_id), context)
        return tuple(made)

    def _image(self, complex_id: str, picture: Picture) -> Image.Image:
        key = complex_id, picture
        png = self._pictures.get(key)
        if png is None:
            config = self.drawing.config
            scene = compose(self._facts(complex_id).complex, picture, config.width, config.height)
            png = render_png(scene, quality=config.quality, levels=config.levels)
            self._pictures.put(key, png)
        return Image.open(io.BytesIO(png)).convert("RGB")


def like_dataset(root: Path, facts: Path, split: str = "train") -> Drawing:
    """What the items of a dataset were drawn from.

    Raises
    ------
    DatasetError
        The dataset cannot be read, or its split is empty.
    """
    config = BuildConfig.from_json(read_manifest(root)["config"])
    ids = tuple(sorted(_ids_of(root, split)))
    if not ids:
        raise DatasetError(f"{root}: no {split} complexes")
    return Drawing(config, facts, ids, split)


def gather_facts(structures: Path, facts: Path, ids: Sequence[str], workers: int = 1) -> None:
    """Read, check and annotate those complexes that the folder does not hold yet.

    Raises
    ------
    DatasetError
        A complex is not in `structures`, or is not usable; the first few are named.
    """
    wanted = set(ids)
    sources = [source for source in find_sources(structures) if source.id in wanted]
    # Ranks that share the folder begin at different places and find the rest done.
    rank, world = int(os.environ.get("RANK", "0")), world_size()
    sources = [source for turn in range(world) for source in sources[(rank + turn) % world :: world]]
    usable, rejections = prepare(sources, facts, limit=None, workers=workers)
    missing = sorted(wanted - set(usable))
    if missing:
        reasons = {rejection.id: rejection.reason for rejection in rejections}
        listed = ", ".join(f"{name} ({reasons.get(name, 'not there')})" for name in missing[:5])
        raise DatasetError(f"{structures}: {len(missing)} complexes of the dataset cannot be used: {listed}")


def _ids_of(root: Path, split: str) -> list[str]:
    found = []
    for path in sorted((root / "complexes").glob("*.json")):
        record: dict[str, Any] = next(read_lines(path), {})
        if record.get("split") == split:
            found.append(str(record.get("id")))
    return found
