"""Fixtures every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slurm.cluster import PACKAGES, Cluster, missing


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material beside the checkout; not part of the project, so tests that need it may skip."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs the reference material (shared/ beside the checkout)")
    return folder


@pytest.fixture(scope="session")
def slurm_cluster() -> Iterator[Cluster]:
    """A real Slurm on this machine, as the last test left it; for tests marked ``slurm``."""
    if lacking := missing():
        pytest.skip(f"needs Slurm, there is no {', '.join(lacking)}: apt-get install {PACKAGES}")
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(slurm_cluster: Cluster) -> Cluster:
    """Give that Slurm with both nodes idle and no jobs."""
    slurm_cluster.mend()
    return slurm_cluster
