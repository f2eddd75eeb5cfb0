"""Motion from the clip: a rendered thing is followed, and found where it truly was."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.motion import Motion
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import StageError
from r2s2r.geometry.transforms import inverse, transform_points
from r2s2r.spec.lift import InflateSpec, LiftSpec
from r2s2r.stages.lift import make_motion
from r2s2r.stages.lift.entities.contact import Contact
from r2s2r.stages.lift.entities.inflate import Inflater
from r2s2r.stages.lift.entities.lifter import View
from tests.lift.material import camera_of
from tests.lift.moving import errors, filmed, larger, potato, sway, textured

FRAMES, REFERENCE = 31, 12
RIGID = LiftSpec(backend="inflate")


@pytest.fixture(scope="module")
def thing():
    return potato(textured())


@pytest.fixture(scope="module")
def take(thing, tmp_path_factory):
    return filmed(tmp_path_factory.mktemp("sway"), thing, sway(FRAMES), reference=REFERENCE, noise=3.0)


@pytest.fixture
def follow(tmp_path):
    def run(inputs):
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        out.mkdir()
        make_motion(RIGID, inputs, out, unheard)
        return Motion.load(out)

    return run


def test_turning_and_moving_in_all_directions_it_is_found(take, follow):
    motion = follow(take.inputs)
    turned_deg, moved = errors(motion, take)
    assert turned_deg.mean() <= 0.1
    assert turned_deg.max() <= 0.3
    assert moved.mean() <= 0.001
    assert motion.facts.interpolated == motion.facts.findings == ()
    assert motion.vertices() is None


def test_a_mesh_lifted_from_one_frame_turns_as_the_thing_does(take, tmp_path, follow):
    """Its depth is a guess; all frames together tell how deep the points are that are followed."""
    camera, world_from_thing = take.inputs.camera.reference, take.world_from_entity[REFERENCE]
    middle_m = world_from_thing[:3, 3] + [0, 0.35, 0]
    mask, frame = take.inputs.mask.reference_mask(), take.inputs.footage.reference_frame()
    mesh = Inflater(InflateSpec()).lift(View(frame, mask, camera, Contact(middle_m, on_ground=False))).mesh
    own = transform_points(inverse(world_from_thing), mesh.vertices.astype(float)).astype(np.float32)
    (tmp_path / "entity").mkdir()
    entity = Entity.write(tmp_path / "entity", replace(mesh, vertices=own), take.inputs.entity.facts)
    turned_deg, moved = errors(follow(replace(take.inputs, entity=entity)), take)
    assert turned_deg.mean() <= 0.4
    assert turned_deg.max() <= 1.5
    assert moved.mean() <= 0.015  # the mesh's middle is not where the thing's is, and goes round it


def test_at_the_reference_frame_it_stands_where_it_was_placed(take, follow):
    motion = follow(take.inputs)
    assert motion.times_s[REFERENCE] == 0
    np.testing.assert_array_equal(motion.reference_from_entity[REFERENCE], np.eye(4))


def test_the_cameras_motion_is_not_taken_for_its_own(thing, tmp_path, follow):
    view = camera_of(360, 640, camera_height_m=0.6, pitch_deg=-5)
    share = np.linspace(-0.4, 0.6, FRAMES)
    cameras = np.tile(view.world_from_camera, (FRAMES, 1, 1))
    cameras[:, 0, 3] += 0.6 * share
    cameras[:, :3, :3] = Rotation.from_euler("y", 12 * share[:, None], degrees=True).as_matrix() @ cameras[:, :3, :3]
    still = np.tile(sway(FRAMES)[REFERENCE], (FRAMES, 1, 1))
    take = filmed(tmp_path / "take", thing, still, reference=REFERENCE, cameras=cameras)
    turned_deg, moved = errors(follow(take.inputs), take)
    assert turned_deg.mean() <= 0.3
    assert moved.mean() <= 0.002


def test_frames_that_hide_it_are_interpolated_and_listed_as_the_clip_counts_them(thing, tmp_path, follow):
    hidden = range(20, 25)
    take = filmed(tmp_path / "take", thing, sway(FRAMES), reference=REFERENCE, hidden=hidden)
    motion = follow(take.inputs)
    assert motion.facts.interpolated == tuple(range(120, 125))  # the clip's frames: the footage begins at its 100th
    (finding,) = motion.facts.findings
    assert "not found in 5 of 31 frames, where its motion is interpolated: frames 120-124" in finding
    turned_deg, _ = errors(motion, take)
    assert np.delete(turned_deg, hidden).max() <= 1.0
    assert turned_deg.max() <= 5.0


def test_an_entity_that_is_scaled_moves_in_its_own_measure(take, follow):
    """A copy's height is in its placement, so a motion is in the entity's frame, whatever that is scaled by."""
    home = take.world_from_entity[REFERENCE] @ np.diag([2, 2, 2, 1.0])
    folder = take.inputs.entity.folder
    facts = take.inputs.entity.facts.model_copy(update={"world_from_entity": tuple(map(tuple, home.tolist()))})
    halved = replace(take.inputs.entity, facts=facts)
    smaller = larger(halved.mesh(), 0.5)
    half_folder = folder.parent / "half"
    half_folder.mkdir()
    entity = type(halved).write(half_folder, smaller, facts)
    motion, whole = follow(replace(take.inputs, entity=entity)), follow(take.inputs)
    expected = whole.reference_from_entity.copy()
    expected[:, :3, 3] /= 2
    np.testing.assert_allclose(motion.reference_from_entity, expected, atol=1e-4)


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_without_texture_it_is_moved_by_its_outline_and_that_is_told(thing, tmp_path, follow, noise):
    plain = replace(thing, texture=np.full((8, 8, 3), 190, np.uint8))
    poses = sway(FRAMES)
    poses[:, :3, :3] = np.eye(3)
    take = filmed(tmp_path / "take", plain, poses, reference=REFERENCE, noise=noise)
    motion = follow(take.inputs)
    turned_deg, moved = errors(motion, take)
    assert turned_deg.max() < 1e-6
    assert moved.mean() <= 0.01
    assert "too little texture" in motion.facts.findings[0]


def test_what_cannot_be_followed_at_all_says_what_to_do(thing, tmp_path, follow):
    hidden = set(range(FRAMES)) - {REFERENCE}
    take = filmed(tmp_path / "take", thing, sway(FRAMES), reference=REFERENCE, hidden=hidden)
    with pytest.raises(StageError, match="remove `motion: keep`"):
        follow(take.inputs)


def test_a_still_picture_has_one_moment_and_that_is_told(thing, tmp_path, follow):
    take = filmed(tmp_path / "take", thing, sway(FRAMES)[:1], reference=0)
    motion = follow(take.inputs)
    np.testing.assert_array_equal(motion.reference_from_entity, np.eye(4)[None])
    assert "only one frame of the clip is read" in motion.facts.findings[0]


def test_equal_clips_give_equal_bytes(take, follow):
    one, other = follow(take.inputs), follow(take.inputs)
    for path in one.folder.iterdir():
        assert path.read_bytes() == (other.folder / path.name).read_bytes()
