"""Lenses: how much a key or a zoom magnifies, beside the source's lens."""

import math
from collections.abc import Sequence

from r2s2r.spec.camera import CameraKey, CameraMove, DollyZoomMove, FileMove, KeyframesMove, ZoomMove
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.source import DEFAULT_FOV_DEG, SourceSpec


def zoom_log(lens: CameraKey | ZoomMove, shot: EditSpec, source: SourceSpec) -> float:
    """Return the logarithm of how much larger a lens shows everything than the source's; 0 where it gives none."""
    fov_deg = lens.fov_deg
    if lens.focal_mm is not None:
        fov_deg = math.degrees(2 * math.atan(shot.sensor_mm / 2 / lens.focal_mm))
    if fov_deg is None:
        return 0.0
    source_fov = math.radians(source.camera.stated_fov_deg or DEFAULT_FOV_DEG)
    return math.log(math.tan(source_fov / 2) / math.tan(math.radians(fov_deg) / 2))


def zoom_by(move: ZoomMove, before: Sequence[CameraMove], shot: EditSpec, source: SourceSpec) -> float | None:
    """Return the logarithm of how much a zoom magnifies; None where nobody knows what the moves before leave."""
    if move.factor is not None:
        return math.log(move.factor)
    so_far: float | None = 0.0
    for earlier in before:
        so_far = _after(earlier, so_far, shot, source)
    return None if so_far is None else zoom_log(move, shot, source) - so_far


def _after(move: CameraMove, so_far: float | None, shot: EditSpec, source: SourceSpec) -> float | None:
    match move:
        case ZoomMove(factor=float(factor)):
            return None if so_far is None else so_far + math.log(factor)
        case ZoomMove():
            return zoom_log(move, shot, source)
        case KeyframesMove(keys=keys) if keys[-1].fov_deg is not None or keys[-1].focal_mm is not None:
            return zoom_log(keys[-1], shot, source)
        case DollyZoomMove() | FileMove():
            return None
        case _:
            return so_far
