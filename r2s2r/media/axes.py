"""Axes: what other programs call up, right and forward.

```
   ours (OpenCV)        OpenGL: Blender, nerfstudio, Nuke, glTF, USD      Unreal, left-handed
   x right, y down,     x right, y up,                                    x forward, y right,
   z forward            looks along -z                                    z up
```
"""

from typing import Final

import numpy as np

from r2s2r.geometry.transforms import Array

CAMERA_FROM_OPENGL: Final = np.diag([1.0, -1.0, -1.0, 1.0])
"""Our camera axes from OpenGL's, and the other way round."""

WORLD_FROM_Z_UP: Final = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
"""Our world, +Y up, from one that is +Z up, as assets may be, and as Blender turns a glTF or USD file on import."""

UNREAL_FROM_WORLD: Final = np.array([[0.0, 0, -1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
"""Unreal's world, x forward (our -Z), y right, z up, from ours. It mirrors."""


def opengl_from(world_from_camera: Array) -> Array:
    """Return the same cameras [..., 4, 4] in our world, with OpenGL's camera axes. Its own reverse."""
    turned: Array = world_from_camera @ CAMERA_FROM_OPENGL + 0.0
    return turned


def z_up_opengl_from(world_from_camera: Array) -> Array:
    """Return the same cameras [..., 4, 4] in a world that is +Z up, with OpenGL's camera axes."""
    turned: Array = WORLD_FROM_Z_UP.T @ opengl_from(world_from_camera) + 0.0
    return turned


def from_z_up_opengl(matrices: Array) -> Array:
    """Return ``world_from_camera`` [..., 4, 4] of cameras in a world that is +Z up, with OpenGL's camera axes."""
    turned: Array = WORLD_FROM_Z_UP @ matrices @ CAMERA_FROM_OPENGL + 0.0
    return turned
