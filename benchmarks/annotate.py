"""Where the time of atom types and hydrogen bonds goes.

    python benchmarks/annotate.py ../shared/complexes --limit 200

Prints CPU milliseconds (user + system) for each stage, as median and 95th percentile over complexes whose files are
already read; of five runs the fastest counts, so that other work on the machine disturbs little.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from misi.annotate.hbonds import annotate
from misi.annotate.idatm import assign_types
from misi.annotate.symmetry import symmetry_of
from misi.structures.complex import Complex, Rejection
from misi.structures.sources import find_sources, load

RUNS = 5


def fastest(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return min(times)


def stages(source: Complex) -> dict[str, float]:
    """Milliseconds by stage; a fresh copy of the complex forgets what it has cached."""
    facts = annotate(source)
    return {
        "atom types": fastest(lambda: assign_types(replace(source))),
        "atom types and hydrogen bonds": fastest(lambda: annotate(replace(source))),
        "symmetry": fastest(lambda: symmetry_of(facts)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("src", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    args = parser.parse_args()
    rows: dict[str, list[float]] = {}
    atoms = []
    sources = find_sources(args.src)
    for found in sources[:: max(1, len(sources) // args.limit)]:
        source = load(found)
        if isinstance(source, Rejection):
            continue
        atoms.append(len(source))
        for stage, taken in stages(source).items():
            rows.setdefault(stage, []).append(taken)
    print(f"{len(atoms)} complexes, median {statistics.median(atoms):.0f} atoms")
    for stage, times in rows.items():
        middle, high = statistics.median(times), sorted(times)[int(0.95 * len(times))]
        print(f"{stage:32s} median {middle:6.2f} ms   95 % {high:6.2f} ms")


if __name__ == "__main__":
    main()
