"""A camera over time from a file of another program."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.media.axes import WORLD_FROM_Z_UP
from r2s2r.media.cameras.camera_path import read_camera_path
from r2s2r.media.cameras.chan import read_chan
from r2s2r.media.cameras.colmap_binary import read_colmap_binary
from r2s2r.media.cameras.colmap_text import read_colmap_text
from r2s2r.media.cameras.frame_numbers import frames_of_names
from r2s2r.media.cameras.json_file import json_of
from r2s2r.media.cameras.nerfstudio import read_nerfstudio
from r2s2r.media.cameras.solved import SolvedCameras
from r2s2r.media.lenses import require_lenses

_SCENES = (".usd", ".usda", ".usdc", ".usdz", ".gltf", ".glb")
_KNOWN = (
    "nerfstudio's camera_path.json or transforms.json, COLMAP's cameras.txt or .bin, Nuke's .chan, glTF (.gltf, .glb) "
    "or USD (.usd, .usda, .usdc)"
)


def read_track(
    path: Path,
    *,
    camera: str | None = None,
    metres_per_unit: float | None = None,
    files: Mapping[str, Path] | None = None,
) -> CameraTrack:
    """Read a camera, in our axes and in metres.

    Args:
        path: nerfstudio's ``camera_path.json`` or ``transforms.json``; COLMAP's ``cameras.txt`` or ``.bin``, with the
            others beside it; Nuke's ``.chan``; glTF or USD.
        camera: Its name, where there are several.
        metres_per_unit: What a length of 1 is; None for what the file says, else 1.
        files: For glTF and USD: name -> path of what it refers to; None for what lies beside it.

    Raises:
        MediaError: It cannot be used; names file, line, field and frame.
    """
    if path.suffix.lower() in _SCENES:
        return _of_animation(path, camera, metres_per_unit, files)
    if camera is not None:
        raise MediaError(f"{path}: holds one camera, without a name; remove camera: {camera}")
    with np.errstate(all="ignore"):  # what overflows is found below, and named
        track = _of_camera_file(path)
    require_lenses(track.intrinsics, track.height, track.width, str(path))
    return _scaled(track, metres_per_unit)


def _scaled(track: CameraTrack, factor: float | None) -> CameraTrack:
    if factor is None:
        return track
    poses = track.world_from_camera.copy()
    poses[:, :3, 3] *= factor
    return replace(track, world_from_camera=poses)


def _of_camera_file(path: Path) -> CameraTrack:
    match path.suffix.lower():
        case ".json":
            return _of_json(path)
        case ".txt":
            beside = {name: path.with_name(f"{name}.txt") for name in ("images", "points3D")}
            return _in_order(read_colmap_text(path, images=beside["images"], points=beside["points3D"]), path)
        case ".bin":
            beside = {name: path.with_name(f"{name}.bin") for name in ("images", "points3D")}
            return _in_order(read_colmap_binary(path, images=beside["images"], points=beside["points3D"]), path)
        case ".chan":
            return read_chan(path)
        case _:
            raise MediaError(f"{path}: not a camera; give {_KNOWN}")


def _of_json(path: Path) -> CameraTrack:
    held = json_of(path)
    if isinstance(held, dict) and "camera_path" in held:
        return read_camera_path(path)
    if not (isinstance(held, dict) and "frames" in held):
        raise MediaError(f"{path}: has neither camera_path nor frames, so it is none of nerfstudio's; give {_KNOWN}")
    track = _in_order(read_nerfstudio(path), path)
    return replace(track, world_from_camera=WORLD_FROM_Z_UP @ track.world_from_camera)


def _in_order(cameras: SolvedCameras, path: Path) -> CameraTrack:
    """Return solved pictures by the numbers in their names, which have to go on in equal steps."""
    numbers, _ = frames_of_names([picture.name for picture in cameras.pictures], str(path))
    order = np.argsort(numbers)
    pictures = [cameras.pictures[index] for index in order]
    steps = np.diff(np.array(numbers)[order])
    if len(steps) and (steps != steps[0]).any():
        after = pictures[int((steps != steps.min()).argmax())].name
        raise MediaError(f"{path}: the picture after {after} is missing; a camera needs every frame, or every so many")
    sizes = {(picture.lens.height, picture.lens.width) for picture in pictures}
    if len(sizes) > 1:
        raise MediaError(f"{path}: its pictures have different sizes; the camera of a shot has one")
    ((height, width),) = sizes
    poses = np.stack([picture.world_from_camera for picture in pictures])
    return CameraTrack(poses, np.stack([picture.lens.intrinsics for picture in pictures]), height, width)


def _of_animation(
    path: Path, camera: str | None, metres_per_unit: float | None, files: Mapping[str, Path] | None
) -> CameraTrack:
    from r2s2r.media.animations import read_animation  # USD takes a while to load

    animation = read_animation(path, files)
    cameras = animation.cameras
    if not cameras:
        raise MediaError(f"{path}: holds no camera; export one with it")
    if camera is None and len(cameras) > 1:
        raise MediaError(f"{path}: holds several cameras; name one of them with camera: {', '.join(cameras)}")
    if camera is not None and camera not in cameras:
        raise MediaError(f"{path}: holds no camera {camera}; there are {', '.join(cameras)}")
    track = cameras[camera or next(iter(cameras))]
    return _scaled(track, None if metres_per_unit is None else metres_per_unit / animation.metres_per_unit)
