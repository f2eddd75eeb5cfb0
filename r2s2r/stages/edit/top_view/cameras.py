"""Cameras from above: the eye's way, and what it sees at some frames."""

import numpy as np

from r2s2r.geometry.spread import evenly
from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.lint import Staged
from r2s2r.stages.edit.top_view.sheet import FAINT, INK, Sheet
from r2s2r.stages.edit.top_view.ticks import draw_way, faint, number_way

_MOST_FRUSTA = 5
_LENGTH_PX = 90
_CLIPS_LENGTH_PX = 145
_BELOW_PX = 16


def draw_camera(sheet: Sheet, staged: Staged) -> None:
    """Draw the shot's camera."""
    eyes_m, always = staged.animation.world_from_camera[:, [0, 2], 3], np.ones(staged.frames, bool)
    *between, last = frusta(staged, _LENGTH_PX / sheet.px_per_m)
    for corners in between[1:]:
        sheet.line(corners, faint(INK), closed=True)
    for corners in (*between[:1], last):
        sheet.area(corners, INK, 0.08)
        sheet.line(corners, INK, closed=True)
        sheet.dot(corners[0], INK, 4)
    draw_way(sheet, eyes_m, always, INK)
    _write_heights(sheet, staged)
    number_way(sheet, eyes_m, always, INK)


def draw_source(sheet: Sheet, staged: Staged) -> None:
    """Draw the clip's camera at the reference frame, under everything else."""
    source = staged.source.reference
    intrinsics = staged.animation.framing.intrinsics(source.intrinsics)
    corners = _frustum(staged, source.world_from_camera, intrinsics, _CLIPS_LENGTH_PX / sheet.px_per_m)
    sheet.line(corners, FAINT, closed=True)
    sheet.label("clip", corners[1], FAINT)


def frusta(staged: Staged, length_m: float) -> list[Array]:
    """Return what the camera sees at a few frames, as triangles [3, 2] of such a length from the eye."""
    animation = staged.animation
    return [
        _frustum(staged, animation.world_from_camera[frame], animation.intrinsics[frame], length_m)
        for frame in evenly(range(staged.frames), _MOST_FRUSTA)
    ]


def _write_heights(sheet: Sheet, staged: Staged) -> None:
    """Say what cannot be seen from above: how high the camera is, first and last."""
    eyes_m = staged.animation.world_from_camera[:, :3, 3]
    below_m = np.array([0, _BELOW_PX / sheet.px_per_m])
    sheet.label(f"camera, {eyes_m[0, 1]:.2f} m high", eyes_m[0, [0, 2]] + below_m, INK, 15)
    if f"{eyes_m[0, 1]:.2f}" != f"{eyes_m[-1, 1]:.2f}":
        sheet.label(f"{eyes_m[-1, 1]:.2f} m high", eyes_m[-1, [0, 2]] + below_m, INK)


def _frustum(staged: Staged, world_from_camera: Array, intrinsics: Array, length_m: float) -> Array:
    """Return eye, left and right edge [3, 2] of what a camera sees, from above: shorter where it looks down."""
    active = staged.animation.framing.active
    middle_row = (active.y0 + active.y1) / 2
    sides = np.array([[active.x0, middle_row, 1.0], [active.x1, middle_row, 1.0]])
    rays = sides @ np.linalg.inv(intrinsics).T
    rays = rays / np.linalg.norm(rays, axis=1, keepdims=True) @ world_from_camera[:3, :3].T
    eye_m = world_from_camera[[0, 2], 3]
    return np.stack([eye_m, *(eye_m + length_m * rays[:, [0, 2]])])
