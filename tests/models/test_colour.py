"""Colour of generated segments."""

import numpy as np
import pytest

from r2s2r.models.colour import Distribution, matched


def noise(*shape, seed=0, low=40, high=200):
    return np.random.default_rng(seed).integers(low, high, (*shape, 3)).astype(np.uint8)


def flat(red, green, blue):
    return np.full((4, 6, 3), (red, green, blue), np.uint8)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
)
def test_colours_are_cie_lab_under_d65(rgb, lab):
    found = Distribution.of([flat(*rgb)])
    np.testing.assert_allclose(found.mean, lab, atol=0.02)
    np.testing.assert_allclose(found.spread, 0, atol=0.01)


def test_frames_are_measured_together():
    found = Distribution.of([flat(0, 0, 0), flat(255, 255, 255)])
    np.testing.assert_allclose(found.mean[0], 50, atol=0.01)
    np.testing.assert_allclose(found.spread[0], 50, atol=0.01)


def test_distance_is_that_of_the_means():
    assert Distribution.of([flat(0, 0, 0)]).delta_e(Distribution.of([flat(255, 255, 255)])) == pytest.approx(
        100, abs=0.01
    )


def test_a_matched_segment_has_the_wanted_distribution():
    segment, wanted = noise(3, 32, 48, low=0, high=120), Distribution.of([noise(32, 48, seed=1, low=90, high=160)])
    found = Distribution.of(matched(segment, wanted))
    np.testing.assert_allclose(found.mean, wanted.mean, atol=0.3)
    np.testing.assert_allclose(found.spread, wanted.spread, atol=0.5)


def test_a_segment_that_is_right_is_left_alone():
    segment = noise(2, 32, 48, low=0, high=256)
    np.testing.assert_array_equal(matched(segment, Distribution.of(segment)), segment)


def test_frames_of_a_segment_are_all_changed_alike():
    segment = np.stack([noise(8, 8), noise(8, 8, seed=1)])
    segment[1, 0] = segment[0, 0]
    changed = matched(segment, Distribution.of([noise(8, 8, seed=2, low=100, high=220)]))
    np.testing.assert_array_equal(changed[1, 0], changed[0, 0])


def test_a_picture_of_one_colour_is_moved_and_not_stretched():
    changed = matched(flat(90, 90, 90)[None], Distribution.of([noise(32, 48)]))
    assert len(np.unique(changed.reshape(-1, 3), axis=0)) == 1


def test_what_was_given_is_not_written_to():
    segment = noise(2, 8, 8)
    kept = segment.copy()
    matched(segment, Distribution.of([noise(8, 8, seed=1, low=0, high=90)]))
    np.testing.assert_array_equal(segment, kept)
