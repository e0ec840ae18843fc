"""Questions by id without keeping them in memory: where each one's line begins, and which complexes it shows.

The full dataset has 163,514 questions, about a gigabyte as Python objects; an index of them has a few megabytes.
"""

import json
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from misi.dataset.layout import questions_path, read_manifest
from misi.errors import DatasetError
from misi.tasks.question import Question


class QuestionIndex:
    """The questions of one split of a dataset.

    Parameters
    ----------
    dataset : Path
    split : str
        ``train`` or ``test``.
    tasks : iterable of str, optional
        All tasks of the dataset by default.

    Raises
    ------
    DatasetError
        There is no finished dataset, a task is unknown, or a list is missing or damaged.
    """

    def __init__(self, dataset: Path, split: str, tasks: Iterable[str] | None = None) -> None:
        counts = read_manifest(dataset)["counts"]["questions"]
        wanted = list(counts) if tasks is None else list(tasks)
        unknown = [task for task in wanted if task not in counts]
        if unknown:
            raise DatasetError(f"{dataset}: no task {unknown[0]!r}; there are {', '.join(counts)}")
        self.split = split
        self.by_task: dict[str, list[str]] = {}
        self.complexes: dict[str, frozenset[str]] = {}
        self._files: list[Path] = []
        self._places: dict[str, int] = {}
        self._file_of = array("H")
        self._offsets = array("Q")
        for task in wanted:
            self.by_task[task] = []
            if counts[task].get(split):
                self._add(task, questions_path(dataset, task, split))

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        """Ids, task by task in the dataset's order."""
        return iter(self._places)

    def __getitem__(self, name: str) -> Question:
        """The question of this id.

        Raises
        ------
        KeyError
            There is none.
        DatasetError
            Its line cannot be read any more.
        """
        place = self._places[name]
        path = self._files[self._file_of[place]]
        try:
            with path.open("rb") as handle:
                handle.seek(self._offsets[place])
                question = Question.from_json(json.loads(handle.readline()))
        except OSError as error:
            raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{path}: the line of {name} was changed ({error!r})") from None
        if question.id != name:
            raise DatasetError(f"{path}: was changed; {question.id} stands where {name} was")
        return question

    def _add(self, task: str, path: Path) -> None:
        number, offset = 0, 0
        shared: dict[frozenset[str], frozenset[str]] = {}
        self._files.append(path)
        try:
            with path.open("rb") as handle:
                for number, line in enumerate(handle, 1):
                    question = Question.from_json(json.loads(line))
                    if question.id in self._places:
                        raise DatasetError(f"{path}: line {number}: {question.id} stands twice")
                    self._places[question.id] = len(self._offsets)
                    self._file_of.append(len(self._files) - 1)
                    self._offsets.append(offset)
                    self.by_task[task].append(question.id)
                    complexes = complexes_of(question)
                    self.complexes[question.id] = shared.setdefault(complexes, complexes)
                    offset += len(line)
        except OSError as error:
            raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"{path}: line {number} is not a question ({error!r})") from None


def complexes_of(question: Question) -> frozenset[str]:
    """Ids of the complexes that a question shows: its own, and its partner in the composite tasks."""
    partner = question.derivation.get("partner")
    return frozenset((question.complex_id, partner) if isinstance(partner, str) else (question.complex_id,))
