"""What is told of entities that the shot hardly shows."""

import numpy as np
import pytest
import trimesh

from tests.edit.conftest import box
from tests.edit.lint.conftest import FAR, about, findings_of, meshed, moving, slab


@pytest.mark.parametrize("position_m", [[50, 0, -3], [0, 0, 9], [0, 9, -3]], ids=["beside", "behind", "above"])
def test_an_entity_that_is_never_in_the_picture_is_told(animated, position_m):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": position_m}]}
    assert findings_of(animated([], {"crate.1": [away]})) == ("crate.1 is outside the picture for the whole shot",)


def test_an_entity_that_is_in_the_picture_once_is_no_finding(told):
    passing = moving((0, [9, 0, 0]), (20, [0, 0, 0]), (40, [-9, 0, 0]))
    assert not about(told({"one": FAR, "bird": (box(), (0, 0, -9))}, edits={"bird": passing}), "bird", "picture for")


def test_a_removed_entity_is_not_missed(animated):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": [50, 0, -3]}]}
    assert findings_of(animated([], {"crate.1": [away, {"type": "remove"}]})) == ()


def test_an_entity_that_is_shown_for_a_while_is_missed_for_that_while(animated):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": [50, 0, -3]}]}
    found = findings_of(animated([], {"crate.1": [away, {"type": "hide", "from": 0, "to": 29}]}))
    assert found == ("crate.1 is outside the picture whenever it is shown, at frames 30-40",)


def test_an_entity_of_less_than_half_a_percent_of_the_picture_is_told(told):
    """At 10 m the picture is 8.28 m wide and 4.78 m high, so 0.2 m2 are 0.5 % of it."""
    small = told({"one": (slab(0.4, 0.45, 0.01), (0, 0.3, -10))})
    assert len(small) == 1
    assert small[0].startswith("one covers at most 0.4")
    assert told({"one": (slab(0.5, 0.45, 0.01), (0, 0.3, -10))}) == ()
    nearly = told({"one": (slab(0.418, 0.45, 0.01), (0, 0.3, -10))})
    assert nearly[0].startswith("one covers at most 0.49%")


def test_an_entity_that_grows_beyond_that_is_left_alone(told):
    closer = moving((0, [0, 0, 0]), (40, [0, 0, 6]))
    assert told({"one": (slab(0.3, 0.3, 0.3), (0, 0.5, -10))}, edits={"one": closer}) == ()


def test_a_thin_ring_counts_by_what_it_covers_and_not_by_its_outline(told):
    thin = trimesh.creation.torus(0.3, 0.002)
    ring = meshed(np.add(thin.vertices, [0, 0.4, 0]), thin.faces)
    assert about(told({"ring": (ring, (0, 0.3, -5))}), "ring covers at most 0.")
    full = trimesh.creation.torus(0.3, 0.05)
    assert told({"ring": (meshed(np.add(full.vertices, [0, 0.4, 0]), full.faces), (0, 0.3, -5))}) == ()
