"""Who worked when."""

from itertools import pairwise

import pytest

from r2s2r.report.slots import strips
from r2s2r.report.times import duration, ticks
from r2s2r.report.work import Span


def test_a_strip_is_dark_where_its_slot_worked_and_empty_elsewhere():
    _, (strip,) = strips([Span("GPU 0", 0, 600, False, "a")], 0, 1200)
    busy = [part for part, share in enumerate(strip.load) if share]
    assert busy == list(range(len(strip.load) // 2))
    assert set(strip.load) == {0, 100}
    assert (strip.nodes, strip.busy_s) == (1, 600)


def test_work_side_by_side_is_darker_and_counts_once_as_busy():
    spans = [Span("node1", 0, 1200, False, "a"), Span("node1", 600, 1200, False, "b")]
    _, (strip,) = strips(spans, 0, 1200)
    assert (strip.load[0], strip.load[-1]) == (50, 100)
    assert strip.busy_s == 1200


def test_a_try_that_ended_badly_is_marked_where_it_ended():
    _, (strip,) = strips([Span("GPU 0", 0, 599, True, "a"), Span("GPU 0", 599, 1200, False, "b")], 0, 1200)
    assert strip.failed == (len(strip.load) // 2 - 1,)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 1), (1000, 90_000), (0, 40 * 86_400)])
def test_ticks_hold_the_whole_time_and_are_few(start: float, end: float):
    marks = ticks(start, end)
    assert marks[0] <= start
    assert marks[-1] >= end
    assert 2 <= len(marks) <= 12
    assert len({later - earlier for earlier, later in pairwise(marks)}) == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (9.96, "10 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (3599, "1 h 00 min"),
        (86_399, "1 d 0 h"),
        (1e6, "11 d 14 h"),
    ],
)
def test_durations_never_read_as_sixty_of_something(seconds: float, words: str):
    assert duration(seconds) == words
