"""Route: a camera that travels through points."""

from dataclasses import replace

import numpy as np

from r2s2r.geometry.camera import look_at_rotation
from r2s2r.spec.camera import PathMove
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.course import Course
from r2s2r.stages.edit.heading import headings
from r2s2r.stages.edit.here import CameraHere


def routed(path: CameraPath, move: PathMove, here: CameraHere) -> CameraPath:
    """Move the eye along the route; ``aim: along`` looks ahead, level, and holds that before it starts and after it."""
    course = Course(move, here.timeline)
    place = course.along(lambda moments: here.so_far(here.timeline.moments(moments)).eye_m)
    after = replace(path, eye_m=place(here.timeline.at))
    if move.aim == "keep":
        return after
    ways = headings(place, knots=course.knots, at=here.timeline.at)
    if ways is None:
        return after
    return replace(after, rotation=look_at_rotation(np.zeros_like(ways), ways))
