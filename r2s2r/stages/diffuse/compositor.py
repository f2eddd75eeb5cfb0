"""The compositor: a preview without weights, made as film compositors make it, by camera projection."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array
from r2s2r.spec.diffuse import CompositorSpec
from r2s2r.stages.diffuse.abreast import abreast
from r2s2r.stages.diffuse.film_set import FilmSet, film_set_from
from r2s2r.stages.diffuse.generator import Outcome
from r2s2r.stages.diffuse.ground import above_ground
from r2s2r.stages.diffuse.home import retouched
from r2s2r.stages.diffuse.inputs import CompositorInputs
from r2s2r.stages.diffuse.matte import laid_over
from r2s2r.stages.diffuse.projection import projection, seen
from r2s2r.stages.diffuse.shadows import cast, contact_shadow
from r2s2r.stages.diffuse.unseen import tinted


@dataclass(frozen=True)
class Compositor:
    """Back to front: the plate on the set, what the photograph adds round entities at home, shadows, the entities."""

    spec: CompositorSpec
    inputs: CompositorInputs

    def generate(self, progress: Progress) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames [H, W, 3] uint8; as many are made at once as there are cores, and no more are in memory."""
        film_set, frames = film_set_from(self.inputs), self.inputs.animation.facts.frames
        for done, picture in enumerate(abreast(partial(self._frame, film_set), frames), start=1):
            yield picture
            progress(done, frames)

    def outcome(self) -> Outcome:
        """Return nothing: each frame is made by itself."""
        return Outcome()

    def _frame(self, film_set: FilmSet, frame: int) -> NDArray[np.uint8]:
        return self._with_entities(self._background(film_set, self.inputs.animation, frame), frame)

    def _background(self, film_set: FilmSet, animation: Animation, frame: int) -> NDArray[np.uint8]:
        camera = animation.camera(frame)
        now = {
            name: animation.world_from_entity[name][frame] for name in film_set.actors if animation.visible[name][frame]
        }
        sight = film_set.proxy.sight(camera)
        where = projection(sight, film_set.canvas, film_set.source)
        shapes = {name: animation.shape(name, frame) for name in now}
        view = seen(film_set.canvas, _photograph(film_set, now, shapes, camera), where)
        if self.spec.tint_unseen:
            view = tinted(view, film_set.unseen, where)
        for name, world_from_entity in now.items():
            actor = film_set.actors[name]
            strength = self.spec.shadow * (1 - actor.presence(world_from_entity))
            shadow = contact_shadow(actor.surface, world_from_entity) if strength > 0 else None
            if shadow is not None:
                cast(view, shadow, strength=strength, sight=sight, camera=camera)
        return view

    def _with_entities(self, background: NDArray[np.uint8], frame: int) -> NDArray[np.uint8]:
        passes, animation = self.inputs.passes, self.inputs.animation
        ids = above_ground(passes.ids(frame), passes.depth_m(frame), animation.camera(frame))
        active = animation.framing.active
        shown = slice(int(active.y0), int(active.y1)), slice(int(active.x0), int(active.x1))
        picture = np.zeros_like(background)  # the letterbox's bars stay black
        picture[shown] = laid_over(
            background[shown], passes.rgb(frame)[shown], ids[shown], soften_px=self.spec.soften_px
        )
        return picture


def _photograph(
    film_set: FilmSet, now: dict[str, Array], shapes: dict[str, NDArray[np.float32] | None], camera: Camera
) -> NDArray[np.uint8]:
    """Return the canvas's picture with what the photograph adds round the actors that still stand in it."""
    weighted = []
    for name, trace in film_set.traces.items():
        if name in now:
            actor = film_set.actors[name]
            fringe = actor.fringe(
                now[name], camera=camera, source=film_set.source, proxy=film_set.proxy, vertices=shapes[name]
            )
            weighted.append((trace, actor.presence(now[name]), fringe))
    return retouched(film_set.canvas, weighted)
