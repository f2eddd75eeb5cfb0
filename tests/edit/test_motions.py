"""Entities that move by themselves: kept, retimed, offset, replaced; and meshes that bend."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdValidation
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.motion import VERTICES, Motion, MotionFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit import make_animation
from tests.edit.conftest import edit_inputs

MOMENTS = 26  # a second at 25 frames, of which half lies before the reference frame
FRAMES = 17  # a second at 16


def walk_at(times_s):
    """A turn about y and a walk along x, in the entity's own frame; still before -0.5 s and after 0.5 s."""
    held = np.clip(times_s, -0.5, 0.5)
    poses = np.tile(np.eye(4), (len(held), 1, 1))
    poses[:, :3, :3] = Rotation.from_euler("y", 80 * held[:, None], degrees=True).as_matrix()
    poses[:, 0, 3] = 0.6 * held
    return poses


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("motion")
    times_s = np.linspace(-0.5, 0.5, MOMENTS)
    motion = Motion(folder, MotionFacts(moments=MOMENTS), times_s, walk_at(times_s))
    motion.write()
    return Motion.load(folder)


def wobble(mesh, share):
    """A mesh that grows to one side."""
    return (mesh.vertices * [1 + share, 1, 1]).astype(np.float32)


@pytest.fixture(scope="module")
def dance(tmp_path_factory, entities):
    folder = tmp_path_factory.mktemp("dance")
    times_s = np.array([0.0, 0.5, 1.0])
    mesh = entities["bunny"].mesh()
    np.save(folder / VERTICES, np.stack([wobble(mesh, share) for share in (0, 1, 3)]))
    Motion(folder, MotionFacts(moments=3, deforms=True), times_s, walk_at(times_s)).write()
    return Motion.load(folder)


@pytest.fixture(scope="module")
def shoot_it(footage, entities, tmp_path_factory):
    def run(motions, edits=None, camera=()):
        spec = {"frames": FRAMES, "camera": camera, "edits": edits or {}, "output": {}}
        out = tmp_path_factory.mktemp("shot")
        read = EditSpec.model_validate_json(json.dumps(spec))
        make_animation(read, edit_inputs(footage, entities, motions), out, unheard)
        return Animation.load(out)

    return run


def expected(entity, times_s):
    return entity.world_from_entity @ walk_at(times_s)


SECONDS = np.arange(FRAMES) / 16


def test_an_entity_keeps_its_motion_from_the_reference_frame_on(shoot_it, entities, walk):
    animation = shoot_it({"bunny": walk})
    np.testing.assert_allclose(
        animation.world_from_entity["bunny"], expected(entities["bunny"], SECONDS), atol=2e-3
    )  # the motion itself is known every 40 ms only
    np.testing.assert_allclose(animation.world_from_entity["bunny"][0], entities["bunny"].world_from_entity, atol=1e-9)
    assert np.ptp(animation.world_from_entity["crate.1"], axis=0).max() == 0


@pytest.mark.parametrize(("speed", "start_s"), [(0.5, 0.0), (2.0, -0.5), (-1.0, 0.25), (0.0, -0.3)])
def test_it_is_retimed_and_offset(shoot_it, entities, walk, speed, start_s):
    edit = {"type": "motion", "speed": speed, "start_s": start_s}
    found = shoot_it({"bunny": walk}, {"bunny": [edit]}).world_from_entity["bunny"]
    np.testing.assert_allclose(found, expected(entities["bunny"], start_s + speed * SECONDS), atol=2e-3)


def test_it_is_replaced_by_anothers_or_by_none(shoot_it, entities, walk):
    edits = {"crate.1": [{"type": "motion", "of": "bunny"}], "bunny": [{"type": "motion", "of": "none"}]}
    animation = shoot_it({"bunny": walk}, edits)
    crate = animation.world_from_entity["crate.1"]
    np.testing.assert_allclose(crate, expected(entities["crate.1"], SECONDS), atol=2e-3)
    assert np.ptp(animation.world_from_entity["bunny"], axis=0).max() == 0


@pytest.mark.parametrize("last", [False, True])
def test_other_edits_come_on_top_wherever_the_motion_edit_stands(shoot_it, walk, last):
    motion = {"type": "motion", "speed": 0.5}
    lift = {"type": "transform", "keys": [{"at": 0, "move_m": [0, 2, 0]}]}
    still = shoot_it({"bunny": walk}, {"bunny": [motion]}).world_from_entity["bunny"]
    moved = shoot_it({"bunny": walk}, {"bunny": [lift, motion] if last else [motion, lift]}).world_from_entity["bunny"]
    np.testing.assert_allclose(moved[:, :3, 3] - still[:, :3, 3], np.tile([0, 2, 0], (FRAMES, 1)), atol=1e-9)
    np.testing.assert_allclose(moved[:, :3, :3], still[:, :3, :3], atol=1e-12)


def test_the_camera_looks_where_it_has_gone(shoot_it, entities, walk):
    look = {"type": "keyframes", "keys": [{"at": 0, "look_at": "bunny"}, {"at": 16, "look_at": "bunny"}]}
    animation = shoot_it({"bunny": walk}, camera=[look])
    middle_m = animation.world_from_entity["bunny"][16] @ [0, 0.5, 0, 1]
    pixel, _ = animation.camera(16).project(middle_m[:3])
    np.testing.assert_allclose(pixel, [416, 240], atol=1e-6)


def test_a_mesh_that_bends_is_written_frame_by_frame(shoot_it, entities, dance):
    animation = shoot_it({"bunny": dance})
    shapes, mesh = animation.vertices("bunny"), entities["bunny"].mesh()
    assert animation.facts.deforming == ("bunny",)
    assert isinstance(shapes, np.memmap)
    assert shapes.shape == (FRAMES, len(mesh.vertices), 3)
    assert animation.vertices("crate.1") is None
    for frame, share in ((0, 0), (4, 0.5), (8, 1), (12, 2), (16, 3)):
        np.testing.assert_allclose(shapes[frame], wobble(mesh, share), atol=1e-6)


def test_the_same_mesh_takes_on_anothers_shapes_and_a_different_one_its_way_only(
    footage, entities, dance, tmp_path, tmp_path_factory
):
    mesh = entities["bunny"].mesh()
    other = Entity.write(tmp_path, replace(mesh, faces=mesh.faces[::-1].copy()), entities["bunny"].facts)
    everyone = {"bunny": entities["bunny"], "same": entities["crate.1"], "other": other}
    follow = [{"type": "motion", "of": "bunny"}]
    spec = {"frames": 5, "camera": [], "edits": {"same": follow, "other": follow}, "output": {}}
    out = tmp_path_factory.mktemp("shot")
    read = EditSpec.model_validate_json(json.dumps(spec))
    make_animation(read, edit_inputs(footage, everyone, {"bunny": dance}), out, unheard)
    animation = Animation.load(out)
    assert animation.facts.deforming == ("bunny", "same")
    np.testing.assert_allclose(animation.world_from_entity["other"], animation.world_from_entity["bunny"])


def test_what_bends_round_the_camera_is_told(shoot_it, dance):
    at = {"type": "transform", "keys": [{"at": 0, "position_m": [-0.2, 0.8, 0.56]}]}
    findings = shoot_it({"bunny": dance}, {"bunny": [at]}).facts.findings
    assert any("inside bunny" in finding for finding in findings), findings


def test_equal_wishes_give_equal_bytes(shoot_it, dance):
    one, other = (shoot_it({"bunny": dance}).folder for _ in range(2))
    files = [path.relative_to(one) for path in sorted(one.rglob("*")) if path.is_file()]
    assert {"vertices/bunny.npy", "shapes.usdc"} <= set(map(str, files))
    assert all((one / path).read_bytes() == (other / path).read_bytes() for path in files)


def test_usd_has_the_shapes_of_each_frame(shoot_it, dance, entities):
    folder = shoot_it({"bunny": dance}).folder
    stage = Usd.Stage.Open(str(folder / "shot.usda"))
    mesh = UsdGeom.Mesh(stage.GetPrimAtPath("/World/Entities/bunny/bunny"))
    for frame, share in ((0, 0), (8, 1), (16, 3)):
        points = np.array(mesh.GetPointsAttr().Get(frame))
        np.testing.assert_allclose(points, wobble(entities["bunny"].mesh(), share), atol=1e-6)
        box = np.array(mesh.GetExtentAttr().Get(frame))
        np.testing.assert_allclose(box, [points.min(axis=0), points.max(axis=0)])
    assert not mesh.GetNormalsAttr().HasAuthoredValue()
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    errors = UsdValidation.ValidationContext(validators).Validate(stage)
    assert [error.GetErrorAsString() for error in errors] == []
