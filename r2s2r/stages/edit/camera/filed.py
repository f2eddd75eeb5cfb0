"""Filed: a camera as a file of another program has it."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.errors import InputError, MediaError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.framing import Framing
from r2s2r.geometry.spaces import Rotations
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.media.cameras import read_track
from r2s2r.spec.camera import FileMove
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.inputs import EditInputs

# Pictures whose shapes differ by less are taken for pictures of one shape.
_SAME_SHAPE = 0.005
# From here on a shift is worth a word.
_SHIFTED_PX = 1.0


def filed(path: CameraPath, move: FileMove, here: CameraHere) -> CameraPath:
    """Let the camera be where the file says; relative: move from where it is so far as the file's does.

    Raises InputError, naming the file and the frame, where it cannot be read or has another number of frames.
    """
    track = _track(move, here.field, here.shot.inputs.files)
    moments, wanted = _moments(track, move, here)
    eye_m, rotation, focal_px = _sampled(track, moments, wanted)
    if move.relative:
        first, so_far = inverse(track.world_from_camera[0]), path.rotation
        moved_m = first[:3, 3] + (first[:3, :3] @ eye_m[..., None])[..., 0]
        eye_m = path.eye_m + (so_far @ moved_m[..., None])[..., 0]
        rotation = so_far @ (first[:3, :3] @ rotation)
    return CameraPath(eye_m, rotation, zoom=_zoom(path, move, focal_px, track, here))


def _sampled(track: CameraTrack, moments: Array, wanted: Array) -> tuple[Array, Array, Array]:
    """Return eye [T, 3], rotation [T, 3, 3] and vertical focal length [T]; between frames it flows through them."""
    poses = track.world_from_camera
    values = np.column_stack([poses[:, :3, 3], track.intrinsics[:, 1, 1]])
    turns = Rotation.from_matrix(poses[:, :3, :3]).as_quat()
    flown = interpolate(moments, values, at=wanted, curve="catmull_rom")
    turned = interpolate(moments, turns, at=wanted, curve="catmull_rom", space=Rotations())
    return flown[:, :3], Rotation.from_quat(turned).as_matrix(), flown[:, 3]


def check_file(move: FileMove, files: Mapping[str, Path], *, frames: int, field: str) -> None:
    """Read a move's file, of ``EditInputs.files``, before anything is made. Raises InputError as ``filed`` does."""
    _require_timing(_track(move, field, files), move, frames, field)


def of_files(spec: EditSpec, inputs: EditInputs) -> Iterator[str]:
    """Yield sentences about files whose lens is shifted otherwise than the source's: a shot keeps the source's."""
    for index, move in enumerate(spec.camera):
        if not isinstance(move, FileMove) or move.lens == "keep":
            continue
        track = _track(move, f"camera[{index}]", inputs.files)
        size = np.array([track.width, track.height])
        off = track.intrinsics[:, :2, 2] / size - _like(track, spec, inputs)[:2, 2]
        x, y = off[np.abs(off).max(axis=1).argmax()] * size
        if track.has_shape and max(abs(x), abs(y)) > _SHIFTED_PX:
            yield (
                f"camera[{index}]: the lens of {move.file} is shifted by {x:.1f} px across and {y:.1f} px down from "
                "the clip's; a shot keeps the clip's, so its picture is shifted by as much"
            )


def _track(move: FileMove, field: str, given: Mapping[str, Path]) -> CameraTrack:
    prefix = f"{field}/"
    beside = tuple((role.removeprefix(prefix), path) for role, path in sorted(given.items()) if role.startswith(prefix))
    try:
        return _read(given[field], move.camera, move.metres_per_unit, beside, _state(given[field]))
    except MediaError as error:
        raise MediaError(error.message, field=f"{field}.file") from error


@lru_cache(maxsize=8)
def _read(
    path: Path,
    camera: str | None,
    metres_per_unit: float | None,
    beside: tuple[tuple[str, Path], ...],
    state: tuple[int, int],
) -> CameraTrack:
    """Read a file, once for as long as it stays as it is: moves are evaluated at many moments."""
    return read_track(path, camera=camera, metres_per_unit=metres_per_unit, files=dict(beside))


def _state(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    return facts.st_mtime_ns, facts.st_size


def _moments(track: CameraTrack, move: FileMove, here: CameraHere) -> tuple[Array, Array]:
    """Return when the file's poses are [N], and at which of these times it is wanted [T]; past its ends it is held."""
    timeline = here.timeline
    _require_timing(track, move, timeline.frames, here.field)
    in_order = np.arange(len(track.world_from_camera), dtype=np.float64)
    moments = in_order if track.times_s is None else track.times_s
    match move.timing:
        case "frames":
            return in_order, timeline.at
        case "seconds":
            return moments, timeline.at / float(timeline.fps)
        case "stretch":
            return moments, moments[0] + timeline.share(move) * (moments[-1] - moments[0])


def _require_timing(track: CameraTrack, move: FileMove, frames: int, field: str) -> None:
    count = len(track.world_from_camera)
    if move.timing == "frames" and count not in (1, frames):
        raise InputError(
            f"{move.file} has {count} frames and the shot {frames}: give the shot `frames: {count}`, or the move "
            "`timing: stretch` or `timing: seconds`",
            field=f"{field}.file",
        )
    if move.timing == "seconds" and track.times_s is None:
        raise InputError(
            f"{move.file} does not say when its frames are; take `timing: frames` or `timing: stretch`",
            field=f"{field}.timing",
        )


def _zoom(path: CameraPath, move: FileMove, focal_px: Array, track: CameraTrack, here: CameraHere) -> Array:
    """Return the zoom [T]: the one so far, or the file's; of a relative move, times the file's own."""
    if move.lens == "keep":
        return path.zoom
    if move.relative:
        return path.zoom * (focal_px / float(track.intrinsics[0, 1, 1]))
    zoom: Array = focal_px / (track.height * _like(track, here.shot.spec, here.shot.inputs)[1, 1])
    return zoom


def _like(track: CameraTrack, spec: EditSpec, inputs: EditInputs) -> Array:
    """Return K [3, 3] of the source camera for a picture such as the file's, as shares of its width and height.

    The file's pictures are taken for the shot's. Only where they have the shape of the source's, and the shot's have
    another, are they taken for the source's.
    """
    source, output = inputs.camera, spec.output
    framing = Framing(source.facts.height, source.facts.width, output.height, output.width, output.fit)
    shape = track.width / track.height
    of_shot = abs(shape * output.height / output.width - 1) < _SAME_SHAPE
    of_source = abs(shape * source.facts.height / source.facts.width - 1) < _SAME_SHAPE
    if track.has_shape and of_source and not of_shot:
        return np.diag([1 / source.facts.width, 1 / source.facts.height, 1.0]) @ source.intrinsics
    return np.diag([1 / output.width, 1 / output.height, 1.0]) @ framing.intrinsics(source.intrinsics)
