"""Horizon: how a camera that is carried over its target stays level."""

from typing import NamedTuple

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.turns import about, applied

# From far above, a target beside the middle of the picture cannot stay there with the horizon level: that would take a
# turn about the line of sight whose sine is more than 1. From a sine of _KNEE on it leans, gently, and the sine tends
# to _KNEE + _SPARE * (1 - _KNEE).
_KNEE, _SPARE = 0.6, 0.6


def levelled(rotation: Array, turn: Array, sight: Array) -> Array:
    """Return a turn [T, 3, 3] that takes a line of sight to where ``turn`` does, and keeps the lean of the picture.

    Turning the camera about the line of sight changes how its horizon leans, and nothing about where its target is in
    the picture. Of the two turns that level the horizon again, the smaller is taken.

    Args:
        rotation: [T, 3, 3] of the camera, before.
        turn: [T, 3, 3] in world axes.
        sight: [T, 3] along the line of sight, before; of any length, to either side.
    """
    line, horizon = sight / np.linalg.norm(sight, axis=1, keepdims=True), _horizon(rotation)
    before, after = _heights(line, horizon), _heights(applied(turn, line), applied(turn, horizon))
    wanted = _reachable(horizon[:, 1] - after.along, after.most, np.abs(before.level) / before.most)
    # Written so that a horizon that is as it was is turned by exactly nothing.
    spare = (after.level - wanted) * (after.level + wanted) + after.across * after.across
    root = np.copysign(np.sqrt(np.clip(spare, 0, None)), after.across)
    lean = np.arctan2(after.across, after.level) - np.arctan2(root, wanted)
    return about(applied(turn, line), np.degrees(lean)) @ turn


class _Heights(NamedTuple):
    """How high a direction is that is turned about a line by b: along + level * cos(b) + across * sin(b); each [T]."""

    along: Array
    level: Array
    across: Array

    @property
    def most(self) -> Array:
        """By how much at most turning changes it."""
        most: Array = np.clip(np.hypot(self.level, self.across), 1e-12, None)
        return most


def _heights(line: Array, direction: Array) -> _Heights:
    cosine = line[:, 0] * direction[:, 0] + line[:, 1] * direction[:, 1] + line[:, 2] * direction[:, 2]
    along = line[:, 1] * cosine
    return _Heights(along, direction[:, 1] - along, np.cross(line, direction)[:, 1])


def _reachable(wanted: Array, most: Array, begun: Array) -> Array:
    """Return what is wanted [T], or less where that asks for (nearly) more than there is, or than there was."""
    share, knee = np.abs(wanted) / most, np.maximum(_KNEE, begun)
    spare = np.clip(_SPARE * (1 - knee), 1e-12, None)
    soft = knee + spare * np.tanh((share - knee) / spare)
    return np.where(share <= knee, wanted, np.copysign(soft * most, wanted))


def _horizon(rotation: Array) -> Array:
    """Return the direction [T, 3] in the picture's plane that is level, as the horizon is seen."""
    right, down = rotation[:, :, 0], rotation[:, :, 1]
    level = right[:, 1:2] * down - down[:, 1:2] * right
    length = np.linalg.norm(level, axis=1, keepdims=True)
    # Straight up and down every direction is level.
    return np.where(length > 1e-9, level / np.where(length > 1e-9, length, 1), right)
