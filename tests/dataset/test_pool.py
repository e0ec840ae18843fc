import os
import signal
from dataclasses import dataclass
from pathlib import Path

from misi.dataset.pool import run_units


@dataclass(frozen=True)
class Job:
    number: int
    folder: Path
    deaths: int = 0


def square(job: Job) -> int:
    """Squares; a job with deaths left kills its worker first, counting in a file."""
    counter = job.folder / str(job.number)
    died = int(counter.read_text()) if counter.exists() else 0
    if died < job.deaths:
        counter.write_text(str(died + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return job.number**2


def lost(job: Job) -> int:
    return -job.number


def test_results_of_any_number_of_workers_are_the_same(tmp_path: Path) -> None:
    jobs = [Job(n, tmp_path) for n in range(20)]
    for workers in (1, 2):
        assert sorted(run_units(square, jobs, workers=workers, on_death=lost)) == [n * n for n in range(20)]


def test_a_worker_killed_once_costs_nothing(tmp_path: Path) -> None:
    jobs = [Job(n, tmp_path, deaths=int(n == 5)) for n in range(12)]
    assert sorted(run_units(square, jobs, workers=2, on_death=lost)) == [n * n for n in range(12)]


def test_a_unit_that_always_kills_its_worker_is_given_up_alone(tmp_path: Path) -> None:
    jobs = [Job(n, tmp_path, deaths=99 if n == 3 else 0) for n in range(8)]
    results = sorted(run_units(square, jobs, workers=2, on_death=lost))
    assert results == sorted([-3, *(n * n for n in range(8) if n != 3)])
