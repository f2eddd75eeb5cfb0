"""What counts as waste after kills."""

from pathlib import Path

import pytest

from benchmarks.faulting.batch import wasted
from r2s2r.artifacts.store import Store

_BEGAN, _DONE, _FAILED = "12:00 started on a process 1\n", "12:01 done in 1.0 s\n", "12:01 failed: no room\n"


@pytest.mark.parametrize(
    ("log", "is_waste"),
    [
        (_BEGAN + _DONE, False),
        (_BEGAN + _BEGAN + _DONE, False),  # the first was killed
        (_BEGAN + _DONE + _BEGAN, True),
        (_BEGAN + _FAILED + _BEGAN + _DONE, True),
        (_BEGAN + "12:01 failed: video.mp4: ffmpeg was ended by signal 9\n" + _BEGAN + _DONE, False),
        (_BEGAN + _BEGAN + _DONE + _DONE, True),  # two at once
    ],
)
def test_what_was_finished_and_done_again_or_done_by_two_at_once_is_waste(tmp_path: Path, log: str, is_waste: bool):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "k.log").write_text(log)
    assert list(wasted(Store(tmp_path))) == (["k"] if is_waste else [])
