"""Animate: the edit stage's page. Entities first, then the camera, then what is written."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.top_view import PLAN
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.framing import Framing
from r2s2r.geometry.transforms import Array
from r2s2r.media.usd import UsdEntity, UsdShot, write_usd
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit.camera.filed import of_files
from r2s2r.stages.edit.camera.source_motion import of_source
from r2s2r.stages.edit.entities.shapes import shapes
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.lint import Staged, findings
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.top_view import write_plan
from r2s2r.stages.edit.world import World


def animate(spec: EditSpec, inputs: EditInputs, out: Path, progress: Progress) -> None:
    """Write the animation of one shot, and the same as USD, into ``out``; see ``make_animation``."""
    world, timeline = World(spec, inputs), Timeline.whole(spec.frames, Fraction(spec.output.fps))
    bending = shapes(world, timeline)
    animation = replace(_animation(world, timeline, tuple(bending)), folder=out)
    for name, shape in bending.items():
        animation.write_vertices(out, name, map(shape.vertices, range(spec.frames)))
    progress(1, 3)
    staged = _staged(animation, world)
    filmed = (*of_source(spec.camera, inputs.camera, timeline), *of_files(spec, inputs))
    found = (*filmed, *findings(staged))
    animation = replace(animation, facts=animation.facts.model_copy(update={"findings": found}))
    animation.write(out)
    write_plan(out / PLAN, staged)
    progress(2, 3)
    write_usd(out, _usd_shot(animation, inputs, world))
    progress(3, 3)


def _staged(animation: Animation, world: World) -> Staged:
    placements = {name: world.inputs.entities[name].world_from_entity for name in world.meshes}
    return Staged(animation, world.meshes, placements, world.inputs.camera)


def _animation(world: World, timeline: Timeline, deforming: tuple[str, ...]) -> Animation:
    spec, footage = world.spec, world.inputs.footage
    paths = {name: world.entity(name, timeline) for name in world.meshes}
    camera = world.camera(timeline)
    facts = AnimationFacts(
        frames=spec.frames,
        fps=f"{spec.output.fps}/1",
        entities=tuple(paths),
        source_height=footage.facts.height,
        source_width=footage.facts.width,
        height=spec.output.height,
        width=spec.output.width,
        fit=spec.output.fit,
        deforming=deforming,
    )
    framing = Framing(facts.source_height, facts.source_width, facts.height, facts.width, facts.fit)
    return Animation(
        facts=facts,
        world_from_camera=_settled(camera.world_from_camera),
        intrinsics=_settled(camera.intrinsics(world.inputs.camera.intrinsics, framing)),
        world_from_entity={name: _settled(path.world_from_entity) for name, path in paths.items()},
        visible={name: path.visible for name, path in paths.items()},
    )


def _settled(matrices: Array) -> Array:
    """Drop what is only rounding noise, and the sign of zero.

    Scenes that mean the same then give the same bytes, and nothing after this stage is made again.
    """
    return np.round(matrices, 12) + 0.0


def _usd_shot(animation: Animation, inputs: EditInputs, world: World) -> UsdShot:
    facts, source = animation.facts, inputs.camera.reference
    framed = _settled(animation.framing.intrinsics(source.intrinsics))
    return UsdShot(
        fps=animation.fps,
        source=Camera(_settled(source.world_from_camera), framed, facts.height, facts.width),
        world_from_camera=animation.world_from_camera,
        intrinsics=animation.intrinsics,
        entities={
            name: UsdEntity(
                mesh=mesh,
                placement=_settled(inputs.entities[name].world_from_entity),
                world_from_entity=animation.world_from_entity[name],
                visible=animation.visible[name],
                vertices=partial(animation.vertices, name) if name in facts.deforming else None,
            )
            for name, mesh in world.meshes.items()
        },
    )
