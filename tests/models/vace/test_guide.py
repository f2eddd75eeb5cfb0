"""What VACE is shown of a segment."""

import numpy as np
import torch

from r2s2r.models.segments import Segments
from r2s2r.models.vace.guide import shown
from tests.models.vace.tiny import guide_of, left_half, pictures

SEGMENTS = Segments(frames=12, length=9, overlap=5)


def test_without_masks_the_model_makes_every_pixel_after_the_frames():
    frames = pictures(12)
    first = shown(guide_of(frames), SEGMENTS, 0, None)
    np.testing.assert_allclose(first.video[0].permute(0, 2, 3, 1), frames[:9] / np.float32(255))
    assert (first.mask == 1).all()


def test_what_is_to_be_filled_says_nothing():
    """Not even the half level by which 128 of 255 is too bright."""
    first = shown(guide_of(pictures(12), left_half(12)), SEGMENTS, 0, None)
    np.testing.assert_array_equal(first.mask[0, :, 0] * 255, left_half(9))
    assert (first.video[0][first.mask[0].expand(-1, 3, -1, -1) == 1] == 0.5).all()
    kept = first.mask[0, :, 0].numpy() == 0
    np.testing.assert_allclose(first.video[0].permute(0, 2, 3, 1)[kept], pictures(12)[:9][kept] / np.float32(255))


def test_a_segment_keeps_the_last_frames_of_the_one_before():
    last = torch.linspace(-1.2, 1.2, 5).view(1, 1, 5, 1, 1).expand(1, 3, 5, 32, 48)
    second = shown(guide_of(pictures(12)), SEGMENTS, 1, last)
    assert (second.mask[0, :5] == 0).all()
    assert (second.mask[0, 5:] == 1).all()
    expected = (last[0, 0, :, 0, 0] / 2 + 0.5).clamp(0, 1)
    torch.testing.assert_close(second.video[0, :5, 0, 0, 0], expected)


def test_frames_past_the_end_are_reflected():
    frames = pictures(12)
    second = shown(guide_of(frames), SEGMENTS, 1, torch.zeros(1, 3, 5, 32, 48))
    np.testing.assert_allclose(second.video[0, 5:].permute(0, 2, 3, 1), frames[[9, 10, 11, 10]] / np.float32(255))


def test_reading_twice_does_not_spoil_the_guide():
    guide = guide_of(pictures(12), left_half(12))
    first, second = (shown(guide, SEGMENTS, 0, None) for _ in range(2))
    torch.testing.assert_close(first.video, second.video, atol=0, rtol=0)
