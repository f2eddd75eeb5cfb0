"""Retiming keeps the duration and puts every delivered frame at its moment."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from r2s2r.stages.encode.retime import Retiming, retimed

SIXTEEN = Fraction(16)


def _flat(number):
    return np.full((32, 48, 3), 10 * number, np.uint8)


def _values(count, deliver_fps, how):
    retiming = Retiming(frames=count, fps=SIXTEEN, deliver_fps=Fraction(deliver_fps))
    pictures = list(retimed(map(_flat, range(count)), retiming, how))
    assert len(pictures) == retiming.deliver_frames
    return [int(picture[16, 24, 0]) for picture in pictures]


@pytest.mark.parametrize("how", ["hold", "blend", "flow"])
def test_at_the_same_rate_every_frame_comes_through_untouched(how):
    assert _values(6, 16, how) == [0, 10, 20, 30, 40, 50]


def test_hold_shows_the_latest_frame_there_is():
    assert _values(4, 32, "hold") == [0, 0, 10, 10, 20, 20, 30, 30]
    assert _values(4, 24, "hold") == [0, 0, 10, 20, 20, 30]


@pytest.mark.parametrize("how", ["blend", "flow"])
def test_between_frames_lies_their_mean_and_the_last_one_is_held(how):
    assert _values(4, 32, how) == [0, 5, 10, 15, 20, 25, 30, 30]


def test_a_slower_rate_leaves_frames_out():
    assert _values(8, 8, "hold") == [0, 20, 40, 60]


@pytest.mark.parametrize("deliver_fps", [Fraction(30000, 1001), Fraction(24), Fraction(25), Fraction(60), Fraction(5)])
def test_the_duration_is_kept_to_half_a_frame(deliver_fps):
    retiming = Retiming(frames=77, fps=SIXTEEN, deliver_fps=deliver_fps)
    assert abs(retiming.deliver_frames / deliver_fps - 77 / SIXTEEN) <= 1 / deliver_fps / 2
    assert retiming.position(retiming.deliver_frames - 1) <= 76


def test_one_frame_is_held():
    assert _values(1, 48, "blend") == [0, 0, 0]


def test_watchers_see_every_frame_even_if_the_last_ones_are_left_out():
    seen = []

    def frames():
        for number in range(7):
            seen.append(number)
            yield _flat(number)

    list(retimed(frames(), Retiming(frames=7, fps=SIXTEEN, deliver_fps=Fraction(3)), "hold"))
    assert seen == list(range(7))


def _moving(x_px, height=120, width=200):
    """A soft disc before a soft pattern that stands still."""
    rows, columns = np.mgrid[0:height, 0:width].astype(float)
    ground = 110 + 30 * np.sin(columns / 9) * np.cos(rows / 7)
    disc = np.clip(26 - np.hypot(columns - x_px, rows - 60), 0, 4) / 4
    grain = 40 * np.sin((columns - x_px) / 3) * np.sin(rows / 3)
    grey = ground * (1 - disc) + (190 + grain) * disc
    return np.rint(np.stack([grey, grey * 0.9, grey * 0.7], -1)).astype(np.uint8)


def _rms(picture, truth):
    return float(np.sqrt(((picture.astype(float) - truth) ** 2).mean()))


def test_flow_moves_what_blend_would_double():
    retiming = Retiming(frames=2, fps=SIXTEEN, deliver_fps=Fraction(64))
    by_flow, by_blend = (list(retimed(iter([_moving(80), _moving(88)]), retiming, how)) for how in ("flow", "blend"))
    for quarter in (1, 2, 3):
        truth = _moving(80 + 2 * quarter)
        assert _rms(by_flow[quarter], truth) < 0.35 * _rms(by_blend[quarter], truth)


def test_flow_gives_the_same_bytes_on_any_number_of_threads():
    retiming = Retiming(frames=3, fps=SIXTEEN, deliver_fps=Fraction(40))
    threads, results = cv2.getNumThreads(), []
    try:
        for count in (1, 4):
            cv2.setNumThreads(count)
            results.append(list(retimed(map(_moving, (60, 69, 75)), retiming, "flow")))
    finally:
        cv2.setNumThreads(threads)
    assert np.array_equal(results[0], results[1])
