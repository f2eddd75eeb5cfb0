"""Names that refer to other names: the shortest way back to where one started."""

import pytest

from r2s2r.spec.chains import way_back

LINKS = {"a": ["b", "c"], "b": ["d"], "c": ["a"], "d": ["a"], "e": ["e"], "f": ["a"], "g": []}


@pytest.mark.parametrize(
    ("start", "way"),
    [("a", ("a", "c", "a")), ("b", ("b", "d", "a", "b")), ("e", ("e", "e")), ("f", None), ("g", None)],
)
def test_the_shortest_way_back_is_found_if_there_is_one(start, way):
    assert way_back(start, lambda name: LINKS.get(name, ())) == way
