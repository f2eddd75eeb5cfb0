"""Motion: how an entity moves in the clip, relative to where it stands at the reference frame."""

from pathlib import Path

import numpy as np

from r2s2r.artifacts.motion import Motion, MotionFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import StageError
from r2s2r.geometry.transforms import inverse
from r2s2r.spec.lift import LiftSpec
from r2s2r.stages.lift.inputs import MotionInputs
from r2s2r.stages.lift.motions.film import film_of
from r2s2r.stages.lift.motions.missing import not_seen
from r2s2r.stages.lift.motions.poses import anchored, filled, smoothed
from r2s2r.stages.lift.motions.rigid import Followed, follow

_NO_TEXTURE = (
    "it shows too little texture to see it turn by: it is followed by its outline alone and moves without turning; "
    "if it turns, keyframe its rotation in the shot's edits"
)
_ONE_FRAME = (
    "it does not move: only one frame of the clip is read; give a clip instead of a picture, or a longer "
    "source.context_s, or remove `motion: keep`"
)
_NEVER_SEEN = (
    "its motion cannot be followed: in no frame but the reference frame enough of it is seen; look at its mask "
    "(`motion: keep` needs one that follows it), choose a source.frame that shows it well, or remove `motion: keep`"
)


def write_motion(spec: LiftSpec, inputs: MotionInputs, out: Path, progress: Progress) -> None:
    """Follow an entity and write its ``Motion``.

    Raises:
        StageError: It is seen in no other frame.
    """
    if spec.backend == "sam3d" and spec.sam3d.model == "body":
        from r2s2r.stages.lift.motions.body import write_body_motion

        write_body_motion(spec, inputs, out, progress)
    else:
        write_rigid_motion(inputs, out, progress)


def write_rigid_motion(inputs: MotionInputs, out: Path, progress: Progress) -> None:
    """Follow an entity that keeps its shape."""
    world_from_entity, mesh = inputs.entity.world_from_entity, inputs.entity.mesh()
    with film_of(inputs.footage, inputs.mask, inputs.camera, folder=out) as film:
        followed = follow(film, mesh, world_from_entity, progress)
    if len(followed.seen) > 1 and followed.seen.sum() < 2:
        raise StageError(_NEVER_SEEN)
    own = inverse(world_from_entity) @ followed.world_from_entity
    times_s, clip_frames = inputs.camera.times_s, np.array(inputs.footage.facts.clip_frames)
    poses = anchored(smoothed(filled(times_s, own, followed.seen)), inputs.camera.facts.reference)
    missing = tuple(clip_frames[~followed.seen].tolist())
    facts = MotionFacts(moments=len(poses), interpolated=missing, findings=_findings(followed, missing))
    Motion(out, facts, times_s, poses).write()
    progress(len(poses), len(poses))


def _findings(followed: Followed, missing: tuple[int, ...]) -> tuple[str, ...]:
    """Say what an author should know of a motion; ``missing`` are frames of the clip."""
    if len(followed.seen) == 1:
        return (_ONE_FRAME,)
    told = () if followed.turns else (_NO_TEXTURE,)
    return told if not missing else (*told, not_seen(missing, len(followed.seen)))
