"""What the tests of lift share."""

import pytest


@pytest.fixture
def out(tmp_path):
    """An empty folder, as the store gives it to a stage."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder
