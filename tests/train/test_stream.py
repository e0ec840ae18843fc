"""Items drawn on the way equal those of a build, and a position is all that matters."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from torch.utils.data import DataLoader

from misi.dataset.layout import read_questions
from misi.errors import DatasetError, MisiError
from misi.scene.picture import Picture
from misi.tasks.question import Question
from misi.train.curriculum import difficulty
from misi.train.drawing import Drawing, PictureCache, gather_facts, like_dataset
from misi.train.example import Example
from misi.train.files import open_image
from misi.train.recipe import CurriculumSection, Recipe
from misi.train.stream import StreamDataset, StreamExamples, default_weights, open_stream
from tests.train.conftest import changed


@pytest.fixture(scope="module")
def drawing(structures: Path, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Drawing:
    drawing = like_dataset(dataset, tmp_path_factory.mktemp("facts"))
    gather_facts(structures, drawing.facts, drawing.ids)
    return drawing


def test_drawn_items_are_those_of_the_export(drawing: Drawing, dataset: Path) -> None:
    """With the same seed: every word, the derivation, and every pixel."""
    exported = {question.id: question for question in read_questions(dataset, split="train")}
    stream = StreamExamples(drawing, default_weights(dataset), 40, seed=1, variety=1)
    seen = set()
    for position in range(40):
        example = stream[position]
        assert example.question is not None
        own = exported[example.id]
        assert example.question == own
        assert example.question.derivation == own.derivation
        for image, reference in zip(example.images, own.images, strict=True):
            assert (np.asarray(image) == np.asarray(open_image(dataset, reference.path))).all(), reference.path
        seen.add(own.task)
    assert len(seen) >= 6


def test_every_item_of_a_build_can_be_drawn(drawing: Drawing, dataset: Path) -> None:
    stream = StreamExamples(drawing, {"rotation": 1.0}, 200, variety=1)
    drawn = {item.question.id for position in range(200) if (item := stream.item(position))}
    assert drawn == {question.id for question in read_questions(dataset, ["rotation"], "train")}


def test_new_items_without_end(drawing: Drawing) -> None:
    stream = StreamExamples(drawing, {"translation": 1.0}, 60)
    items = [stream.item(position) for position in range(60)]
    assert len({item.question.derivation["seed"] for item in items if item}) > 40
    assert {item.question.split for item in items if item} == {"train"}


def test_a_position_says_it_all(drawing: Drawing) -> None:
    weights = {"zooming": 1.0, "rotation": 1.0, "knowledge": 0.5}
    forward = StreamExamples(drawing, weights, 12, seed=4)
    backward = StreamExamples(drawing, weights, 12, seed=4)
    other = StreamExamples(drawing, weights, 12, seed=5)
    ids = [forward[position].id for position in range(12)]
    assert ids == [backward[position].id for position in reversed(range(12))][::-1]
    assert ids != [other[position].id for position in range(12)]
    assert any(name.startswith("knowledge") for name in ids)


def keys(examples: list[Example]) -> list[tuple[str, int | None]]:
    return [(example.id, example.question.derivation["seed"] if example.question else None) for example in examples]


def test_ranks_share_the_positions_and_a_resumed_stream_goes_on(drawing: Drawing) -> None:
    stream = StreamExamples(drawing, {"translation": 1.0}, 100)
    whole = keys([stream[position] for position in range(12)])
    ranks = [keys(list(islice(StreamDataset(stream, 2, rank=rank, world=2), 6))) for rank in (0, 1)]
    assert [ranks[position % 2][position // 2] for position in range(12)] == whole
    assert keys(list(islice(StreamDataset(stream, 2, rank=1, world=2, start=2), 2))) == ranks[1][4:6]


def test_workers_change_nothing(drawing: Drawing) -> None:
    stream = StreamExamples(drawing, {"translation": 1.0, "zooming": 1.0}, 100)

    def first(workers: int) -> list[tuple[str, int | None]]:
        loader = DataLoader(
            StreamDataset(stream, 2, rank=0, world=1), batch_size=2, num_workers=workers, collate_fn=list
        )
        return [key for batch in islice(loader, 4) for key in keys(batch)]

    assert first(0) == first(2)


def test_a_curriculum_draws_the_easiest_first(drawing: Drawing) -> None:
    def mean(start: float) -> float:
        curriculum = CurriculumSection(start=start, ramp=1.0)
        stream = StreamExamples(drawing, {"rotation": 1.0}, 10**6, curriculum=curriculum)
        items = [stream.item(position) for position in range(60)]
        return float(np.mean([difficulty(item.question) for item in items if item]))

    assert mean(0.1) < mean(1.0) - 0.1


def test_pictures_are_kept_up_to_a_size() -> None:
    cache = PictureCache(100)
    for place in range(5):
        cache.put((str(place), Picture()), b"x" * 30)
    assert [cache.get((str(place), Picture())) is not None for place in range(5)] == [False, False, True, True, True]


def test_structures_that_lack_a_complex_are_named(drawing: Drawing, tmp_path: Path, structures: Path) -> None:
    with pytest.raises(DatasetError, match="nobody"):
        gather_facts(structures, tmp_path, ["nobody"])


def test_a_recipe_opens_it(recipe: Recipe, structures: Path, dataset: Path) -> None:
    with pytest.raises(MisiError, match=r"data\.stream\.structures"):
        open_stream(recipe, 4)
    stream = open_stream(changed(recipe, data__stream={"structures": str(structures), "variety": 1}), 4)
    assert len(stream) == 4
    question = stream[3].question
    assert isinstance(question, Question)
    assert question.task == "translation"
