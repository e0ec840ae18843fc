"""`misi verify`: is a dataset whole, unchanged and right? Every fault names the file or the item."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from misi.dataset.layout import (
    CHECKSUMS,
    MANIFEST,
    SPLITS,
    complex_path,
    image_path,
    line_digest,
    questions_path,
    read_lines,
    read_manifest,
    read_tiny,
    sha256_of,
)
from misi.dataset.merge import read_checksums
from misi.errors import DatasetError, ParseFailure
from misi.tasks import TASKS
from misi.tasks.question import IMAGE_MARK, Question


def verify(root: Path, progress: Callable[[int, int], None] = lambda *_: None) -> Iterator[str]:
    """Yield one line for each fault; a sound dataset yields none.

    Checked: every file against SHA256SUMS and the manifest, files that are too many; every question against the
    digest kept with its complex, its images, its marks, its grammar, and its answer recomputed from the
    derivation; counts; the small subset.

    Raises
    ------
    DatasetError
        There is no finished dataset in `root`.
    """
    manifest = read_manifest(root)
    users: dict[str, list[str]] = defaultdict(list)
    found: Counter[tuple[str, str]] = Counter()
    ids: set[str] = set()
    digests = _Digests(root)
    size = tuple(manifest["image_size"])
    for task in manifest["counts"]["questions"]:
        for split in SPLITS:
            path = questions_path(root, task, split)
            if not path.exists():
                continue
            try:
                for number, data in enumerate(read_lines(path), 1):
                    try:
                        question = Question.from_json(data)
                    except (KeyError, TypeError) as error:
                        yield f"{path.name} line {number}: not a question ({error!r})"
                        continue
                    found[task, split] += 1
                    if question.id in ids:
                        yield f"{question.id}: stands twice"
                    ids.add(question.id)
                    if (question.task, question.split) != (task, split):
                        yield f"{question.id}: stands in {path.name} but says {question.task}.{question.split}"
                    for image in question.images:
                        users[image.path].append(question.id)
                    yield from (f"{question.id}: {fault}" for fault in _question_faults(question, digests))
            except DatasetError as error:
                yield str(error)
    for task, by_split in manifest["counts"]["questions"].items():
        for split, n in by_split.items():
            if found[task, split] != n:
                yield f"{questions_path(root, task, split).name}: {found[task, split]} questions, the manifest says {n}"
    yield from (f"{name}: not in the dataset, but a complex lists it" for name in digests.unmatched(ids, root))
    try:
        yield from (f"tiny.txt: {name} is not a question of the dataset" for name in read_tiny(root) if name not in ids)
        yield from _file_faults(root, manifest, users, size, progress)
    except DatasetError as error:
        yield str(error)


class _Digests:
    """Line digests of the questions, read from the complexes' files as they are needed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_complex: dict[str, dict[str, str]] = {}

    def of(self, question: Question) -> str | None:
        """Digest kept with the complex.

        Raises
        ------
        DatasetError
            The complex's file is missing or damaged.
        """
        name = question.complex_id
        if name not in self._by_complex:
            data = next(read_lines(complex_path(self._root, name)), {})
            table = data.get("questions")
            self._by_complex[name] = table if isinstance(table, dict) else {}
        return self._by_complex[name].get(question.id)

    def unmatched(self, ids: set[str], root: Path) -> list[str]:
        """Questions that a complex lists but the lists lack, those rejected later apart."""
        rejected = {data.get("id") for data in read_lines(root / "rejections.jsonl")}
        return [
            name for table in self._by_complex.values() for name in table if name not in ids and name not in rejected
        ]


def _question_faults(question: Question, digests: _Digests) -> Iterator[str]:
    task = TASKS.get(question.task)
    if task is None:
        yield f"unknown task {question.task!r}"
        return
    if question.question.count(IMAGE_MARK) != len(question.images):
        yield f"{question.question.count(IMAGE_MARK)} image marks for {len(question.images)} images"
    try:
        if digests.of(question) != line_digest(question):
            yield "the line was changed (its digest differs from the one kept with the complex)"
        truth = task.parse(question.answer, question)
        if task.format(truth) != question.answer:
            yield f"the answer {question.answer!r} is not in canonical form"
        recomputed = task.oracle(question)
        if task.score(task.parse(recomputed, question), question) != (1.0, 1.0):
            yield f"the answer {question.answer!r} is wrong: the derivation gives {recomputed!r}"
    except (ParseFailure, DatasetError) as error:
        yield str(error)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        yield f"the derivation cannot be read ({type(error).__name__}: {error})"


def _file_faults(
    root: Path,
    manifest: dict[str, Any],
    users: dict[str, list[str]],
    size: tuple[int, ...],
    progress: Callable[[int, int], None],
) -> Iterator[str]:
    if sha256_of(root / CHECKSUMS) != manifest.get("files", {}).get(CHECKSUMS):
        yield f"{CHECKSUMS}: was changed"
    listed = {name: digest for digest, name in read_checksums(root)}
    for done, (name, digest) in enumerate(listed.items(), 1):
        path = root / name
        blame = f"{name} ({', '.join(users[name][:3])})" if users.get(name) else name
        try:
            if ".." in name.split("/") or name.startswith("/"):
                yield f"{name}: leads out of the dataset"
            elif sha256_of(path) != digest:
                yield f"{blame}: was changed"
            elif name.startswith("images/"):
                with Image.open(image_path(root, name)) as picture:
                    if picture.size != size:
                        yield f"{blame}: is {picture.size[0]}x{picture.size[1]}, not {size[0]}x{size[1]}"
        except FileNotFoundError:
            yield f"{blame}: is missing"
        except OSError as error:
            yield f"{blame}: cannot be read ({error})"
        progress(done, len(listed))
    for name, by in users.items():
        if name not in listed:
            yield f"{by[0]}: its image {name} is not in {CHECKSUMS}"
    known = {*listed, MANIFEST, CHECKSUMS}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in known:
            yield f"{name}: does not belong to the dataset"
