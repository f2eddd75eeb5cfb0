"""A camera that travels, solved by structure from motion."""

import math
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import StageError
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.cameras.background import backgrounds, keyframes, lost_frames
from r2s2r.stages.lift.cameras.colmap import Model, reconstruct
from r2s2r.stages.lift.cameras.poses import interpolated
from r2s2r.stages.lift.cameras.register import Keyframe, registered
from r2s2r.stages.lift.cameras.solved import Solved

_KEYFRAMES = 40
# Of the keyframes, at least this share has to be registered in one model, each by so many points.
_REGISTERED, _FEWEST_POINTS = 0.5, 20
INSTEAD = (
    "give source.camera.fov_deg (the camera then counts as still), a file solved elsewhere, or a source.context_s that "
    "leaves out cuts"
)


def solved_travel(footage: Footage, masks: Mapping[str, Mask], scratch: Path, progress: Progress) -> Solved:
    """Solve up to 40 keyframes, entities masked out, then register the frames between them.

    Raises StageError when too few keyframes can be registered, MissingError without pycolmap.
    """
    facts = footage.facts
    lost = lost_frames(masks) - {facts.reference}
    keys = keyframes(len(facts.times_s), _KEYFRAMES, always=facts.reference, without=lost)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        model = reconstruct(backgrounds(footage, masks, keys), Path(folder), fewest_points=_FEWEST_POINTS)
    model = _enough(model, len(keys), facts.reference)
    progress(1, 2)
    poses = _all_poses(footage, masks, model)
    found = np.zeros(len(facts.times_s), bool)
    found[list(poses)] = True
    progress(2, 2)
    return Solved(
        intrinsics=model.intrinsics,
        world_from_camera=interpolated(poses, np.array(facts.times_s)),
        found=found,
        points=model.points,
        findings=(_of_model(model, len(keys), facts.width),),
    )


def _of_model(model: Model, keys: int, width: int) -> str:
    fov_deg = 2 * math.degrees(math.atan(width / 2 / model.intrinsics[0, 0]))
    return f"{len(model.sightings)} of {keys} keyframes were registered; the lens sees {fov_deg:.1f} degrees across"


def _enough(model: Model | None, keys: int, reference: int) -> Model:
    solved = [] if model is None else sorted(model.sightings)
    if model is None or len(solved) < max(3, _REGISTERED * keys):
        raise StageError(
            f"source.camera: {len(solved)} of {keys} frames could be registered: too little that stands still is seen "
            f"from different places; {INSTEAD}"
        )
    if not solved[0] <= reference <= solved[-1]:
        raise StageError(
            f"source.camera: {len(solved)} of {keys} frames could be registered, and the reference frame lies outside "
            f"them; choose another source.frame, or {INSTEAD}"
        )
    return model


def _all_poses(footage: Footage, masks: Mapping[str, Mask], model: Model) -> dict[int, Array]:
    """Return the pose of each frame that shows enough of the model."""
    poses = {index: sighting.world_from_camera for index, sighting in model.sightings.items()}
    last = max(poses)
    every = range(min(poses), last + 1)
    guesses = interpolated(poses, np.array(footage.facts.times_s))
    near: Keyframe | None = None
    for frame in backgrounds(footage, masks, every):
        if (sighting := model.sightings.get(frame.index)) is not None:
            points = model.points[sighting.points]
            near = Keyframe(frame, sighting.world_from_camera, points, sighting.pixels)
            continue
        assert near is not None, "the first is a keyframe"
        pose = registered(frame, near, guesses[frame.index], model.intrinsics)
        if pose is not None:
            poses[frame.index] = pose
    return poses
