"""A camera that stays where it is, with a given lens."""

import numpy as np

from r2s2r.artifacts.footage import FootageFacts
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.camera import Camera, source_world_from_camera
from r2s2r.geometry.transforms import Array
from r2s2r.spec.source import GroundSpec


def still_camera(
    intrinsics: Array, ground: GroundSpec, footage: FootageFacts, findings: tuple[str, ...] = ()
) -> SourceCamera:
    """Return the camera of footage that stays where it is, above the origin; K [3, 3] in its pixels."""
    world_from_camera = source_world_from_camera(ground.camera_height_m, ground.pitch_deg)
    camera = Camera(world_from_camera, intrinsics, footage.height, footage.width)
    still = SourceCamera.static(camera, np.array(footage.times_s), reference=footage.reference)
    facts = still.facts.model_copy(update={"findings": findings})
    return SourceCamera(facts, still.intrinsics, still.world_from_camera, still.times_s)
