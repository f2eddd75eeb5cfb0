"""Held: a camera that stands still for a while, whatever the moves before would have it do."""

import numpy as np

from r2s2r.geometry.easing import eased, eased_area
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import StaticMove
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.timeline import Timeline


def held(path: CameraPath, move: StaticMove, here: CameraHere) -> CameraPath:
    """Let time stand still for the camera so far.

    It runs out softly after ``from`` and catches up softly before ``to``. So the camera stops and goes on along its own
    way, with no jump in speed and without running past the place it stops at.
    """
    del path  # the camera is asked for at other moments
    return here.so_far(here.timeline.moments(_its_time(move, here.timeline)))


def _its_time(move: StaticMove, timeline: Timeline) -> Array:
    """Return the moments [T] of the camera so far that are shown at those of a timeline."""
    (first, last), at = timeline.span(move.from_, move.to), timeline.at
    coming, going = timeline.blends(move)
    since = np.clip((at - first) / coming, 0, 1) if coming > 0 else np.ones_like(at)
    time = first + coming * (since - eased_area(since, move.ease))
    if going > 0:
        stands = eased(np.clip((last - at) / going, 0, 1), move.ease)
        time = np.where(at > last - going, (1 - stands) * at + stands * time, time)
    return np.where((at < first) | (at > last), at, time)
