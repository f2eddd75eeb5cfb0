"""A camera that turns on the spot: its lens and turns, from how the picture moves."""

from collections.abc import Mapping

import numpy as np

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.camera import centred_intrinsics
from r2s2r.geometry.transforms import Array
from r2s2r.spec.source import DEFAULT_FOV_DEG
from r2s2r.stages.lift.cameras.background import Background, backgrounds, keyframes, lost_frames
from r2s2r.stages.lift.cameras.poses import interpolated
from r2s2r.stages.lift.cameras.solved import Solved
from r2s2r.stages.lift.cameras.tracks import corners, tracked
from r2s2r.stages.lift.cameras.turns import Turns, pairs_of, turn_between, turns_from

_KEYFRAMES = 24
_CORNERS = 400


def solved_turns(footage: Footage, masks: Mapping[str, Mask], progress: Progress) -> Solved | None:
    """Solve a camera that turns without travelling; None where that does not explain how the picture moves."""
    facts = footage.facts
    lost = lost_frames(masks) - {facts.reference}
    keys = keyframes(len(facts.times_s), _KEYFRAMES, always=facts.reference, without=lost)
    frames = list(backgrounds(footage, masks, keys))
    pairs = pairs_of(frames)
    turns = None if pairs is None else turns_from(pairs, len(keys), facts.width, facts.height)
    if turns is None:
        return None
    progress(1, 2)
    intrinsics = centred_intrinsics(turns.focal_px, height=facts.height, width=facts.width)
    poses = _all_poses(footage, masks, frames, turns, intrinsics)
    found = np.zeros(len(facts.times_s), bool)
    found[list(poses)] = True
    progress(2, 2)
    said = _of_lens(turns)
    times_s = np.array(facts.times_s)
    return Solved(intrinsics, interpolated(poses, times_s), found, np.zeros((0, 3)), turns_only=True, findings=(said,))


def _of_lens(turns: Turns) -> str:
    if turns.lens_error is None:
        return (
            f"the camera turns on the spot, too little to tell its lens: fov_deg {DEFAULT_FOV_DEG:g} is assumed; a "
            "camera solved elsewhere (source.camera.file) would say"
        )
    return f"the camera turns on the spot; its lens is known to about {turns.lens_error:.1%} from how the picture moves"


def _all_poses(
    footage: Footage, masks: Mapping[str, Mask], frames: list[Background], turns: Turns, intrinsics: Array
) -> dict[int, Array]:
    """Return the pose of each frame that shows enough of the keyframe before it."""
    keys = {frame.index: number for number, frame in enumerate(frames)}
    poses = {frame.index: _pose(turn) for frame, turn in zip(frames, turns.world_from_camera, strict=True)}
    guesses = interpolated(poses, np.array(footage.facts.times_s))[:, :3, :3]
    near, points = frames[0], corners(frames[0], _CORNERS)
    for frame in backgrounds(footage, masks, range(frames[0].index, frames[-1].index + 1)):
        if frame.index in keys:
            near, points = frame, corners(frame, _CORNERS)
            continue
        start = poses[near.index][:3, :3]
        expected = carried(points, guesses[frame.index].T @ start, intrinsics)
        tracks = tracked(near, frame, points, expected)
        turn = turn_between(tracks.start_px, tracks.end_px, intrinsics)
        if turn is not None:
            poses[frame.index] = _pose(start @ turn.T)
    return poses


def carried(pixels: Array, end_from_start: Array, intrinsics: Array) -> Array:
    """Return where pixels [T, 2] of one frame are in another that is turned by [3, 3]; behind it, far away."""
    rays = np.column_stack([pixels, np.ones(len(pixels))]) @ (intrinsics @ end_from_start @ np.linalg.inv(intrinsics)).T
    ahead = rays[:, 2:] > 1e-6
    moved: Array = np.where(ahead, rays[:, :2] / np.where(ahead, rays[:, 2:], 1.0), -1e6)
    return moved


def _pose(turn: Array) -> Array:
    pose = np.eye(4)
    pose[:3, :3] = turn
    return pose
