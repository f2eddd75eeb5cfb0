"""Arrays of copies: where they stand, what they are called."""

import json
import math

import pytest

from r2s2r.spec.arrays import stands
from r2s2r.spec.copies import CopiesSpec

HEAD = """\
version: 1
name: test
source: {clip: clip.mp4}
entities:
  bunny:
    select: {box_px: [1, 2, 30, 40]}
    motion: keep
    copies: {ring: {count: 3, radius_m: 2, face: in}}
"""


def _stands(**written):
    return stands(CopiesSpec.model_validate_json(json.dumps(written)))


def test_a_ring_stands_evenly_round_the_entity_and_looks_in():
    first, second, third = _stands(ring={"count": 3, "radius_m": 2, "face": "in"})
    assert first.move_m == (2, 0, 0)
    assert all(math.hypot(*stand.move_m) == pytest.approx(2) for stand in (first, second, third))
    for stand in (first, second, third):
        yaw = math.radians(stand.rotate_deg[1])
        front = (math.sin(yaw), math.cos(yaw))  # where +z has come to, as x and z
        assert front == pytest.approx((-stand.move_m[0] / 2, -stand.move_m[2] / 2), abs=1e-6)


def test_a_grid_leaves_out_the_place_of_the_entity_itself():
    assert [stand.move_m for stand in _stands(grid={"count": [2, 1, 2], "spacing_m": [1, 1, 3]})] == [
        (1, 0, 0),
        (0, 0, -3),
        (1, 0, -3),
    ]


def test_scattered_copies_keep_their_distance_and_their_seed():
    wish = {"count": 12, "radius_m": 3, "gap_m": 0.8, "seed": 5}
    places = [(0, 0, 0), *(stand.move_m for stand in _stands(scatter=wish))]
    assert len(places) == 13
    assert min(math.dist(a, b) for i, a in enumerate(places) for b in places[:i]) >= 0.8
    assert max(map(math.hypot, *zip(*((x, z) for x, _, z in places), strict=True))) <= 3
    assert _stands(scatter=wish) == _stands(scatter=wish) != _stands(scatter={**wish, "seed": 6})


def test_copies_are_entities_that_move_as_their_original(load):
    entities = load("shots: {one: {}}\n", head=HEAD).entities
    assert sorted(entities) == ["bunny", "bunny.1", "bunny.2", "bunny.3"]
    assert entities["bunny.2"].spec.copy_of == "bunny"
    assert entities["bunny.2"].spec.motion == "keep"


def test_copies_that_do_not_fit_and_names_that_are_taken_are_said(findings):
    head = HEAD.replace("ring: {count: 3, radius_m: 2, face: in}", "scatter: {count: 9, radius_m: 1, gap_m: 5}")
    (finding,) = findings("shots: {one: {}}\n", head=head)
    assert "entities.bunny.copies.scatter: only 0 of 9 copies fit" in finding
    (finding,) = findings("  bunny.2: {copy: bunny}\nshots: {one: {}}\n", head=HEAD)
    assert "makes an entity bunny.2, and the name is taken" in finding
