"""Frame: what something else can be fixed to."""

from dataclasses import dataclass

from r2s2r.geometry.transforms import Array
from r2s2r.spec.moves import CAMERA
from r2s2r.stages.edit.here import Here


@dataclass(frozen=True, eq=False)
class Frame:
    """What something else can be fixed to: the middle of an entity, or the camera's eye.

    Attributes:
        middle_m: [T, 3] in the world.
        facing: [T, 3, 3] its axes in the world.
    """

    middle_m: Array
    facing: Array

    @classmethod
    def of(cls, target: str, here: Here) -> "Frame":
        """Return that of an entity or ``camera``."""
        if target == CAMERA and CAMERA not in here.shot.meshes:
            camera = here.shot.camera(here.timeline)
            return cls(camera.eye_m, camera.rotation)
        return cls(here.shot.middle_m(target, here.timeline), here.shot.entity(target, here.timeline).facing)
