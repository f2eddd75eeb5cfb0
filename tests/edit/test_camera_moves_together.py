"""All camera moves together: one after the other, without jumps in speed, and as a pure function of time and seed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2s2r.errors import InputError
from tests.edit.conftest import MIDDLE_M
from tests.edit.pictures import pixels, state

MOVES: dict[str, dict[str, Any]] = {
    "static": {"type": "static"},
    "pan": {"type": "pan", "degrees": 20},
    "tilt": {"type": "tilt", "degrees": -9},
    "roll": {"type": "roll", "degrees": 12},
    "zoom": {"type": "zoom", "factor": 1.5},
    "dolly": {"type": "dolly", "distance": "0.3x", "towards": "bunny"},
    "truck": {"type": "truck", "distance": "0.5x", "relative_to": "size", "subject": "bunny"},
    "pedestal": {"type": "pedestal", "distance_m": 0.4},
    "crane": {"type": "crane", "distance_m": 1, "subject": "bunny"},
    "arc": {"type": "arc", "around": "ghost", "degrees": 20, "rise_deg": 25},
    "orbit": {"type": "orbit", "around": "ghost", "degrees": -30},
    "spiral": {"type": "spiral", "around": "bunny", "degrees": 70, "radius": "0.6x", "rise_m": 0.5},
    "dolly_zoom": {"type": "dolly_zoom", "distance": "0.4x", "subject": "bunny"},
    "follow": {"type": "follow", "target": "ghost", "lag_s": 0.3, "turn": True},
    "look_at": {"type": "look_at", "target": "ghost", "roll_deg": 5},
    "handheld": {"type": "handheld", "seed": 9},
}
GIVEN_TIMES: dict[str, dict[str, Any]] = {
    "keyframes": {"type": "keyframes", "keys": [{"at": 5, "look_at": "ghost"}, {"at": 30, "fov_deg": 30}]},
    "path": {"type": "path", "relative": True, "points": [[0, 0, 0], [0.3, 0.1, 0.2], [0.5, 0.4, 0]]},
    "source": {"type": "source", "speed": 0.5},
}
# Under way while the others begin and end, so that each joint is between two moves.
UNDER_WAY = {"type": "truck", "distance_m": 2}


@pytest.mark.parametrize("name", [*MOVES, *GIVEN_TIMES])
def test_any_moments_in_any_order_have_equal_bits(shoot, name):
    moves = (UNDER_WAY, (MOVES | GIVEN_TIMES)[name], {"type": "tilt", "degrees": 3, "to": "50%"})
    every = np.arange(0, 40.01, 1 / 4)
    whole = state(shoot(*moves, at=every))
    chosen = np.random.default_rng(1).permutation(len(every))
    for part in (chosen, chosen[:7], chosen[:1], chosen[1:2]):
        np.testing.assert_array_equal(state(shoot(*moves, at=every[part])), whole[part])


@settings(max_examples=25, deadline=None)
@given(chosen=st.lists(st.integers(0, 80), min_size=1, max_size=9))
def test_all_moves_in_one_list_have_equal_bits(shoot, chosen):
    moves = [{**move, "from": 4, "to": 30} for move in MOVES.values() if move["type"] != "static"]
    every = np.arange(81) / 2
    whole = state(shoot(*moves, at=every))
    np.testing.assert_array_equal(state(shoot(*moves, at=every[chosen])), whole[chosen])


@pytest.mark.parametrize("name", MOVES)
def test_speed_does_not_jump_where_moves_begin_and_end(shoot, name):
    coarse, fine = _jumps(shoot, UNDER_WAY, {**MOVES[name], "from": 10, "to": 30})
    assert fine < 0.4 * coarse + 1e-7, "finer steps leave nothing of a change of speed"


def test_a_linear_move_does_jump(shoot):
    coarse, fine = _jumps(shoot, UNDER_WAY, {**MOVES["pan"], "from": 10, "to": 30, "ease": "linear"})
    assert fine > 0.9 * coarse


def _jumps(shoot, *moves):
    return [_jump(shoot(*moves, at=np.arange(9, 31.5, step)), step) for step in (1 / 32, 1 / 128)]


def _jump(path, step):
    """The greatest change of speed from one step to the next, in a frame."""
    return np.abs(np.diff(state(path), n=2, axis=0)).max() / step


def test_push_in_while_it_arcs_then_hold_with_a_little_handheld(shoot):
    moves = (
        {"type": "dolly", "distance": "0.3x", "towards": "bunny", "to": "60%"},
        {"type": "arc", "around": "bunny", "degrees": 20, "rise_deg": 10, "to": "60%"},
        {"type": "handheld", "amount": 0.5},
    )
    planned, path, still = shoot(*moves[:2]), shoot(*moves), shoot()
    far_m = np.linalg.norm(planned.eye_m - MIDDLE_M, axis=1)
    np.testing.assert_allclose(far_m[24:], 0.7 * far_m[0])
    np.testing.assert_array_equal(state(planned)[24:], np.tile(state(planned)[24], (17, 1)))
    track_m = np.tile(MIDDLE_M, (41, 1))
    assert np.abs(pixels(planned, track_m) - pixels(still, track_m)).max() < 1e-6
    swayed_px = np.linalg.norm(pixels(path, track_m) - pixels(planned, track_m), axis=1)
    assert swayed_px[0] < 1e-9
    assert 1 < swayed_px.max() < 60


def test_a_camera_that_waits_for_itself_is_refused(shoot):
    with pytest.raises(InputError, match=r"camera\[0\].*waits for itself"):
        shoot({"type": "dolly", "distance_m": 1, "towards": "camera"})


def test_another_process_gets_equal_bits_for_fewer_moments_in_another_order(shoot):
    moves = [_about_points(move) for name, move in MOVES.items() if name not in ("follow", "static")]
    code = (
        "import json, sys, numpy as np\n"
        "from fractions import Fraction\n"
        "from tests.edit.conftest import STILL, _MOVES\n"
        "from tests.edit.pictures import state\n"
        "from r2s2r.spec.edit import EditSpec\n"
        "from r2s2r.spec.output import OutputSpec\n"
        "from r2s2r.stages.edit.inputs import EditInputs\n"
        "from r2s2r.stages.edit.timeline import Timeline\n"
        "from r2s2r.stages.edit.world import World\n"
        "moves = _MOVES.validate_python(json.loads(sys.argv[1]), strict=False)\n"
        "spec = EditSpec(frames=41, camera=moves, edits={}, output=OutputSpec())\n"
        "world = World(spec, EditInputs(None, STILL, {}, {}))\n"
        "path = world.camera(Timeline(41, Fraction(16), np.arange(40.0, -1, -3)))\n"
        "sys.stdout.buffer.write(state(path).tobytes())\n"
    )
    command = [sys.executable, "-c", code, json.dumps(moves)]
    made = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2]).stdout
    np.testing.assert_array_equal(np.frombuffer(made).reshape(14, 13), state(shoot(*moves, names=()))[40::-3])


def _about_points(move):
    """The same move about points, as there are no entities."""
    points = {"bunny": MIDDLE_M.tolist(), "ghost": [0.0, 1.0, -6.0]}
    spoken = {key: points.get(value, value) if isinstance(value, str) else value for key, value in move.items()}
    return {key: value for key, value in spoken.items() if key != "relative_to"}
