"""Turning: a camera that turns on the spot, or changes its lens."""

from dataclasses import replace

import numpy as np

from r2s2r.spec.camera import PanMove, RollMove, TiltMove, ZoomMove
from r2s2r.stages.edit.camera.lens import require_lens, wanted_zoom
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.turns import about, about_vertical

# The camera's own axes: x to its right, z where it looks.
_RIGHT, _FORWARD = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])


def panned(path: CameraPath, move: PanMove, here: CameraHere) -> CameraPath:
    """Turn about the world's vertical."""
    return path.turned(about_vertical(-move.degrees * here.timeline.share(move)))


def tilted(path: CameraPath, move: TiltMove, here: CameraHere) -> CameraPath:
    """Turn about the camera's own horizontal axis."""
    return replace(path, rotation=path.rotation @ about(_RIGHT, move.degrees * here.timeline.share(move)))


def rolled(path: CameraPath, move: RollMove, here: CameraHere) -> CameraPath:
    """Turn about the viewing direction."""
    return replace(path, rotation=path.rotation @ about(_FORWARD, move.degrees * here.timeline.share(move)))


def zoomed(path: CameraPath, move: ZoomMove, here: CameraHere) -> CameraPath:
    """Change the focal length by an even factor in even times, but for the ease."""
    wanted = wanted_zoom(move, here)
    factor = np.full_like(path.zoom, move.factor) if wanted is None else wanted / path.zoom
    zoom = path.zoom * np.power(factor, here.timeline.share(move))
    field = next(name for name in ("factor", "fov_deg", "focal_mm") if getattr(move, name) is not None)
    require_lens(zoom, here, field)
    return replace(path, zoom=zoom)
