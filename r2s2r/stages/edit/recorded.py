"""What a shot starts from: the source camera and the entities' places, or what a file of another program holds."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

import numpy as np

from r2s2r.errors import InputError, MediaError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.framing import Framing
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.poses import poses_at
from r2s2r.geometry.transforms import Array
from r2s2r.media.animations import RecordedAnimation, RecordedObject, read_animation
from r2s2r.media.animations.axes import object_from_mesh
from r2s2r.media.animations.recorded import CAMERA, turn_and_scale
from r2s2r.media.usd_names import identifiers
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.timeline import Timeline

_ROLE = "animation"
_FIELD = "animation.file"


class Recorded:
    """The start of camera and entities, before their lists. A file is read once, and only where there is one."""

    def __init__(self, spec: EditSpec, inputs: EditInputs, meshes: Mapping[str, Mesh]) -> None:
        self._spec, self._inputs, self._meshes = spec, inputs, meshes

    def camera(self, timeline: Timeline) -> CameraPath:
        """Return the file's camera; without one, the source camera, which stays where it is.

        Raises InputError for a file that holds several, of which none is called ``Camera``, or has other frames.
        """
        track = self._track
        if track is None:
            return CameraPath.resting(self._inputs.camera.reference, timeline)
        at = self._moments(timeline)
        order = np.arange(len(track.world_from_camera), dtype=np.float64)
        poses = poses_at(track.world_from_camera, order, at)
        zoom = np.interp(at, order, self._zoom(track))
        return CameraPath(eye_m=poses[:, :3, 3], rotation=poses[:, :3, :3], zoom=zoom)

    def entity(self, name: str, placement: Array, timeline: Timeline) -> EntityPath | None:
        """Return an entity as the file has it; None where it holds nothing of it. ``placement`` [4, 4] is its own.

        Raises InputError, naming the frame, for a place that is none: mirrored, sheared, not numbers.
        """
        if (found := self._objects.get(name)) is None:
            return None
        matrices = found.world_from_object @ object_from_mesh(self._meshes[name].vertices, found.points)
        linear = np.linalg.inv(placement[:3, :3]) @ matrices[:, :3, :3]
        with _said_at_its_file():
            turns, scales = turn_and_scale(linear, found.where)
        rigid = np.tile(np.eye(4), (len(matrices), 1, 1))
        rigid[:, :3, :3], rigid[:, :3, 3] = turns, matrices[:, :3, 3]
        at = self._moments(timeline)
        order = np.arange(len(rigid), dtype=np.float64)
        poses = poses_at(rigid, order, at)
        return EntityPath(
            placement=placement[:3, :3],
            position_m=poses[:, :3, 3],
            rotation=poses[:, :3, :3],
            scale=np.stack([np.interp(at, order, scales[:, axis]) for axis in range(3)], axis=1),
            visible=found.visible[np.clip(np.floor(at), 0, len(order) - 1).astype(np.int64)],
        )

    @cached_property
    def _file(self) -> RecordedAnimation | None:
        wanted = self._spec.animation
        if wanted is None:
            return None
        files, below = self._inputs.files, f"{_ROLE}/"
        with _said_at_its_file():
            found = read_animation(
                files[_ROLE], {role.removeprefix(below): path for role, path in files.items() if role.startswith(below)}
            )
        if wanted.timing == "frames" and found.moments not in (1, self._spec.frames):
            raise InputError(
                f"{self._inputs.files[_ROLE].name} has {found.moments} frames and the shot {self._spec.frames}; export "
                f"as many, write `frames: {found.moments}`, or `timing: seconds` to play it at its own rate",
                field=_FIELD,
            )
        return found

    @cached_property
    def _objects(self) -> dict[str, RecordedObject]:
        if self._file is None or self._spec.animation is None or not self._spec.animation.entities:
            return {}
        return self._file.of(identifiers(self._meshes))

    @cached_property
    def _track(self) -> CameraTrack | None:
        if self._file is None or self._spec.animation is None or not self._spec.animation.camera:
            return None
        cameras = self._file.cameras
        if self._file.camera is not None or not cameras:
            return self._file.camera
        raise InputError(
            f"{self._inputs.files[_ROLE].name} holds {len(cameras)} cameras, {', '.join(cameras)}; call the one to use "
            f"{CAMERA}, or take it by `camera: [{{type: file, camera: NAME, ...}}]`, and say `camera: false` here",
            field=_FIELD,
        )

    def _moments(self, timeline: Timeline) -> Array:
        """Return which of the file's moments [T] are shown; beyond its ends it holds them."""
        assert self._file is not None
        assert self._spec.animation is not None
        seconds = self._spec.animation.timing == "seconds"
        rate = float(self._file.fps / timeline.fps) if seconds else 1.0
        return np.clip(timeline.at * rate, 0, self._file.moments - 1)

    def _zoom(self, track: CameraTrack) -> Array:
        """Return focal lengths as multiples of the source camera's, by how much of the picture's width they show."""
        facts, output = self._inputs.footage.facts, self._spec.output
        framing = Framing(facts.height, facts.width, output.height, output.width, output.fit)
        framed = framing.intrinsics(self._inputs.camera.intrinsics)
        zoom: Array = track.intrinsics[:, 0, 0] / track.width * output.width / framed[0, 0]
        return zoom


@contextmanager
def _said_at_its_file() -> Iterator[None]:
    try:
        yield
    except MediaError as error:
        raise MediaError(error.message, field=_FIELD) from error
