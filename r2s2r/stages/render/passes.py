"""From an animation to passes on disk: frames drawn and written side by side."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.media.images import write_depth_exr, write_grey16, write_rgb
from r2s2r.stages.render.bending import Bender, edges_of, own_shapes
from r2s2r.stages.render.layers import Layers
from r2s2r.stages.render.rasteriser import Backend
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import SceneMesh, merge
from r2s2r.stages.render.view import view_at

NORMAL = (
    "camera space, unit, facing the camera: x right -> R, y up -> G, towards the viewer -> B, "
    "round(255 * (n / 2 + 1 / 2)); background black"
)
DEPTH = "metres along the camera's z axis, float32; background 0"

# Each thread holds one frame; more of them would cost memory for little, since writing is bound by the disk by then.
_MOST_THREADS = 8

_Seen: TypeAlias = NDArray[np.bool_]  # [T, E]


class _Artist(NamedTuple):
    """What one thread draws with."""

    renderer: Renderer
    bender: Bender


def write_passes(
    backend: Backend, animation: Animation, entities: Mapping[str, Entity], out: Path, progress: Progress
) -> None:
    """Draw all frames into ``out``: see ``make_passes``."""
    mesh = merge({name: entities[name].mesh() for name in animation.facts.entities})
    for name in ("normal", "id", "depth", "rgb"):
        (out / name).mkdir()
    facts = PassesFacts(
        frames=animation.facts.frames,
        fps=animation.facts.fps,
        height=animation.facts.height,
        width=animation.facts.width,
        ids={name: index + 1 for index, name in enumerate(mesh.names)},
        normal=NORMAL,
        depth=DEPTH,
    )
    seen = _draw_frames(backend, animation, mesh, Passes(out, facts), progress)
    write_facts(out, facts.model_copy(update={"findings": _findings(animation, seen)}))


def _draw_frames(backend: Backend, animation: Animation, mesh: SceneMesh, passes: Passes, progress: Progress) -> _Seen:
    height, width, frames = animation.facts.height, animation.facts.width, animation.facts.frames
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    idle: SimpleQueue[_Artist] = SimpleQueue()
    edges = edges_of(mesh, animation)
    for _ in range(threads):
        own = own_shapes(mesh) if edges else mesh
        renderer = Renderer(own, backend.new_rasteriser(own, height, width), height=height, width=width)
        idle.put(_Artist(renderer, Bender(own, animation, edges)))

    def draw(frame: int) -> NDArray[np.bool_]:
        artist = idle.get()
        try:
            artist.bender.bend(frame)
            layers = artist.renderer.render(view_at(animation, frame, near_m=backend.near_m))
            _write(passes, frame, layers)
            return np.bincount(layers.ids.ravel(), minlength=len(mesh.names) + 1)[1:] > 0
        finally:
            idle.put(artist)

    seen = np.zeros((frames, len(mesh.names)), bool)
    with ThreadPoolExecutor(threads, "render") as pool:
        for frame, row in enumerate(pool.map(draw, range(frames))):
            seen[frame] = row
            progress(frame + 1, frames)
    return seen


def _write(passes: Passes, frame: int, layers: Layers) -> None:
    write_rgb(passes.path("normal", frame), layers.encoded_normal())
    write_grey16(passes.path("id", frame), layers.ids)
    write_rgb(passes.path("rgb", frame), layers.rgb)
    write_depth_exr(passes.path("depth", frame), layers.depth_m)


def _findings(animation: Animation, seen: _Seen) -> tuple[str, ...]:
    """Say what a person should look at: entities that no frame shows though they are there, and empty frames."""
    hidden = [
        f"{name}: covers no pixel of any frame; it is outside the picture, behind something or too small"
        for index, name in enumerate(animation.facts.entities)
        if animation.visible[name].any() and not seen[:, index].any()
    ]
    empty = np.flatnonzero(~seen.any(axis=1))
    if not len(empty):
        return tuple(hidden)
    return (*hidden, f"no entity is seen in {len(empty)} of {len(seen)} frames, the first of them frame {empty[0]}")
