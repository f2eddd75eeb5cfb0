"""What is told of entities that stand in one another."""

import json

import numpy as np
import pytest

from r2s2r.artifacts.motion import VERTICES, Motion, MotionFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit import make_animation
from tests.edit.conftest import box, edit_inputs
from tests.edit.lint.conftest import FRAMES, about, ball, findings_of, moving, slab


def test_entities_that_pass_through_one_another_are_told_with_their_frames(told):
    """Boxes of 0.6 m, 2 m apart, move towards each other by 0.1 m a frame: from frame 15 on they share room."""
    through = moving((0, [0, 0, 0]), (40, [4, 0, 0]))
    found = told({"left": (box(), (-1, 0, -6)), "right": (box(), (1, 0, -6))}, edits={"left": through})
    (finding,) = about(found, "left and right stand in one another")
    first, last = (int(number) for number in finding.split("at frames ")[1].split(",")[0].split("-"))
    assert 15 <= first <= 16
    assert 24 <= last <= 25
    assert 0.2 < float(finding.split("25, ")[-1].split(" m deep")[0]) <= 0.31


@pytest.mark.parametrize("edit", ["hide", "remove"])
def test_something_hidden_stands_in_nothing(told, edit):
    things = {"left": (box(), (0, 0, -6)), "right": (box(), (0.1, 0, -6))}
    assert about(told(things), "stand in one another at frames 0-40")
    assert not about(told(things, edits={"left": [{"type": edit}]}), "stand in")
    assert about(told(things, edits={"left": [{"type": edit, "to": 29}]}), "stand in one another at frames 30-40")


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
    assert not about(told(things), "stand in one another")


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
    assert about(told(things), "stand in one another at frames 0-40")


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
    (finding,) = about(findings_of(out), "bunny and wall stand in one another at frames")
    assert "-40," in finding
    assert 20 <= int(finding.split("at frames ")[1].split("-")[0]) <= 28  # it reaches the wall's 0.9 m at frame 20


def test_many_copies_in_a_heap_are_told_in_a_few_sentences(told):
    heap = {f"stone.{index}": (box(), (0.01 * index, 0, -6)) for index in range(15)}
    found = told(heap, frames=5)
    assert len(about(found, "stand in one another")) == 6
    assert about(found, "and the same of")
