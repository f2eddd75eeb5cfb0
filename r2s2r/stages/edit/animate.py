"""Animate: the edit stage's page. Entities first, then the camera, then what is written."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.framing import Framing
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.usd import UsdEntity, UsdShot, write_usd
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit.camera_moves import camera_path
from r2s2r.stages.edit.camera_path import CameraPath
from r2s2r.stages.edit.entity_edits import EntityPath, edited
from r2s2r.stages.edit.extents import Extents, extents
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.lint import findings
from r2s2r.stages.edit.motions import Played, played
from r2s2r.stages.edit.source_motion import of_source
from r2s2r.stages.edit.targets import Targets, in_world
from r2s2r.stages.edit.timeline import Timeline


def animate(spec: EditSpec, inputs: EditInputs, out: Path, progress: Progress) -> None:
    """Write the animation of one shot, and the same as USD, into ``out``; see ``make_animation``."""
    entities, source = inputs.entities, inputs.camera.reference
    meshes = {name: entities[name].mesh() for name in sorted(entities)}
    timeline = Timeline.whole(spec.frames, Fraction(spec.output.fps))
    progress(1, 3)
    motions = {name: played(name, spec.edits.get(name, ()), inputs, timeline) for name in meshes}
    paths = {name: _path(name, spec, entities[name], motions[name], timeline) for name in meshes}
    rooms = {name: extents(mesh, motions[name], spec.frames) for name, mesh in meshes.items()}
    middles_m = {name: in_world(rooms[name].middle_m, path.world_from_entity) for name, path in paths.items()}
    camera = camera_path(spec.camera, filmed=inputs.camera, targets=Targets(timeline, middles_m))
    bending = {name: motion for name, motion in motions.items() if motion is not None and motion.bends}
    followed = tuple(of_source(spec.camera, inputs.camera, timeline))
    animation = _linted(_animation(spec, inputs, paths, camera, tuple(bending)), rooms, followed)
    animation.write(out)
    for name, motion in bending.items():
        animation.write_vertices(out, name, map(motion.vertices, range(spec.frames)))
    progress(2, 3)
    write_usd(out, _usd_shot(replace(animation, folder=out), source, entities, meshes))
    progress(3, 3)


def _path(name: str, spec: EditSpec, entity: Entity, motion: Played | None, timeline: Timeline) -> EntityPath:
    """Return where an entity is: as it stands or moves by itself, and then as the edits put it."""
    if motion is None:
        path = EntityPath.resting(entity.world_from_entity, timeline)
    else:
        path = EntityPath.moving(entity.world_from_entity, motion.reference_from_entity)
    return edited(path, spec.edits.get(name, ()), timeline=timeline, field=f"edits.{name}")


def _animation(
    spec: EditSpec,
    inputs: EditInputs,
    paths: Mapping[str, EntityPath],
    camera: CameraPath,
    deforming: tuple[str, ...],
) -> Animation:
    footage = inputs.footage
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
        intrinsics=_settled(camera.intrinsics(inputs.camera.intrinsics, framing)),
        world_from_entity={name: _settled(path.world_from_entity) for name, path in paths.items()},
        visible={name: path.visible for name, path in paths.items()},
    )


def _settled(matrices: Array) -> Array:
    """Drop what is only rounding noise, and the sign of zero.

    Scenes that mean the same then give the same bytes, and nothing after this stage is made again.
    """
    return np.round(matrices, 12) + 0.0


def _linted(animation: Animation, rooms: Mapping[str, Extents], followed: tuple[str, ...]) -> Animation:
    boxes_m = {name: room.boxes_m for name, room in rooms.items()}
    facts = animation.facts.model_copy(update={"findings": (*followed, *findings(animation, boxes_m))})
    return replace(animation, facts=facts)


def _usd_shot(
    animation: Animation, source: Camera, entities: Mapping[str, Entity], meshes: Mapping[str, Mesh]
) -> UsdShot:
    facts = animation.facts
    framed = _settled(animation.framing.intrinsics(source.intrinsics))
    return UsdShot(
        fps=animation.fps,
        source=Camera(_settled(source.world_from_camera), framed, facts.height, facts.width),
        world_from_camera=animation.world_from_camera,
        intrinsics=animation.intrinsics,
        entities={
            name: UsdEntity(
                mesh=mesh,
                placement=_settled(entities[name].world_from_entity),
                world_from_entity=animation.world_from_entity[name],
                visible=animation.visible[name],
                vertices=partial(animation.vertices, name) if name in facts.deforming else None,
            )
            for name, mesh in meshes.items()
        },
    )
