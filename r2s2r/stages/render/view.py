"""What one frame shows: which entities, from where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.errors import StageError
from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.scene_mesh import FARTHEST_M


@dataclass(frozen=True, eq=False)
class View:
    """One frame, for a renderer. Camera frame and pixels are those of ``geometry.camera.Camera``.

    Attributes:
        camera_from_entity: [E, 4, 4], affine; may scale unevenly and mirror. Entities in sorted order of their names.
        visible: [E] bool.
        intrinsics: K [3, 3] in pixels.
        height: Rows.
        width: Columns.
        active: The part of the picture that is drawn, in whole pixels; the letterbox's bars lie outside.
        near_m: Nothing nearer to the camera's plane is drawn.
    """

    camera_from_entity: Array
    visible: NDArray[np.bool_]
    intrinsics: Array
    height: int
    width: int
    active: Rectangle
    near_m: float

    @property
    def pixel_from_entity(self) -> Array:
        """[E, 3, 4]: maps a vertex to (x d, y d, d), pixels x and y and depth d in metres."""
        return self.intrinsics @ self.camera_from_entity[:, :3]


def view_at(animation: Animation, frame: int, *, near_m: float) -> View:
    """Return one frame's view; raises StageError, naming frame and entity, for transforms that cannot be drawn."""
    names = animation.facts.entities
    camera = animation.camera(frame)
    if not (np.isfinite(camera.world_from_camera).all() and np.isfinite(camera.intrinsics).all()):
        raise StageError(f"frame {frame}: the camera is not finite; look at the shot's camera moves")
    if np.abs(camera.position_m).max() > FARTHEST_M:
        raise StageError(f"frame {frame}: the camera is beyond {FARTHEST_M:g} m; look at the shot's camera moves")
    world_from_entity = np.array([animation.world_from_entity[name][frame] for name in names]).reshape(-1, 4, 4)
    for name, matrix in zip(names, world_from_entity, strict=True):
        if not np.isfinite(matrix).all():
            raise StageError(f"frame {frame}: {name}: its transform is not finite; look at the edits of {name}")
        if np.abs(matrix[:3]).max() > FARTHEST_M:
            said = f"is placed or scaled beyond {FARTHEST_M:g} m; look at the edits of {name}"
            raise StageError(f"frame {frame}: {name} {said}")
        if np.linalg.det(matrix[:3, :3]) == 0:
            raise StageError(f"frame {frame}: {name} is scaled to nothing; remove it there, or give a scale above 0")
    return View(
        camera_from_entity=camera.camera_from_world @ world_from_entity,
        visible=np.array([animation.visible[name][frame] for name in names], bool),
        intrinsics=camera.intrinsics,
        height=camera.height,
        width=camera.width,
        active=animation.framing.active,
        near_m=near_m,
    )
