"""What is learnt from: the answers, and nothing else."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from misi.errors import DatasetError, MisiError
from misi.evaluate.conversation import conversation_of
from misi.tasks.question import IMAGE_MARK, Question
from misi.train.answering import encode
from misi.train.controls import own_images
from misi.train.example import as_hf_dataset, example_of, knowledge_example
from misi.train.files import FileExamples, open_image
from misi.train.knowledge import knowledge_items
from misi.train.lengths import TokenCounter, find_too_long, refuse
from misi.train.pixels import budget_of
from misi.train.prompt import prompt_of, with_images
from misi.train.recipe import DataSection

IGNORED = -100


@pytest.fixture(scope="module")
def collator(processor: Any) -> Any:
    from misi.train.collating import answer_collator

    return answer_collator(processor)


def row(dataset: Path, question: Question, rationale: float = 0.0) -> dict[str, Any]:
    images = [open_image(dataset, image.path) for image in question.images]
    return example_of(question, images, rationale=rationale).row()


def one_of_each(questions: list[Question]) -> list[Question]:
    return list({question.task: question for question in questions}.values())


def test_only_the_answer_is_supervised(dataset: Path, questions: list[Question], processor: Any, collator: Any) -> None:
    chosen = one_of_each(questions)
    batch = collator([row(dataset, question) for question in chosen])
    tokenizer = processor.tokenizer
    special = {tokenizer.convert_tokens_to_ids(t) for t in ("<|image_pad|>", "<|vision_start|>", "<|vision_end|>")}
    for labels, ids, question in zip(batch["labels"], batch["input_ids"], chosen, strict=True):
        learnt = labels[labels != IGNORED]
        assert tokenizer.decode(learnt) == f"Answer: {question.answer}<|im_end|>\n"
        assert not special & set(learnt.tolist())
        assert (labels[labels != IGNORED] == ids[labels != IGNORED]).all()


def test_rationales_are_supervised_too(dataset: Path, questions: list[Question], processor: Any, collator: Any) -> None:
    question = next(q for q in questions if q.task == "docking")
    labels = collator([row(dataset, question, rationale=1.0)])["labels"][0]
    text = processor.tokenizer.decode(labels[labels != IGNORED])
    assert text.startswith("In the last picture the ligand stands")
    assert text.endswith(f"\nAnswer: {question.answer}<|im_end|>\n")


def test_every_picture_arrives_in_full(dataset: Path, questions: list[Question], processor: Any, collator: Any) -> None:
    chosen = one_of_each(questions)
    batch = collator([row(dataset, question) for question in chosen])
    pad = processor.tokenizer.convert_tokens_to_ids("<|image_pad|>")
    assert len(batch["image_grid_thw"]) == sum(len(question.images) for question in chosen)
    for ids, question in zip(batch["input_ids"], chosen, strict=True):
        assert (ids == pad).sum() == 12 * len(question.images)
    assert int(batch["image_grid_thw"].prod(dim=1).sum()) == batch["pixel_values"].shape[0]


def test_text_only_items_share_a_batch_with_pictures(
    dataset: Path, questions: list[Question], processor: Any, collator: Any
) -> None:
    item = knowledge_items()[0]
    batch = collator([knowledge_example(item).row(), row(dataset, questions[0])])
    labels = batch["labels"][0]
    assert processor.tokenizer.decode(labels[labels != IGNORED]) == f"Answer: {item.answer}<|im_end|>\n"
    assert len(batch["image_grid_thw"]) == len(questions[0].images)
    alone = collator([knowledge_example(item).row()])
    assert "pixel_values" not in alone


def test_training_and_evaluation_read_the_same_prompt(
    dataset: Path, questions: list[Question], processor: Any, collator: Any
) -> None:
    for question in one_of_each(questions):
        trained = collator([row(dataset, question)])
        asked = encode(processor, [question], own_images(dataset))
        length = asked["input_ids"].shape[1]
        assert (trained["input_ids"][0, :length] == asked["input_ids"][0]).all(), question.id
        assert (trained["labels"][0, :length] == IGNORED).all()
        assert (trained["pixel_values"] == asked["pixel_values"]).all()


def test_the_prompt_is_the_evaluations_conversation(questions: list[Question]) -> None:
    for question in one_of_each(questions):
        conversation = conversation_of(question)
        system, user = prompt_of(question)
        assert system["content"][0]["text"] == conversation.system
        kinds = ["text" if isinstance(part, str) else "image" for part in conversation.turns[0].parts]
        assert [part["type"] for part in user["content"]] == kinds
        assert all(IMAGE_MARK not in part.get("text", "") for part in user["content"])


def test_each_picture_follows_its_label(questions: list[Question]) -> None:
    question = next(q for q in questions if q.task == "translation_rotation")
    content = prompt_of(question)[1]["content"]
    labels = [before["text"] for before, part in pairwise(content) if part["type"] == "image"]
    assert len(labels) == len(question.images) == 11
    for text, image in zip(labels, question.images, strict=True):
        assert text.endswith(f"{image.label}:")


def test_batches_are_padded_on_the_left_for_answers(dataset: Path, questions: list[Question], processor: Any) -> None:
    batch = encode(processor, one_of_each(questions), own_images(dataset))
    assert (batch["attention_mask"][:, -1] == 1).all()
    assert (batch["attention_mask"][:, 0] == 0).any()


def test_wrong_numbers_of_pictures_are_refused(questions: list[Question]) -> None:
    with pytest.raises(DatasetError, match="3 pictures for 4"):
        with_images(prompt_of(questions[0]), [None] * 3)


def test_lengths_are_those_of_the_collator(
    dataset: Path, questions: list[Question], processor: Any, collator: Any
) -> None:
    from misi.dataset.layout import read_manifest

    manifest = read_manifest(dataset)
    counter = TokenCounter(processor, tuple(manifest["image_size"]), budget_of(manifest))
    chosen = one_of_each(questions)
    counts = [counter.count(question) for question in chosen]
    assert counts == [collator([row(dataset, question)])["input_ids"].shape[1] for question in chosen]
    limit = sorted(counts)[-2]
    found = find_too_long(chosen, counter, limit)
    assert [name for name, _ in found] == [q.id for q, n in zip(chosen, counts, strict=True) if n > limit]
    with pytest.raises(MisiError, match="longer than"):
        refuse(found, limit)


def test_a_repeated_position_is_made_once(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = FileExamples(dataset, DataSection(tasks=("zooming",)), 4)
    rows = as_hf_dataset(examples, completions=False)
    made: list[int] = []
    own = FileExamples.__getitem__
    monkeypatch.setattr(FileExamples, "__getitem__", lambda self, p: (made.append(p), own(self, p))[1])
    batch = rows[[2, 2, 1, 2]]
    assert made == [2, 1]
    assert batch["id"] == [examples[p].id for p in (2, 2, 1, 2)]
    assert "completion" not in batch


def test_pictures_are_read_when_they_are_due(dataset: Path) -> None:
    examples = FileExamples(dataset, DataSection(tasks=("zooming",), rationale=0.5), 8)
    texts = [examples[i].completion[0]["content"][0]["text"] for i in range(8)]
    assert {text.startswith("Answer") for text in texts} == {True, False}
    assert all(image.size == (112, 84) and image.mode == "RGB" for image in examples[0].images)
    with pytest.raises(DatasetError, match="cannot be read"):
        open_image(dataset, "images/none/front.png")
    with pytest.raises(DatasetError):
        open_image(dataset, "../../etc/passwd")
