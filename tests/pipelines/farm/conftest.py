"""A store with requests that are ready to be built, for each executor."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.farm.bench import Bench, with_requests
from tests.pipelines.farm.unbuilt import take_out, write_ready


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with six animations and all that they are made from. Shared: copy it before a change."""
    return write_ready(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def local(ready: Path, tmp_path: Path) -> Iterator[Bench]:
    """A bench for the executor ``local``, with two GPUs that nothing computes on."""
    yield from with_requests("local", tmp_path, take_out(ready, tmp_path / "store"))


@pytest.fixture(params=["local", pytest.param("slurm", marks=pytest.mark.slurm)])
def bench(
    request: pytest.FixtureRequest, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """A bench for every executor."""
    if request.param == "slurm":
        for name, value in request.getfixturevalue("cluster").environment.items():
            monkeypatch.setenv(name, value)
    yield from with_requests(request.param, tmp_path, take_out(ready, tmp_path / "store"))
