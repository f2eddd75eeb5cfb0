"""The clip's own camera motion, for a shot to follow."""

from collections.abc import Iterator, Sequence

import numpy as np

from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.poses import poses_at
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.spec.camera import CameraMove, SourceMove
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.timeline import Timeline

# The last stored frame is shown until the next would come.
_SLACK_S = 0.05


def as_filmed(path: CameraPath, move: SourceMove, here: CameraHere) -> CameraPath:
    """Let the camera so far move as the clip's did.

    Its motion is taken in the camera's own axes, from where it is at the reference frame: so the source camera itself
    comes to stand where the clip's stood. Before and after what is known, the camera is held.
    """
    filmed = here.shot.inputs.camera
    if filmed.facts.is_static:
        return path
    poses = poses_at(filmed.world_from_camera, filmed.times_s, _times_s(move, here.timeline))
    reference_from_camera = inverse(filmed.reference.world_from_camera) @ poses
    moved = path.world_from_camera @ reference_from_camera
    return CameraPath(eye_m=moved[:, :3, 3], rotation=moved[:, :3, :3], zoom=path.zoom)


def of_source(moves: Sequence[CameraMove], filmed: SourceCamera, timeline: Timeline) -> Iterator[str]:
    """Yield sentences about moves that follow a camera that does not move, or longer than its motion is known."""
    for index, move in enumerate(moves):
        if not isinstance(move, SourceMove):
            continue
        if filmed.facts.is_static:
            yield f"camera[{index}]: the clip's camera does not move, so following it does nothing"
            continue
        times_s, (first_s, last_s) = _times_s(move, timeline), filmed.times_s[[0, -1]]
        held = int(((times_s < first_s - _SLACK_S) | (times_s > last_s + _SLACK_S)).sum())
        if held:
            yield (
                f"camera[{index}]: the clip's motion is known from {first_s:.2f} s to {last_s:.2f} s of its reference "
                f"frame; the camera is held for {held} of {len(times_s)} frames (source.context_s: how much is read)"
            )


def _times_s(move: SourceMove, timeline: Timeline) -> Array:
    """Return which moments of the clip the shot's moments [T] show, in seconds from the reference frame."""
    times_s: Array = move.start_s + move.speed * timeline.at / float(timeline.fps)
    return np.asarray(times_s, np.float64)
