"""Lint: what an author is told of before anything is rendered."""

import json
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import MESH, Entity, EntityFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.motion import VERTICES, Motion, MotionFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.media.meshes import write_mesh
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit import make_animation
from tests.edit.conftest import box, edit_inputs

FRAMES = 41


def _findings(folder):
    return Animation.load(folder).facts.findings


def _of(findings, *words):
    return [finding for finding in findings if all(word in finding for word in words)]


def ball(radius_m, fineness=3):
    """A ball that stands on its origin."""
    round_one = trimesh.creation.icosphere(fineness, radius_m)
    return meshed(np.add(round_one.vertices, [0, radius_m, 0]), round_one.faces)


def slab(width_m, height_m, depth_m):
    return replace(box(), vertices=(box(1, 1).vertices * [width_m, height_m, depth_m]).astype(np.float32))


def meshed(vertices, faces):
    """A mesh without a look of its own: the lint reads none."""
    blank = np.zeros((len(faces), 3, 3), np.float32)
    return replace(
        box(),
        vertices=vertices.astype(np.float32),
        faces=faces.astype(np.int32),
        corner_uv=blank[..., :2],
        corner_normals=blank,
    )


@pytest.fixture
def standing(tmp_path_factory):
    """Return entities, given as name -> mesh and position."""

    def make(**things):
        made = {}
        for name, (mesh, position_m) in things.items():
            placement = np.eye(4)
            placement[:3, 3] = position_m
            folder = tmp_path_factory.mktemp(name)
            write_mesh(folder / MESH, mesh)
            write_facts(folder, EntityFacts(world_from_entity=tuple(map(tuple, placement.tolist())), height_m=1.0))
            made[name] = Entity.load(folder)
        return made

    return make


@pytest.fixture
def told(animated, standing):
    """Return what is told of a shot of such things: name -> mesh and position."""

    def run(things, camera=(), edits=None, frames=FRAMES):
        return _findings(animated(camera, edits, frames=frames, entities=standing(**things)))

    return run


def moving(*keys, curve="linear"):
    return [{"type": "transform", "curve": curve, "keys": [{"at": frame, "move_m": move_m} for frame, move_m in keys]}]


FAR = (box(), (0, 0, -6))


@pytest.mark.parametrize(
    "move",
    [
        {"type": "orbit", "around": "bunny", "degrees": 24},
        {"type": "dolly", "distance_m": 0.5},
        {"type": "pan", "degrees": -12},
    ],
)
def test_an_ordinary_shot_has_no_findings(animated, move):
    assert _findings(animated([move])) == ()


# The camera


def test_a_camera_below_the_ground_is_told_with_its_frames(animated):
    keys = [{"at": 10, "position_m": [0, 1, 0]}, {"at": 20, "position_m": [0, -1, 0]}, {"at": 21}]
    found = _findings(animated([{"type": "keyframes", "keys": keys, "curve": "linear"}]))
    assert "the camera is below the ground (y = 0) at frames 16-20" in found


def test_a_camera_inside_an_entity_is_told(animated):
    keys = [{"at": 0}, {"at": 5, "position_m": [0.5, 0.3, -3]}, {"at": 6}]
    found = _findings(animated([{"type": "keyframes", "keys": keys, "curve": "hold"}]))
    assert "the camera is inside bunny at frame 5" in found


def test_a_camera_in_the_box_round_a_mesh_but_not_in_the_mesh_is_left_alone(told):
    ways = {"corner": [0.55, 0.2, 0.55], "middle": [0.1, 0.9, 0.1]}
    found = {
        where: told(
            {"planet": (ball(1.0), (0, 0, 0))},
            [{"type": "keyframes", "keys": [{"at": 0, "position_m": [x * 1.6, y * 0.5, z * 1.6]}]}],
        )
        for where, (x, y, z) in ways.items()
    }
    assert not _of(found["corner"], "inside")
    assert _of(found["middle"], "the camera is inside planet at frames 0-40")


def test_a_camera_inside_something_hidden_is_left_alone(animated):
    keys = [{"at": 0}, {"at": 5, "position_m": [0.5, 0.3, -3]}, {"at": 6}]
    hidden = {"bunny": [{"type": "hide", "from": 4, "to": 7}]}
    assert not _of(_findings(animated([{"type": "keyframes", "keys": keys, "curve": "hold"}], hidden)), "inside")


def test_a_camera_that_rushes_is_told_once_and_not_for_each_entity(told):
    things = {"one": FAR, "two": (box(), (1, 0, -5))}
    rush = {"type": "pan", "degrees": 60, "from": 10, "to": 20, "ease": "linear"}
    found = told(things, [rush])
    assert len(_of(found, "too fast")) == 1
    assert _of(found, "the camera is too fast for 16 fps at frames 11-20")


def test_a_camera_that_turns_a_little_less_than_that_is_left_alone(told):
    """Of a picture of 45 degrees, 8 % of the width are between 3.2 and 3.8 degrees."""
    slow, fast = ([{"type": "pan", "degrees": 40 * step, "ease": "linear"}] for step in (3.1, 4.2))
    assert not _of(told({"one": FAR}, slow), "too fast")
    assert _of(told({"one": FAR}, fast), "the camera is too fast", "frames 1-40")


def test_a_camera_that_leaves_what_the_clip_shows_is_told(animated):
    found = _findings(animated([{"type": "pan", "degrees": 60}]))
    assert _of(found, "beyond what the clip shows at frames", "-40: at frame ", "100% of the background")


def test_a_lens_that_shows_the_clips_pixels_is_told(animated):
    tele = [{"type": "keyframes", "keys": [{"at": 0}, {"at": 40, "fov_deg": 5}]}]
    assert _of(_findings(animated(tele)), "too close for the clip's pixels at frames", "-40", "at frame 40")


# What is hardly seen


@pytest.mark.parametrize("position_m", [[50, 0, -3], [0, 0, 9], [0, 9, -3]], ids=["beside", "behind", "above"])
def test_an_entity_that_is_never_in_the_picture_is_told(animated, position_m):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": position_m}]}
    assert _findings(animated([], {"crate.1": [away]})) == ("crate.1 is outside the picture for the whole shot",)


def test_an_entity_that_is_in_the_picture_once_is_no_finding(told):
    passing = moving((0, [9, 0, 0]), (20, [0, 0, 0]), (40, [-9, 0, 0]))
    assert not _of(told({"one": FAR, "bird": (box(), (0, 0, -9))}, edits={"bird": passing}), "bird", "picture for")


def test_a_removed_entity_is_not_missed(animated):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": [50, 0, -3]}]}
    assert _findings(animated([], {"crate.1": [away, {"type": "remove"}]})) == ()


def test_an_entity_that_is_shown_for_a_while_is_missed_for_that_while(animated):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": [50, 0, -3]}]}
    found = _findings(animated([], {"crate.1": [away, {"type": "hide", "from": 0, "to": 29}]}))
    assert found == ("crate.1 is outside the picture whenever it is shown, at frames 30-40",)


def test_an_entity_of_less_than_half_a_percent_of_the_picture_is_told(told):
    """At 10 m the picture is 8.28 m wide and 4.78 m high, so 0.2 m2 are 0.5 % of it."""
    small = told({"one": (slab(0.4, 0.45, 0.01), (0, 0.3, -10))})
    assert len(small) == 1
    assert small[0].startswith("one covers at most 0.4")
    assert told({"one": (slab(0.5, 0.45, 0.01), (0, 0.3, -10))}) == ()


def test_an_entity_that_grows_beyond_that_is_left_alone(told):
    closer = moving((0, [0, 0, 0]), (40, [0, 0, 6]))
    assert told({"one": (slab(0.3, 0.3, 0.3), (0, 0.5, -10))}, edits={"one": closer}) == ()


def test_a_thin_ring_counts_by_what_it_covers_and_not_by_its_outline(told):
    thin = trimesh.creation.torus(0.3, 0.002)
    ring = meshed(np.add(thin.vertices, [0, 0.4, 0]), thin.faces)
    assert _of(told({"ring": (ring, (0, 0.3, -5))}), "ring covers at most 0.")
    full = trimesh.creation.torus(0.3, 0.05)
    assert told({"ring": (meshed(np.add(full.vertices, [0, 0.4, 0]), full.faces), (0, 0.3, -5))}) == ()


# What stands in one another


def test_entities_that_pass_through_one_another_are_told_with_their_frames(told):
    """Boxes of 0.6 m, 2 m apart, move towards each other by 0.1 m a frame: from frame 15 on they share room."""
    through = moving((0, [0, 0, 0]), (40, [4, 0, 0]))
    found = told({"left": (box(), (-1, 0, -6)), "right": (box(), (1, 0, -6))}, edits={"left": through})
    (finding,) = _of(found, "left and right stand in one another")
    first, last = (int(number) for number in finding.split("at frames ")[1].split(",")[0].split("-"))
    assert 15 <= first <= 16
    assert 24 <= last <= 25
    assert 0.2 < float(finding.split("25, ")[-1].split(" m deep")[0]) <= 0.31


@pytest.mark.parametrize("edit", ["hide", "remove"])
def test_something_hidden_stands_in_nothing(told, edit):
    things = {"left": (box(), (0, 0, -6)), "right": (box(), (0.1, 0, -6))}
    assert _of(told(things), "stand in one another at frames 0-40")
    assert not _of(told(things, edits={"left": [{"type": edit}]}), "stand in")
    assert _of(told(things, edits={"left": [{"type": edit, "to": 29}]}), "stand in one another at frames 30-40")


@pytest.mark.parametrize(
    "things",
    [
        {"table": (slab(2, 0.5, 1), (0, 0, -6)), "cup": (box(0.4, 0.3), (0.3, 0.5, -6))},
        {"table": (slab(2, 0.5, 1), (0, 0, -6)), "cup": (box(0.4, 0.3), (0.3, 0.49, -6))},
        {"field": (slab(40, 0.2, 40), (0, 0, -8)), "ball": (ball(0.5), (0, 0.2, -6))},
        {"rug": (slab(2, 0.02, 1), (0, 0, -6)), "bunny": (box(), (0, 0.01, -6))},
        {"hill": (ball(8.0, 4), (0, -15.5, -9)), "ball": (ball(0.5), (0, 0.5, -9))},
        {"left": (box(), (0, 0, -6)), "right": (box(), (0.6, 0, -6))},
        {"globe": (ball(0.5), (0, 0, -6)), "moon": (ball(0.2), (0.5, 0.85, -6))},
    ],
    ids=["on a table", "a little in it", "on a field", "on a rug", "on a hill", "side by side", "boxes only"],
)
def test_things_that_rest_on_one_another_are_left_alone(told, things):
    assert not _of(told(things), "stand in one another")


@pytest.mark.parametrize(
    "things",
    [
        {"table": (slab(2, 0.5, 1), (0, 0, -6)), "cup": (box(0.4, 0.3), (0.3, 0.4, -6))},
        {"field": (slab(40, 0.4, 40), (0, 0, -8)), "ball": (ball(0.5), (0, 0.1, -6))},
        {"wall": (slab(3, 2, 0.02), (0, 0, -6)), "bunny": (box(), (0, 0, -6))},
        {"hill": (ball(8.0, 4), (0, -15.5, -9)), "ball": (ball(0.5), (0, 0.2, -9))},
        {"big": (box(2, 2), (0, 0, -8)), "tiny": (box(0.5, 0.2), (0, 0.5, -8))},
    ],
    ids=["sunk in a table", "sunk in a field", "in a wall", "sunk in a hill", "swallowed"],
)
def test_things_that_sink_in_are_told(told, things):
    assert _of(told(things), "stand in one another at frames 0-40")


def test_a_mesh_that_grows_into_another_is_told_from_then_on(standing, footage, tmp_path):
    things = standing(bunny=(box(), (0, 0, -6)), wall=(slab(0.2, 2, 2), (1, 0, -6)))
    mesh, times_s = things["bunny"].mesh(), np.array([0.0, 2.5])
    motion = tmp_path / "motion"
    motion.mkdir()
    np.save(motion / VERTICES, np.stack([mesh.vertices, mesh.vertices * [5, 1, 1]]).astype(np.float32))
    Motion(motion, MotionFacts(moments=2, deforms=True), times_s, np.tile(np.eye(4), (2, 1, 1))).write()
    spec = EditSpec.model_validate_json(json.dumps({"frames": FRAMES, "camera": [], "edits": {}, "output": {}}))
    out = tmp_path / "out"
    out.mkdir()
    make_animation(spec, edit_inputs(footage, things, {"bunny": Motion.load(motion)}), out, unheard)
    (finding,) = _of(_findings(out), "bunny and wall stand in one another at frames")
    assert "-40," in finding
    assert 20 <= int(finding.split("at frames ")[1].split("-")[0]) <= 28  # it reaches the wall's 0.9 m at frame 20


def test_many_copies_in_a_heap_are_told_in_a_few_sentences(told):
    heap = {f"stone.{index}": (box(), (0.01 * index, 0, -6)) for index in range(15)}
    found = told(heap, frames=5)
    assert len(_of(found, "stand in one another")) == 6
    assert _of(found, "and the same of")


# What is too fast


def test_an_entity_that_crosses_the_picture_too_fast_is_told_with_its_frames(told):
    """At 6 m the picture is 4.97 m wide: 8 % are 0.4 m."""
    things = {"one": (slab(0.5, 0.5, 0.05), (-2, 1, -6))}
    dash = moving((0, [0, 0, 0]), (10, [0, 0, 0]), (15, [2.5, 0, 0]), (40, [2.5, 0, 0]))
    found = told(things, edits={"one": dash})
    assert len(found) == 1
    assert found[0].startswith("one is too fast for 16 fps at frames 11-15: it moves by 10% of the picture's width")
    assert told(things, edits={"one": moving((0, [0, 0, 0]), (40, [4, 0, 0]))}) == ()


def test_a_jump_while_hidden_is_no_speed(told):
    jump = moving((0, [0, 0, 0]), (20, [2, 0, 0]), curve="hold")
    assert _of(told({"one": FAR}, edits={"one": jump}), "one is too fast for 16 fps at frame 20")
    hidden = [*jump, {"type": "hide", "from": 19, "to": 21}]
    assert not _of(told({"one": FAR}, edits={"one": hidden}), "too fast")


def test_what_is_fast_outside_the_picture_is_left_alone(told):
    beyond = moving((0, [20, 0, 0]), (40, [80, 0, 0]))
    assert not _of(told({"one": FAR, "jet": (box(), (0, 0, -6))}, edits={"jet": beyond}), "too fast")


# And all of it


def test_the_shortest_shots_are_looked_at_too(animated):
    assert _findings(animated(frames=1)) == ()
    assert _findings(animated(frames=1, entities={})) == ()
    assert _findings(animated(frames=2, edits={"bunny": [{"type": "remove"}], "crate.1": [{"type": "remove"}]})) == ()


def test_longer_shots_than_are_in_hand_at_once_are_looked_at_without_a_seam(told):
    step = told({"one": FAR}, [{"type": "pan", "degrees": 4 * 300, "ease": "linear"}], frames=301)
    assert _of(step, "the camera is too fast for 16 fps at frames 1-300")
