"""Motion: where the surface at each pixel is seen at another frame, exactly, from the meshes and cameras."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.flow import Flow
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.tracked import Picture, Scene, new_block
from r2s2r.stages.render.tracking import LANES, find_planes, follow, to_pixels
from r2s2r.stages.render.view import View

# A frame and the two beside it.
MOST_FRAMES = 3


@dataclass(eq=False)
class _Known:
    """What is known of a frame: its vertices before the camera [V, 3], and the planes [H, W, 3] once they are asked."""

    points: Array
    planes: NDArray[np.float32]
    has_planes: bool = False


class Tracker:
    """Follows a film's pixels from frame to frame. Owns its buffers, made once; serves one thread.

    A frame is looked at from both sides and is then itself followed, so what was worked out of it is kept for three
    frames, by their number.
    """

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._block = new_block(LANES)

    def find_flow(
        self,
        now: Still,
        then: Still | None,
        *,
        faces_now: NDArray[np.int32],
        faces_then: NDArray[np.int32] | None,
        flow: Flow,
    ) -> None:
        """Fill ``flow`` from the nearest faces [H, W] of two frames; without another frame nothing is seen there.

        A pixel's ray is met with its face in double precision; the point keeps its weights between the face's corners,
        and is projected from where they are at the other frame. It is followed out of the picture and behind other
        things, but not before ``near_m``, nor into an entity that is not there: its move is 0 then. What stays has a
        move of exactly 0.

        It is seen if it is inside the picture and no face seen at one of the four pixel centres round it is before it;
        where only some of these are, the outline of what hides it runs between them, and it is hidden if one of the
        faces before it covers it. So an answer can be wrong only within a pixel of an outline.
        """
        if then is None or faces_then is None:
            flow.move_px.fill(0)
            flow.seen.fill(False)
            return
        before, after = (self._at(still, faces_now.shape) for still in (now, then))
        scene_now, scene_then = (_scene(still, known) for still, known in ((now, before), (then, after)))
        if not after.has_planes:
            find_planes(scene_then, faces_then, after.planes)
            after.has_planes = True
        picture = _picture(then.view, faces_then, after.planes)
        follow(self._block, faces_now, scene_now, scene_then, picture, flow.move_px, flow.seen)

    def _at(self, still: Still, size: tuple[int, ...]) -> _Known:
        """Return what is known of a frame, in the place of the one farthest from it if need be."""
        if still.frame in self._known:
            return self._known[still.frame]
        if len(self._known) == MOST_FRAMES:
            known = self._known.pop(max(self._known, key=lambda frame: abs(frame - still.frame)))
        else:
            known = _Known(np.empty(still.mesh.vertices.shape), np.empty((*size, 3), np.float32))
        mesh, view = still.mesh, still.view
        to_pixels(mesh.vertices, mesh.vertex_start, view.visible, view.pixel_from_entity, known.points)
        known.has_planes = False
        self._known[still.frame] = known
        return known


def _scene(still: Still, known: _Known) -> Scene:
    return Scene(known.points, still.mesh.faces, still.mesh.face_entity)


def _picture(view: View, face_idx: NDArray[np.int32], planes: NDArray[np.float32]) -> Picture:
    x0, y0, x1, y1 = (int(end) for end in (view.active.x0, view.active.y0, view.active.x1, view.active.y1))
    return Picture(face_idx, planes, view.visible, x0, y0, x1, y1, view.near_m)
