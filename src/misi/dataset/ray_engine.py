"""Units as tasks of a Ray cluster. Every node must see the build folder (a shared file system)."""

import os
from collections.abc import Iterator

from misi.dataset.unit import Job, Made, Unit, make_unit, start_worker, unit_path
from misi.errors import MisiError

_RETRIES = 5  # a node may die more than once in a long build
_AHEAD = 4  # tasks in flight for each core of the cluster


def run_on_ray(job: Job, units: list[Unit], address: str | None = None) -> Iterator[Made]:
    """Yield each unit's result as it finishes.

    Parameters
    ----------
    address : str or None
        Of a running cluster; by default RAY_ADDRESS, else a cluster that `ray start` left here, else a new one.

    Raises
    ------
    MisiError
        Ray is not installed, or a task failed for good.
    """
    try:
        import ray
    except ImportError:
        raise MisiError("--engine ray needs Ray: pip install 'misi-bench[cluster]'") from None
    ours = not ray.is_initialized()
    if ours:
        _connect(ray, address)
    try:
        shared = ray.put(job)
        make = ray.remote(max_retries=_RETRIES, num_cpus=1)(_make)
        waiting = list(reversed(units))
        flight: dict[object, Unit] = {}
        while waiting or flight:
            room = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
            while waiting and len(flight) < room:
                unit = waiting.pop()
                flight[make.remote(shared, unit)] = unit
            done, _ = ray.wait(list(flight), num_returns=1)
            for task in done:
                unit = flight.pop(task)
                try:
                    yield ray.get(task)
                except ray.exceptions.RayError as error:
                    first = str(error).strip().splitlines()[0]
                    raise MisiError(f"{unit.complex_id}: its task failed for good ({first})") from None
                if not unit_path(job.work, unit.complex_id).exists():
                    raise MisiError(f"{job.work}: what a node wrote is not seen here; the folder must be shared")
    finally:
        if ours:
            ray.shutdown()


def _connect(ray: object, address: str | None) -> None:
    start = ray.init  # type: ignore[attr-defined]
    wanted = address or os.environ.get("RAY_ADDRESS")
    try:
        start(address=wanted or "auto", log_to_driver=False, logging_level="ERROR")
    except ConnectionError:
        if wanted:
            raise MisiError(f"no Ray cluster answers at {wanted}") from None
        start(log_to_driver=False, logging_level="ERROR")


_started: Job | None = None


def _make(job: Job, unit: Unit) -> Made:
    """Runs in a Ray worker; such workers live on, so the job is set once for each new one."""
    global _started
    if _started != job:
        start_worker(job)
        _started = job
    return make_unit(unit)
