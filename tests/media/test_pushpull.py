"""Push-pull."""

import numpy as np

from r2s2r.media.pushpull import push_pull


def test_known_pixels_stay_and_a_hole_in_a_flat_picture_closes():
    values = np.full((37, 53, 3), (10, 120, 240), np.float32)
    known = np.ones((37, 53), np.float32)
    known[8:30, 10:40] = 0
    values[known == 0] = 777
    np.testing.assert_allclose(push_pull(values, known), np.broadcast_to((10, 120, 240), values.shape), rtol=1e-5)


def test_a_hole_is_bridged_between_its_sides():
    ramp = np.broadcast_to(np.linspace(0, 100, 64, dtype=np.float32)[None, :, None], (64, 64, 1)).copy()
    known = np.ones((64, 64), np.float32)
    known[:, 20:44] = 0
    bridged = push_pull(ramp, known)[32, 20:44, 0]
    assert bridged.min() >= ramp[0, 10, 0]
    assert bridged.max() <= ramp[0, 53, 0]
    assert bridged[-4:].mean() > bridged[:4].mean() + 20


def test_nothing_known_is_black():
    assert not push_pull(np.ones((9, 9, 3), np.float32), np.zeros((9, 9), np.float32)).any()


def test_along_rows_colours_do_not_mix_far_across():
    values = np.zeros((64, 64, 1), np.float32)
    values[:32] = 100
    known = np.zeros((64, 64), np.float32)
    known[:, :4] = 1
    spread = push_pull(values, known, halve=(0, 2))
    np.testing.assert_allclose(spread[:, :, 0], np.where(np.arange(64)[:, None] < 32, 100, 0) * np.ones(64), atol=1e-3)
