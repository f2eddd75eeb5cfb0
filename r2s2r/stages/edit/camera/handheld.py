"""Handheld: a camera that somebody holds."""

from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import HandheldMove
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.turns import applied

# Pairs of sine waves in each of the six ways a hand moves.
_PAIRS = 12
# Frequencies as multiples of ``hz``: from slow drift to a little tremble. Waves are lower the faster they are beyond
# the knee, as a hand's are; with it there, all of them together cross the middle ``hz`` times a second each way.
_SLOWEST, _KNEE, _FASTEST = 0.15, 2.5, 4.0
# About right, down and forward: a hand leans a camera less than it turns it.
_TURNS = np.array([1.0, 1.0, 0.5])


def shaken(path: CameraPath, move: HandheldMove, here: CameraHere) -> CameraPath:
    """Add a hand's sway to the camera so far: shifts and turns in its own axes."""
    time_s = here.timeline.at / float(here.timeline.fps)
    sway = (move.amount * here.timeline.weight(move))[:, None] * _sway(move, time_s)
    turn = Rotation.from_rotvec(np.radians(move.turn_deg) * _TURNS * sway[:, 3:]).as_matrix()
    shifted = path.moved(applied(path.rotation, move.shift_m * sway[:, :3]))
    return replace(shifted, rotation=path.rotation @ turn)


def _sway(move: HandheldMove, time_s: Array) -> Array:
    """Return six smooth, unrelated noises [T, 6] of standard deviation 1 and mean 0 in the long run.

    Each is a sum of sine waves in pairs of opposite sign, equal phase and different frequency. So it is smooth at any
    rate, never repeats within a shot, and is 0 where the shot starts: there the picture is as without it.
    """
    random = np.random.default_rng(np.random.SeedSequence(move.seed))
    phase = random.uniform(0, 2 * np.pi, (6, _PAIRS))
    # One frequency from each of as many stretches, evenly on the logarithm, so that no seed is all fast or all slow.
    steps = (np.arange(2 * _PAIRS) + random.uniform(0, 1, (6, 2 * _PAIRS))) / (2 * _PAIRS)
    hz = move.hz * _SLOWEST * (_FASTEST / _SLOWEST) ** steps.reshape(6, _PAIRS, 2)
    height = 1 / (1 + (hz.mean(axis=-1) / move.hz / _KNEE) ** 2)
    height /= np.sqrt((height**2).sum(axis=1, keepdims=True))
    total = np.zeros((len(time_s), 6))
    for pair in range(_PAIRS):
        angles = 2 * np.pi * time_s[:, None, None] * hz[:, pair] + phase[:, pair, None]
        waves = np.sin(angles)
        total += height[:, pair] * (waves[..., 0] - waves[..., 1])
    return total
