"""A full disk is an OSError that says so, whichever library was writing."""

import errno
from pathlib import Path

import numpy as np
import pytest

from r2s2r.media.images import write_mask
from r2s2r.media.writing import as_os_error


def test_what_a_library_says_of_a_full_disk_becomes_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as raised, as_os_error(tmp_path / "file"):
        raise RuntimeError("Failed to write pixel data. No space left on device.")
    assert raised.value.errno == errno.ENOSPC
    assert raised.value.filename == str(tmp_path / "file")


def test_other_errors_of_a_library_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such channel"), as_os_error(tmp_path / "file"):
        raise RuntimeError("no such channel")


def test_pictures_on_a_full_disk_say_so() -> None:
    with pytest.raises(OSError, match="No space left") as raised:
        write_mask(Path("/dev/full"), np.ones((64, 64), bool))
    assert raised.value.errno == errno.ENOSPC
