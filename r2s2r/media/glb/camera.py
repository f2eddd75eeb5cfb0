"""The camera in a GLB file (specification, section 3.10)."""

from collections.abc import Iterator

import numpy as np
import pygltflib

from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import opengl_from
from r2s2r.media.glb.keys import Keys
from r2s2r.media.gltf_names import CENTRE, HEIGHT, OURS, WIDTH

_CAMERA = "Camera"
_NEAR_M, _FAR_M = 0.01, 10_000.0
# Principal points nearer to the middle than this many pixels are in it.
_MIDDLE_PX = 1e-6


def add_camera(
    document: pygltflib.GLTF2, keys: Keys, world_from_camera: Array, intrinsics: Array, *, size: tuple[int, int]
) -> Iterator[str]:
    """Add the camera [T, 4, 4] and its lens K [T, 3, 3] for pictures of ``size``; yield what glTF cannot hold of it."""
    height, width = size
    focal_x, focal_y, centre = intrinsics[:, 0, 0], intrinsics[:, 1, 1], intrinsics[0, :2, 2]
    yfov = 2 * np.arctan(height / 2 / focal_y)
    lens = pygltflib.Perspective(
        yfov=float(yfov[0]),
        aspectRatio=float((width / focal_x[0]) / (height / focal_y[0])),
        znear=_NEAR_M,
        zfar=_FAR_M,
    )
    own = {HEIGHT: height, WIDTH: width, CENTRE: centre.tolist()}
    document.cameras.append(
        pygltflib.Camera(name=_CAMERA, type="perspective", perspective=lens, extras={OURS: own}, orthographic=None)
    )
    node = pygltflib.Node(name=_CAMERA, camera=0)
    document.nodes.append(node)
    keys.animate(len(document.nodes) - 1, node, opengl_from(world_from_camera), _CAMERA)
    if not (yfov.astype(np.float32) == np.float32(yfov[0])).all():
        keys.point(document, "/cameras/0/perspective/yfov", yfov)
        yield (
            "its lens zooms, which is written as KHR_animation_pointer; a program that does not read that keeps the "
            "first frame's lens"
        )
    if np.abs(centre - [width / 2, height / 2]).max() > _MIDDLE_PX:
        off_x, off_y = centre - [width / 2, height / 2]
        yield (
            f"the picture's middle is {off_x:.3g}, {off_y:.3g} px off the camera's axis, which glTF cannot hold; other "
            "programs show it without, r2s2r reads it from the file's extras"
        )
