"""The motion of a body: what a model sees frame by frame becomes one steady motion of the placed mesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.entity import Entity, EntityFacts
from r2s2r.artifacts.motion import Motion
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.errors import StageError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import smooth_normals
from r2s2r.geometry.transforms import inverse, transform_points
from r2s2r.stages.lift.inputs import MotionInputs
from r2s2r.stages.lift.motions.body import bake_bodies
from r2s2r.stages.lift.workers.bodies import BodyFrame
from tests.lift.material import camera_of, store_footage, store_mask

FRAMES, REFERENCE = 15, 6
VIEW = camera_of(18, 32)


def limb():
    solid = trimesh.creation.capsule(height=1.4, radius=0.2, count=[12, 12])
    return np.asarray(solid.vertices)[:, [0, 2, 1]] + [0, 0.9, 0], np.asarray(solid.faces, np.int32)[:, ::-1]


def pose_at(frame):
    """Where a walking body is, in the world."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("y", 4 * (frame - REFERENCE), degrees=True).as_matrix()
    matrix[:3, 3] = [0.05 * (frame - REFERENCE), 0, -4]
    return matrix


def bent(vertices, frame):
    """A body that bows: its upper half swings by some degrees, ever more."""
    swung = vertices.copy()
    high = np.clip(vertices[:, 1] - 0.9, 0, None)
    swung[:, 2] += 0.04 * (frame - REFERENCE) * high
    return swung


@pytest.fixture
def body(tmp_path):
    """The inputs of a body that was lifted at half its size, nearer to the camera, along its rays."""
    vertices, faces = limb()
    footage = store_footage(tmp_path / "footage", [np.zeros((18, 32, 3), np.uint8)] * FRAMES, first_clip_frame=50)
    mask = store_mask(tmp_path / "mask", [np.ones((18, 32), bool)] * FRAMES)
    times_s = np.array(footage.facts.times_s)
    home = pose_at(REFERENCE)
    home[:3, 3] = (home[:3, 3] - VIEW.position_m) / 2 + VIEW.position_m
    folder = tmp_path / "entity"
    folder.mkdir()
    small = (vertices / 2).astype(np.float32)
    uv = np.zeros((len(faces), 3, 2), np.float32)
    mesh = Mesh(small, faces, uv, smooth_normals(small, faces), np.zeros((2, 2, 3), np.uint8))
    facts = EntityFacts(world_from_entity=tuple(map(tuple, home.tolist())), height_m=0.9)
    camera = SourceCamera.static(VIEW, times_s, reference=REFERENCE)
    return MotionInputs(footage, mask, camera, Entity.write(folder, mesh, facts))


def seen(noise_m=0.0, confidence=1.0, missing=()):
    vertices, _ = limb()
    random = np.random.default_rng(0)
    for frame in range(FRAMES):
        if frame not in missing:
            in_world = transform_points(pose_at(frame), bent(vertices, frame))
            in_camera = transform_points(inverse(VIEW.world_from_camera), in_world)
            in_camera = in_camera + random.normal(scale=noise_m, size=in_camera.shape) if noise_m else in_camera
            yield BodyFrame(frame, in_camera, confidence)


def in_file(motion):
    shapes = motion.vertices()
    assert shapes is not None
    return shapes


def in_world(motion, inputs, frame):
    own = transform_points(motion.reference_from_entity[frame], in_file(motion)[frame].astype(float))
    return transform_points(inputs.entity.world_from_entity, own)


def true_world(frame):
    """Half as large and half as far from the eye as the model has it."""
    whole = transform_points(pose_at(frame), bent(limb()[0], frame))
    return (whole - VIEW.position_m) / 2 + VIEW.position_m


def test_it_bends_and_goes_where_the_model_sees_it_at_the_size_it_was_placed(body, out):
    bake_bodies(seen(), body, out, unheard)
    motion = Motion.load(out)
    assert motion.facts.deforms
    assert in_file(motion).shape == (FRAMES, len(limb()[0]), 3)
    np.testing.assert_array_equal(motion.reference_from_entity[REFERENCE], np.eye(4))
    for frame in range(FRAMES):
        np.testing.assert_allclose(in_world(motion, body, frame), true_world(frame), atol=2e-3)


def test_what_shakes_from_frame_to_frame_is_calmed(body, out):
    bake_bodies(seen(noise_m=0.01), body, out, unheard)
    motion = Motion.load(out)
    off = [in_world(motion, body, frame) - true_world(frame) for frame in range(2, FRAMES - 2)]
    assert np.std(off) < 0.75 * 0.005  # half the size, half the noise


def test_frames_without_a_body_are_interpolated_and_listed(body, out):
    bake_bodies(seen(missing=(9, 10)), body, out, unheard)
    motion = Motion.load(out)
    assert motion.facts.interpolated == (59, 60)
    assert "frames 59-60" in motion.facts.findings[0]
    for frame in (9, 10):
        np.testing.assert_allclose(in_world(motion, body, frame), true_world(frame), atol=5e-3)


@pytest.mark.parametrize("bodies", [{"missing": (REFERENCE,)}, {"confidence": 0.2}])
def test_a_body_that_is_not_seen_where_it_was_lifted_says_what_to_do(body, out, bodies):
    with pytest.raises(StageError, match=r"not in the reference frame.*motion: keep"):
        bake_bodies(seen(**bodies), body, out, unheard)


def test_a_body_of_another_mesh_is_refused(body, out):
    fewer = (replace(frame, vertices_m=frame.vertices_m[:-3]) for frame in seen())
    with pytest.raises(StageError, match="lift it again"):
        bake_bodies(fewer, body, out, unheard)


def test_equal_bodies_give_equal_bytes(body, tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        bake_bodies(seen(missing=(3,)), body, tmp_path / name, unheard)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()
