"""A whole build, proven: made, verified, audited, answered by the oracle and by chance; the tables of docs/scale.md.

    python benchmarks/scale.py SRC DATASET [--seed 7] [--workers 2] [--limit N] [--runs FOLDER]

Every step is the `misi` command itself in a process of its own; its wall and CPU time are taken, and while the build
runs the memory of its processes every few seconds, so that growth would be seen. Steps whose result is there already
(DATASET finished, a run finished) are not repeated. Exit status 1 if a step fails, the oracle does not score 100.00 in
every column, or chance lies outside its interval.
"""

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from misi.dataset.layout import read_lines, read_manifest, read_questions
from misi.evaluate.run import score_run
from misi.report.stats import summarise
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS, column_of
from misi.tasks.task import chance_expectation

PAPER_COMPLEXES = 3993  # section 4 of the paper: 3,503 to train on and 490 to test on
PAPER_PICTURES = 587_975
EVERY = 5.0  # seconds between looks at the memory


@dataclass(frozen=True)
class Step:
    """What a command cost: seconds of wall and of CPU, and the last line that it printed."""

    wall: float
    cpu: float
    said: str


class Memory:
    """Resident memory of a process and its descendants, megabytes, sampled in a thread."""

    def __init__(self, pid: int) -> None:
        self.pid, self.parent, self.worker = pid, [0.0], [0.0]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)
        self.thread.start()

    def _sample(self) -> None:
        while not self.over.wait(EVERY):
            sizes = [_resident(pid) for pid in _descendants(self.pid)]
            self.parent.append(_resident(self.pid))
            self.worker.append(max(sizes, default=0.0))

    def quarters(self, column: list[float]) -> str:
        """The peak of each quarter of the time."""
        cuts = [len(column) * k // 4 for k in range(5)]
        return " / ".join(f"{max(column[low:high], default=0.0):.0f}" for low, high in pairwise(cuts))


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _descendants(pid: int) -> list[int]:
    found = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in listing.read_text(encoding="utf-8").split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found


def command(*words: str, memory: list[Memory] | None = None) -> Step:
    """Run `misi` with these words; stops here if it fails."""
    print("$ misi", *words, flush=True)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "misi.cli", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    if memory is not None:
        memory.append(Memory(process.pid))
    said = process.communicate()[0]
    if memory is not None:
        memory[0].over.set()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(said, flush=True)
    if process.returncode:
        sys.exit(f"misi {words[0]} failed with {process.returncode}")
    lines = said.strip().splitlines() or [""]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Step(time.monotonic() - start, cpu, lines[0] if words[0] == "build" else lines[-1])


def size_of(folder: Path) -> tuple[int, int]:
    """Files and bytes below a folder."""
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(files)


def row(*cells: object) -> None:
    print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |")


def items(root: Path) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for question in read_questions(root):
        counts[column_of(question)][question.split] += 1
    print("\n## Items\n")
    row("task", "train", "test")
    row("---", "---:", "---:")
    for name in COLUMNS:
        row(name, counts[name]["train"], counts[name]["test"])
    row("**all**", *(sum(counts[name][split] for name in COLUMNS) for split in ("train", "test")))
    manifest = read_manifest(root)["counts"]
    print("\n## Complexes and what was left out\n")
    print(f"{manifest['complexes']['train']:,} complexes to train on, {manifest['complexes']['test']:,} to test on.\n")
    reasons: dict[str, list[str]] = defaultdict(list)
    for line in read_lines(root / "rejections.jsonl"):
        reasons[line["reason"]].append(line["detail"])
    row("reason", "complexes or items", "example")
    row("---", "---:", "---")
    for reason, details in sorted(reasons.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        row(reason, len(details), details[0].replace("|", "\\|"))


def costs(root: Path, steps: dict[str, Step], memory: Memory | None) -> None:
    counts = read_manifest(root)["counts"]
    complexes, pictures = sum(counts["complexes"].values()), counts["pictures"]
    print("\n## Cost\n")
    row("step", "seconds (wall)", "CPU seconds", "complexes/s", "pictures/s")
    row("---", "---:", "---:", "---:", "---:")
    for name, step in steps.items():
        rates = (f"{complexes / step.wall:.2f}", f"{pictures / step.wall:.0f}") if name == "build" else ("", "")
        row(f"`misi {name}`", f"{step.wall:.0f}", f"{step.cpu:.0f}", *rates)
    if "build" in steps:
        hours = steps["build"].wall / 3600
        print(
            f"\nBy complexes, the paper's {PAPER_COMPLEXES:,} would take {hours * PAPER_COMPLEXES / complexes:.2f} h;"
        )
        print(f"by pictures, its {PAPER_PICTURES:,} would take {hours * PAPER_PICTURES / pictures:.2f} h.")
        print(f"`misi build` said: {steps['build'].said}")
    if memory is not None:
        print(f"\nPeak memory in each quarter of the build, MB: a worker {memory.quarters(memory.worker)},")
        print(f"the parent {memory.quarters(memory.parent)}.")
    print()
    row("folder", "files", "bytes", "bytes a complex")
    row("---", "---:", "---:", "---:")
    sizes = {part: size_of(root / part) for part in ("images", "questions", "complexes")}
    loose = [path.stat().st_size for path in root.iterdir() if path.is_file()]
    sizes["lists and card"] = (len(loose), sum(loose))
    sizes["**all**"] = (sum(n for n, _ in sizes.values()), sum(size for _, size in sizes.values()))
    for part, (n, size) in sizes.items():
        row(part, n, size, size // complexes)
    n, size = sizes["images"]
    print(f"\nA picture takes {size / n / 1000:.1f} kB in the mean.")


def checks(root: Path, runs: Path) -> bool:
    """Scores of both baselines beside what they must be; whether all are."""
    expected: dict[str, list[float]] = defaultdict(list)
    for question in read_questions(root, split="test"):
        expected[column_of(question)].append(100 * chance_expectation(TASKS[question.task], question)[0])
    oracle, chance = (
        summarise(name, score_run(runs / name, root).verdicts, "weighted") for name in ("oracle", "chance")
    )
    print("\n## Scores (weighted)\n")
    row("column", "questions", "oracle", "chance, expected", "chance, found", "95 % interval", "")
    row("---", "---:", "---:", "---:", "---:", "---:", "---")
    sound = True
    for name in (name for name in COLUMNS if name in expected):
        best, cell = oracle.columns[name], chance.columns[name]
        mean = sum(expected[name]) / len(expected[name])
        low, high = (cell.mean if end is None else end for end in (cell.low, cell.high))
        holds = best.mean == 100 and low <= mean <= high
        sound &= holds
        span = f"{low:.2f} .. {high:.2f}"
        row(name, cell.n, f"{best.mean:.2f}", f"{mean:.2f}", f"{cell.mean:.2f}", span, "" if holds else "**off**")
    return sound


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("src", type=Path)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--runs", type=Path)
    args = parser.parse_args()
    root, runs = args.dataset, args.runs or args.dataset.with_name(args.dataset.name + "-runs")
    steps: dict[str, Step] = {}
    memory: list[Memory] = []
    if not (root / "dataset.json").exists():
        words = ["build", str(args.src), "--out", str(root), "--seed", str(args.seed), "--workers", str(args.workers)]
        words += ["--limit", str(args.limit)] if args.limit else []
        words += ["--resume"] if root.exists() else []
        steps["build"] = command(*words, memory=memory)
    steps["verify"] = command("verify", str(root))
    steps["audit"] = command("audit", str(root), "--json", str(runs.with_suffix(".audit.json")))
    for name in ("oracle", "chance"):
        steps[f"eval --model {name}"] = command("eval", str(root), "--model", name, "--out", str(runs / name))
    items(root)
    costs(root, steps, memory[0] if memory else None)
    if not checks(root, runs):
        sys.exit("a score is not what it must be")


if __name__ == "__main__":
    main()
