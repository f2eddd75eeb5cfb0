"""Frames made abreast: in order, a few at a time, and with the first error at its frame."""

import threading
import time

import pytest

from r2s2r.stages.diffuse.abreast import abreast

_PATIENCE_S = 10


@pytest.mark.parametrize("threads", [1, 2, 3, 20, None])
def test_frames_come_in_order_whichever_is_ready_first(threads):
    def make(frame):
        time.sleep(0.002 * (frame % 3 == 0))
        return frame

    assert list(abreast(make, 10, threads)) == list(range(10))
    assert list(abreast(make, 0, threads)) == []


def test_several_are_made_at_once():
    together = threading.Barrier(2)
    assert list(abreast(lambda _: together.wait(_PATIENCE_S) >= 0, 4, threads=2)) == [True] * 4


def test_no_more_are_begun_than_there_are_threads_and_one():
    begun: list[int] = []
    frames = abreast(begun.append, 50, threads=2)
    for taken, _ in enumerate(frames):
        assert len(begun) <= taken + 3


def test_what_a_frame_raises_comes_after_the_frames_before_it():
    def make(frame):
        if frame == 3:
            raise ValueError("the third")
        return frame

    seen: list[int] = []
    with pytest.raises(ValueError, match="the third"):
        seen.extend(iter(abreast(make, 9, threads=2)))
    assert seen == [0, 1, 2]


def test_closing_it_ends_the_work():
    before = threading.active_count()
    begun: list[int] = []
    frames = abreast(begun.append, 1000, threads=2)
    next(frames)
    frames.close()
    assert threading.active_count() == before
    assert len(begun) <= 3
