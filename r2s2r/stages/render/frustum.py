"""Which entities a frame may show, told by their boxes alone."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.view import View


def boxes_in_view(view: View, bounds: Array) -> tuple[NDArray[np.bool_], Array]:
    """Return which of E entities may be seen, [E], and how deep their boxes' corners are, [E, 8] in metres.

    Left out is what is invisible, and what has its whole box outside one plane of the frustum.

    Args:
        view: The frame.
        bounds: [E, 8, 3], as in ``SceneMesh``.
    """
    matrices = view.pixel_from_entity
    corners = bounds @ matrices[:, :, :3].transpose(0, 2, 1) + matrices[:, None, :, 3]
    x, y, depth_m = np.moveaxis(corners, -1, 0)
    active = view.active
    outside = (
        depth_m < view.near_m,
        x < active.x0 * depth_m,
        x > active.x1 * depth_m,
        y < active.y0 * depth_m,
        y > active.y1 * depth_m,
    )
    return view.visible & ~np.any([plane.all(axis=1) for plane in outside], axis=0), depth_m
