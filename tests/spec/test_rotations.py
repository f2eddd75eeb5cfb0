"""Neighbouring keys turn by less than half a turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from r2s2r.spec.checks.rotations import _quaternion


def _shot(*turns, kind="edit"):
    keys = ", ".join(f"{{at: {index}, rotate_deg: {list(turn)}}}" for index, turn in enumerate(turns))
    if kind == "edit":
        return f"shots: {{a: {{edits: {{bunny: [{{type: transform, keys: [{keys}]}}]}}}}}}\n"
    return f"shots: {{a: {{camera: [{{type: keyframes, keys: [{keys}]}}]}}}}\n"


@pytest.mark.parametrize("kind", ["edit", "camera"])
@pytest.mark.parametrize(
    ("turns", "degrees"),
    [
        (((0, 0, 0), (0, 180, 0)), "180"),
        (((0, 0, 0), (0, 0, -270)), "270"),
        (((170, 0, 0), (-170, 0, 0)), "340"),
        (((0, 0, 0), (0, 720, 0)), "720"),
        (((0, 90, 0), (90, 0, 90)), "180"),  # no angle differs by more than 90, all in all it is half a turn
    ],
)
def test_half_a_turn_or_more_is_refused_and_asks_for_a_key_in_between(findings, turns, degrees, kind):
    (finding,) = findings(_shot(*turns, kind=kind))
    assert f"keys[1].rotate_deg: turns by {degrees} degrees from the key before" in finding
    assert "add a key in between" in finding


@pytest.mark.parametrize("kind", ["edit", "camera"])
@pytest.mark.parametrize(
    "turns",
    [
        ((0, 0, 0), (0, 179, 0)),
        ((0, 0, 0), (0, 120, 0), (0, 240, 0), (0, 360, 0)),
        ((0, 720, 0),),
        ((0, 350, 0), (0, 370, 0)),
    ],
)
def test_less_than_half_a_turn_is_fine(load, turns, kind):
    assert load(_shot(*turns, kind=kind)).shots


def test_a_key_that_does_not_turn_is_at_zero(findings):
    text = "shots: {a: {edits: {bunny: [{type: transform, keys: [{at: 0, rotate_deg: [0, 200, 0]}, {at: 5}]}]}}}\n"
    (finding,) = findings(text)
    assert "keys[1].rotate_deg: turns by 200 degrees" in finding


def test_a_camera_key_that_looks_at_something_has_no_turn_to_compare(load):
    keys = "{at: 0, rotate_deg: [0, 170, 0]}, {at: 5, look_at: bunny}, {at: 9, rotate_deg: [0, -170, 0]}"
    assert load(f"shots: {{a: {{camera: [{{type: keyframes, keys: [{keys}]}}]}}}}\n").shots


_ANGLE = st.floats(-400, 400)


@settings(derandomize=True, max_examples=100)
@given(st.tuples(_ANGLE, _ANGLE, _ANGLE))
def test_the_quaternion_is_that_of_xyz_intrinsic_angles(turn):
    ours, theirs = _quaternion(turn), Rotation.from_euler("XYZ", turn, degrees=True).as_quat(scalar_first=True)
    assert abs(sum(a * b for a, b in zip(ours, theirs, strict=True))) == pytest.approx(1, abs=1e-12)
