"""The control lies on the reference image: silhouettes against the mask, framed the same way, at the source camera."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.draw import polygon2mask

from r2s2r.geometry.camera import intrinsics_from_fov
from r2s2r.geometry.mesh import Mesh
from r2s2r.media.images import framed
from tests.render.conftest import Make
from tests.render.shapes import WORLD_FROM_CAMERA, Size, animation_of, plain

SOURCE_HEIGHT, SOURCE_WIDTH = 360, 640
# A star, as x and y in source pixels.
ANGLES = np.arange(10) / 10 * 2 * np.pi
REACH = np.where(np.arange(10) % 2, 60, 140)
OUTLINE_PX = np.stack([330 + REACH * np.sin(ANGLES), 175 - REACH * np.cos(ANGLES)], axis=-1)
MASK = polygon2mask((SOURCE_HEIGHT, SOURCE_WIDTH), OUTLINE_PX[:, ::-1] - 0.5)


def slab() -> Mesh:
    """A closed solid whose silhouette is the star: front and back lie on the same rays."""
    intrinsics = intrinsics_from_fov(50.0, height=SOURCE_HEIGHT, width=SOURCE_WIDTH)
    points_px = np.concatenate([OUTLINE_PX, [[330, 175]]])
    rays = (
        np.concatenate([points_px, np.ones((11, 1))], axis=-1) @ np.linalg.inv(intrinsics).T @ WORLD_FROM_CAMERA[:3, :3]
    )
    following = np.roll(np.arange(10), -1)
    front = np.stack([np.full(10, 10), following, np.arange(10)], axis=-1)
    rim = np.concatenate(
        [
            np.stack([following, following + 11, np.arange(10)], -1),
            np.stack([np.arange(10), following + 11, np.arange(10) + 11], -1),
        ]
    )
    faces = np.concatenate([front, front[:, ::-1] + 11, rim]).astype(np.int32)
    vertices = np.concatenate([rays * 5.0, rays * 5.6]).astype(np.float32)
    return Mesh(
        vertices, faces, np.zeros((len(faces), 3, 2), np.float32), np.zeros((len(faces), 3, 3), np.float32), plain()
    )


def iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return np.count_nonzero(a & b) / np.count_nonzero(a | b)


@pytest.mark.parametrize("fit", ["crop", "letterbox"])
@pytest.mark.parametrize(("height", "width"), [(234, 416), (360, 480), (416, 416), (416, 234), (704, 1280)])
def test_the_control_meets_the_framed_mask_at_the_source_camera(make: Make, height, width, fit):
    size = Size(height, width, SOURCE_HEIGHT, SOURCE_WIDTH, fit)
    animation = animation_of({"star": np.eye(4)[None]}, size)
    passes = make(animation, {"star": slab()})
    mask = framed(MASK.astype(np.uint8) * 255, animation.framing) >= 128
    assert iou(passes.ids(0) > 0, mask) >= 0.98
    assert np.array_equal(passes.normal(0).any(axis=-1), passes.ids(0) > 0)


def test_what_reaches_into_the_letterbox_is_cut(make: Make):
    size = Size(300, 300, SOURCE_HEIGHT, SOURCE_WIDTH, "letterbox")
    animation = animation_of({"star": np.diag([4.0, 4.0, 1.0, 1.0])[None]}, size)
    ids = make(animation, {"star": slab()}).ids(0)
    active = animation.framing.active
    top, bottom = int(active.y0), int(active.y1)
    assert (top, bottom) != (0, 300)
    assert ids[top].any()
    assert not ids[:top].any()
    assert not ids[bottom:].any()
