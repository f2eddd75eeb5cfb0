"""The unfilmed: what a shot sees of the background and no frame of the clip ever showed."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.stages.diffuse.film_set import film_set_from
from r2s2r.stages.diffuse.ground import above_ground
from r2s2r.stages.diffuse.inputs import CompositorInputs
from r2s2r.stages.diffuse.projection import projection

# Thinner than this it is let be: a video model sees blocks of 8 x 8 pixels.
_THINNEST_PX = 3
# From this weight on, what the compositor adds round an entity at home is the photograph rather than the plate.
_PHOTOGRAPH = 0.5


class Unfilmed:
    """Tells, frame by frame, what a video model has to fill."""

    def __init__(self, inputs: CompositorInputs) -> None:
        self._inputs = inputs
        self._set = film_set_from(inputs)
        actors = self._set.actors.items()
        self._outlines = {name: actor.footing.outline for name, actor in actors if actor.footing is not None}
        self._nearest = _nearest(list(self._outlines.values()))

    def in_frame(self, frame: int) -> NDArray[np.bool_]:
        """Return which pixels [H, W] show what the clip never did: neither an entity, nor a letterbox's bar.

        A pixel that is unfilmed in part counts: kept, it would show what the plate invented there.
        """
        camera, active = self._inputs.animation.camera(frame), self._inputs.animation.framing.active
        where = projection(self._set.proxy.sight(camera), self._set.canvas, self._set.source)
        pixels = where.pixels
        unseen = cv2.remap(
            self._on_canvas(frame, camera),
            pixels.columns,
            pixels.rows,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        passes = self._inputs.passes
        ids = above_ground(passes.ids(frame), passes.depth_m(frame), camera)
        fill = np.zeros(ids.shape, np.uint8)
        shown = slice(int(active.y0), int(active.y1)), slice(int(active.x0), int(active.x1))
        fill[shown] = (((unseen > 0) | where.beyond) & (ids == 0))[shown]
        return np.asarray(cv2.morphologyEx(fill, cv2.MORPH_OPEN, np.ones((_THINNEST_PX, _THINNEST_PX)))) > 0

    def _on_canvas(self, frame: int, camera: Camera) -> NDArray[np.uint8]:
        """Return the unseen canvas [H, W], 0 or 255, without what the photograph shows round entities at home."""
        unseen, animation = self._set.unseen, self._inputs.animation
        for number, name in enumerate(self._outlines):
            actor, now = self._set.actors[name], animation.world_from_entity[name][frame]
            shape, stage = animation.shape(name, frame), self._set
            fringe = actor.fringe(now, camera=camera, source=stage.source, proxy=stage.proxy, vertices=shape)
            if animation.visible[name][frame] and actor.presence(now) * fringe >= _PHOTOGRAPH:
                unseen = unseen.copy()
                unseen[self._set.canvas.inner][self._nearest == number] = 0
        return unseen


def _nearest(outlines: list[NDArray[np.bool_]]) -> NDArray[np.intp]:
    """Return which of the outlines [H, W] is nearest to each pixel of the plate; empty without outlines."""
    if not outlines:
        return np.empty((0, 0), np.intp)
    away = [cv2.distanceTransform((~one).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5) for one in outlines]
    return np.asarray(np.argmin(away, axis=0))
