"""The compositor as a stage: artefacts in, footage out."""

import hashlib
import subprocess
import sys
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import shift
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera, SourceCameraFacts
from r2s2r.geometry.transforms import Array, rotation, translation
from r2s2r.media.images import framed, read_rgb
from r2s2r.spec.camera import SourceMove
from r2s2r.spec.diffuse import CompositorSpec, DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.stages.diffuse import make_frames
from r2s2r.stages.diffuse.compositor import Compositor
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world import World
from tests.diffuse.photograph import SOURCE

SIZES = [(480, 832), (480, 640), (480, 480), (640, 360)]


def turned(world_from_camera: Array, yaw_deg: float) -> Array:
    """Turn a camera to its right."""
    spin: Array = rotation(Rotation.from_euler("y", -yaw_deg, degrees=True))
    turned = world_from_camera.copy()
    turned[:3, :3] = spin[:3, :3] @ world_from_camera[:3, :3]
    return turned


def orbiting(world_from_camera: Array, centre: tuple[float, float, float], degrees: list[float]) -> Array:
    """Carry a camera round a vertical axis."""
    there, back = translation(centre), translation(tuple(-c for c in centre))  # type: ignore[arg-type]
    turns = [rotation(Rotation.from_euler("y", angle, degrees=True)) for angle in degrees]
    return np.stack([there @ turn @ back @ world_from_camera for turn in turns])


def bars(made: Any) -> NDArray[np.bool_]:
    """Return where the letterbox's bars are [H, W]."""
    framing = made.inputs.animation.framing
    outside = np.ones((framing.height, framing.width), bool)
    active = framing.active
    outside[int(active.y0) : int(active.y1), int(active.x0) : int(active.x1)] = False
    return outside


@pytest.mark.parametrize("fit", ["crop", "letterbox"])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_without_edits_the_source_camera_shows_the_reference_frame(make, block, shot, psnr_db, height, width, fit):
    made = make(shot(blocks={"a": block()}, height=height, width=width, fit=fit))
    reference = framed(made.inputs.footage.reference_frame(), made.inputs.animation.framing)
    assert psnr_db(made.frames[0], reference) >= 38
    assert psnr_db(made.frames[-1], reference) >= 38
    assert not made.frames[-1][bars(made)].any()


@pytest.mark.parametrize("fit", ["crop", "letterbox"])
def test_without_entities_the_source_camera_shows_exactly_the_framed_plate(make, shot, fit):
    made = make(shot(height=480, width=480, fit=fit))
    np.testing.assert_array_equal(made.frames[0], framed(made.inputs.plate.picture(), made.inputs.animation.framing))


def test_a_camera_turned_a_little_shows_the_reference_shifted(make, block, shot, psnr_db, world_from_source):
    cameras = turned(world_from_source, 0.05)[None]
    made = make(shot(blocks={"a": block()}, height=480, width=832, frames=1, cameras=cameras))
    reference = framed(made.inputs.footage.reference_frame(), made.inputs.animation.framing)
    left_px = made.inputs.animation.intrinsics[0][0, 0] * np.tan(np.radians(0.05))
    expected = np.clip(np.rint(shift(reference.astype(float), (0, -left_px, 0), order=3, mode="nearest")), 0, 255)
    inside = np.s_[4:-4, 4:-4]
    assert psnr_db(made.frames[0][inside], expected[inside].astype(np.uint8)) >= 32


def test_bars_stay_black_from_any_camera(make, block, shot, world_from_source):
    cameras = orbiting(world_from_source, (-0.4, 0, -7), [20.0, -20.0])
    made = make(shot(blocks={"a": block()}, height=240, width=240, fit="letterbox", cameras=cameras))
    assert not made.frames[0][bars(made)].any()
    assert made.frames[0][~bars(made)].mean() > 20


def test_a_removed_entity_leaves_the_plate(make, block, shot):
    made = make(shot(blocks={"a": block(visible=False)}))
    np.testing.assert_array_equal(made.frames[0], framed(made.inputs.plate.picture(), made.inputs.animation.framing))


def test_an_entity_at_home_gets_no_second_shadow(make, block, shot):
    full, none = (make(shot(blocks={"a": block()}), shadow=strength).frames[0] for strength in (1.0, 0.0))
    np.testing.assert_array_equal(full, none)


def test_a_copy_casts_its_whole_shadow_from_the_start(make, block, shot):
    copy = block(home_m=(1.2, 0.0, -5.0), photographed=False)
    full, none = (make(shot(blocks={"c": copy}), shadow=strength).frames[0] for strength in (1.0, 0.0))
    assert (none.astype(int) - full).max() > 40


def test_the_shadow_grows_as_an_entity_leaves_its_place(make, block, shot):
    track = np.stack([translation((-0.4 + step, 0, -7)) for step in (0.0, 0.1, 0.3, 0.8)])
    moving = shot(blocks={"a": block(track=track)}, frames=4)
    full, none = (make(moving, shadow=strength).frames for strength in (1.0, 0.0))
    darkening = [float((b.astype(int) - a).sum()) for a, b in zip(full, none, strict=True)]
    assert darkening[0] == 0
    assert darkening == sorted(darkening)
    assert darkening[1] < 0.5 * darkening[3]


def test_an_entity_that_left_leaves_no_trace_behind(make, block, shot):
    track = np.stack([translation((-0.4, 0, -7)), translation((40.0, 0, -7))])
    made = make(shot(blocks={"a": block(track=track)}))
    plate = framed(made.inputs.plate.picture(), made.inputs.animation.framing)
    np.testing.assert_array_equal(made.frames[1], plate)


@pytest.mark.parametrize("degrees", [4.0, 12.0])
def test_round_an_entity_at_home_an_orbit_shows_the_plate(make, block, shot, world_from_source, degrees):
    """Its fringe in the photograph must not follow it about: that would be a second outline."""
    cameras = orbiting(world_from_source, (-0.4, 0, -7), [degrees])
    there = make(shot(blocks={"a": block()}, cameras=cameras, frames=1))
    gone = make(shot(blocks={"a": block(visible=False)}, cameras=cameras, frames=1))
    ids = there.inputs.passes.ids(0)
    beside = cv2.dilate((ids > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    above_base = np.arange(ids.shape[0])[:, None] < np.flatnonzero(ids.any(axis=1))[-1] - 10
    difference = np.abs(there.frames[0].astype(int) - gone.frames[0])
    assert difference[beside & above_base].max() <= 2


def test_what_sinks_into_the_ground_is_hidden(make, block, shot):
    sunk = block(track=np.stack([translation((-0.4, depth, -7)) for depth in (0.0, -0.75)]))
    made = make(shot(blocks={"a": sunk}), shadow=0.0)
    plate = framed(made.inputs.plate.picture(), made.inputs.animation.framing)
    rows = np.flatnonzero((made.frames[1] != plate).any(axis=(1, 2)))
    whole = np.flatnonzero(made.inputs.passes.ids(0).any(axis=1))
    assert rows[0] > whole[0] + 20
    assert abs(rows[-1] - whole[-1]) <= 8


def test_unseen_places_are_tinted_only_on_request(make, block, shot, world_from_source):
    cameras = np.stack([world_from_source, turned(world_from_source, -25.0)])
    moved = block(track=np.stack([translation((40.0, 0, -7))] * 2))
    plain, tinted = (make(shot(blocks={"a": moved}, cameras=cameras), tint_unseen=tint) for tint in (False, True))
    changed = [(a != b).any(axis=2) for a, b in zip(plain.frames, tinted.frames, strict=True)]
    invented = framed(plain.inputs.plate.invented().astype(np.uint8) * 255, plain.inputs.animation.framing)
    assert changed[0][invented == 255].mean() > 0.99
    assert not changed[0][invented == 0].any()
    left_third = changed[1][:, : changed[1].shape[1] // 3]
    assert left_third.mean() > 0.99


def test_the_result_is_footage_without_a_camera(make, block, shot):
    made = make(shot(blocks={"a": block()}, frames=3))
    facts = made.footage.facts
    assert (facts.height, facts.width, facts.fps, facts.reference) == (240, 416, "16/1", 0)
    assert facts.times_s == (0.0, 1 / 16, 2 / 16)
    assert facts.clip_frames == (0, 1, 2)
    np.testing.assert_array_equal(read_rgb(made.out / "reference.png"), made.frames[0])


@pytest.fixture
def two_threads_after():
    yield
    cv2.setNumThreads(-1)


@pytest.mark.usefixtures("two_threads_after")
def test_equal_inputs_give_equal_bytes_on_any_number_of_threads(inputs, block, shot, world_from_source, tmp_path):
    cameras = orbiting(world_from_source, (-0.4, 0, -7), [0.0, 30.0])
    given = inputs(shot(blocks={"a": block()}, cameras=cameras, height=480, width=832))
    digests = set()
    for number, threads in enumerate((1, 2, 2)):
        cv2.setNumThreads(threads)
        out = tmp_path / f"out{number}"
        out.mkdir()
        make_frames(DiffuseSpec(backend="compositor"), given, out, unheard)
        digests.add(tuple((file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in sorted(out.iterdir())))
    assert len(digests) == 1


def test_memory_does_not_grow_with_the_number_of_frames(inputs, block, shot):
    peaks = []
    for frames in (3, 24):
        given = inputs(shot(blocks={"a": block()}, frames=frames))
        tracemalloc.start()
        for _ in Compositor(CompositorSpec(), given).generate(unheard):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= 1.05 * peaks[0]


def test_knowing_the_stage_s_version_costs_no_heavy_import():
    heavy = "numpy", "cv2", "scipy", "numba", "OpenEXR", "av"
    code = f"import sys, r2s2r.stages.diffuse as d; d.VERSION; sys.exit(bool(set({heavy!r}) & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


def test_a_shot_that_follows_a_panning_clip_has_a_background_that_follows(make, inputs, shot, world_from_source):
    """A turn on the spot moves the picture by a homography, whatever the set: the frames must be that of the first."""
    degrees = np.linspace(-3, 9, 13)
    poses = np.stack([turned(world_from_source, float(angle)) for angle in degrees])
    facts = SourceCameraFacts(height=SOURCE.height, width=SOURCE.width, reference=3, is_static=False)
    filmed = SourceCamera(facts, SOURCE.intrinsics, poses, (np.arange(13) - 3) / 16)
    spec = EditSpec(frames=8, camera=(SourceMove(type="source"),), edits={}, output=OutputSpec())
    world = World(spec, EditInputs(inputs(shot()).footage, filmed, {}, {}))
    path = world.camera(Timeline.whole(8, Fraction(16)))
    made = make(shot(cameras=path.world_from_camera, frames=8, filmed=filmed))
    animation = made.inputs.animation
    for frame in (3, 7):
        turn = animation.world_from_camera[frame, :3, :3].T @ animation.world_from_camera[0, :3, :3]
        intrinsics = animation.intrinsics[0]
        carried = intrinsics @ turn @ np.linalg.inv(intrinsics)
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # array indices to pixels
        matrix, size = np.linalg.inv(half) @ carried @ half, (animation.facts.width, animation.facts.height)
        expected = cv2.warpPerspective(made.frames[0], matrix, size, flags=cv2.INTER_LANCZOS4)
        shown = cv2.warpPerspective(np.ones_like(made.frames[0][..., 0]), matrix, size, flags=cv2.INTER_NEAREST) > 0
        inside = cv2.erode(shown.astype(np.uint8), np.ones((9, 9))) > 0
        off = np.abs(made.frames[frame].astype(float) - expected)[inside]
        assert inside.mean() > 0.75
        assert off.mean() < 1.5
