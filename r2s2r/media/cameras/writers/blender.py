"""A script that makes the camera in Blender: pose, lens, picture and frame rate, in a scene that there is or a new one.

Blender's world is +Z up and its cameras have OpenGL's axes. With the sensor fitted horizontally, shifts are parts of
the picture's width, and the view moves to where they point: up and right.
"""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import z_up_opengl_from

_SENSOR_MM = 36.0
_SCRIPT = '''\
"""The camera of a shot of r2s2r. Run it in Blender's text editor, or: blender --python THIS_FILE"""

import bpy

NAME = {name}
WIDTH, HEIGHT = {width}, {height}
PIXEL_ASPECT = {pixel_aspect}
FPS, FPS_BASE = {fps}, {fps_base}
SENSOR_MM = {sensor_mm}
# For each frame, from 0: x y z, quaternion w x y z, lens in mm, shift x y.
FRAMES = [
{frames}
]


def camera():
    """Return the camera of this name, without any animation."""
    data = bpy.data.cameras.get(NAME) or bpy.data.cameras.new(NAME)
    made = bpy.data.objects.get(NAME) or bpy.data.objects.new(NAME, data)
    made.data = data
    if made.name not in bpy.context.scene.collection.all_objects:
        bpy.context.scene.collection.objects.link(made)
    made.animation_data_clear()
    data.animation_data_clear()
    return made


def main():
    """Make the camera and look through it."""
    scene, made = bpy.context.scene, camera()
    made.rotation_mode = "QUATERNION"
    made.scale = (1, 1, 1)
    made.data.sensor_fit, made.data.sensor_width = "HORIZONTAL", SENSOR_MM
    made.data.clip_start, made.data.clip_end = 0.01, 10000
    for frame, (x, y, z, qw, qx, qy, qz, lens, shift_x, shift_y) in enumerate(FRAMES):
        made.location, made.rotation_quaternion = (x, y, z), (qw, qx, qy, qz)
        made.data.lens, made.data.shift_x, made.data.shift_y = lens, shift_x, shift_y
        for held, path in ((made, "location"), (made, "rotation_quaternion"), (made.data, "lens")):
            held.keyframe_insert(path, frame=frame)
        made.data.keyframe_insert("shift_x", frame=frame)
        made.data.keyframe_insert("shift_y", frame=frame)
    scene.camera = made
    scene.frame_start, scene.frame_end = 0, len(FRAMES) - 1
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
    render.pixel_aspect_x, render.pixel_aspect_y = PIXEL_ASPECT
    render.fps, render.fps_base = FPS, FPS_BASE
    scene.frame_set(0)


main()
'''


def write_blender(path: Path, track: CameraTrack, fps: Fraction, *, name: str) -> tuple[str, ...]:
    """Write a script that makes the camera and calls it ``name``; Blender holds all of it, in float32."""
    focal_x, focal_y = (float(track.intrinsics[0, axis, axis]) for axis in (0, 1))
    whole = max(1, round(fps))
    path.write_text(
        _SCRIPT.format(
            name=json.dumps(name),
            width=track.width,
            height=track.height,
            pixel_aspect=(max(1.0, focal_y / focal_x), max(1.0, focal_x / focal_y)),
            fps=whole,
            fps_base=float(whole / fps),
            sensor_mm=_SENSOR_MM,
            frames="\n".join(f"    {tuple(row)}," for row in _rows(track).tolist()),
        ),
        encoding="utf-8",
    )
    return ()


def _rows(track: CameraTrack) -> Array:
    """Return [N, 10]: place, quaternion, lens and shifts."""
    cameras, lenses = z_up_opengl_from(track.world_from_camera), track.intrinsics
    focal_x, focal_y = lenses[:, 0, 0], lenses[:, 1, 1]
    shift_x = 0.5 - lenses[:, 0, 2] / track.width
    shift_y = (lenses[:, 1, 2] - track.height / 2) / track.width * focal_x / focal_y
    lens_mm = focal_x * _SENSOR_MM / track.width
    wxyz = _steady(Rotation.from_matrix(cameras[:, :3, :3]).as_quat(scalar_first=True))
    return np.column_stack([cameras[:, :3, 3], wxyz, lens_mm, shift_x, shift_y]) + 0.0


def _steady(quaternions: Array) -> Array:
    """Return the same turns [N, 4], each with the sign that lies nearer to the one before."""
    dots = (quaternions[1:] * quaternions[:-1]).sum(axis=1)
    signs = np.cumprod(np.concatenate([[1.0], np.where(dots < 0, -1.0, 1.0)]))
    steady: Array = quaternions * signs[:, None]
    return steady
