"""From a solver's world into ours."""

import numpy as np

from r2s2r.artifacts.footage import FootageFacts
from r2s2r.artifacts.frame_runs import frame_runs
from r2s2r.artifacts.source_camera import SourceCamera, SourceCameraFacts
from r2s2r.geometry.camera import source_world_from_camera
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.spec.source import GroundSpec
from r2s2r.stages.lift.cameras.scale import Scale
from r2s2r.stages.lift.cameras.solved import Solved

# Poses that differ by less, in metres and in entries of a rotation, are one.
_STANDS = 1e-9


def source_camera(solved: Solved, scale: Scale, ground: GroundSpec, footage: FootageFacts) -> SourceCamera:
    """Return the source camera: at the reference frame it stands where the ground says; the others relative to it."""
    reference = footage.reference
    poses = in_world(solved.world_from_camera, reference, ground, scale.metres)
    facts = SourceCameraFacts(
        height=footage.height,
        width=footage.width,
        reference=reference,
        is_static=bool(np.ptp(poses, axis=0).max() < _STANDS),
        registered=round(float(solved.found.mean()), 6),
        interpolated=tuple(int(index) for index in np.flatnonzero(~solved.found)),
        findings=(*solved.findings, *scale.findings, *_missing(solved, footage)),
    )
    times_s = np.array(footage.times_s)
    return SourceCamera(facts, solved.intrinsics, poses, times_s - times_s[reference])


def in_world(world_from_camera: Array, reference: int, ground: GroundSpec, metres: float) -> Array:
    """Return poses [N, 4, 4] in our world, for poses in a solver's whose unit is so many metres."""
    reference_from_camera = inverse(world_from_camera[reference]) @ world_from_camera
    reference_from_camera[:, :3, 3] *= metres
    world_from_reference = source_world_from_camera(ground.camera_height_m, ground.pitch_deg)
    poses = world_from_reference @ reference_from_camera
    poses[reference] = world_from_reference  # to the bit, whatever was rounded
    return poses


def _missing(solved: Solved, footage: FootageFacts) -> tuple[str, ...]:
    missing = np.array(footage.clip_frames)[~solved.found]
    if not len(missing):
        return ()
    share = 1 - len(missing) / len(solved.found)
    return (
        f"the camera was found at {len(solved.found) - len(missing)} of {len(solved.found)} frames ({share:.0%}) and "
        f"is interpolated at the clip's frames {frame_runs(missing.tolist(), most=8)}",
    )
