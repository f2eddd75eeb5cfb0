"""Timeline: frames of times, shares of moves."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2s2r.spec.camera import PanMove
from r2s2r.spec.times import Moment
from r2s2r.stages.edit.timeline import Timeline


def _pan(**times):
    return PanMove.model_validate({"type": "pan", "degrees": 10, "ease": "linear", **times}, strict=False)


def test_a_move_is_nothing_before_it_and_held_after_it():
    share = Timeline.whole(21, Fraction(10)).share(_pan(**{"from": 5, "to": "1.5s"}))
    np.testing.assert_allclose(share, np.clip((np.arange(21) - 5) / 10, 0, 1))


def test_a_move_without_times_takes_the_whole_shot():
    share = Timeline.whole(11, Fraction(16)).share(_pan())
    np.testing.assert_allclose(share, np.linspace(0, 1, 11))


def test_a_move_within_one_frame_is_done_from_there_on():
    share = Timeline.whole(4, Fraction(16)).share(_pan(**{"from": 2, "to": 2}))
    np.testing.assert_array_equal(share, [0, 0, 1, 1])


@given(percent=st.integers(0, 100), fps=st.integers(1, 120), tenths=st.integers(0, 600))
def test_whole_frames_are_whole_however_they_are_written(percent, fps, tenths):
    assert Timeline.whole(101, Fraction(fps)).frame_of(Moment(value=percent, unit="%")) == percent
    frame = Timeline.whole(101, Fraction(fps)).frame_of(Moment(value=tenths / 10, unit="s"))
    if tenths * fps % 10 == 0:
        assert frame == tenths * fps // 10
    else:
        assert frame == pytest.approx(tenths * fps / 10)


def test_one_moment_is_a_timeline_of_the_same_shot():
    whole = Timeline.whole(21, Fraction(10))
    moment = whole.moment(7.5)
    assert (moment.frames, moment.fps, moment.name(0)) == (21, Fraction(10), "frame 7.5")
    np.testing.assert_array_equal(moment.share(_pan(to=10)), [0.75])
