"""How far something stands from where it stood."""

import numpy as np

from r2s2r.media.animations.difference import difference, scaled

STILL = np.tile(np.eye(4), (3, 1, 1))


def test_a_sentence_says_how_far_and_from_which_frame_on():
    moved = STILL.copy()
    moved[1:, 0, 3] = 0.3
    assert str(difference(STILL, moved)) == "moved by up to 0.3 m, from frame 1 on"
    assert difference(STILL, STILL + 1e-12) is None


def test_a_longer_lens_is_called_a_lens():
    zoomed = scaled(STILL, np.array([1, 1, 1.25]))
    assert str(difference(STILL, zoomed, of_size="lens changed")) == "lens changed by up to 25 %, from frame 2 on"
    assert str(difference(STILL, zoomed)) == "resized by up to 25 %, from frame 2 on"
