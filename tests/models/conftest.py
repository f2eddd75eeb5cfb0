"""Tiny models with random weights, in the published form."""

from pathlib import Path

import pytest

from scenes.tiny_model import write_tiny_model


@pytest.fixture(scope="session")
def tiny_animate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ``base`` and ``adapter`` of a tiny Animate model; not to be written to."""
    folder = tmp_path_factory.mktemp("animate")
    write_tiny_model(folder)
    return folder
