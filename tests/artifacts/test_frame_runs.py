"""How frames are named to people."""

import pytest

from r2s2r.artifacts.frame_runs import frame_runs


@pytest.mark.parametrize(
    ("frames", "most", "named"),
    [
        ([], None, ""),
        ([40], None, "40"),
        ([3, 4, 5, 40], None, "3-5, 40"),
        ([1, 3, 5], 3, "1, 3, 5"),
        ([1, 3, 5, 6], 2, "1, 3, ..."),
    ],
)
def test_neighbours_are_joined_and_what_is_too_much_becomes_dots(frames, most, named):
    assert frame_runs(frames, most) == named
