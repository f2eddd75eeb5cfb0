"""A tiny VACE model, written once."""

import shutil
from pathlib import Path

import pytest

from scenes.tiny_model import write_tiny_vace


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random model; not to be written to."""
    folder = tmp_path_factory.mktemp("vace")
    write_tiny_vace(folder)
    return folder


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(model, tmp_path / "model"))
