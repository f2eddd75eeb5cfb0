"""A project on a cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster
from tests.slurm.farm import FarmProject


@pytest.fixture
def farm(cluster: Cluster, tmp_path: Path) -> Iterator[FarmProject]:
    """A project whose ``render`` is done on the cluster; nothing is written yet."""
    (tmp_path / "project").mkdir()
    project = FarmProject(tmp_path / "project", cluster)
    yield project
    project.end()
