"""Motion: where the surface at each pixel is seen at another frame, exactly, from the meshes and cameras."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.flow import Flow
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.tracking import Picture, Scene, follow, to_pixels
from r2s2r.stages.render.view import View


def find_flow(
    now: Still, then: Still | None, *, faces_now: NDArray[np.int32], faces_then: NDArray[np.int32] | None, flow: Flow
) -> None:
    """Fill ``flow`` from the nearest faces [H, W] of two frames; without another frame nothing is seen there.

    A pixel's ray is met with its face in double precision; the point keeps its weights between the face's corners, and
    is projected from where they are at the other frame. It is followed out of the picture and behind other things, but
    not before ``near_m``, nor into an entity that is not there: its move is 0 then. What stays has a move of exactly 0.

    It is seen if it is inside the picture and no face seen at one of the four pixel centres round it is before it;
    where only some of these are, the outline of what hides it runs between them, and it is hidden if one of the faces
    before it covers it. So an answer can be wrong only within a pixel of an outline.
    """
    if then is None or faces_then is None:
        flow.move_px.fill(0)
        flow.seen.fill(False)
        return
    follow(faces_now, _scene(now), _scene(then), _picture(then.view, faces_then), flow.move_px, flow.seen)


def _scene(still: Still) -> Scene:
    view, mesh = still.view, still.mesh
    points = np.empty(mesh.vertices.shape)
    pixel_from_entity = view.intrinsics @ view.camera_from_entity[:, :3]
    to_pixels(mesh.vertices, mesh.vertex_start, view.visible, pixel_from_entity, points)
    return Scene(points, mesh.faces, mesh.face_entity)


def _picture(view: View, face_idx: NDArray[np.int32]) -> Picture:
    x0, y0, x1, y1 = (int(end) for end in (view.active.x0, view.active.y0, view.active.x1, view.active.y1))
    return Picture(face_idx, view.visible, x0, y0, x1, y1, view.near_m)
