"""Following an entity: it stays on it, and says when it has lost it."""

import numpy as np
import pytest

from r2s2r.stages.lift.masking.follower import Follower
from tests.lift.material import disc, grain, overlap

HEIGHT, WIDTH = 150, 240
GRASS = (grain(HEIGHT, WIDTH, 2, low=60, high=200) * np.array([0.3, 1, 0.4])).astype(np.uint8)
BALL = (grain(HEIGHT, 3 * WIDTH, 1, low=120, high=250) * np.array([1, 0.3, 0.25])).astype(np.uint8)


def shot(x, noise=None):
    """The red ball at column ``x`` before the grass; its detail moves with it."""
    mask = disc(HEIGHT, WIDTH, x, 75, 36)
    shifted = BALL[:, 2 * WIDTH - round(x) :][:, :WIDTH]
    frame = np.where(mask[..., None], shifted, GRASS)
    if noise is not None:
        frame = np.clip(frame + noise.normal(0, 3, frame.shape), 0, 255)
    return frame.astype(np.uint8), mask


def followed(frames, mask):
    follower = Follower(frames[0], mask.astype(np.float32))
    for frame in frames[1:]:
        follower.step(frame)
    return follower


def test_what_stands_still_before_a_static_camera_stays_as_it_is():
    noise = np.random.default_rng(0)
    frames = [shot(100, noise)[0] for _ in range(60)]
    mask = shot(100)[1]
    assert overlap(followed(frames, mask).matte > 0.5, mask) > 0.98


@pytest.mark.parametrize("step", [0.25, 1, 4])
def test_what_moves_is_followed(step):
    frames = [shot(60 + step * index)[0] for index in range(30)]
    follower = followed(frames, shot(60)[1])
    assert not follower.lost
    assert overlap(follower.matte > 0.5, shot(60 + step * 29)[1]) > 0.95


def test_what_comes_into_view_is_added():

    def behind_a_wall(x):
        frame, mask = shot(x)
        wall = np.arange(WIDTH)[None, :] + 0 * np.arange(HEIGHT)[:, None] > 120
        return np.where(wall[..., None], GRASS, frame).astype(np.uint8), mask & ~wall

    frames = [behind_a_wall(110 - 2 * index) for index in range(20)]
    follower = followed([frame for frame, _ in frames], frames[0][1])
    assert overlap(follower.matte > 0.5, frames[-1][1]) > 0.9


def test_a_cut_loses_it():
    follower = followed([shot(100)[0], grain(HEIGHT, WIDTH, 9), grain(HEIGHT, WIDTH, 8)], shot(100)[1])
    assert follower.lost
    assert not follower.left_the_picture
    assert not follower.matte.any()


def test_what_comes_back_after_a_cut_is_found_again():
    follower = followed([shot(100)[0], grain(HEIGHT, WIDTH, 9), shot(140)[0]], shot(100)[1])
    assert not follower.lost
    assert overlap(follower.matte > 0.5, shot(140)[1]) > 0.9


def test_what_moves_faster_than_flow_can_tell_is_followed():
    places = [60 + 120 * (index % 2) for index in range(12)]
    frames = [shot(x)[0] for x in places]
    follower = Follower(frames[0], shot(60)[1].astype(np.float32))
    for x, frame in zip(places[1:], frames[1:], strict=True):
        follower.step(frame)
        assert overlap(follower.matte > 0.5, shot(x)[1]) > 0.8, x


def test_what_comes_out_from_behind_something_is_found_again():
    wall = (np.abs(np.arange(WIDTH) - 120) < 45)[None, :, None]
    paint = (grain(HEIGHT, WIDTH, 7, low=60, high=150) * np.array([0.5, 0.6, 1])).astype(np.uint8)
    frames = [np.where(wall, paint, shot(30 + 5 * index)[0]) for index in range(38)]
    follower = followed(frames, shot(30)[1] & ~wall[..., 0])
    assert overlap(follower.matte > 0.5, shot(30 + 5 * 37)[1] & ~wall[..., 0]) > 0.9


def test_the_neighbour_of_another_colour_is_not_taken_for_it():
    blue = shot(100)[0][..., ::-1].copy()
    follower = followed([shot(100)[0], grain(HEIGHT, WIDTH, 9), blue], shot(100)[1])
    assert follower.lost


def test_going_out_of_the_picture_is_no_loss():
    follower = followed([shot(160 + 4 * index)[0] for index in range(32)], shot(160)[1])
    assert follower.left_the_picture
    assert not follower.matte.any()
