"""``animation: {file}``: camera and entities start as a file has them, and the shot's own lists come on top."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest

from r2s2r.errors import InputError
from r2s2r.geometry.framing import Framing
from r2s2r.media.glb.shot import GlbEntity, GlbShot, write_glb_shot
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit import EditInputs
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world import World
from tests.edit.conftest import SOURCE, STILL, box

FRAMES = 9
RATE = Fraction(16)
FLOWN = np.tile(np.eye(4), (FRAMES, 1, 1))
FLOWN[:, :3, 3] = np.linspace([0.2, 0, -3], [1, 0.4, -3], FRAMES)
FILMED = np.tile(SOURCE.world_from_camera, (FRAMES, 1, 1))
FILMED[:, 0, 3] = np.linspace(0, 0.5, FRAMES)
FRAMED = np.tile(np.diag([900.0, 900, 1]), (FRAMES, 1, 1))
FRAMED[:, :2, 2] = 416, 240


@pytest.fixture
def start(footage, entities, tmp_path):
    """Return the world of a shot that starts from a file of a flying bunny."""

    def world(frames=FRAMES, *, moves=FLOWN, poses=FILMED, camera=(), edits=None, shown=False, **wanted):
        seen = np.ones(len(moves), bool)
        seen[3] = shown
        bunny = {"bunny": GlbEntity(box(), moves, seen)}
        write_glb_shot(tmp_path / "moved.glb", GlbShot(RATE, poses, FRAMED, 480, 832, bunny))
        written = {"frames": frames, "camera": camera, "edits": edits or {}, "output": {},
                   "animation": {"file": "moved.glb", **wanted}}  # fmt: skip
        spec = EditSpec.model_validate_json(json.dumps(written))
        return World(spec, EditInputs(footage, STILL, entities, {}, files={"animation": tmp_path / "moved.glb"}))

    return world


def _whole(frames=FRAMES, at=None):
    return Timeline(frames, RATE, np.arange(frames, dtype=float) if at is None else np.asarray(at, float))


def test_an_entity_is_where_the_file_has_it(start):
    path = start().entity("bunny", _whole())
    np.testing.assert_allclose(path.world_from_entity, FLOWN, atol=1e-6)
    assert path.visible.tolist() == [True] * 3 + [False] + [True] * 5


def test_the_camera_is_where_the_file_has_it(start):
    camera = start().camera(_whole())
    np.testing.assert_allclose(camera.world_from_camera, FILMED, atol=1e-6)
    seen = camera.intrinsics(SOURCE.intrinsics, Framing(720, 1280, 480, 832, "crop"))
    np.testing.assert_allclose(seen, FRAMED, atol=1e-3)


def test_moves_and_edits_come_on_top(start):
    keys = [{"at": 0, "move_m": [0, 1, 0]}]
    world = start(
        camera=[{"type": "pedestal", "distance_m": 1, "to": 0}], edits={"bunny": [{"type": "transform", "keys": keys}]}
    )
    np.testing.assert_allclose(world.entity("bunny", _whole()).position_m, FLOWN[:, :3, 3] + [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(world.camera(_whole()).eye_m, FILMED[:, :3, 3] + [0, 1, 0], atol=1e-6)


def test_what_the_file_does_not_hold_is_as_without_it(start, entities):
    crate = start().entity("crate.1", _whole())
    np.testing.assert_array_equal(crate.world_from_entity[5], entities["crate.1"].world_from_entity)


def test_camera_or_entities_can_be_left_alone(start, placement):
    world = start(entities=False)
    np.testing.assert_allclose(world.entity("bunny", _whole()).world_from_entity[5], placement, atol=1e-12)
    np.testing.assert_allclose(world.camera(_whole()).eye_m, FILMED[:, :3, 3], atol=1e-6)


def test_frames_have_to_be_as_many(start):
    with pytest.raises(InputError, match=re.escape("animation.file: moved.glb has 9 frames and the shot 12")):
        start(12).camera(_whole(12))


def test_in_seconds_it_holds_its_end(start):
    path = start(20, timing="seconds").entity("bunny", _whole(20))
    np.testing.assert_allclose(path.position_m[:FRAMES], FLOWN[:, :3, 3], atol=1e-6)
    np.testing.assert_allclose(path.position_m[FRAMES:], np.tile(FLOWN[-1, :3, 3], (11, 1)), atol=1e-6)


def test_where_nothing_moves_it_holds_still_in_every_frame(start):
    world = start(moves=np.repeat(FLOWN[2:3], FRAMES, axis=0), poses=np.repeat(FILMED[2:3], FRAMES, axis=0), shown=True)
    np.testing.assert_allclose(
        world.entity("bunny", _whole()).position_m, np.tile(FLOWN[2, :3, 3], (FRAMES, 1)), atol=1e-6
    )
    np.testing.assert_allclose(world.camera(_whole()).eye_m, np.tile(FILMED[2, :3, 3], (FRAMES, 1)), atol=1e-6)


@pytest.mark.parametrize("at", [[5], [8, 0, 3.5], [3.5, 2]])
def test_any_moments_in_any_order_give_equal_bits(start, at):
    world = start(timing="seconds")
    every = _whole(at=[0, 1, 2, 3, 3.5, 4, 5, 6, 7, 8])
    rows = [every.at.tolist().index(moment) for moment in at]
    whole, some = world.entity("bunny", every), start(timing="seconds").entity("bunny", _whole(at=at))
    assert whole.world_from_entity[rows].tobytes() == some.world_from_entity.tobytes()
    film, part = world.camera(every), start(timing="seconds").camera(_whole(at=at))
    assert film.world_from_camera[rows].tobytes() == part.world_from_camera.tobytes()
    assert film.zoom[rows].tobytes() == part.zoom.tobytes()
