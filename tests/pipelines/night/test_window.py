"""A window is a time of day; a night is two moments, whatever the clock does in between."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.night.window import Window
from r2s2r.errors import InputError

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_S = 3600.0


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def span(window: str, now: str):
    return Window.parse(window).span(at(now), BERLIN)


@pytest.mark.parametrize(
    ("now", "begin"),
    [
        ("2026-11-23T12:00", "2026-11-23T22:00"),
        ("2026-11-23T22:00", "2026-11-23T22:00"),
        ("2026-11-23T23:59", "2026-11-23T22:00"),
        ("2026-11-24T03:00", "2026-11-23T22:00"),
        ("2026-11-24T06:59", "2026-11-23T22:00"),
        ("2026-11-24T07:00", "2026-11-24T22:00"),
    ],
)
def test_a_night_over_midnight_is_the_one_that_goes_on_or_the_next(now, begin):
    found = span("22:00-07:00", now)
    assert found.begin_s == at(begin)
    assert found.length_s == 9 * HOUR_S


def test_a_window_within_a_day_ends_on_that_day():
    found = span("01:30-05:00", "2026-11-23T06:00")
    assert (found.begin_s, found.end_s) == (at("2026-11-24T01:30"), at("2026-11-24T05:00"))


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter():
    found = span("22:00-07:00", "2026-03-28T23:00")
    assert found.length_s == 8 * HOUR_S
    assert found.end_s == at("2026-03-29T07:00")


def test_the_night_in_which_clocks_go_back_is_an_hour_longer():
    found = span("22:00-07:00", "2026-10-24T23:00")
    assert found.length_s == 10 * HOUR_S


def test_a_window_that_a_change_of_the_clock_leaves_nothing_of_is_left_out_that_night():
    found = span("02:30-03:00", "2026-03-29T00:00")  # 02:30 is skipped: it would be 03:30
    assert found.begin_s == at("2026-03-30T02:30")
    assert found.length_s == HOUR_S / 2


def test_a_time_that_comes_twice_is_meant_the_first_time():
    found = span("02:30-04:00", "2026-10-25T00:00")
    assert found.length_s == 2.5 * HOUR_S


def test_every_moment_of_a_year_has_a_night_that_has_not_ended():
    window, now = Window.parse("23:45-02:15"), at("2026-01-01T00:00")
    while now < at("2027-01-01T00:00"):
        found = window.span(now, BERLIN)
        assert now < found.end_s
        assert found.begin_s - now < 25 * HOUR_S
        now += 1800


@pytest.mark.parametrize("text", ["22-07", "24:00-07:00", "22:00-07:60", "22:00", "", "22:00-07:00 ?"])
def test_what_is_no_window_is_told_how_to_write_one(text):
    with pytest.raises(InputError, match="22:00-07:00"):
        Window.parse(text)


def test_a_window_of_no_length_is_refused():
    with pytest.raises(InputError, match="ends when it begins"):
        Window.parse("22:00-22:00")


def test_a_window_reads_as_it_is_written():
    assert str(Window.parse("22:05-07:00")) == "22:05-07:00"
