"""Questions of one task without building a dataset, and what a reply scores."""

import tempfile
from pathlib import Path

from misi.annotate.hbonds import annotate
from misi.structures.sources import load_by_id
from misi.structures.synthetic import write_complexes
from misi.tasks import TASKS
from misi.tasks.task import Context

with tempfile.TemporaryDirectory() as folder:
    write_complexes(Path(folder), 1, seed=0)
    facts = annotate(load_by_id(Path(folder), "syn0001"))
context = Context(seed=0, split="test", width=768, height=576, peers=("syn0001",), facts_of=lambda _: facts)
task = TASKS["translation"]
for question in (item.question for item in task.make(facts, context)[0]):
    weighted, exact = task.score(task.parse("I think: **Move x 3**", question), question)
    print(f"{question.id}: truth {question.answer!r}, the reply scores {weighted:.2f} weighted, {exact:.0f} exact")
