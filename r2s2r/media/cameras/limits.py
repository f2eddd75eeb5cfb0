"""Limits: what a format cannot hold of a camera, in words for the person who exports it."""

import numpy as np

from r2s2r.geometry.camera_track import CameraTrack

# Less than this in any corner of the picture is no loss.
_LEAST_PX = 1e-3


def without_centre(track: CameraTrack, form: str) -> tuple[str, ...]:
    """Say what is lost where the axis of a camera always meets the middle of its picture."""
    off_px = np.abs(track.intrinsics[:, :2, 2] - (track.width / 2, track.height / 2))
    if off_px.max() < _LEAST_PX:
        return ()
    frame = int(off_px.max(axis=1).argmax())
    x, y = off_px[frame]
    return (
        f"{form} holds no principal point: everything is shifted by {x:.3g} px across and {y:.3g} px down "
        f"(frame {frame}); colmap, transforms, blender and usd hold it",
    )


def with_one_focal_length(track: CameraTrack, form: str) -> tuple[str, ...]:
    """Say what is lost where pixels are always square."""
    focal_x, focal_y = track.intrinsics[:, 0, 0], track.intrinsics[:, 1, 1]
    lost_px = np.abs(focal_x / focal_y - 1).max() * track.width / 2
    if lost_px < _LEAST_PX:
        return ()
    return (
        f"{form} holds one focal length: what is at the left and right edge is off by up to {lost_px:.3g} px; colmap, "
        "transforms, blender and usd hold both",
    )


def without_lens(track: CameraTrack, form: str) -> tuple[str, ...]:
    """Say what is lost where only poses are held."""
    focal = track.intrinsics[:, 1, 1]
    if focal.max() <= focal.min() * (1 + 1e-9):
        return ()
    return (f"{form} holds no lens: the zoom by {focal.max() / focal.min():.3g} is lost",)


def of_length(track: CameraTrack, form: str, frames: int) -> tuple[str, ...]:
    """Say what happens where so many frames are wanted, and others are not read."""
    count = len(track.world_from_camera)
    if count < frames:
        return (f"{form} takes {frames} frames and the shot has {count}: the last one is held",)
    if count > frames:
        return (f"{form} takes {frames} frames and the shot has {count}: it reads the first {frames}",)
    return ()
