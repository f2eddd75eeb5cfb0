"""The frames between keyframes: where the camera is, from solved points that are followed there."""

from dataclasses import dataclass

import cv2
import numpy as np

from r2s2r.geometry.transforms import Array, inverse
from r2s2r.stages.lift.cameras.background import Background
from r2s2r.stages.lift.cameras.tracks import tracked

_FEWEST = 25
_ROUNDS = 3
_FIRST_OFF_PX, _OFF_PX = 6.0, 1.5
# Half of what is followed has to agree.
_AGREEING = 0.5


@dataclass(frozen=True, eq=False)
class Keyframe:
    """A solved frame: its picture, its pose [4, 4], and the points [P, 3] it shows at ``pixels`` [P, 2]."""

    background: Background
    world_from_camera: Array
    points: Array
    pixels: Array


def registered(frame: Background, near: Keyframe, guess: Array, intrinsics: Array) -> Array | None:
    """Return ``world_from_camera`` [4, 4] of a frame, for a guess of it; None when too little of it is recognised."""
    camera_from_world = inverse(guess)
    seen = near.points @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]
    ahead = seen[:, 2] > 0
    expected = seen[ahead] @ intrinsics.T
    tracks = tracked(near.background, frame, near.pixels[ahead], expected[:, :2] / expected[:, 2:])
    return _posed(near.points[ahead][tracks.kept], tracks.end_px, camera_from_world, intrinsics)


def _posed(points: Array, pixels: Array, camera_from_world: Array, intrinsics: Array) -> Array | None:
    """Refine a pose by what agrees with it, ever more strictly."""
    turn = np.asarray(cv2.Rodrigues(camera_from_world[:3, :3])[0], np.float64)
    shift = camera_from_world[:3, 3:].copy()
    agreeing = np.ones(len(points), bool)
    for number in range(_ROUNDS):
        within_px = _OFF_PX if number else _FIRST_OFF_PX
        off_px = _off_px(points, pixels, turn, shift, intrinsics)
        agreeing = off_px < max(within_px, 2 * float(np.median(off_px, axis=None))) if len(points) else agreeing
        if agreeing.sum() < max(_FEWEST, _AGREEING * len(points)):
            return None
        refined = cv2.solvePnPRefineLM(points[agreeing], pixels[agreeing], intrinsics, None, turn, shift)
        turn, shift = (np.asarray(part, np.float64) for part in refined)
    off_px = _off_px(points, pixels, turn, shift, intrinsics)
    if (off_px < _OFF_PX).sum() < max(_FEWEST, _AGREEING * len(points)):
        return None
    solved = np.eye(4)
    solved[:3, :3], solved[:3, 3] = cv2.Rodrigues(turn)[0], shift[:, 0]
    return inverse(solved)


def _off_px(points: Array, pixels: Array, turn: Array, shift: Array, intrinsics: Array) -> Array:
    if not len(points):
        return np.zeros(0)
    projected, _ = cv2.projectPoints(points, turn, shift, intrinsics, None)
    off: Array = np.linalg.norm(projected.reshape(-1, 2) - pixels, axis=1)
    return off
