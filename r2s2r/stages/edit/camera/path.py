"""Camera path: the camera over the shot, as the moves so far have left it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.framing import Framing
from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.timeline import Timeline


@dataclass(frozen=True, eq=False)
class CameraPath:
    """The camera over the moments of a timeline.

    Attributes:
        eye_m: [T, 3] in the world.
        rotation: [T, 3, 3] the rotation part of ``world_from_camera`` (OpenCV camera axes in columns).
        zoom: [T] focal length as a multiple of the source camera's.
    """

    eye_m: Array
    rotation: Array
    zoom: Array

    @classmethod
    def resting(cls, camera: Camera, timeline: Timeline) -> "CameraPath":
        """Return the source camera, staying where it is."""
        moments = len(timeline.at)
        return cls(
            eye_m=np.tile(camera.position_m, (moments, 1)),
            rotation=np.tile(camera.world_from_camera[:3, :3], (moments, 1, 1)),
            zoom=np.ones(moments),
        )

    @property
    def world_from_camera(self) -> Array:
        """[T, 4, 4]."""
        matrices = np.tile(np.eye(4), (len(self.zoom), 1, 1))
        matrices[:, :3, :3] = self.rotation
        matrices[:, :3, 3] = self.eye_m
        return matrices

    def intrinsics(self, source_intrinsics: Array, framing: Framing) -> Array:
        """Return K [T, 3, 3] of the generated picture, for K [3, 3] of the source's."""
        zoomed = np.tile(source_intrinsics, (len(self.zoom), 1, 1))
        zoomed[:, :2, :2] *= self.zoom[:, None, None]
        return framing.intrinsics(zoomed)

    def only(self, chosen: NDArray[np.bool_]) -> "CameraPath":
        """Return the camera at some of the moments, [T] bool."""
        return CameraPath(self.eye_m[chosen], self.rotation[chosen], self.zoom[chosen])

    def turned(self, world_rotation: Array) -> "CameraPath":
        """Return the path with the camera turned by [T, 3, 3], in world axes, on the spot."""
        return replace(self, rotation=world_rotation @ self.rotation)

    def moved(self, offset_m: Array) -> "CameraPath":
        """Return the path with the eye moved by [T, 3], in the world."""
        return replace(self, eye_m=self.eye_m + offset_m)
