"""The source camera from a file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from r2s2r.artifacts.footage import FootageFacts
from r2s2r.artifacts.frame_runs import frame_runs
from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.cameras import SolvedCameras, read_cameras
from r2s2r.media.cameras.frame_numbers import frames_of_names
from r2s2r.media.cameras.solved import Lens, SolvedPicture
from r2s2r.stages.lift.cameras.poses import interpolated
from r2s2r.stages.lift.cameras.solved import Solved

# Distortion is worth a word from here on, and so is a lens that changes.
_DISTORTED_PX, _ZOOMED = 1.0, 0.005
_UNSQUARE = 0.02
# Of a unit: no solver is so exact about a camera that moves.
_STAYS = 1e-9


def solved_from_file(path: Path, footage: FootageFacts) -> Solved:
    """Read a solved camera for the stored frames of a footage; what it lacks between others is interpolated.

    Raises MediaError when it cannot be read, or does not show the reference frame.
    """
    cameras = read_cameras(path)
    pictures, read = _by_stored_frame(cameras, footage, path)
    poses = {index: picture.world_from_camera for index, picture in pictures.items()}
    found = np.zeros(len(footage.times_s), bool)
    found[list(poses)] = True
    nearest = min(pictures, key=lambda index: abs(index - footage.reference))
    lens = pictures[nearest].lens
    return Solved(
        intrinsics=_scaled(lens, footage),
        world_from_camera=interpolated(poses, np.array(footage.times_s)),
        found=found,
        points=cameras.points,
        turns_only=_stays([pose[:3, 3] for pose in poses.values()]),
        findings=(f"source.camera.file: {read}", *_of_lens(lens, pictures, footage)),
    )


def _by_stored_frame(cameras: SolvedCameras, footage: FootageFacts, path: Path) -> tuple[dict[int, SolvedPicture], str]:
    names = [picture.name for picture in cameras.pictures]
    clip_frames, read = frames_of_names(names, str(path))
    stored = {clip_frame: index for index, clip_frame in enumerate(footage.clip_frames)}
    by_frame = {
        stored[clip_frame]: picture
        for clip_frame, picture in zip(clip_frames, cameras.pictures, strict=True)
        if clip_frame in stored
    }
    if not by_frame or not min(by_frame) <= footage.reference <= max(by_frame):
        raise MediaError(
            f"{path}: {read}; it has the clip's frames {frame_runs(sorted(clip_frames), most=8)}, which do not hold "
            f"the reference frame {footage.clip_frames[footage.reference]}: name its pictures by the clip's frames, or "
            "change source.frame"
        )
    return by_frame, read


def _stays(eyes: Sequence[Array]) -> bool:
    """Tell whether all eyes [3] are one."""
    return bool(np.ptp(np.stack(eyes), axis=0).max() < _STAYS)


def _scaled(lens: Lens, footage: FootageFacts) -> Array:
    """Return K [3, 3] for the footage's size; the file's pictures may be smaller or larger."""
    scale = np.diag([footage.width / lens.width, footage.height / lens.height, 1.0])
    intrinsics: Array = scale @ lens.intrinsics
    return intrinsics


def _of_lens(lens: Lens, pictures: dict[int, SolvedPicture], footage: FootageFacts) -> tuple[str, ...]:
    findings = []
    if (shift_px := lens.corner_shift_px * footage.width / lens.width) >= _DISTORTED_PX:
        findings.append(
            f"the lens's distortion is ignored: it moves the corners of the picture by {shift_px:.1f} pixels; "
            "undistort the clip where that matters"
        )
    intrinsics = _scaled(lens, footage)
    if abs(intrinsics[0, 0] / intrinsics[1, 1] - 1) > _UNSQUARE:
        findings.append(
            f"solved on pictures of {lens.width}x{lens.height}, which for the clip's {footage.width}x{footage.height} "
            "makes pixels that are not square: were they cropped?"
        )
    focals = [picture.lens.focal_px[0] / picture.lens.width for picture in pictures.values()]
    if max(focals) > min(focals) * (1 + _ZOOMED):
        findings.append(
            f"the lens zooms by {max(focals) / min(focals) - 1:.1%} over the clip; the reference frame's is taken"
        )
    return tuple(findings)
