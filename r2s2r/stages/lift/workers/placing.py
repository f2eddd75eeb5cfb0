"""Where a model's output lies in the world: the one place that knows each model's axes."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array, transform_points
from r2s2r.stages.lift.workers.request import OPENCV_FROM_PYTORCH3D

# SAM 3D Objects computes with z up; its GLB files have y up: (x, y, z) of the file is (x, -z, y) there. For rows.
_CANONICAL_FROM_GLB_ROWS = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


@dataclass(frozen=True, eq=False)
class ObjectPose:
    """Where SAM 3D Objects sees an object, in its own words.

    Attributes:
        rotation: [4] quaternion, **w first**; its matrix multiplies rows from the right.
        translation: [3] in PyTorch3D's camera frame (x left, y up, z forward).
        scale: [3] along the canonical axes (z up).
    """

    rotation: Array
    translation: Array
    scale: Array


def place(vertices_glb: Array, pose: ObjectPose, camera: Camera) -> Array:
    """Return where the vertices [V, 3] of SAM 3D Objects' GLB file lie in the world [V, 3].

    ``P = (scale * canonical) @ R(rotation) + translation`` in PyTorch3D's camera frame; source: ``make_scene`` in the
    package's ``notebook/inference.py``, and Transform3d of PyTorch3D, which takes points as rows.
    """
    canonical = vertices_glb @ _CANONICAL_FROM_GLB_ROWS
    w, x, y, z = pose.rotation
    rows = Rotation.from_quat([x, y, z, w]).as_matrix()
    in_pytorch3d = (pose.scale * canonical) @ rows + pose.translation
    return transform_points(camera.world_from_camera, in_pytorch3d @ OPENCV_FROM_PYTORCH3D)


def place_body(vertices: Array, pred_cam_t: Array, camera: Camera) -> Array:
    """Return where the vertices [V, 3] of SAM 3D Body lie in the world [V, 3].

    They have OpenCV's axes about the body's own origin, which lies at ``pred_cam_t`` [3] in the camera's frame.
    """
    return transform_points(camera.world_from_camera, vertices + pred_cam_t)
