"""An entity's silhouette in the photograph, from its mesh."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, transform_points

_SUBPIXEL_BITS = 4


def outline(mesh: Mesh, world_from_entity: Array, camera: Camera) -> NDArray[np.bool_]:
    """Return which pixels [H, W] of a camera the mesh covers; generous by half a pixel, faces behind it left out."""
    pixels, depth_m = camera.project(transform_points(world_from_entity, mesh.vertices.astype(float)))
    # OpenCV's coordinates are 0 at a pixel's centre; far-off ones would overflow its fixed-point numbers.
    fixed = np.rint(np.clip(pixels - 0.5, -16384, 16384) * 2**_SUBPIXEL_BITS).astype(np.int32)
    covered = np.zeros((camera.height, camera.width), np.uint8)
    for triangle in fixed[mesh.faces[(depth_m[mesh.faces] > 0).all(axis=1)]]:
        cv2.fillConvexPoly(covered, triangle, 1, shift=_SUBPIXEL_BITS)
    return covered.astype(bool)
