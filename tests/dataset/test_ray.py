"""Two nodes on this machine, one of which dies in the middle."""

import threading
import time
from pathlib import Path

import pytest

from misi.dataset.build import build
from tests.dataset.conftest import CONFIG, tree

ray = pytest.importorskip("ray", reason="the cluster extra is not installed")


def test_a_cluster_that_loses_a_node_gives_the_same_bytes(built: Path, structures: Path, tmp_path: Path) -> None:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    root = tmp_path / "dataset"

    def lose_a_node() -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if list((root / ".work").glob("unit.*")):
                cluster.remove_node(second, allow_graceful=False)
                return
            time.sleep(0.02)

    watcher = threading.Thread(target=lose_a_node)
    watcher.start()
    try:
        build(structures, root, CONFIG, engine="ray")
    finally:
        watcher.join()
        ray.shutdown()
        cluster.shutdown()
    assert tree(root) == tree(built)
