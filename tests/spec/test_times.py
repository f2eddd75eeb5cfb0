"""Times: three ways to write them, in the shot, in order."""

from fractions import Fraction

import pytest
from pydantic import BaseModel

from r2s2r.spec.times import Time

SHOT = "shots: {{a: {{frames: 77, camera: [{camera}], edits: {{bunny: [{edit}]}}}}}}\n"


class _Clocked(BaseModel):
    at: Time


def _moment(written):
    return _Clocked.model_validate({"at": written}).at


@pytest.mark.parametrize(
    ("written", "frame"),
    [(0, 0), (38, 38), (38.5, 38.5), ("1.5s", 24), ("0s", 0), ("50%", 38), ("100%", 76)],
)
def test_a_time_is_a_frame_seconds_or_a_share_of_the_last_frame(written, frame):
    assert _moment(written).frame(77, Fraction(16)) == frame


@pytest.mark.parametrize("written", [0.1, 38.0, "1.5s", "33.333333333%", "0.00001s", "123456789.125s", 1e15])
def test_a_time_is_dumped_to_the_last_digit_and_reads_the_same_again(written):
    clocked = _Clocked(at=written)
    assert _Clocked.model_validate_json(clocked.model_dump_json()) == clocked


@pytest.mark.parametrize(
    "written", ["1.5 s", "1:30", "s", "-1s", "1e3s", "38", "", "9" * 400 + "s", True, None, [], -1]
)
def test_anything_else_is_no_time(written):
    with pytest.raises(ValueError, match="time"):
        _moment(written)


@pytest.mark.parametrize(
    ("camera", "edit", "expected"),
    [
        ("{type: pan, degrees: 1, to: 77}", "", "frame 77 is past the last frame, 76 (77 frames at 16 a second"),
        ("{type: pan, degrees: 1, from: 5s}", "", "camera[0].from: 5s (frame 80) is past the last frame, 76"),
        ("{type: pan, degrees: 1, to: 101%}", "", "camera[0].to: 101% (frame 76.76) is past the last frame, 76"),
        ("{type: pan, degrees: 1, from: 2s, to: 20}", "", "camera[0].to: frame 20 comes before from, 2s (frame 32)"),
        ("{type: keyframes, keys: [{at: 90}]}", "", "camera[0].keys[0].at: frame 90 is past the last frame"),
        ("", "{type: remove, to: 90}", "edits.bunny[0].to: frame 90 is past the last frame"),
        ("", "{type: remove, from: 9, to: 3}", "edits.bunny[0].to: frame 3 comes before from, frame 9"),
        ("", "{type: transform, keys: [{at: 5}, {at: 3}]}", "frame 3 does not come after the key before it, frame 5"),
        ("", "{type: transform, keys: [{at: 1s}, {at: 16}]}", "[1].at: frame 16 does not come after the key before"),
        ("", "{type: transform, keys: [{at: 90%}, {at: 1s}]}", "1s (frame 16) does not come after the key before it"),
    ],
)  # fmt: skip
def test_times_lie_in_the_shot_and_come_in_order(findings, camera, edit, expected):
    (finding,) = findings(SHOT.format(camera=camera, edit=edit))
    assert expected in finding


@pytest.mark.parametrize(
    "camera",
    [
        "{type: pan, degrees: 1, from: 0, to: 76}",
        "{type: pan, degrees: 1, from: 4.75s, to: 100%}",
        "{type: pan, degrees: 1, from: 5, to: 5}",
        "{type: pan, degrees: 1, from: 90%}",
        "{type: keyframes, keys: [{at: 0}, {at: 0.5}, {at: 50%}, {at: 4.75s}]}",
    ],
)
def test_times_up_to_the_last_frame_are_fine(load, camera):
    assert load(SHOT.format(camera=camera, edit="")).shots


def test_a_shot_of_one_frame_has_frame_0_only(findings, load):
    assert load("shots: {a: {frames: 1, camera: [{type: keyframes, keys: [{at: 0}]}]}}\n").shots
    (finding,) = findings("shots: {a: {frames: 1, camera: [{type: keyframes, keys: [{at: 1}]}]}}\n")
    assert "frame 1 is past the last frame, 0" in finding
