"""Examined: what a file of another program would change of a shot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.export.unfinished import built
from pipelines.node import Ledger
from pipelines.shot import ShotNodes
from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.errors import InputError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.animations import RecordedAnimation, RecordedObject, read_animation
from r2s2r.media.animations.axes import is_changed, object_from_mesh
from r2s2r.media.animations.difference import Difference, difference, scaled
from r2s2r.media.animations.recorded import CAMERA, turn_and_scale
from r2s2r.media.usd_names import identifiers

_SHOWN = 8


@dataclass(frozen=True)
class Found:
    """What a file holds for a shot.

    Attributes:
        camera: How it moves the camera; None where it leaves it alone.
        has_camera: Whether it holds one.
        entities: Entity -> how the file moves it; None of one that it leaves alone.
        notes: What a person should know.
    """

    camera: Difference | None
    has_camera: bool
    entities: Mapping[str, Difference | None]
    notes: tuple[str, ...]

    @property
    def moves_entities(self) -> bool:
        """Whether it moves any."""
        return any(moved is not None for moved in self.entities.values())

    def sentences(self) -> Iterator[str]:
        """Yield what it does, a line each."""
        if self.has_camera:
            yield f"camera: {self.camera or 'as it is'}"
        for name, moved in self.entities.items():
            yield f"{name}: {moved or 'as it is'}"


def examined(file: Path, shot: ShotNodes, ledger: Ledger) -> Found:
    """Return what a file holds for a shot, against the shot as it is built.

    Raises:
        MediaError: It cannot be used; names the object and the frame.
        InputError: It holds nothing of the shot, or another number of frames.
        R2S2RError: The shot's edit is not built.
    """
    animation, recorded = Animation.load(built(shot, "edit", ledger, until="edit")), read_animation(file)
    _check_frames(file, recorded, animation)
    objects = recorded.of(identifiers(animation.facts.entities))
    if not objects and not recorded.cameras:
        raise _nothing_of_it(file, recorded, animation)
    folders = {node.name.partition(":")[2]: node.name for node in shot["edit"].inputs if node.stage == "entity"}
    meshes = {name: Entity.load(built(shot, folders[name], ledger, until="edit")).mesh() for name in objects}
    camera = recorded.camera
    return Found(
        camera=None if camera is None else _camera_difference(animation, camera),
        has_camera=camera is not None,
        entities={name: _moved(animation, name, one, meshes[name]) for name, one in objects.items()},
        notes=(*_notes(recorded, objects, animation), *_changed(objects, meshes)),
    )


def _check_frames(file: Path, recorded: RecordedAnimation, animation: Animation) -> None:
    frames = animation.facts.frames
    if recorded.moments not in (1, frames):
        raise InputError(
            f"{file}: has {recorded.moments} frames, and the shot has {frames}; export as many (in Blender, set the "
            f"scene's first frame to 0 and its last to {frames - 1}), or change `frames`"
        )


def _nothing_of_it(file: Path, recorded: RecordedAnimation, animation: Animation) -> InputError:
    there = ", ".join(one.names[0] for one in recorded.objects[:_SHOWN]) or "no meshes"
    return InputError(
        f"{file}: holds nothing of this shot, which has a camera and {', '.join(animation.facts.entities)}; there are "
        f"{there}. Keep the names that `r2s2r export` wrote"
    )


def _moved(animation: Animation, name: str, one: RecordedObject, mesh: Mesh) -> Difference | None:
    """Return how an entity differs where it is seen. Raises MediaError, naming the frame, for what is sheared."""
    matrices = one.world_from_object @ object_from_mesh(mesh.vertices, one.points)
    turn_and_scale(matrices[:, :3, :3], one.where)
    before = animation.world_from_entity[name]
    # Where it is hidden, a file may hold any place.
    after = np.where(animation.visible[name][:, None, None], _as_many(matrices, len(before)), before)
    return difference(before, after)


def _camera_difference(animation: Animation, camera: CameraTrack) -> Difference | None:
    """Return how a camera differs; a longer lens counts as a size."""
    before, after = animation.world_from_camera, _as_many(camera.world_from_camera, animation.facts.frames)
    zoom = (camera.intrinsics[:, 0, 0] / camera.width) / (animation.intrinsics[:, 0, 0] / animation.facts.width)
    return difference(before, scaled(after, zoom), of_size="lens changed")


def _as_many(matrices: Array, frames: int) -> Array:
    return np.broadcast_to(matrices, (frames, 4, 4)) if len(matrices) == 1 else matrices


def _notes(recorded: RecordedAnimation, objects: Mapping[str, RecordedObject], animation: Animation) -> Iterator[str]:
    absent = [name for name in animation.facts.entities if name not in objects]
    if absent:
        yield f"it holds nothing of {', '.join(absent)}: as without it"
    used = {id(one) for one in objects.values()}
    others = [one.names[0] for one in recorded.objects if id(one) not in used]
    if others:
        yield f"no entity of this scene, so not read: {', '.join(others[:_SHOWN])}{' ...' if others[_SHOWN:] else ''}"
    if recorded.moments == 1 and animation.facts.frames > 1:
        yield "nothing moves in it, so it holds still in every frame; if it should move, export it with its animation"
    if not recorded.cameras:
        yield "it holds no camera: the shot's own stays"
    elif recorded.camera is None:
        yield f"it holds several cameras, {', '.join(recorded.cameras)}; call the one to use {CAMERA}"
    if recorded.moments > 1 and recorded.fps != animation.fps:
        yield (
            f"it says {float(recorded.fps):g} frames a second and the shot has {float(animation.fps):g}; its frames "
            "are taken one for one"
        )


def _changed(objects: Mapping[str, RecordedObject], meshes: Mapping[str, Mesh]) -> Iterator[str]:
    for name, one in objects.items():
        if is_changed(meshes[name].vertices, one.points):
            yield f"the mesh of {name} was changed, which is not read: only its place is"
