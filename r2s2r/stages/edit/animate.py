"""Animate: the edit stage's page. Entities first, then the camera, then what is written."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.footage import Footage
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
from r2s2r.stages.edit.lint import findings
from r2s2r.stages.edit.targets import Targets, middle_m
from r2s2r.stages.edit.timeline import Timeline


def animate(spec: EditSpec, footage: Footage, entities: Mapping[str, Entity], out: Path, progress: Progress) -> None:
    """Write the animation of one shot, and the same as USD, into ``out``; see ``make_animation``."""
    meshes = {name: entities[name].mesh() for name in sorted(entities)}
    timeline = Timeline.whole(spec.frames, Fraction(spec.output.fps))
    progress(1, 3)
    paths = {
        name: edited(
            EntityPath.resting(entities[name].world_from_entity, timeline),
            spec.edits.get(name, ()),
            timeline=timeline,
            field=f"edits.{name}",
        )
        for name in meshes
    }
    boxes_m = {name: _box_m(mesh) for name, mesh in meshes.items()}
    middles_m = {name: middle_m(boxes_m[name], path.world_from_entity) for name, path in paths.items()}
    camera = camera_path(spec.camera, source=footage.camera, targets=Targets(timeline, middles_m))
    animation = _linted(_animation(spec, footage, paths, camera), boxes_m)
    animation.write(out)
    progress(2, 3)
    write_usd(out, _usd_shot(animation, footage, entities, meshes))
    progress(3, 3)


def _animation(spec: EditSpec, footage: Footage, paths: Mapping[str, EntityPath], camera: CameraPath) -> Animation:
    facts = AnimationFacts(
        frames=spec.frames,
        fps=f"{spec.output.fps}/1",
        entities=tuple(paths),
        source_height=footage.facts.height,
        source_width=footage.facts.width,
        height=spec.output.height,
        width=spec.output.width,
        fit=spec.output.fit,
    )
    framing = Framing(facts.source_height, facts.source_width, facts.height, facts.width, facts.fit)
    return Animation(
        facts=facts,
        world_from_camera=_settled(camera.world_from_camera),
        intrinsics=_settled(camera.intrinsics(footage.camera.intrinsics, framing)),
        world_from_entity={name: _settled(path.world_from_entity) for name, path in paths.items()},
        visible={name: path.visible for name, path in paths.items()},
    )


def _settled(matrices: Array) -> Array:
    """Drop what is only rounding noise, and the sign of zero.

    Scenes that mean the same then give the same bytes, and nothing after this stage is made again.
    """
    return np.round(matrices, 12) + 0.0


def _box_m(mesh: Mesh) -> Array:
    """Return the lowest and the highest corner [2, 3] of a mesh, in its own frame."""
    return np.stack([mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)]).astype(np.float64)


def _linted(animation: Animation, boxes_m: Mapping[str, Array]) -> Animation:
    facts = animation.facts.model_copy(update={"findings": findings(animation, boxes_m)})
    return replace(animation, facts=facts)


def _usd_shot(
    animation: Animation, footage: Footage, entities: Mapping[str, Entity], meshes: Mapping[str, Mesh]
) -> UsdShot:
    source, facts = footage.camera, animation.facts
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
            )
            for name, mesh in meshes.items()
        },
    )
