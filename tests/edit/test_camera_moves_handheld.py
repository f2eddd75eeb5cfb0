"""Handheld: smooth, different for each seed, 0 on average and where the shot starts."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.edit.pictures import state

# Ten minutes, four moments a second.
LONG = np.arange(0, 600 * 16, 4.0)


def _sway(path, still):
    """Shifts in metres and turns in degrees, in the camera's axes, [T, 6]."""
    shifts = (still.rotation.swapaxes(1, 2) @ (path.eye_m - still.eye_m)[..., None])[..., 0]
    turns = Rotation.from_matrix(still.rotation.swapaxes(1, 2) @ path.rotation).as_rotvec(degrees=True)
    return np.concatenate([shifts, turns], axis=1)


@pytest.mark.parametrize("seed", [0, 1, 7, 2**62])
def test_it_sways_about_where_the_camera_was_by_as_much_as_it_says(shoot, seed):
    move = {"type": "handheld", "seed": seed, "shift_m": 0.02, "turn_deg": 0.5}
    sway = _sway(shoot(move, at=LONG, frames=9600), shoot(at=LONG, frames=9600))
    expected = np.array([0.02] * 3 + [0.5, 0.5, 0.25])
    assert np.abs(sway.mean(axis=0) / expected).max() < 0.02
    np.testing.assert_allclose(sway.std(axis=0), expected, rtol=0.05)
    related = np.corrcoef(sway.T) - np.eye(6)
    assert np.abs(related).max() < 0.3


def test_the_first_frame_is_as_without_it(shoot):
    path = shoot({"type": "handheld", "amount": 5, "seed": 3})
    np.testing.assert_array_equal(state(path)[0], state(shoot())[0])
    assert np.abs(path.eye_m - shoot().eye_m).max() > 0.01


def test_another_seed_is_another_hand(shoot):
    one, other, again = (shoot({"type": "handheld", "seed": seed}) for seed in (1, 2, 1))
    np.testing.assert_array_equal(state(one), state(again))
    assert np.abs(one.eye_m - other.eye_m).max() > 0.003


def test_it_is_the_same_at_any_frame_rate(shoot):
    move = {"type": "handheld", "seed": 5}
    slow, fast = shoot(move, frames=25, fps=12), shoot(move, frames=49, fps=24)
    np.testing.assert_allclose(state(fast)[::2], state(slow), atol=1e-12)


def test_it_sways_about_as_often_as_it_says(shoot):
    for hz in (0.5, 1.0, 2.0):
        fine = np.arange(0, 60 * 16, 0.5)
        moved = shoot({"type": "handheld", "hz": hz}, at=fine, frames=960).eye_m - shoot(at=fine, frames=960).eye_m
        crossings = np.mean([(np.diff(np.sign(axis)) != 0).sum() for axis in moved.T]) / 60
        assert 0.75 * hz < crossings / 2 < 1.25 * hz


def test_it_is_smooth_at_16_frames_a_second(shoot):
    path = shoot({"type": "handheld"}, frames=961)
    step_m = np.linalg.norm(np.diff(path.eye_m, axis=0), axis=1)
    assert step_m.max() < 0.02, "less than two standard deviations"


def test_amount_is_of_all_of_it(shoot):
    calm, wild = (_sway(shoot({"type": "handheld", "amount": amount}), shoot()) for amount in (0.5, 1.0))
    np.testing.assert_allclose(2 * calm, wild, atol=1e-9)
    np.testing.assert_array_equal(state(shoot({"type": "handheld", "amount": 0})), state(shoot()))
