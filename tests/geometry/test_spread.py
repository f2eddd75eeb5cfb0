"""Some of many, evenly spread."""

import pytest

from r2s2r.geometry.spread import evenly


@pytest.mark.parametrize(
    ("count", "most", "picked"),
    [(0, 5, []), (1, 5, [0]), (3, 5, [0, 1, 2]), (11, 3, [0, 5, 10]), (4, 3, [0, 2, 3]), (9, 1, [0])],
)
def test_first_and_last_are_among_them_and_none_comes_twice(count, most, picked):
    assert evenly(range(count), most) == picked
