"""Camera moves: each against what it means, in angles, metres and pixels."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.source_camera import SourceCamera, SourceCameraFacts
from r2s2r.errors import InputError
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.easing import eased
from r2s2r.spec.camera import SourceMove
from r2s2r.stages.edit.camera.source_motion import of_source
from r2s2r.stages.edit.timeline import Timeline
from tests.edit.conftest import SOURCE

BUNNY = np.array([0.3, 0.8, -4.0])


def _pixels(path, source, points):
    cameras = (Camera(matrix, source.intrinsics, 720, 1280) for matrix in path.world_from_camera)
    return np.array([camera.project(point)[0] for camera, point in zip(cameras, points, strict=True)])


def _resting(source, frames=41):
    return np.tile(source.world_from_camera, (frames, 1, 1))


def test_without_moves_it_is_the_source_camera(shoot, source):
    np.testing.assert_array_equal(shoot().world_from_camera, _resting(source))
    np.testing.assert_array_equal(shoot({"type": "static"}).world_from_camera, _resting(source))
    np.testing.assert_array_equal(shoot({"type": "static"}).zoom, np.ones(41))


@pytest.mark.parametrize(
    "move",
    [
        {"type": "orbit", "around": "bunny", "degrees": 0},
        {"type": "dolly", "distance_m": 0},
        {"type": "dolly", "distance_m": 0, "towards": "bunny"},
        {"type": "pan", "degrees": 0},
        {"type": "keyframes", "keys": [{"at": 0}, {"at": 20}]},
        {"type": "keyframes", "keys": [{"at": 0}, {"at": 20, "rotate_deg": [0, 0, 0]}]},
    ],
)
def test_a_move_by_nothing_changes_no_bit(shoot, source, move):
    np.testing.assert_array_equal(shoot(move).world_from_camera, _resting(source))
    np.testing.assert_array_equal(shoot(move).zoom, np.ones(41))


def test_an_orbit_keeps_its_target_in_place_in_the_picture(shoot, source):
    path = shoot({"type": "orbit", "around": "bunny", "degrees": 90})
    pixels = _pixels(path, source, np.tile(BUNNY, (41, 1)))
    assert np.abs(pixels - pixels[0]).max() < 1e-6
    above = _pixels(path, source, np.tile(BUNNY + np.array([0, 0.7, 0]), (41, 1)))
    assert np.abs(above - above[0]).max() < 1e-6, "so does all of the axis"


def test_an_orbit_keeps_a_target_that_moves_where_it_was(shoot, source):
    ghost = np.array([-2, 1.5, -5]) + np.arange(41)[:, None] * np.array([0.1, 0, 0])
    path = shoot({"type": "orbit", "around": "ghost", "degrees": -70})
    still = _pixels(shoot(), source, ghost)
    assert np.abs(_pixels(path, source, ghost) - still).max() < 1e-6


def test_an_orbit_goes_to_the_right_by_its_angle_at_its_distance(shoot):
    path = shoot({"type": "orbit", "around": [0, 0, -4], "degrees": 90, "ease": "linear"})
    angle = np.radians(np.linspace(0, 90, 41))
    expected = np.stack([4 * np.sin(angle), np.full(41, 1.2), -4 + 4 * np.cos(angle)], axis=1)
    np.testing.assert_allclose(path.eye_m, expected, atol=1e-12)


@pytest.mark.parametrize("ease", ["linear", "in", "out", "in_out"])
def test_a_move_is_eased_within_its_times(shoot, ease):
    path = shoot({"type": "pan", "degrees": 40, "from": 10, "to": 30, "ease": ease})
    forward = path.rotation[:, :, 2]
    turned = np.degrees(np.arctan2(forward[:, 0], -forward[:, 2]))
    expected = 40 * eased(np.clip((np.arange(41) - 10) / 20, 0, 1), ease)
    np.testing.assert_allclose(turned, expected, atol=1e-9)


def test_a_pan_turns_right_on_the_spot_and_keeps_the_horizon(shoot, source):
    path = shoot({"type": "pan", "degrees": 30})
    assert path.rotation[-1, 0, 2] > 0
    np.testing.assert_array_equal(path.eye_m, np.tile(source.position_m, (41, 1)))
    np.testing.assert_allclose(path.rotation[:, 1, 0], 0, atol=1e-12)
    np.testing.assert_allclose(path.rotation[:, 1, 2], source.world_from_camera[1, 2], atol=1e-12)


def test_a_dolly_goes_where_the_camera_looks(shoot, source):
    path = shoot({"type": "dolly", "distance_m": 2, "ease": "linear"})
    way = np.linspace(0, 2, 41)[:, None] * source.world_from_camera[:3, 2]
    np.testing.assert_allclose(path.eye_m, source.position_m + way, atol=1e-12)
    np.testing.assert_array_equal(path.rotation, shoot().rotation)
    assert shoot({"type": "dolly", "distance_m": -1}).eye_m[-1, 2] > 0


def test_a_dolly_towards_a_target_nears_it_by_the_distance(shoot, source):
    path = shoot({"type": "dolly", "distance_m": 1.5, "towards": "bunny", "ease": "linear"})
    left_m = np.linalg.norm(path.eye_m - BUNNY, axis=1)
    np.testing.assert_allclose(left_m, left_m[0] - np.linspace(0, 1.5, 41), atol=1e-12)


def test_moves_act_one_after_the_other(shoot):
    orbit = {"type": "orbit", "around": "bunny", "degrees": 30}
    both = shoot(orbit, {"type": "dolly", "distance_m": 1, "ease": "linear"})
    alone = shoot(orbit)
    np.testing.assert_allclose(
        both.eye_m, alone.eye_m + np.linspace(0, 1, 41)[:, None] * alone.rotation[:, :, 2], atol=1e-12
    )


@settings(max_examples=25, deadline=None)
@given(chosen=st.lists(st.integers(0, 80), min_size=1, max_size=20))
def test_sampling_fewer_moments_gives_the_same_bits(shoot, chosen):
    moves = (
        {
            "type": "keyframes",
            "keys": [{"at": 0, "look_at": "ghost"}, {"at": 9, "position_m": [1, 2, 0], "fov_deg": 30}],
        },
        {"type": "orbit", "around": "ghost", "degrees": 77},
        {"type": "dolly", "distance_m": 1, "towards": "bunny", "from": 3},
        {"type": "pan", "degrees": -9, "ease": "out"},
    )
    every = np.arange(81) / 2
    whole, part = shoot(*moves, at=every), shoot(*moves, at=every[chosen])
    np.testing.assert_array_equal(part.world_from_camera, whole.world_from_camera[chosen])
    np.testing.assert_array_equal(part.zoom, whole.zoom[chosen])


def test_a_camera_on_the_point_it_travels_to_names_move_and_frame(shoot):
    with pytest.raises(InputError, match=r"camera\[1\]\.towards: at frame 0 the camera stands on this point"):
        shoot({"type": "static"}, {"type": "dolly", "distance_m": 1, "towards": [0, 1.2, 0]})


def test_a_camera_that_leaves_the_world_names_move_and_frame(shoot):
    with pytest.raises(InputError, match=r"camera\[0\]: at frame 40 this leads to .* stay within 10000 m"):
        shoot({"type": "dolly", "distance_m": 1.2e4, "from": 39})


@pytest.mark.parametrize(
    ("move", "field"),
    [
        ({"type": "orbit", "around": [1e308, 0, 0], "degrees": 9}, r"camera\[0\]\.around"),
        ({"type": "dolly", "distance_m": 1, "towards": [0, -1e200, 0]}, r"camera\[0\]\.towards"),
        ({"type": "dolly", "distance_m": 1e308}, r"camera\[0\]"),
        ({"type": "keyframes", "keys": [{"at": 0, "look_at": [1e308, 0, 0]}]}, r"camera\[0\]\.keys\[0\]\.look_at"),
        ({"type": "keyframes", "keys": [{"at": 0, "position_m": [0, 0, 1e5]}]}, r"camera\[0\]\.keys\[0\]\.position_m"),
    ],
)
def test_points_beyond_the_world_are_refused_by_name(shoot, move, field):
    with pytest.raises(InputError, match=rf"{field}: at frame \d+ this leads to"):
        shoot(move)


def test_any_angle_is_an_angle(shoot):
    path = shoot({"type": "pan", "degrees": 1e9}, {"type": "orbit", "around": "bunny", "degrees": -1e9})
    np.testing.assert_allclose(np.linalg.det(path.rotation), 1)


def _filmed(*, from_s=-1.0, to_s=2.0):
    """The clip's camera went 2 m a second to the right, and turned by 20 degrees a second."""
    times_s = np.arange(round(from_s * 25), round(to_s * 25) + 1) / 25
    reference_from_camera = np.tile(np.eye(4), (len(times_s), 1, 1))
    reference_from_camera[:, :3, :3] = Rotation.from_euler("y", 20 * times_s[:, None], degrees=True).as_matrix()
    reference_from_camera[:, 0, 3] = 2 * times_s
    reference = int(np.flatnonzero(times_s == 0)[0])
    facts = SourceCameraFacts(height=720, width=1280, reference=reference, is_static=False)
    return SourceCamera(facts, SOURCE.intrinsics, SOURCE.world_from_camera @ reference_from_camera, times_s)


def test_following_the_source_is_the_clips_own_camera(shoot, source):
    path, filmed = shoot({"type": "source"}, filmed=_filmed()), _filmed()
    np.testing.assert_allclose(path.world_from_camera[0], source.world_from_camera, atol=1e-12)
    # The shot runs at 16 frames a second, the clip at 25: frame 16 shows what the clip's frame 25 did.
    expected = filmed.world_from_camera[filmed.facts.reference + 25]
    np.testing.assert_allclose(path.world_from_camera[16], expected, atol=1e-12)
    np.testing.assert_allclose(path.eye_m[8, 0], 1.0, atol=1e-12)


def test_the_source_can_be_followed_faster_later_and_backwards(shoot):
    later = shoot({"type": "source", "start_s": 0.5}, filmed=_filmed())
    twice = shoot({"type": "source", "speed": 2, "start_s": 0.5}, filmed=_filmed())
    back = shoot({"type": "source", "speed": -1}, filmed=_filmed())
    np.testing.assert_allclose(later.eye_m[:3, 0], 1 + 2 * np.arange(3) / 16, atol=1e-12)
    np.testing.assert_allclose(twice.eye_m[:3, 0], 1 + 4 * np.arange(3) / 16, atol=1e-12)
    np.testing.assert_allclose(back.eye_m[:3, 0], -2 * np.arange(3) / 16, atol=1e-12)


def test_outside_what_is_known_the_camera_is_held(shoot):
    path = shoot({"type": "source"}, filmed=_filmed(to_s=1.0))
    np.testing.assert_array_equal(path.world_from_camera[17:], np.tile(path.world_from_camera[16], (24, 1, 1)))


def test_a_camera_that_stood_is_followed_by_standing(shoot, source):
    np.testing.assert_array_equal(shoot({"type": "source"}).world_from_camera, _resting(source))


def test_the_source_is_followed_from_where_the_camera_is(shoot):
    dolly = {"type": "dolly", "distance_m": 1, "from": 0, "to": 0}
    both, alone = shoot(dolly, {"type": "source"}, filmed=_filmed()), shoot({"type": "source"}, filmed=_filmed())
    ahead = SOURCE.world_from_camera[:3, 2]
    np.testing.assert_allclose(both.eye_m, alone.eye_m + ahead, atol=1e-12)
    np.testing.assert_allclose(both.rotation, alone.rotation, atol=1e-12)


def test_following_what_is_not_there_is_said():
    timeline = Timeline.whole(41, Fraction(16))
    moves = (SourceMove(type="source"),)
    still = SourceCamera.static(SOURCE, np.zeros(1), reference=0)
    assert list(of_source(moves, still, timeline)) == [
        "camera[0]: the clip's camera does not move, so following it does nothing"
    ]
    (held,) = of_source(moves, _filmed(to_s=1.0), timeline)
    assert "known from -1.00 s to 1.00 s" in held
    assert "held for 24 of 41 frames" in held
    assert not list(of_source(moves, _filmed(to_s=3.0), timeline))
