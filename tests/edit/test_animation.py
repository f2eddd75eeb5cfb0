"""The whole edit stage: what it writes, and when that is the same."""

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import InputError
from r2s2r.geometry.camera import intrinsics_from_fov
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit import make_animation
from tests.edit.conftest import edit_inputs

ORBIT = {"type": "orbit", "around": "bunny", "degrees": 24}
HOP = {"type": "transform", "keys": [{"at": 0}, {"at": "1.5s", "move_m": [0.4, 0.3, 0], "rotate_deg": [0, 90, 0]}]}


def _digest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_writes_the_animation_and_the_same_as_usd(animated):
    folder = animated([ORBIT], {"bunny": [HOP]})
    assert set(_digest(folder)) == {
        "animation.npz",
        "base.usdc",
        "edit.usda",
        "facts.json",
        "plan.png",
        "shot.usda",
        "textures/bunny.png",
        "textures/crate_1.png",
    }
    animation = Animation.load(folder)
    assert animation.facts.entities == ("bunny", "crate.1")
    assert animation.world_from_camera.shape == (41, 4, 4)
    assert animation.intrinsics.shape == (41, 3, 3)
    assert animation.world_from_entity["bunny"].shape == (41, 4, 4)
    assert animation.visible["bunny"].dtype == bool


def test_equal_wishes_give_equal_bytes(animated):
    assert _digest(animated([ORBIT], {"bunny": [HOP]})) == _digest(animated([ORBIT], {"bunny": [HOP]}))


def test_another_process_writes_the_same_bytes(animated, footage, entities, tmp_path):
    """Hash seeds and addresses differ between processes; the bytes do not."""
    spec = EditSpec.model_validate_json(json.dumps({"frames": 41, "camera": [ORBIT], "edits": {}, "output": {}}))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(make_animation, spec, edit_inputs(footage, entities), tmp_path, unheard).result()
    assert _digest(tmp_path) == _digest(animated([ORBIT]))


@pytest.mark.parametrize(
    ("camera", "edits"),
    [
        ([{"type": "static"}], {}),
        ([{"type": "orbit", "around": "bunny", "degrees": 0}], {}),
        ([{"type": "keyframes", "keys": [{"at": 0}, {"at": 30, "rotate_deg": [0, 0, 0]}]}], {}),
        ([{"type": "keyframes", "keys": [{"at": 0, "position_m": [0, 1.2, 0], "fov_deg": 45}]}], {}),
        ([], {"bunny": []}),
        ([], {"bunny": [{"type": "transform", "keys": [{"at": 0}, {"at": 40}], "pivot": [0.1, 0.5, 0.2]}]}),
        ([], {"bunny": [{"type": "transform", "keys": [{"at": 0, "position_m": [0.5, 0, -3]}]}]}),
        (
            [{"type": "pan", "degrees": 24}, {"type": "pan", "degrees": -24}],
            {
                "crate.1": [
                    {"type": "transform", "keys": [{"at": 0, "move_m": [0.1, 0.2, 0.7], "rotate_deg": [0, 33, 0]}]},
                    {"type": "transform", "keys": [{"at": 0, "move_m": [-0.1, -0.2, -0.7], "rotate_deg": [0, -33, 0]}]},
                ]
            },
        ),
    ],
)
def test_wishes_that_come_to_nothing_give_the_same_bytes_as_none(animated, camera, edits):
    assert _digest(animated(camera, edits)) == _digest(animated())


def test_another_shot_shares_the_base_and_writes_its_own_edit(animated):
    still, hop = _digest(animated()), _digest(animated([], {"bunny": [HOP]}))
    assert {name for name in still if still[name] != hop[name]} == {"animation.npz", "edit.usda", "plan.png"}


def test_moves_find_entities_where_the_edits_put_them(animated):
    carried = {"type": "transform", "keys": [{"at": 0, "position_m": [2, 0, -5]}]}
    look = {"type": "keyframes", "keys": [{"at": 0, "look_at": "bunny"}]}
    animation = Animation.load(animated([look], {"bunny": [carried]}))
    pixels, _ = animation.camera(20).project(np.array([2, 0.4, -5.0]))
    np.testing.assert_allclose(pixels, [416, 240], atol=1e-6)


@pytest.mark.parametrize("fit", ["crop", "letterbox"])
@pytest.mark.parametrize(
    "size", [(854, 480), (640, 480), (512, 512), (480, 832)], ids=lambda size: f"{size[0]}x{size[1]}"
)
def test_the_lens_is_framed_with_the_picture(animated, size, fit):
    width, height = size
    zoom = {"type": "keyframes", "keys": [{"at": 0, "fov_deg": 30}]}
    folder = animated([zoom], output={"width": width, "height": height, "fit": fit}, frames=3)
    animation = Animation.load(folder)
    expected = animation.framing.intrinsics(intrinsics_from_fov(30, height=720, width=1280))
    np.testing.assert_allclose(animation.intrinsics, np.tile(expected, (3, 1, 1)), atol=1e-9)


def test_one_frame_and_no_entities_are_a_shot_too(animated):
    folder = animated(frames=1, entities={})
    assert Animation.load(folder).world_from_camera.shape == (1, 4, 4)


def test_a_wish_that_leads_nowhere_leaves_nothing_behind(footage, entities, tmp_path):
    spec = EditSpec.model_validate_json(
        '{"frames": 5, "camera": [{"type": "keyframes", "keys": [{"at": 0}, {"at": 3, "look_at": [0, 1.2, 0]}]}],'
        '"edits": {}, "output": {}}'
    )
    with pytest.raises(InputError, match=r"camera\[0\]\.keys\[1\]\.look_at"):
        make_animation(spec, edit_inputs(footage, entities), tmp_path, unheard)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_to_the_end(footage, entities, tmp_path):
    told = []
    spec = EditSpec.model_validate_json('{"frames": 5, "camera": [], "edits": {}, "output": {}}')
    make_animation(spec, edit_inputs(footage, entities), tmp_path, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
