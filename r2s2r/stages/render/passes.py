"""From an animation to passes on disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.passes import PassesFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render.cryptomatte import Cryptomatte
from r2s2r.stages.render.frames import RenderJob, draw_frames
from r2s2r.stages.render.layers import Wanted
from r2s2r.stages.render.rasteriser import Backend, Raster
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.still import Film
from r2s2r.stages.render.writing import PassesWriter

NORMAL = (
    "camera space, unit, facing the camera: x right -> R, y up -> G, towards the viewer -> B, "
    "round(255 * (n / 2 + 1 / 2)); background black"
)
DEPTH = "metres along the camera's z axis, float32; background 0"
MOTION = (
    "pixels from here to where the point is in the next frame (forward) and in the one before (backward): u right, "
    "v up; a is 1 where it is seen then; background 0"
)
UV = "of the texture, from its bottom left: U right, V up; A is 1 on entities; background 0"

_Seen: TypeAlias = NDArray[np.bool_]  # [T, E]


def write_passes(
    spec: RenderSpec,
    backend: Backend,
    animation: Animation,
    entities: Mapping[str, Entity],
    out: Path,
    progress: Progress,
) -> None:
    """Draw all frames into ``out``: see ``make_passes``."""
    mesh = merge({name: entities[name].mesh() for name in animation.facts.entities})
    facts = _facts(spec, animation)
    writer = PassesWriter(out, facts, Cryptomatte(mesh.names, mesh.face_entity, spec.supersampling))
    job = RenderJob(
        film=Film.of(animation, mesh, near_m=spec.near_m),
        backend=backend,
        raster=Raster(facts.height, facts.width, spec.supersampling),
        wanted=Wanted(
            motion="motion" in facts.extra_passes,
            uv="uv" in facts.extra_passes,
            coverage="coverage" in facts.extra_passes or spec.multilayer,
            premultiplied=spec.multilayer,
            flat=spec.shading == "flat",
        ),
        finish=writer.write,
    )
    seen = np.zeros((facts.frames, len(mesh.names)), bool)
    progress(0, facts.frames)  # the first run compiles the kernels, for some seconds
    for frame, row in enumerate(draw_frames(job)):
        seen[frame] = row
        progress(frame + 1, facts.frames)
    write_facts(out, facts.model_copy(update={"findings": _findings(animation, seen)}))


def _facts(spec: RenderSpec, animation: Animation) -> PassesFacts:
    extra = (*sorted(set(spec.extra_passes)), *(("coverage",) if spec.supersampling > 1 else ()))
    return PassesFacts(
        frames=animation.facts.frames,
        fps=animation.facts.fps,
        height=animation.facts.height,
        width=animation.facts.width,
        ids={name: index + 1 for index, name in enumerate(animation.facts.entities)},
        normal=NORMAL,
        depth=DEPTH,
        motion=MOTION if "motion" in extra else "",
        uv=UV if "uv" in extra else "",
        extra_passes=extra,
        multilayer=spec.multilayer,
    )


def _findings(animation: Animation, seen: _Seen) -> tuple[str, ...]:
    """Say what a person should look at: entities that no frame shows though they are there, and empty frames."""
    hidden = [
        f"{name}: covers no pixel of any frame; it is outside the picture, nearer than `near_m`, behind something or "
        "too small"
        for index, name in enumerate(animation.facts.entities)
        if animation.visible[name].any() and not seen[:, index].any()
    ]
    empty = np.flatnonzero(~seen.any(axis=1))
    if not len(empty):
        return tuple(hidden)
    return (*hidden, f"no entity is seen in {len(empty)} of {len(seen)} frames, the first of them frame {empty[0]}")
